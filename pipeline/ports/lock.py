"""The lock of a home: one process at a time works on its jobs."""

from datetime import datetime
from typing import Protocol


class Holder(Protocol):
    """The process that works in a home, and since when; `everything`: on all its jobs."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def since(self) -> datetime:
        """When it began."""
        ...

    @property
    def everything(self) -> bool:
        """Whether it drives every job, not only those it was told of."""
        ...


class Lock(Protocol):
    """Taken by one process, and let go when it dies."""

    @property
    def held(self) -> bool:
        """Whether this object took it and did not release it."""
        ...

    def acquire(self, *, everything: bool = False) -> bool:
        """Take it; False when another process has it."""
        ...

    def release(self) -> None:
        """Let go."""
        ...

    def leave(self) -> None:
        """Tell others that it is let go of soon."""
        ...

    def is_passing(self) -> bool:
        """Whether the process that has it will not have it for long: waiting is worth it."""
        ...

    def holder(self) -> Holder | None:
        """The process that has it, this one included."""
        ...

    def held_by(self) -> int | None:
        """Id of the process that has it."""
        ...
