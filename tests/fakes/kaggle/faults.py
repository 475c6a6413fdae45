"""What goes wrong at the fake Kaggle: by the name of a call, and how often."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["refuse", "hang", "drop", "deafen", "nonsense"]
ALWAYS = 1_000_000


@dataclass
class Fault:
    """`drop` breaks the connection off before anything is done, `deafen` after all was done."""

    kind: Kind
    status: int = 500
    said: str = "Something went wrong"
    retry_after: str = ""
    left: int = 1


@dataclass
class Faults:
    """The faults that wait, by the name of a call; "*" is every one."""

    waiting: dict[str, Fault] = field(default_factory=dict)

    def refuse(
        self,
        call: str,
        status: int,
        said: str = "Something went wrong",
        *,
        retry_after: str = "",
        times: int = 1,
    ) -> None:
        """Answer with a failing status."""
        self.waiting[call] = Fault("refuse", status, said, retry_after, times)

    def set(self, call: str, kind: Kind, times: int = 1) -> None:
        """Let it go wrong otherwise."""
        self.waiting[call] = Fault(kind, left=times)

    def clear(self) -> None:
        """All is well again."""
        self.waiting.clear()

    def taken(self, call: str) -> Fault | None:
        """The fault of this call, if it has one left."""
        for name in (call, "*"):
            fault = self.waiting.get(name)
            if fault is not None and fault.left > 0:
                fault.left -= 1
                return fault
        return None
