"""What a person can do with a job. Each operation writes its wish to the store and returns.

The work itself is done by whoever holds the runner. No operation asks who is speaking: the chat
checks that first (authority.py), and a shell on the machine is the operator's own.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import words
from pipeline import compacting, stopping
from pipeline.context import JobContext, Request
from pipeline.errors import PersonCanFix, Superseded, TryAgain
from pipeline.events import AgentLogged, Event
from pipeline.jobs import (
    Actor,
    JobId,
    JobStatus,
    Place,
    is_job_id,
    new_job_id,
    stage_named,
)
from pipeline.ports.store import Inbound, JobRow, Store
from pipeline.readiness import once_more, with_changes

NAMES = (
    *("help", "list", "status", "log", "resume", "retry"),
    *("interrupt", "undo", "compact", "cancel"),
)
ACCOUNTS = ("connect", "forget")
IN_CHAT = (*NAMES, "predict", "new", *ACCOUNTS)
_TRIES = 5
_WORDS_OF_UNDO = 4


def read_command(text: str) -> tuple[str, str] | None:
    """`resume j-…` as (name, job id or empty); None when the words are something else.

    `connect` and `forget` may name a service, `undo` names a stage, in one word or more.
    """
    name, *rest = text.strip().lstrip("/").rstrip("!.").lower().split()[:6] or [""]
    if name == "undo":
        return (name, " ".join(rest)) if len(rest) <= _WORDS_OF_UNDO else None
    if name not in (*NAMES, *ACCOUNTS) or len(rest) > 1:
        return None
    if rest and name in NAMES and not is_job_id(rest[0]):
        return None
    return name, rest[0] if rest else ""


async def begin(
    store: Store,
    *,
    home: Path,
    owner: Actor,
    request: Request,
    place: Place | None = None,
    job_id: JobId | None = None,
) -> JobRow:
    """Save a new job, due now. Without a place the job is its own thread of the terminal."""
    job_id = job_id or new_job_id()
    context = JobContext(
        job_id=job_id,
        created_at=_now(),
        owner=owner,
        thread=place or terminal_place(job_id),
        home=str(home),
        request=request,
    )
    return await store.create(context, ())


def terminal_place(thread: str) -> Place:
    """A thread of the terminal."""
    return Place(platform="terminal", space="terminal", channel="terminal", thread=thread)


async def answer(store: Store, row: JobRow, reply: Inbound) -> JobRow:
    """Deliver a reply; `cancel` is understood at any time. PersonCanFix when none is awaited."""
    if reply.text.strip().lower() == "cancel" and "cancel" not in _options(row):
        return await cancel(store, row, reply.actor.rpartition(":")[2])
    if row.status is not JobStatus.WAITING:
        raise PersonCanFix(
            f"The job {row.id} is not waiting for a reply: it is {row.status}.",
            f"See where it stands: {_call(row, 'status')}",
        )
    if not reply.text.strip():
        raise PersonCanFix("The reply is empty.", "Say an option's number, or what you want.")
    await store.receive(row.id, reply)
    return await store.load(row.id)


def _options(row: JobRow) -> tuple[str, ...]:
    waiting = row.context.waiting
    return tuple(option.lower() for option in waiting.options) if waiting else ()


async def resume(store: Store, row: JobRow, *, worked_on: bool) -> JobRow:
    """Let an interrupted or failed job go on; PersonCanFix for a cancelled one.

    A waiting, finished or running job is returned as it is: it says by itself what comes next. One
    that waits for an account looks whether it is there now, and one that was stopped goes on.
    """
    _refuse_cancelled(row)
    going_on = row.status is JobStatus.RUNNABLE and worked_on
    waiting = row.context.waiting
    stopped = waiting is not None and waiting.field == stopping.FIELD
    looks_again = stopped or (waiting is not None and waiting.reason == "credential")
    if going_on or row.status is JobStatus.DONE:
        return row
    if row.status is JobStatus.WAITING and not looks_again:
        return row
    return await _due_again(store, row)


async def retry(store: Store, row: JobRow, *, worked_on: bool) -> JobRow:
    """Run the stage that failed, waits or pauses once more, with all its attempts."""
    _refuse_cancelled(row)
    if row.status is JobStatus.DONE:
        raise PersonCanFix(words.already(row.status), f"Use the model: {_use(row)}")
    if row.status is JobStatus.RUNNABLE and worked_on and row.wake_at <= _now():
        return row
    return await _due_again(store, row)


async def cancel(store: Store, row: JobRow, by: str) -> JobRow:
    """Ask for the end of a job and of what it runs."""
    if not await store.request_cancel(row.id, by):
        now = await store.load(row.id)
        raise PersonCanFix(words.already(now.status), f"See its result: {_call(row, 'status')}")
    return await store.load(row.id)


async def interrupt(store: Store, row: JobRow, by: str) -> JobRow:
    """Ask for the end of the stage that is at work; the job waits then for what comes next."""
    if row.cancel and not row.cancel_by.startswith(stopping.PAUSE):
        raise PersonCanFix(words.BEING_CANCELLED, f"See where it stands: {_call(row, 'status')}")
    if row.status is JobStatus.WAITING:
        raise PersonCanFix(words.already(row.status), words.REPLY_OR_CANCEL)
    asked = row.status is JobStatus.RUNNABLE
    if not (asked and await store.request_cancel(row.id, f"{stopping.PAUSE}{by}")):
        now = await store.load(row.id)
        raise PersonCanFix(words.already(now.status), f"See its result: {_call(row, 'status')}")
    return await store.load(row.id)


async def undo(store: Store, row: JobRow, stage: str, *, worked_on: bool) -> JobRow:
    """Go back to before a stage and on from there; earlier results are kept.

    UnknownName lists the stages.
    """
    if not stage:
        raise PersonCanFix(words.UNDO_WHAT, words.stages())
    before = stage_named(stage)
    _refuse_cancelled(row)
    _refuse_at_work(row, worked_on=worked_on)
    change = stopping.undone(row.context, before)
    return await _saved(store, row, change.context, change.events)


async def compact(store: Store, row: JobRow, *, worked_on: bool) -> tuple[JobRow, int]:
    """Make the job's conversation short now; returns how many turns became one."""
    _refuse_cancelled(row)
    _refuse_at_work(row, worked_on=worked_on)
    short = compacting.compacted(row.context)
    became_one = len(row.context.request.conversation) - compacting.KEPT
    if short == row.context:
        return row, 0
    told = AgentLogged(stage=short.open_stage, message=words.compacted(became_one))
    row = await store.save(row, short, [told], status=row.status, wake_at=row.wake_at)
    return row, became_one


def _refuse_at_work(row: JobRow, *, worked_on: bool) -> None:
    """What a worker is at would be lost; a job that is over needs no change."""
    if row.status is JobStatus.DONE:
        raise PersonCanFix(words.already(row.status), f"Use the model: {_use(row)}")
    if row.status is JobStatus.RUNNABLE and worked_on:
        raise PersonCanFix(words.AT_WORK, f"Stop its stage first: {_call(row, 'interrupt')}")


def _refuse_cancelled(row: JobRow) -> None:
    if row.status is JobStatus.CANCELLED:
        raise PersonCanFix(
            f"The job {row.id} was cancelled and stays so.",
            f"Start it anew: {_start(row)}",
        )


def _at_shell(row: JobRow) -> bool:
    return row.context.thread.platform == "terminal"


def _call(row: JobRow, name: str) -> str:
    return words.call(row.context.thread.platform, name, row.id)


def _use(row: JobRow) -> str:
    call = _call(row, "predict")
    return f"{call} --input FILE" if _at_shell(row) else f"{call} ROW"


def _start(row: JobRow) -> str:
    return 'mltrainer run "WORDS" --data FILE' if _at_shell(row) else "mention me in a new message"


async def change(store: Store, row: JobRow, wanted: Mapping[str, str]) -> JobRow:
    """Put changes into a failed job and let it go on; PersonCanFix names every bad one."""
    _refuse_cancelled(row)
    return await _saved(store, row, with_changes(row.context, wanted))


async def _due_again(store: Store, row: JobRow) -> JobRow:
    """Save the job as due now, its waiting and its used attempts forgotten."""
    before = row.status
    for _ in range(_TRIES):
        try:
            return await _saved(store, row, once_more(row.context))
        except Superseded:
            row = await store.load(row.id)
            if row.status is not before:
                return row
    raise TryAgain(
        f"The job {row.id} changes too fast to be reached.", "Give the command once more."
    )


async def _saved(
    store: Store, row: JobRow, context: JobContext, events: Sequence[Event] = ()
) -> JobRow:
    """Save the job as due now; a wish to stop that came when it had failed is void."""
    void = False if row.status is JobStatus.FAILED else None
    return await store.save(
        row, context, events, status=JobStatus.RUNNABLE, wake_at=_now(), cancel=void
    )


def state(row: JobRow, *, worked_on: bool) -> str:
    """The status as people see it: a runnable job is `running` or `interrupted`."""
    if row.status is JobStatus.RUNNABLE:
        return "running" if worked_on else "interrupted"
    return row.status.value


def _now() -> datetime:
    return datetime.now(UTC)
