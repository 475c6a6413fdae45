"""Every event has its sentence, and numbers are short."""

from typing import get_args

import pytest

from bot import telling, words
from pipeline.events import Event, ProgressReported, StageRetried
from pipeline.jobs import Stage


def test_every_kind_of_event_has_words() -> None:
    union, _ = get_args(Event)
    without = [kind for kind in get_args(union) if kind not in telling.event_line.registry]
    assert not without


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0s"), (4.83, "4.8s"), (142.3, "142.3s"), (725, "12m 05s"), (12_000, "3h 20m")],
)
def test_durations_read_like_a_clock(value: float, text: str) -> None:
    assert words.seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (0.96213, "0.9621"), (14203.4, "14,203"), (1.2e-5, "1.2e-05")]
)
def test_numbers_are_short_and_exact_enough(value: float, text: str) -> None:
    assert words.number(value) == text


def test_progress_says_how_far_how_good_and_how_long_still() -> None:
    event = ProgressReported(
        stage=Stage.MONITOR, step="train", done=0.4, eta=12, numbers={"roc_auc": 0.861}
    )
    assert telling.progress(event) == "train: 40%, roc_auc 0.861, 12.0s left"


def test_a_retry_names_the_error_that_caused_it() -> None:
    event = StageRetried(
        stage=Stage.CODEGEN, attempt=2, max_attempts=3, delay=2, error="Invalid syntax."
    )
    assert (
        telling.event_line(event)
        == "codegen failed: Invalid syntax. Attempt 2 of 3 follows in 2.0s."
    )
