"""A new job out of an earlier one: the same with changes, begun where they first matter."""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import commands
from pipeline.artifacts import Champion, DataInput
from pipeline.context import Cost, JobContext, Request
from pipeline.errors import PersonCanFix
from pipeline.events import AgentLogged
from pipeline.folders import JobFolder, remove
from pipeline.jobs import Actor, JobId, Place, Stage, new_job_id
from pipeline.ports.store import JobRow, Store
from pipeline.readiness import forget_from, with_changes
from pipeline.wishes import ROLE_LEAVES

_LEFT = ("runs", "model", "published", "scratch")  # of the parent's own training


async def fork(
    store: Store,
    parent: JobRow,
    *,
    home: Path,
    owner: Actor,
    wanted: Mapping[str, str],
    stage: Stage | None = None,
    place: Place | None = None,
    job_id: JobId | None = None,
) -> JobRow:
    """Save a job that has the parent's results up to `stage`, or to where a change matters.

    PersonCanFix when a change is none, or when what the parent had read is gone.
    """
    job_id = job_id or new_job_id()
    context = _child(parent.context, job_id, owner, place)
    first = stage or (Stage.DEPLOY if wanted else Stage.MONITOR)
    context = forget_from(with_changes(context, wanted), first)
    source, target = (JobFolder.of(home, one).path for one in (parent.id, job_id))
    if Stage.INTAKE_MANAGER not in parent.context.stage_results:
        raise PersonCanFix(
            f"The job {parent.id} has not read its data yet, so nothing can be taken from it.",
            f"See where it stands: mltrainer status {parent.id}",
        )
    if not source.is_dir():
        raise PersonCanFix(
            f"The data of {parent.id} is not kept on this machine any more.",
            'Start it anew: mltrainer run "WORDS" --data FILE',
        )
    await asyncio.to_thread(_copy, source, target)
    context = context.evolve(request=_with_own_files(context.request, source, target))
    told = f"Forked from {parent.id}" + (f": {_shown(wanted)}" if wanted else "")
    return await store.create(context, [AgentLogged(stage=context.open_stage, message=told)])


async def retrain(
    store: Store, parent: JobRow, *, owner: Actor, inputs: Sequence[DataInput]
) -> JobRow:
    """Save a job that learns the parent's task from new data, and replaces its model if better.

    PersonCanFix when the parent has no published model.
    """
    context = parent.context
    if context.release is None or context.data_report is None or context.intent is None:
        raise PersonCanFix(
            f"The job {parent.id} has no published model to train again.",
            f"See where it stands: mltrainer status {parent.id}",
        )
    job_id = new_job_id()
    known = {
        ROLE_LEAVES[role]: name if isinstance(name, str) else list(name)
        for role, name in context.columns.items()
        if role in ROLE_LEAVES
    }
    settings = {**known, "task_type": context.intent.task_type, **context.request.settings}
    champion = Champion(job=parent.id, release=context.release)
    child = forget_from(_child(context, job_id, owner, None), Stage.INTAKE_MANAGER)
    request = child.request.model_copy(update={"inputs": tuple(inputs), "settings": settings})
    told = AgentLogged(
        stage=Stage.INTAKE_MANAGER, message=f"Trained again, against the model of {parent.id}"
    )
    return await store.create(child.evolve(request=request, champion=champion), [told])


def _child(parent: JobContext, job_id: JobId, owner: Actor, place: Place | None) -> JobContext:
    """The parent's request and results under a new id, with nothing of how it went."""
    request = parent.request.model_copy(update={"approved": False, "conversation": ()})
    return parent.evolve(
        job_id=job_id,
        parent=parent.job_id,
        champion=None,
        created_at=datetime.now(UTC),
        owner=owner,
        thread=place or commands.terminal_place(job_id),
        request=request,
        run=None,
        left=None,
        release=None,
        waiting=None,
        errors=(),
        retry_counts={},
        redos=0,
        rebuilt=0,
        active=None,
        starts=0,
        seconds={},
        feedback={},
        cost=Cost(),
    )


def _with_own_files(request: Request, source: Path, target: Path) -> Request:
    """The request with its own copies of files that came with the parent's messages."""
    moved = [
        one.model_copy(update={"location": str(target / Path(one.location).relative_to(source))})
        if Path(one.location).is_relative_to(source)
        else one
        for one in request.inputs
    ]
    return request.model_copy(update={"inputs": tuple(moved)})


def _copy(source: Path, target: Path) -> None:
    """What the parent had read and prepared; links as links, and nothing of its training.

    What lies there already was begun by a copy that broke off.
    """
    remove(target)
    left = shutil.ignore_patterns(*_LEFT)

    def at_the_top(folder: str, names: list[str]) -> set[str]:
        return left(folder, names) if Path(folder) == source else set()

    shutil.copytree(source, target, symlinks=True, ignore=at_the_top)


def _shown(wanted: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in wanted.items())
