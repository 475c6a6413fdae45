"""One command's run: the home opened, the job found and settled, the ending told."""

import asyncio
import contextlib
import getpass
import os
from collections.abc import AsyncIterator, Awaitable, Callable

import typer

from bot import commands, phrases, words
from bot.cli.output import EXIT, Output, note
from bot.cli.work import Runner, holder_works_on
from bot.inbox.pasted import without_marks
from bot.progress import settled
from bot.result import Result
from bot.settings import Settings
from bot.wiring import House, Records, open_house, open_records, terminal
from pipeline.context import Request
from pipeline.errors import MLTrainerError
from pipeline.jobs import Actor, JobId, Place
from pipeline.ports.chat import Chat
from pipeline.ports.store import JobRow


def person() -> Actor:
    """Whoever sits at this terminal."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return Actor(platform="terminal", space="terminal", id=name, name=name)


class Look:
    """The records of a home, seen from one command that changes no job by itself."""

    sandbox: str | None = None

    def __init__(self, records: Records, output: Output) -> None:
        self.home = records.home
        self.store = records.store
        self.lock = records.lock
        self.sanitizer = records.sanitizer
        self.output = output

    async def find(self, job_id: str) -> JobRow:
        """The named job; an unknown id lists the latest ones, and a key is not repeated."""
        return await self.store.load(JobId(self.sanitizer.clean(job_id.strip()).text))

    async def last_event(self, row: JobRow) -> int:
        """Number of the job's latest event."""
        events = await self.store.events(row.id)
        return events[-1].number if events else 0

    def without_keys(self, text: str) -> str:
        """The words as they may be kept; who pasted a key is told."""
        clean, kinds = without_marks(self.sanitizer.clean(text).text)
        if kinds:
            note(words.sentences(phrases.pasted(kinds), phrases.TYPE_IT_UNSEEN))
        return clean

    def screen(self, place: Place) -> Chat:
        """A terminal that only shows."""
        return terminal(actor=person(), place=place, out=self.output.stream)

    def state(self, row: JobRow) -> str:
        """The status as shown: `running` when a process is at work on it."""
        return commands.state(row, worked_on=holder_works_on(self.lock, row))

    async def show(self, row: JobRow, state: str, stopped_by: MLTrainerError | None = None) -> None:
        """The job as the one object of `--json`."""
        events = [one.event for one in await self.store.events(row.id)]
        result = Result.of(row, events, state=state, sandbox=self.sandbox, stopped_by=stopped_by)
        self.output.result(result)

    async def finish(self, row: JobRow) -> int:
        """Tell the ending and what to do next; returns the exit code."""
        state = self.state(row)
        waiting = row.context.waiting if state == "waiting" else None
        reply = words.question_help(waiting, row.id) if waiting else ""
        if next_step := reply or words.next_step(state, row.id):
            note(f"next:  {next_step}")
        await self.show(row, state)
        return EXIT.get(state, 0)


class Work(Look):
    """An open house: jobs can be settled here."""

    def __init__(self, house: House, output: Output, *, quiet: bool = False) -> None:
        super().__init__(house, output)
        self.house = house
        self.sandbox = house.workbench.level
        self.runner = Runner(house, note)
        self.quiet = quiet

    async def settle(self, row: JobRow, *, after: int = 0, chat: Chat | None = None) -> JobRow:
        """Work on the job, or follow who does, until it settles. Ctrl-C leaves it resumable."""
        chat = chat or self.screen(row.context.thread)
        try:
            return await self.runner.settle(row.id, chat, after=after, quiet=self.quiet)
        except (asyncio.CancelledError, MLTrainerError) as stop:
            await chat.stop()
            with contextlib.suppress(MLTrainerError):
                await self._farewell(row.id, stop if isinstance(stop, MLTrainerError) else None)
            raise

    async def _farewell(self, job_id: JobId, stopped_by: MLTrainerError | None) -> None:
        """Nothing is lost: say how the job goes on."""
        row = await self.store.load(job_id)
        if not await settled(self.store, row):
            note(words.how_to_resume(job_id))
            await self.show(row, "interrupted", stopped_by)


@contextlib.asynccontextmanager
async def looking(output: Output) -> AsyncIterator[Look]:
    """Open the records of this environment's home."""
    async with open_records(Settings.load()) as records:
        yield Look(records, output)


@contextlib.asynccontextmanager
async def working(output: Output, *, quiet: bool = False) -> AsyncIterator[Work]:
    """Open the house of this environment's home."""
    async with open_house(Settings.load()) as house:
        yield Work(house, output, quiet=quiet)


async def train(request: Request, output: Output, *, quiet: bool) -> int:
    """Start a job and settle it; its id is the first line on stderr."""
    async with working(output, quiet=quiet) as here:
        said = request.model_copy(update={"words": here.without_keys(request.words)})
        row = await commands.begin(here.store, home=here.home, owner=person(), request=said)
        note(f"job {row.id}")
        return await here.finish(await here.settle(row))


def perform(work: Callable[[], Awaitable[int]]) -> None:
    """Run a command to its exit code."""

    async def main() -> int:
        return await work()

    raise typer.Exit(asyncio.run(main()))
