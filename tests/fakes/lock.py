"""The lock of a home in memory."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.fakes.clock import FakeClock


@dataclass(frozen=True)
class FakeHolder:
    """pipeline.ports.lock.Holder."""

    pid: int
    since: datetime
    everything: bool = False
    leaving: bool = False


@dataclass
class FakeLock:
    """pipeline.ports.lock.Lock; `other` is a process that has it first, for `busy` tries if so."""

    clock: FakeClock = field(default_factory=FakeClock)
    other: FakeHolder | None = None
    mine: FakeHolder | None = None
    busy: int | None = None

    @property
    def held(self) -> bool:
        return self.mine is not None

    def acquire(self, *, everything: bool = False) -> bool:
        self._wait()
        if self.other is None and self.mine is None:
            self.mine = FakeHolder(1, self.clock.now(), everything)
        return self.held

    def release(self) -> None:
        self.mine = None

    def leave(self) -> None:
        self.mine = self.mine and replace(self.mine, leaving=True)

    def is_passing(self) -> bool:
        return self.other is None or self.other.leaving

    def holder(self) -> FakeHolder | None:
        return self.other or self.mine

    def held_by(self) -> int | None:
        holder = self.holder()
        return holder.pid if holder else None

    def _wait(self) -> None:
        """One try less until the other process is gone."""
        if self.busy is not None:
            self.busy -= 1
            self.other = self.other if self.busy >= 0 else None
