"""What a look at a run shows: its output as events, each line once, and what the run costs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.artifacts import Run
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix
from pipeline.events import ProgressReported, TrainingCharged
from pipeline.jobs import Stage
from pipeline.placing import estimate
from pipeline.planning import LOCAL
from pipeline.ports.runtime import RunState, Runtime
from pipeline.readiness import TRY_AGAIN
from pipeline.scripts import progress
from pipeline.training import most_seconds

_TAIL = 30
_MOST_MISSING = 3  # looks at a run that the service does not show, though it may be there
MOST_WAIT = timedelta(days=2)  # longer than any queue and session: nobody ends it any more
_MOST_LOST = 2  # of a run that is gone each time nobody knows whether it would ever end
_MOST_PAUSE = timedelta(minutes=6)  # of what runs for hours: thousands may be followed
_PAUSE_OF_AGE = 20  # a look comes after this part of the time that the run has had
_MOST_UNSAVED = timedelta(minutes=10)  # without a new sign of life in the saved job
_ONCE_MORE_OR_HERE = (TRY_AGAIN, LOCAL)
_MOST_HERE = 20  # a look, of which there is one a second: nobody reads more
_MOST_ELSEWHERE = 2000  # seldom looked at; after a restart this is all that was missed


def pause(run: Run, runtime: Runtime, now: datetime) -> timedelta:
    """Until the next look: what ends after hours need not be noticed within seconds."""
    shortest = timedelta(seconds=runtime.poll_seconds)
    if run.runtime == LOCAL or run.submitted_at is None:
        return shortest
    return max(shortest, min((now - run.submitted_at) / _PAUSE_OF_AGE, _MOST_PAUSE))


def is_old_news(run: Run, seen: Run, now: datetime) -> bool:
    """Whether a look showed nothing but that the run still runs, as it was saved not long ago."""
    if run.seen_at is None or now - run.seen_at >= _MOST_UNSAVED:
        return False
    return seen == run.model_copy(update={"seen_at": seen.seen_at})


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


def seen(run: Run, state: RunState, now: datetime) -> Run:
    """The run as this look shows it, with its lines read; one that is gone has not been seen."""
    alive = {"seen_at": now, "missing": 0} if state.status != "lost" else {}
    return run.model_copy(
        update={
            "status": "running" if state.status == "running" else "ended",
            "lines_read": run.lines_read + len(state.lines),
            "log_tail": (*run.log_tail, *state.lines)[-_TAIL:],
            "page": state.page or run.page,
            **alive,
        }
    )


def may_come(run: Run) -> bool:
    """Whether a run that the service does not show is worth another look."""
    return run.missing < _MOST_MISSING


def once_more(run: Run, runtime: Runtime) -> Run:
    """A run that is gone, to be submitted anew; PersonCanFix when it is gone again and again."""
    if run.lost < _MOST_LOST:
        named = {"status": "named", "handle": None, "lines_read": 0, "missing": 0}
        return run.model_copy(update={**named, "lost": run.lost + 1})
    times = f"each of the {_MOST_LOST + 1} times"
    if run.runtime == LOCAL:
        raise PersonCanFix(
            f"The training was cut off {times}, with the program that runs it.",
            f"See what ends that (a restart, or too little memory), then “{TRY_AGAIN}”.",
            field="runtime",
            options=(TRY_AGAIN,),
        )
    raise PersonCanFix(
        f"The run on {runtime.offer.title} was gone {times}.",
        f"See there what ends it, then “{TRY_AGAIN}”, or train here: “{LOCAL}”.",
        field="runtime",
        options=_ONCE_MORE_OR_HERE,
    )


def check_overdue(run: Run, runtime: Runtime, now: datetime) -> None:
    """PersonCanFix for a run that should have ended long ago, or has waited too long to begin."""
    if run.runtime == LOCAL or run.submitted_at is None or now - run.submitted_at < MOST_WAIT:
        return
    where = f" at {run.page}" if run.page else ""
    raise PersonCanFix(
        f"The training on {runtime.offer.title} has not ended in two days.",
        f"End it there{where}, then “{TRY_AGAIN}”, or train here: “{LOCAL}”.",
        field="runtime",
        options=_ONCE_MORE_OR_HERE,
    )


def stopped_there(runtime: Runtime) -> PersonCanFix:
    """Somebody has ended the run where it was."""
    return PersonCanFix(
        f"The training was stopped on {runtime.offer.title}.",
        f"“{TRY_AGAIN}” to train there anew, or train here: “{LOCAL}”.",
        field="runtime",
        options=_ONCE_MORE_OR_HERE,
    )


def stopped(
    run: Run, context: JobContext, runtime: Runtime, now: datetime
) -> tuple[TrainingCharged, ...]:
    """What a run elsewhere costs that was ended from here; of one that had ended it is told."""
    if run.status not in {"submitted", "running"}:
        return ()
    return price_of(run.model_copy(update={"seen_at": now}), context, runtime)


def price_of(run: Run, context: JobContext, runtime: Runtime) -> tuple[TrainingCharged, ...]:
    """What a run elsewhere costs, from its submission to its last sign of life; nothing here.

    It is never more than the plan said. Each submission has its own, by its handle: what was lost
    or ended early is paid for although the run is submitted anew under its name.
    """
    if run.runtime == LOCAL or run.handle is None or not (run.submitted_at and run.seen_at):
        return ()
    place = estimate(context, runtime, most_seconds(context))
    given = [one for one in place.offer.gpus if one.name == run.gpu]
    place = replace(place, gpu=given[0] if given else place.gpu)
    seconds = max(0.0, (run.seen_at - run.submitted_at).total_seconds())
    usd = float(min(place.spent(seconds), place.most_usd))
    return (TrainingCharged(run=run.handle, runtime=run.runtime, seconds=seconds, usd=usd),)
