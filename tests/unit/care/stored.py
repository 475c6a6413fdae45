"""Jobs as they may stand in a database: at every stage, in every state, of every task."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from pipeline.artifacts import Champion, Release, Run
from pipeline.context import JobContext, Request, StageError, StageResult, Waiting
from pipeline.execution_plan import plan
from pipeline.intent import ParsedIntent
from pipeline.jobs import Actor, JobId, JobStatus, Place, Stage, TaskType
from pipeline.recipe import known_recipes
from tests.unit.orchestrator.scripted import ARTIFACTS

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
STATES = ("fresh", "under way", "tried", "question", "credential", "approval", "failed", "ended")
_STATUS = {
    "question": JobStatus.WAITING,
    "credential": JobStatus.WAITING,
    "approval": JobStatus.WAITING,
    "failed": JobStatus.FAILED,
}


def every_job(home: str = "/nowhere") -> Iterator[tuple[JobContext, JobStatus]]:
    """Each stage in each state, the tasks taking turns; then each task at its training."""
    tasks = sorted(known_recipes())
    number = 0
    for stage in Stage:
        for state in STATES:
            number += 1
            task = TaskType(tasks[number % len(tasks)])
            yield _job(number, stage, state, task, home), _status(stage, state)
    for task in tasks:
        for state in ("under way", "tried", "ended"):
            number += 1
            yield _job(number, Stage.MONITOR, state, TaskType(task), home), _status(stage, state)


def _status(stage: Stage, state: str) -> JobStatus:
    if state == "ended":
        return JobStatus.DONE if stage is Stage.DEPLOY else JobStatus.CANCELLED
    return _STATUS.get(state, JobStatus.RUNNABLE)


def _job(number: int, stage: Stage, state: str, task: TaskType, home: str) -> JobContext:
    done = list(Stage)[: list(Stage).index(stage) + (state == "ended" and stage is Stage.DEPLOY)]
    context = JobContext(
        job_id=JobId(f"j-{number:08d}"),
        created_at=AT,
        owner=Actor(platform="slack", space="T1", id=f"U{number % 7}", name="Ann Ä"),
        thread=Place(platform="slack", space="T1", channel="C1", thread=f"17.{number}"),
        home=home,
        request=Request(words=f"make me a model, please: №{number} “ß”", settings={"seed": number}),
        stage_results={one: _result(one, task) for one in done},
    )
    for one in done:
        context = context.with_artifact(ARTIFACTS[one])
    if Stage.INTENT_PARSER in done:
        context = context.evolve(intent=ParsedIntent(task_type=task))
    return _in_state(context, stage, state)


def _result(stage: Stage, task: TaskType) -> StageResult:
    skipped = stage in plan(task, deploy=True).skipped
    how: Literal["done", "skipped"] = "skipped" if skipped else "done"
    return StageResult(status=how, attempts=1, seconds=2.5, at=AT)


def _in_state(context: JobContext, stage: Stage, state: str) -> JobContext:
    context = context.with_message("person", "hello 👋", AT)
    error = StageError(stage=stage, attempt=1, kind="Rejected", message="no", at=AT)
    match state:
        case "under way":
            run = Run(runtime="kaggle", name="r") if stage is Stage.MONITOR else None
            champion = Champion(job=JobId("j-00000001"), release=_RELEASE)
            return context.evolve(active=stage, starts=1, run=run, champion=champion)
        case "tried" | "failed":
            counts, told = {stage: 1}, {stage: "the error as it was"}
            return context.evolve(errors=(error,), retry_counts=counts, feedback=told)
        case "question" | "credential" | "approval":
            fields = {"question": "retry", "credential": "kaggle", "approval": "approval"}
            waiting = Waiting(reason=state, text="What now?", field=fields[state])
            return context.evolve(waiting=waiting)
        case _:
            return context


_RELEASE = Release(host="folder", url=None, path=None)
