"""What follows when a person stops a job: for good, for now, or back to an earlier stage."""

from datetime import datetime

from pipeline.context import JobContext
from pipeline.errors import PersonCanFix
from pipeline.events import JobResumed
from pipeline.jobs import Stage
from pipeline.readiness import forget_from, once_more
from pipeline.transitions import Change, cancelled, waits_for

PAUSE = "pause:"
"""Before the name of who stops a job: it shall only pause."""


def stopped(context: JobContext, by: str, now: datetime) -> Change:
    """What ran was ended, for good or until its person says how to go on."""
    if not by.startswith(PAUSE):
        return cancelled(context, by)
    name, stage = by.removeprefix(PAUSE), context.active
    under_way = f" in the stage {stage}" if stage else ""
    hint = "Say “resume”, “change NAME to VALUE”, “undo STAGE” or “cancel”."
    ended_well = context.run is not None and context.run.status in {"collected", "proven"}
    context = context.evolve(run=context.run if ended_well else None)
    return waits_for(context, PersonCanFix(f"{name} stopped the work{under_way}.", hint), now)


def undone(context: JobContext, stage: Stage) -> Change:
    """Back to before a stage: earlier results stay, and the work goes on from there."""
    context = once_more(forget_from(context, stage))
    return Change(
        context, [JobResumed(stage=stage, why=f"everything from {stage} on is done anew")]
    )
