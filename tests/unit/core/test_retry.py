"""Retrying as a value: every stage has its budget, and the pauses are the documented ones."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.jobs import Stage
from pipeline.retry import POLICIES, RetryPolicy


def pauses(stage: Stage) -> list[float]:
    policy = POLICIES[stage]
    return [policy.delay(n).total_seconds() for n in range(1, policy.attempts)]


def test_every_stage_has_a_policy() -> None:
    assert set(POLICIES) == set(Stage)


@pytest.mark.parametrize(
    ("stage", "seconds"),
    [
        (Stage.INTAKE_MANAGER, []),
        (Stage.INTENT_PARSER, [2, 3]),
        (Stage.DATASET, [5, 10]),
        (Stage.PREPROCESSING, [3]),
        (Stage.CONFIG, [2, 3]),
        (Stage.ARCHITECTURE, [2, 3]),
        (Stage.CODEGEN, [2, 3]),
        (Stage.DEPLOY, [5, 10]),
    ],
)
def test_the_pauses_of_a_stage(stage: Stage, seconds: list[float]) -> None:
    assert pauses(stage) == seconds


def test_a_long_wait_grows_to_its_cap() -> None:
    seconds = pauses(Stage.MONITOR)

    assert seconds[:3] == pytest.approx([30, 36, 43.2])
    assert (len(seconds), seconds[-1]) == (9, 120)


def test_the_scale_multiplies_every_pause() -> None:
    assert POLICIES[Stage.DATASET].delay(2, scale=0.01) == timedelta(seconds=0.1)
    assert POLICIES[Stage.DATASET].delay(2, scale=0) == timedelta()


def test_only_stages_that_think_are_told_their_error() -> None:
    assert {stage for stage, policy in POLICIES.items() if policy.feeds_back} == {
        Stage.INTENT_PARSER,
        Stage.CONFIG,
        Stage.ARCHITECTURE,
        Stage.CODEGEN,
    }


@given(
    attempts=st.integers(1, 20),
    first=st.floats(0, 60),
    backoff=st.floats(1, 3),
    longest=st.floats(0, 600),
)
def test_pauses_never_shrink_nor_pass_the_longest_and_attempts_end(
    attempts: int, first: float, backoff: float, longest: float
) -> None:
    policy = RetryPolicy(
        attempts=attempts, first_delay=first, backoff=backoff, longest_delay=longest
    )

    delays = [policy.delay(failures) for failures in range(1, attempts + 1)]

    assert delays == sorted(delays)
    assert delays[-1] <= timedelta(seconds=longest)
    assert [policy.allows_another(n) for n in range(1, attempts + 1)].count(True) == attempts - 1
