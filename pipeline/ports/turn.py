"""What one process of many does alone; the next in line does it when that one dies."""

from typing import Protocol


class Turn(Protocol):
    """The place of the one that does it. `run` waits for it and keeps it."""

    async def run(self) -> None:
        """Try to be the one, and stay it, until cancelled."""
        ...

    async def begun(self) -> None:
        """Wait until it is the turn of this process."""
        ...

    async def lost(self) -> None:
        """Wait until it is that no longer."""
        ...
