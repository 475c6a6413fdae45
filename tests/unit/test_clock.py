"""The clock goes on evenly while somebody sets the machine's, and follows when that lasts."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters import clock
from adapters.clock import SystemClock

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Machine:
    """Time as the machine tells it: `off` is how far its clock was set."""

    def __init__(self) -> None:
        self.elapsed, self.off = 1000.0, timedelta()

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.elapsed - 1000.0) + self.off


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(clock, "_wall", machine.wall)
    monkeypatch.setattr(clock, "_elapsed", lambda: machine.elapsed)
    return machine


def right_for(machine: Machine, seconds: float) -> SystemClock:
    """A clock that has gone well so long, until noon."""
    machine.elapsed -= seconds
    kept = SystemClock()
    machine.elapsed += seconds
    return kept


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(hours=-1), timedelta(minutes=10)])
def test_a_clock_that_is_set_and_set_back_is_not_noticed(machine: Machine, jump: timedelta) -> None:
    kept = right_for(machine, 3600)
    machine.off = jump
    machine.elapsed += 60
    assert kept.now() == NOON + timedelta(seconds=60)
    machine.off = timedelta()
    assert kept.now() == NOON + timedelta(seconds=60)


def test_a_clock_that_stays_where_it_was_set_is_believed(machine: Machine) -> None:
    kept = right_for(machine, 3600)
    machine.off = timedelta(hours=1)
    kept.now()
    machine.elapsed += 599
    assert kept.now() < NOON + timedelta(hours=1)
    machine.elapsed += 1
    assert kept.now() == NOON + timedelta(hours=1, seconds=600)


@pytest.mark.parametrize(("wrong_for", "doubted"), [(2, 60), (90, 90), (3600, 600)])
def test_a_machine_that_began_with_a_wrong_clock_is_believed_when_it_is_set_right(
    machine: Machine, wrong_for: int, doubted: int
) -> None:
    machine.off = timedelta(days=-1)
    kept = right_for(machine, wrong_for)
    machine.off = timedelta()
    kept.now()
    machine.elapsed += doubted - 1
    assert kept.now() < machine.wall()
    machine.elapsed += 1
    assert kept.now() == machine.wall()


def test_doubts_are_forgotten_when_the_clock_is_right_again(machine: Machine) -> None:
    kept = right_for(machine, 3600)
    for _ in range(3):
        machine.off = timedelta(hours=1)
        machine.elapsed += 400
        kept.now()
        machine.off = timedelta()
        machine.elapsed += 1
        assert kept.now() == machine.wall()


def test_small_corrections_are_followed_at_once(machine: Machine) -> None:
    kept = SystemClock()
    machine.off = timedelta(seconds=-1)
    assert kept.now() == NOON - timedelta(seconds=1)
