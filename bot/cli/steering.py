"""Steering a job: each command writes its wish, then settles the job or follows who does."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

from bot import commands, forking, words
from bot.cli.inputs import read_inputs, read_settings
from bot.cli.output import Output, complain, note
from bot.cli.session import Work, looking, perform, person, working
from bot.cli.work import holder_works_on
from pipeline.errors import PersonCanFix
from pipeline.jobs import JobStatus, stage_named
from pipeline.ports.store import Inbound, JobRow, Store


def answer(job: str, text: str, *, as_json: bool, quiet: bool) -> None:
    """Deliver a reply; then as resume."""

    async def work() -> int:
        async with working(Output(as_json=as_json), quiet=quiet) as here:
            row = await here.find(job)
            after = await here.last_event(row)
            said = _absolute(row, here.without_keys(text))
            reply = Inbound(key=f"cli:{uuid.uuid4().hex}", actor=person().key, text=said)
            row = await commands.answer(here.store, row, reply)
            return await here.finish(await here.settle(row, after=after))

    perform(work)


def _absolute(row: JobRow, text: str) -> str:
    """A path given where one is asked for, so that a process elsewhere finds it too."""
    waiting = row.context.waiting
    asks_for_path = waiting is not None and waiting.field in {"data", "architecture.backbone"}
    return str(Path(text).absolute()) if asks_for_path and Path(text).exists() else text


def resume(job: str, *, as_json: bool, quiet: bool) -> None:
    """Go on where the job stopped."""
    _go_on(commands.resume, job, as_json=as_json, quiet=quiet)


def retry(job: str, *, as_json: bool, quiet: bool) -> None:
    """Run the stage that failed or waits once more."""
    _go_on(commands.retry, job, as_json=as_json, quiet=quiet)


class _Wish(Protocol):
    """What lets a job go on: commands.resume or commands.retry."""

    async def __call__(self, store: Store, row: JobRow, *, worked_on: bool) -> JobRow: ...


def _go_on(wish: _Wish, job: str, *, as_json: bool, quiet: bool) -> None:
    async def work() -> int:
        async with working(Output(as_json=as_json), quiet=quiet) as here:
            row = await here.find(job)
            if row.status is JobStatus.CANCELLED:
                return await _refuse(here, row)
            after = await here.last_event(row)
            await here.runner.try_to_hold()
            row = await wish(here.store, row, worked_on=here.runner.others_work_on(row))
            return await here.finish(await here.settle(row, after=after))

    perform(work)


async def _refuse(here: Work, row: JobRow) -> int:
    """A cancelled job stays cancelled; the object says so too."""
    try:
        await commands.resume(here.store, row, worked_on=False)
    except PersonCanFix as error:
        complain(error)
    return await here.finish(row)


def interrupt(job: str, *, as_json: bool) -> None:
    """Stop the stage at work, and see to it when nobody else can; the job waits then."""
    _stop(commands.interrupt, JobStatus.WAITING, job, as_json=as_json)


def undo(job: str, stage: str, *, as_json: bool, quiet: bool) -> None:
    """Go back to before a stage; then as resume."""

    async def back(store: Store, row: JobRow, *, worked_on: bool) -> JobRow:
        return await commands.undo(store, row, stage, worked_on=worked_on)

    _go_on(back, job, as_json=as_json, quiet=quiet)


def fork(
    job: str, stage: str | None, settings: Sequence[str], *, as_json: bool, quiet: bool
) -> None:
    """Begin a new job with what an earlier one has, and settle it; its id comes first."""

    async def work() -> int:
        wanted = {name: str(value) for name, value in read_settings(settings).items()}
        before = stage_named(stage) if stage else None
        async with working(Output(as_json=as_json), quiet=quiet) as here:
            parent = await here.find(job)
            row = await forking.fork(
                here.store, parent, home=here.home, owner=person(), wanted=wanted, stage=before
            )
            note(f"job {row.id}")
            return await here.finish(await here.settle(row))

    perform(work)


def retrain(job: str, data: Sequence[str], *, as_json: bool, quiet: bool) -> None:
    """Train the job's task again on new data; the better of the two models stays."""

    async def work() -> int:
        inputs = read_inputs(data)
        async with working(Output(as_json=as_json), quiet=quiet) as here:
            parent = await here.find(job)
            row = await forking.retrain(here.store, parent, owner=person(), inputs=inputs)
            note(f"job {row.id}")
            return await here.finish(await here.settle(row))

    perform(work)


def compact(job: str, *, as_json: bool) -> None:
    """Make the conversation short; nothing else happens."""

    async def work() -> int:
        async with looking(Output(as_json=as_json)) as here:
            row = await here.find(job)
            at_work = holder_works_on(here.lock, row)
            row, turns = await commands.compact(here.store, row, worked_on=at_work)
            note(words.compacted(turns))
            await here.show(row, here.state(row))
        return 0

    perform(work)


def cancel(job: str, *, as_json: bool) -> None:
    """Ask for the job's end, and see to it when nobody else can."""
    _stop(commands.cancel, JobStatus.CANCELLED, job, as_json=as_json)


def _stop(
    wish: Callable[[Store, JobRow, str], Awaitable[JobRow]],
    wanted: JobStatus,
    job: str,
    *,
    as_json: bool,
) -> None:
    async def work() -> int:
        async with working(Output(as_json=as_json), quiet=True) as here:
            row = await here.find(job)
            after = await here.last_event(row)
            row = await wish(here.store, row, person().name)
            row = await here.settle(row, after=after)
            await here.finish(row)
            return 0 if row.status is wanted else 1

    perform(work)
