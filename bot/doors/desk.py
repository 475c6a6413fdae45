"""What the doors of the conversation share: the jobs, which one is meant, and small answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot import commands, phrases, words
from bot.accounts.connecting import Connecting
from bot.authority import may_read, refuse_strangers, visible
from bot.links import Links
from pipeline.errors import PersonCanFix, UnknownName
from pipeline.jobs import Actor, Frozen, JobId, JobStatus, Place
from pipeline.ports.chat import Action, Card, Inbound, Ok, Reply, Row, Whisper
from pipeline.ports.post import Post
from pipeline.ports.store import Inbound as Word
from pipeline.ports.store import JobRow, Store

_LOOKED_AT = 200
_SHOWN = 10
_WORDS_SHOWN = 80
Predict = Callable[[JobRow, str, Sequence[Path]], Awaitable[Card]]


class Said(Frozen):
    """An answer that everybody in the thread of a job may read."""

    place: Place
    card: Card


@dataclass(frozen=True, slots=True)
class Desk:
    """Jobs and what surrounds them. A terminal has no post, no links and no predictor."""

    store: Store
    home: Path
    post: Post | None = None
    accounts: Connecting | None = None
    links: Links | None = None
    predict: Predict | None = None

    @property
    def titles(self) -> Mapping[str, str]:
        """The services' names by their kind."""
        return self.accounts.titles if self.accounts else {}

    async def meant(self, actor: Actor, place: Place) -> JobRow | None:
        """The job that words are for: that of the thread.

        Where there are no threads it is the one that waits for this person, else the latest.
        """
        row = await self.store.at(place)
        waits = row is not None and row.status is JobStatus.WAITING
        if place.thread is not None or waits:
            return row
        for one in await self.store.list(owner=actor.key, limit=_LOOKED_AT):
            if one.status is JobStatus.WAITING and await self._stands_at(place, one):
                return one
        return row

    async def begun(self, job_id: JobId) -> bool:
        """Whether a job is there; later ones may stand in its place by now."""
        try:
            await self.store.load(job_id)
        except UnknownName:
            return False
        return True

    async def which(self, asked: Inbound, name: str, job: str) -> JobRow | None:
        """The named job, else this thread's, else the one job of the person it can only be."""
        if job:
            return await visible(self.store, asked, job)
        here = await self.store.at(asked.place)
        here = here if here is not None and may_read(asked, here) else None
        if here is not None and (asked.place.thread is not None or fits(name, here)):
            return here
        fitting = [row for row in await self._mine(asked) if fits(name, row)]
        return fitting[0] if len(fitting) == 1 else None if fitting else here

    async def _mine(self, asked: Inbound) -> list[JobRow]:
        """The person's jobs; on a platform with channels those of this one.

        In a space of their own, as direct messages may be, all of them are meant.
        """
        mine = await self.store.list(owner=asked.actor.key, limit=_LOOKED_AT)
        place = asked.place
        every = place.platform == "terminal" or place.space == f"@{asked.actor.id}"
        return [row for row in mine if every or row.context.thread.channel == place.channel]

    async def _stands_at(self, place: Place, row: JobRow) -> bool:
        """A job was begun in a place, or its card was moved there because its thread is gone."""
        if self.post is None or row.context.thread.key == place.key:
            return row.context.thread.key == place.key
        card = (await self.post.board(row.id)).card
        return card is not None and card.place.key == place.key

    async def listing(self, actor: Actor, name: str = "", title: str = "", more: str = "") -> Card:
        """The person's latest jobs, each with the button of the command that is meant.

        `more` is what the command is given beside the job.
        """
        rows = await self.store.list(owner=actor.key, limit=_LOOKED_AT if name else _SHOWN)
        if actor.platform == "terminal":
            lines = (words.job_line(row, commands.state(row, worked_on=True)) for row in rows)
            body = "\n".join(list(lines)[:_SHOWN]) or words.NO_JOBS
            return Card(title=title or words.YOUR_JOBS, body=body)
        if not rows:
            return Card(title=phrases.NO_JOBS_HERE)
        fitting = [row for row in rows if not name or fits(name, row)] or rows
        listed = tuple(_listed(row, name, more) for row in fitting[:_SHOWN])
        return Card(title=title or words.YOUR_JOBS, rows=listed)

    async def answer(self, asked: Inbound, row: JobRow, key: str, text: str) -> Reply:
        """Deliver a reply to a waiting job; a second one waits until the first was read."""
        refuse_strangers(asked, row)
        unread = await self.store.unread(row.id)
        if unread and text.strip().lower() != "cancel":
            if any(one.key == key for one in unread):
                return Ok()
            raise PersonCanFix(phrases.READING, phrases.SAY_WHEN_ASKED)
        await commands.answer(self.store, row, Word(key=key, actor=asked.actor.key, text=text))
        return Ok()

    async def told(self, place: Place, row: JobRow, state: str) -> Reply:
        """Nothing more to say in the job's own thread; elsewhere where to look."""
        if self.links is None or place.key == row.context.thread.key:
            return Ok()
        return Whisper(card=await self.pointed(row, Card(title=phrases.headline(row.id, state))))

    async def pointed(self, row: JobRow, card: Card) -> Card:
        """The card with a link to the job's thread, where there is room and a link."""
        url = await self.links.to(row.context.thread) if self.links else ""
        if not url or len(card.actions) >= _MOST_ACTIONS:
            return card
        link = Action(id="open-thread", label=phrases.OPEN_THREAD, url=url)
        return card.model_copy(update={"actions": (*card.actions, link)})


_MOST_ACTIONS = 5


_OPEN = frozenset((JobStatus.RUNNABLE, JobStatus.WAITING))
_STOPPED = frozenset((JobStatus.FAILED, JobStatus.WAITING))
_FITTING: Mapping[str, frozenset[JobStatus]] = MappingProxyType(
    {
        "cancel": _OPEN,
        "interrupt": frozenset((JobStatus.RUNNABLE,)),
        "resume": _OPEN | _STOPPED,
        "retry": _STOPPED,
        "undo": _STOPPED,
        "compact": _STOPPED,
        "predict": frozenset((JobStatus.DONE,)),
    }
)


def fits(name: str, row: JobRow) -> bool:
    """Whether a command makes sense for a job as it is."""
    return row.status in _FITTING.get(name, JobStatus)


def _listed(row: JobRow, name: str, more: str) -> Row:
    short = words.shortened(row.context.request.words, _WORDS_SHOWN)
    state = commands.state(row, worked_on=True)
    text = f"{row.context.created_at:%Y-%m-%d %H:%M}  {short}"
    return Row(title=f"{row.id}  {state}", text=text, actions=_row_buttons(row, name, more))


def _row_buttons(row: JobRow, name: str, more: str) -> tuple[Action, ...]:
    if name and name != "menu":
        action = "try" if name == "predict" else name
        label = "Try it" if name == "predict" else name.title()
        return (Action(id=action, label=label, argument=f"{row.id} {more}".strip()),)
    status = Action(id="status", label="Status", argument=row.id)
    resume = Action(id="resume", label="Resume", argument=row.id)
    return (status, resume) if row.status is JobStatus.FAILED else (status,)
