"""What became of an attempt of a stage, read off a saved change: for the log and the metrics.

A look at a training that goes on is no end of an attempt: it happens thousands of times a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipeline.context import JobContext, StageError
from pipeline.events import Event, StageEnded, StageFailed, StageRetried, StageSkipped
from pipeline.jobs import JobId, Stage

AttemptOutcome = Literal["done", "skipped", "retried", "failed", "waiting", "cancelled"]
"""`retried`: another attempt follows, of this stage or of an earlier one. `waiting`: for a person.
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that ended. It holds nothing that a person wrote, no data and no message.

    `seconds` is the stage's working time so far, over all its attempts; `retries` counts those that
    failed before this one; `error` is the class of the error that ended it. `job_cost_usd` is what
    the whole job has spent by then.
    """

    job_id: JobId
    stage: Stage
    attempt: int
    outcome: AttemptOutcome
    seconds: float
    retries: int
    error: str
    job_cost_usd: Decimal


def ended_attempt(before: JobContext, after: JobContext, events: Sequence[Event]) -> Attempt | None:
    """The attempt that a change from `before` to `after` ends; None when it ends none."""
    skipped = next((one.stage for one in events if isinstance(one, StageSkipped)), None)
    stage = skipped or before.active
    outcome = "skipped" if skipped else _outcome(before, after, events)
    if stage is None or outcome is None:
        return None
    retries = before.retry_counts.get(stage, 0)
    error = _new_error(before, after)
    return Attempt(
        job_id=after.job_id,
        stage=stage,
        attempt=retries + 1,
        outcome=outcome,
        seconds=round(max(after.seconds.get(stage, 0.0), before.seconds.get(stage, 0.0)), 3),
        retries=retries,
        error=error.kind if error else "",
        job_cost_usd=after.cost.llm_usd + after.cost.compute_usd,
    )


def _outcome(
    before: JobContext, after: JobContext, events: Sequence[Event]
) -> AttemptOutcome | None:
    if before.active is None:
        return None
    for event in events:
        match event:
            case StageEnded():
                return "done"
            case StageFailed():
                return "failed"
            case StageRetried():
                return "retried"
    if after.waiting is not None:
        return "waiting"
    return "cancelled" if after.active is None else None


def _new_error(before: JobContext, after: JobContext) -> StageError | None:
    latest = after.errors[-1] if after.errors else None
    return latest if latest and latest not in before.errors else None
