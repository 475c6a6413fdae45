"""`mltrainer` alone: the conversation, with the job's events shown between the turns."""

from bot import commands, words
from bot.cli.inputs import named_files
from bot.cli.output import EXIT, Output
from bot.cli.session import Work, perform, person, working
from bot.conversation import Conversation
from bot.wiring import terminal
from pipeline.errors import MLTrainerError
from pipeline.jobs import Actor, JobStatus, Place, new_job_id
from pipeline.ports.chat import Card, Inbound, Mention, Ok, Reply, Whisper
from pipeline.ports.store import JobRow

_ASKED = 3
_LOOKED_AT = 20
_INTERRUPTED = 130


def converse(*, quiet: bool) -> None:
    """Talk until the person leaves."""

    async def work() -> int:
        async with working(Output(), quiet=quiet) as here:
            return await Talk(here, person()).hold()

    perform(work)


class Talk:
    """One conversation: a turn ends when its job waits or has ended."""

    def __init__(self, here: Work, actor: Actor) -> None:
        self._here = here
        self._actor = actor
        self._ended = 0
        self._conversation = Conversation(here.store, here.home)
        self._screen = terminal(actor=actor, place=_fresh_place())

    async def hold(self) -> int:
        """Greet, offer the previous session, then listen; returns the exit code."""
        self._screen.greet(Card(title=words.GREETING, body=words.WHAT_IT_DOES))
        if not await self._offer_previous():
            self._screen.tell(Card(title=words.ASK_FOR_WORK))
        await self._screen.start(self._decide)
        try:
            await self._screen.closed()
        finally:
            await self._screen.stop()
        self._screen.tell(Card(title=words.GOODBYE))
        return _INTERRUPTED if self._screen.interrupted else self._ended

    async def _offer_previous(self) -> bool:
        """Ask once whether the latest open job goes on; True when it does."""
        row = await self._previous()
        if row is None:
            return False
        self._screen.tell(Card(title=words.job_line(row, self._here.state(row)).strip()))
        for _ in range(_ASKED):
            said = (await self._screen.ask(words.SESSION_FOUND) or "n").strip().lower()
            if said in {"n", "new", "new session"}:
                return False
            if said in {"r", "resume"}:
                await self._go_on(row)
                return True
            self._screen.tell(Card(title=words.PRESS_R_OR_N))
        return False

    async def _previous(self) -> JobRow | None:
        rows = await self._here.store.list(owner=self._actor.key, limit=_LOOKED_AT)
        open_ = (JobStatus.RUNNABLE, JobStatus.WAITING)
        return next((row for row in rows if row.status in open_), None)

    async def _go_on(self, row: JobRow) -> None:
        after = await self._here.last_event(row)
        self._screen.place = row.context.thread
        await self._here.runner.try_to_hold()
        worked_on = self._here.runner.others_work_on(row)
        row = await commands.resume(self._here.store, row, worked_on=worked_on)
        await self._show(row, after)

    async def _decide(self, inbound: Inbound) -> Reply:
        """Decide, then show the job until it is the person's turn again."""
        if isinstance(inbound, Mention):
            inbound = inbound.model_copy(update={"files": named_files(inbound.text)})
        before = await self._conversation.job_at(inbound.place)
        if before is not None and _is_over(before, inbound):
            self._screen.place = _fresh_place()
            inbound = inbound.model_copy(update={"place": self._screen.place})
            before = None
        after = await self._here.last_event(before) if before else 0
        reply = await self._conversation.decide(inbound)
        row = await self._conversation.job_at(inbound.place)
        if row is None or not isinstance(reply, Ok):
            return reply
        try:
            await self._show(row, after)
        except MLTrainerError as error:
            return Whisper(card=Card(title=error.message, body=error.hint, tone="bad"))
        return reply

    async def _show(self, row: JobRow, after: int) -> None:
        row = await self._here.settle(row, after=after, chat=self._screen)
        self._ended = EXIT[row.status]
        if row.status is not JobStatus.WAITING:
            self._screen.tell(Card(title=words.NEXT_WORK))


def _is_over(row: JobRow, inbound: Inbound) -> bool:
    """The thread's job has ended, and this is no command about it."""
    ended = row.status in {JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED}
    words_only = isinstance(inbound, Mention) and commands.read_command(inbound.text) is None
    return ended and words_only


def _fresh_place() -> Place:
    return commands.terminal_place(new_job_id())
