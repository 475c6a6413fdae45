"""What goes wrong on demand: the next calls of a route fail, are slow, or lose their answer."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.discord.world import Json


@dataclass(frozen=True)
class Fault:
    """One failure, after `seconds`.

    `refuse` answers with `status` and `body`, and does nothing, or with `after` does what was asked
    all the same; `slow` does what was asked; `lose` does it and drops the connection.
    """

    kind: Literal["refuse", "slow", "lose"]
    seconds: float = 0.0
    status: int = 500
    body: str | Json = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False


@dataclass
class Faults:
    """The failures that wait for their calls, in order."""

    _waiting: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))

    def plan(self, route: str, fault: Fault, times: int) -> None:
        self._waiting[route.replace("...", "…")].extend([fault] * times)

    def next_of(self, route: str) -> Fault | None:
        return self._waiting[route].pop(0) if self._waiting[route] else None

    def clear(self) -> None:
        self._waiting.clear()
