"""What a look at a run shows: its output as events, each line once, and what the run costs."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pipeline.artifacts import Run
from pipeline.events import ProgressReported, TrainingCharged
from pipeline.jobs import Stage
from pipeline.placing import Estimate
from pipeline.ports.runtime import RunState
from pipeline.scripts import progress

_TAIL = 30
_MOST_HERE = 20  # a look, of which there is one a second: nobody reads more
_MOST_ELSEWHERE = 2000  # seldom looked at; after a restart this is all that was missed


def found_again(run: Run, left: Run | None) -> Run:
    """A run with what is known of the one that was left open, where it bears the same name."""
    if left is None or (left.name, left.runtime) != (run.name, run.runtime):
        return run
    known = ("submitted_at", "lines_read", "log_tail", "page")
    return run.model_copy(update={name: getattr(left, name) for name in known})


def progress_of(stage: Stage, lines: Iterable[str]) -> list[ProgressReported]:
    """The progress lines among these as events."""
    return [event for line in lines if (event := progress(stage, line))]


def latest(told: Sequence[ProgressReported], *, here: bool) -> tuple[ProgressReported, ...]:
    """What is kept of a look's events: of a flood the last ones. `here` is on this machine."""
    return tuple(told[-(_MOST_HERE if here else _MOST_ELSEWHERE) :])


def seen(run: Run, state: RunState) -> Run:
    """The run as this look shows it, with its lines read."""
    return run.model_copy(
        update={
            "status": "running" if state.status == "running" else "ended",
            "lines_read": run.lines_read + len(state.lines),
            "log_tail": (*run.log_tail, *state.lines)[-_TAIL:],
            "page": state.page or run.page,
        }
    )


def price_of(run: Run, place: Estimate | None, now: datetime) -> tuple[TrainingCharged, ...]:
    """What a run elsewhere costs, by the time since it was submitted; nothing for one here."""
    if place is None or run.submitted_at is None:
        return ()
    seconds = (now - run.submitted_at).total_seconds()
    usd = float(place.spent(seconds))
    return (TrainingCharged(run=run.name, runtime=run.runtime, seconds=seconds, usd=usd),)
