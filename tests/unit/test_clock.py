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


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(hours=-1), timedelta(minutes=10)])
def test_a_clock_that_is_set_and_set_back_is_not_noticed(machine: Machine, jump: timedelta) -> None:
    kept = SystemClock()
    machine.off = jump
    machine.elapsed += 60
    assert kept.now() == NOON + timedelta(seconds=60)
    machine.off = timedelta()
    assert kept.now() == NOON + timedelta(seconds=60)


def test_a_clock_that_stays_where_it_was_set_is_believed(machine: Machine) -> None:
    kept = SystemClock()
    machine.off = timedelta(hours=1)
    kept.now()
    machine.elapsed += 599
    assert kept.now() < NOON + timedelta(hours=1)
    machine.elapsed += 1
    assert kept.now() == NOON + timedelta(hours=1, seconds=600)


def test_doubts_are_forgotten_when_the_clock_is_right_again(machine: Machine) -> None:
    kept = SystemClock()
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
