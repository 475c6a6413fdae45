"""The object of `--json` has exactly its keys, whatever the job's state."""

import json

from bot.result import Result
from pipeline.context import StageError, Waiting
from pipeline.events import AgentLogged, ModelReplied, StageStarted
from pipeline.jobs import JobStatus, Stage
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.unit.bot.finished import NOW, finished_job, row_of

KEYS = [
    *("job", "status", "task_type", "columns", "ignored", "locked", "rows", "metric", "metrics"),
    *("baselines", "verdict", "verdict_level", "warnings", "model", "space", "proof", "sandbox"),
    *("stages", "cost", "question", "error"),
]


def test_a_new_job_has_all_keys_and_no_result() -> None:
    found = Result.of(row_of(new_job(FakeClock()), JobStatus.RUNNABLE), (), state="running")
    document = json.loads(found.model_dump_json())
    assert list(document) == KEYS
    assert document["metric"] is None
    assert document["rows"] == {"train": None, "validation": None, "test": None}
    assert document["model"] == document["space"] == {"url": None, "path": None}
    assert document["cost"] == {"llm_usd": 0.0, "compute_usd": 0.0}


def test_a_finished_job_tells_its_numbers_its_place_and_its_proof() -> None:
    row = row_of(finished_job(), JobStatus.DONE)
    document = json.loads(Result.of(row, (), state="done", sandbox="full").model_dump_json())
    assert list(document) == KEYS
    assert document["metric"] == {
        "name": "f1",
        "value": 0.9621,
        "better": "higher",
        "split": "test",
        "n": 515,
        "ci95": [0.93, 0.985],
        "positive": "spam",
    }
    assert document["baselines"][0] == {"name": "always ham", "value": 0.0}
    assert document["model"] == {"url": None, "path": "/models/job"}
    assert document["proof"] == {"loaded": True, "rows": 515}
    assert document["stages"][0] == {
        "name": "intake_manager",
        "status": "done",
        "attempts": 1,
        "seconds": 1.5,
    }


def test_an_unpublished_model_is_where_it_was_proven() -> None:
    row = row_of(finished_job().evolve(release=None), JobStatus.DONE)
    assert Result.of(row, (), state="done").model.path == "/proven"


def test_warnings_of_agents_are_told_once() -> None:
    event = AgentLogged(stage=Stage.DATASET, message="Odd.", warning=True)
    quiet = AgentLogged(stage=Stage.DATASET, message="Fine.")
    row = row_of(finished_job(), JobStatus.DONE)
    assert Result.of(row, (event, event, quiet), state="done").warnings == (
        "Only 515 rows.",
        "Odd.",
    )


def test_a_waiting_job_tells_its_question_and_a_failed_one_its_error() -> None:
    waiting = Waiting(reason="question", text="Which?", field="target", options=("a", "b"))
    row = row_of(new_job(FakeClock()).evolve(waiting=waiting), JobStatus.WAITING)
    asked = Result.of(row, (), state="waiting")
    assert asked.question is not None
    assert asked.question.options == ("a", "b")
    error = StageError(stage=Stage.CONFIG, attempt=1, kind="Bug", message="It broke.", at=NOW)
    row = row_of(new_job(FakeClock()).evolve(errors=(error,)), JobStatus.FAILED)
    failed = Result.of(row, (), state="failed")
    assert failed.error is not None
    assert (failed.error.kind, failed.error.message) == ("Bug", "It broke.")


def test_a_stage_that_stopped_before_its_end_is_pending_unless_somebody_is_at_it() -> None:
    started = StageStarted(stage=Stage.INTAKE_MANAGER, attempt=1)
    row = row_of(new_job(FakeClock()), JobStatus.RUNNABLE)
    assert Result.of(row, (started,), state="running").stages[0].status == "running"
    assert Result.of(row, (started,), state="interrupted").stages[0].status == "pending"


def test_what_a_stage_at_work_has_spent_counts_already() -> None:
    replied = ModelReplied(
        stage=Stage.CODEGEN, prompt="codegen", tokens=9, cost_usd=0.1, seconds=1, limit_usd=1
    )
    row = row_of(new_job(FakeClock()), JobStatus.RUNNABLE)
    assert Result.of(row, (replied,) * 3, state="running").cost.llm_usd == 0.3
