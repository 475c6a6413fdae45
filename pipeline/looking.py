"""Stages that are looked at again and again until they are over: when, and what a look counts."""

from datetime import timedelta

from pipeline.context import JobContext
from pipeline.jobs import Stage
from pipeline.outcomes import ComeBack, LookAgain

_SOON = timedelta(seconds=1)


def pause(after: timedelta, scale: float) -> timedelta:
    """The time until an agent comes back; what is longer than a second is never made shorter."""
    return max(after * scale, min(after, _SOON))


def is_between_looks(context: JobContext, stage: Stage) -> bool:
    """Whether the stage's last look was saved whole and had no trouble: nobody is at it."""
    return context.active is stage and not (context.starts or context.retry_counts.get(stage))


def handed_over(context: JobContext) -> JobContext:
    """Another process looks this time; should it die of that, the start was counted."""
    return context.evolve(starts=1)


def looked(
    context: JobContext, stage: Stage, outcome: ComeBack | LookAgain, pause: timedelta
) -> JobContext:
    """After a look. What failed before is over: a day of looks may have many short troubles."""
    if isinstance(outcome, ComeBack):
        context = context.with_artifact(outcome.artifact)
    counts = {**context.retry_counts, stage: 0}
    context = timed(context, stage, pause.total_seconds())
    return context.evolve(retry_counts=counts, starts=0)


def timed(context: JobContext, stage: Stage, elapsed: float) -> JobContext:
    """The context with this much more working time on the stage."""
    seconds = context.seconds.get(stage, 0.0) + elapsed
    return context.evolve(seconds={**context.seconds, stage: seconds})
