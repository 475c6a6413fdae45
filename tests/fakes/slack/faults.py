"""What goes wrong on demand: the next calls of a method fail, are slow, or lose their answer."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.slack.workspace import Json


@dataclass(frozen=True)
class Fault:
    """One failure, after `seconds`.

    `refuse` answers with `status` and `body` and does nothing, `slow` does what was asked, `lose`
    does it and drops the connection instead of an answer.
    """

    kind: Literal["refuse", "slow", "lose"]
    seconds: float = 0.0
    status: int = 200
    body: str | Json = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Faults:
    """The failures that wait for their calls, in order."""

    _waiting: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))

    def plan(self, method: str, fault: Fault, times: int) -> None:
        self._waiting[method].extend([fault] * times)

    def next_of(self, method: str) -> Fault | None:
        return self._waiting[method].pop(0) if self._waiting[method] else None

    def clear(self) -> None:
        self._waiting.clear()
