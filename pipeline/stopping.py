"""What follows when a person stops a job: for good, for now, or back to an earlier stage."""

from datetime import datetime

from pipeline import readiness
from pipeline.artifacts import Run
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix
from pipeline.events import JobResumed
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.runtime import Offer
from pipeline.transitions import Change, cancelled, waits_for

PAUSE = "pause:"
"""Before the name of who stops a job: it shall only pause."""
FIELD = "resume"
"""What a job that was stopped waits for."""


def stopped(context: JobContext, by: str, now: datetime) -> Change:
    """What ran was ended, for good or until its person says how to go on."""
    if not by.startswith(PAUSE):
        return cancelled(context, by)
    if context.waiting is not None:  # it came to a question of its own before it was stopped
        return Change(context, status=JobStatus.WAITING)
    name, stage = by.removeprefix(PAUSE), context.active
    under_way = f" in the stage {stage}" if stage else ""
    hint = "Say “resume”, “change NAME to VALUE”, “undo STAGE” or “cancel”."
    paused = PersonCanFix(f"{name} stopped the work{under_way}.", hint, field=FIELD)
    return waits_for(readiness.without_open_run(context), paused, now)


def goes_on(run: Run, offer: Offer) -> str:
    """What is said of a run that could not be ended from here."""
    look = f" Look at it or end it at {run.page}" if run.page else ""
    return (
        f"The run on {offer.title} could not be ended from here: it ends there by itself at its "
        f"time limit, and its result is not used.{look}"
    )


def undone(context: JobContext, stage: Stage) -> Change:
    """Back to before a stage: earlier results stay, and the work goes on from there."""
    resumed = JobResumed(stage=stage, why=f"everything from {stage} on is done anew")
    return Change(readiness.undone(context, stage), [resumed])
