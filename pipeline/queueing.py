"""Whose turn it is at a place where only so many trainings go on at once.

A run that is named becomes queued while it waits, then called, then submitted; each is saved before
the next begins. Workers need no lock for this: a run is submitted only where a look after its call
was saved showed fewer others called or under way than there may be. Were there ever too many, the
last of them to look would have seen all the others. Who sees too many goes back into the line.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pipeline.artifacts import InLine, Run
from pipeline.context import JobContext
from pipeline.events import AgentLogged
from pipeline.following import MOST_WAIT
from pipeline.jobs import JobId, Stage
from pipeline.outcomes import ComeBack, LookAgain
from pipeline.planning import LOCAL
from pipeline.ports import Ports
from pipeline.ports.runtime import Runtime
from pipeline.ports.store import Training

NOT_SUBMITTED: tuple[InLine, ...] = ("named", "queued", "called")
_IN_LINE = ("named", "queued")
_MOST_PAUSE = timedelta(minutes=5)  # of one that hundreds go before


async def later(
    context: JobContext, ports: Ports, run: Run, runtime: Runtime
) -> ComeBack | LookAgain | None:
    """What is saved of a run that is not to be submitted now; None where it is.

    This machine keeps a line of its own.
    """
    limit = ports.trainings_at_once.get(run.runtime)
    if limit is None or run.runtime == LOCAL:
        return None
    trainings = await ports.trainings(run.runtime)
    before = ahead(context.job_id, run, trainings, ports.clock.now())
    if before < limit:
        called = run.model_copy(update={"status": "called"})
        return None if run.status == "called" else ComeBack(timedelta(0), called)
    pause = _pause(before, limit, runtime)
    if run.status == "queued":
        return LookAgain(pause)
    told = AgentLogged(stage=Stage.MONITOR, message=_told(before, limit, runtime))
    return ComeBack(pause, run.model_copy(update={"status": "queued"}), (told,))


def ahead(job: JobId, run: Run, trainings: Iterable[Training], now: datetime) -> int:
    """How many trainings go before a run that is not submitted: those called, those under way.

    One that is in line itself lets those go first that were named before it.
    """
    others = [one for one in trainings if one.job_id != job]
    taken = [one for one in others if _takes_a_place(one, now)]
    if run.status == "called":
        return len(taken)
    mine = _place(job, run)
    in_line = [one for one in others if one.run.status in _IN_LINE and not one.is_held]
    return len(taken) + sum(_place(one.job_id, one.run) < mine for one in in_line)


def _takes_a_place(one: Training, now: datetime) -> bool:
    """One that is called, unless its person is asked first, or under way: not for ever."""
    if one.run.status == "called":
        return not one.is_held
    begun = one.run.submitted_at
    is_under_way = one.run.status in {"submitted", "running"}
    return is_under_way and (begun is None or now - begun < MOST_WAIT)


def _place(job: JobId, run: Run) -> tuple[float, str]:
    """First come, first served."""
    return (run.submitted_at.timestamp() if run.submitted_at else 0.0, job)


def _pause(before: int, limit: int, runtime: Runtime) -> timedelta:
    """Until the next look; who is far behind looks less often."""
    return min(timedelta(seconds=runtime.poll_seconds) * (before // limit), _MOST_PAUSE)


def _told(before: int, limit: int, runtime: Runtime) -> str:
    go = "1 training goes" if before == 1 else f"{before} trainings go"
    return f"Waits for its turn: {go} before it on {runtime.offer.title}, with {limit} at a time."
