"""Every check of the fault lab finds what it is there for, and nothing in a run that went well."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.faultlab.checks import Attempt, Found, diary, found, recoveries
from tests.faultlab.hurts import Struck
from tests.faultlab.services import Service
from tests.faultlab.storm import Happened
from tests.stories.kill_counts import count
from tests.unit.faultlab.planted import CARD, JOB, SAID, Asked, Past


def looked(past: Past, errand: Asked | None = None, submitted: int = 1) -> Found:
    """What is found in this past."""
    errands = [errand or Asked()]
    tally = count(past, errands, past.rows, starts=())
    begun = Counter({f"{JOB}-0": submitted})
    return found(tally, errands, past.rows, [Service("Ray", "RAY_ADDRESS", "", lambda: begun)])


def test_nothing_is_found_where_all_went_well() -> None:
    assert list(looked(Past()).lines()) == []


def test_a_job_that_nobody_ever_heard_of_is_lost() -> None:
    assert len(looked(Past(), Asked(shown=None)).lost_jobs) == 1


def test_a_job_that_does_not_end_is_stuck() -> None:
    (one,) = looked(Past(), Asked(over="")).stuck_jobs
    assert CARD.text in one


def test_a_stage_that_begins_after_its_end_was_saved_has_run_again() -> None:
    past = Past()
    past.events.insert(2, {"kind": "stage_start", "stage": "dataset"})
    past.event_count = past.board = 4
    assert looked(past).stages_again == [f"{JOB}: dataset began again at event 3"]


def test_a_training_that_was_begun_twice_elsewhere_is_doubled() -> None:
    assert looked(Past(), submitted=2).doubled_submissions == [f"Ray: {JOB}-0 was begun 2 times"]


@pytest.mark.parametrize(
    "past",
    [
        Past(missing=[2]),
        Past(board=2),
        Past(arrivals=[{"key": "said", "handled": False}]),
        Past(letters=[f"{JOB}:1", f"{JOB}:2", f"{JOB}:3"]),
        Past(untaken=["never taken: hello"]),
    ],
    ids=["an event", "an event nobody saw", "words not handled", "a letter", "words not taken"],
)
def test_what_was_not_told_or_not_heard_is_lost(past: Past) -> None:
    assert looked(past).lost_messages != []


def test_a_question_without_an_answer_is_lost() -> None:
    assert looked(Past(), Asked(questions=[SAID])).lost_messages != []


def test_what_is_told_twice_is_doubled() -> None:
    past = Past()
    past.messages.append((f"{JOB}:3", "it is done"))
    assert looked(past).doubled_messages == [f"{JOB}:3 (2 times)"]


def test_what_is_told_too_late_is_out_of_order() -> None:
    past = Past()
    past.messages.append(past.messages.pop(1))
    assert len(looked(past).out_of_order) == 1


def killed(at: float, pid: int = 1, away: float = 0.0) -> Happened:
    return Happened("kill", Struck("worker-1", pid=pid), at, at + away)


def test_recovery_lasts_from_the_kill_until_another_goes_on_with_the_job() -> None:
    attempts = [
        Attempt(1, "cut off", "codegen", "began", 1.0),
        Attempt(1, "over before", "codegen", "began", 1.0),
        Attempt(1, "over before", "codegen", "ended", 2.0),
        Attempt(2, "of another", "codegen", "began", 2.0),
        Attempt(2, "over before", "monitor", "began", 4.0),
        Attempt(2, "cut off", "codegen", "began", 7.5),
    ]
    assert recoveries(attempts, [killed(at=3.0, away=2.0)], alone=False) == [4.5]


def test_the_recovery_of_a_process_alone_lasts_from_when_it_is_started_again() -> None:
    attempts = [
        Attempt(1, "cut off", "codegen", "began", 1.0),
        Attempt(2, "cut off", "codegen", "began", 7.5),
    ]
    assert recoveries(attempts, [killed(at=3.0, away=4.0)], alone=True) == [0.5]


def test_the_diary_of_all_machines_is_read_in_order_of_time(tmp_path: Path) -> None:
    lines = [
        {"pid": pid, "job": JOB, "stage": "dataset", "what": "began", "at": at}
        for pid, at in ((1, 2.0), (2, 1.0))
    ]
    (tmp_path / "diary").write_text("".join(json.dumps(one) + "\n" for one in lines))
    assert [one.pid for one in diary(tmp_path)] == [2, 1]
