"""How often a training is looked at, and which looks are worth a save."""

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from pipeline import following
from pipeline.artifacts import Run
from pipeline.ports.runtime import RunState, Runtime
from tests.fakes.clock import FakeClock

CLOUD = cast("Runtime", SimpleNamespace(poll_seconds=5.0))
NOW = FakeClock().now()


def run(age: timedelta, runtime: str = "cloud") -> Run:
    known = {"submitted_at": NOW - age, "seen_at": NOW, "status": "running"}
    return Run(runtime=runtime, name="r", handle="h").model_copy(update=known)


@pytest.mark.parametrize(
    ("minutes", "seconds"), [(0, 5), (1, 5), (10, 30), (30, 90), (60, 180), (100, 300), (3000, 360)]
)
def test_the_longer_a_training_runs_elsewhere_the_seldomer_it_is_looked_at(
    minutes: int, seconds: float
) -> None:
    pause = following.pause(run(timedelta(minutes=minutes)), CLOUD, NOW)
    assert pause == timedelta(seconds=seconds)


def test_a_training_on_this_machine_is_looked_at_as_often_to_its_end() -> None:
    assert following.pause(run(timedelta(hours=9), "local"), CLOUD, NOW) == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("lines", "minutes", "old"), [((), 1, True), (("epoch 2",), 1, False), ((), 10, False)]
)
def test_a_look_is_saved_for_new_lines_and_now_and_then_as_a_sign_of_life(
    lines: tuple[str, ...], minutes: int, *, old: bool
) -> None:
    known, later = run(timedelta(hours=1)), NOW + timedelta(minutes=minutes)
    seen = following.seen(known, RunState("running", lines), later)
    assert following.is_old_news(known, seen, later) is old
