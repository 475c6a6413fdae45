"""`mltrainer` alone: the conversation, with the job's events shown between the turns."""

from bot import commands, phrases, words
from bot.accounts.connecting import Backing, Connecting
from bot.cli.inputs import named_files
from bot.cli.output import EXIT, Output
from bot.cli.session import Work, perform, person, working
from bot.conversation import Conversation
from bot.doors.reading import leaves
from bot.wiring import accounts, terminal
from pipeline.errors import MLTrainerError
from pipeline.jobs import Actor, JobStatus, Place, new_job_id
from pipeline.ports.chat import Card, Inbound, Mention, Ok, Reply, Submit, Whisper
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
        self._accounts = _accounts(here)
        self._conversation = Conversation(here.store, here.home, accounts=self._accounts)
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
            text = self._here.without_keys(inbound.text)
            if not text:
                return Ok()
            inbound = inbound.model_copy(update={"text": text, "files": named_files(text)})
        elif isinstance(inbound, Submit) and not any(inbound.values.values()):
            return Whisper(card=Card(title=phrases.NOT_NOW, body=phrases.CONNECT_LATER))
        before = await self._conversation.job_at(inbound.place)
        if before is not None and _is_over(before, inbound):
            self._screen.place = _fresh_place()
            inbound = inbound.model_copy(update={"place": self._screen.place})
            before = None
        after = await self._here.last_event(before) if before else 0
        reply = await self._conversation.decide(inbound)
        row = await self._conversation.job_at(inbound.place)
        if row is None or not (isinstance(reply, Ok) or await self._goes_on(inbound, row)):
            return reply
        if isinstance(reply, Whisper):
            self._screen.tell(reply.card)
        is_new = before is None or row.id != before.id
        try:
            return await self._shown(row, 0 if is_new else after)
        except MLTrainerError as error:
            return Whisper(card=Card(title=error.message, body=error.hint, tone="bad"))

    async def _goes_on(self, inbound: Inbound, row: JobRow) -> bool:
        """An account that was connected lets its job go on."""
        return isinstance(inbound, Submit) and bool(await self._here.store.unread(row.id))

    async def _shown(self, row: JobRow, after: int) -> Reply:
        """Show the job; one that waits for an account asks for it here, unseen."""
        await self._show(row, after)
        row = await self._here.store.load(row.id)
        waiting = row.context.waiting
        if row.status is not JobStatus.WAITING or waiting is None or waiting.reason != "credential":
            return Ok()
        return await self._accounts.form_now(self._actor, row.context.thread, waiting.field)

    async def _show(self, row: JobRow, after: int) -> None:
        row = await self._here.settle(row, after=after, chat=self._screen)
        self._ended = EXIT[row.status]
        if row.status is not JobStatus.WAITING:
            self._screen.tell(Card(title=words.NEXT_WORK))


def _is_over(row: JobRow, inbound: Inbound) -> bool:
    """The thread's job has ended, and this is no command about it."""
    if not isinstance(inbound, Mention) or commands.read_command(inbound.text) is not None:
        return False
    return leaves(row, inbound.text)


def _accounts(here: Work) -> Connecting:
    """The accounts of whoever sits here."""
    house = here.house
    backing = Backing(
        store=house.store,
        vault=house.vault(),
        post=house.post(),
        clock=house.clock,
        sanitizer=house.sanitizer,
    )
    return Connecting(backing, accounts(house.settings))


def _fresh_place() -> Place:
    return commands.terminal_place(new_job_id())
