"""Platforms that remember what they were asked to show."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import Bug, PersonCanFix
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Attachment, Card, Decide, Gone, Manners, Ref


@dataclass
class FakeChat:
    """pipeline.ports.chat.Chat; `posted` and `edits` hold the cards in order."""

    name: str = "fake"
    posted: list[Card] = field(default_factory=list)
    edits: list[Card] = field(default_factory=list)
    notified: list[Actor | None] = field(default_factory=list)
    decide: Decide | None = None
    connected: bool = True

    async def start(self, decide: Decide) -> None:
        self.decide = decide

    async def open_thread(self, place: Place, title: str, key: str) -> Place:
        del title, key
        return place

    async def post(self, place: Place, card: Card, key: str, notify: Actor | None = None) -> Ref:
        self.posted.append(card)
        self.notified.append(notify)
        return Ref(place=place, id=key)

    async def edit(self, ref: Ref, card: Card) -> Ref:
        self.edits.append(card)
        return ref

    async def stop(self) -> None:
        self.decide = None


@dataclass
class Message:
    """A message in a thread, with every card it has shown."""

    ref: Ref
    key: str
    notify: Actor | None
    cards: list[Card]

    @property
    def card(self) -> Card:
        return self.cards[-1]


@dataclass
class FakeThreadedChat:
    """pipeline.ports.chat.ThreadedChat; what is posted twice is there twice.

    `threads` says whether there are any, which a person's own space never has. `deletes` says
    whether it may delete what others wrote; no thread can begin at what was deleted. In places that
    are `gone` nothing can be done, nobody whose id is in `shut` can be written to. `refusals` are
    raised by the next calls, which then do nothing; `lost` by the next ones after they did their
    work. `calls` are what was asked, in order.
    """

    name: str = "slack"
    finds: bool = True
    repeats: bool = False
    manners: Manners = field(default_factory=Manners)
    threads: bool = True
    deletes: bool = False
    redacted: list[str] = field(default_factory=list)
    opened: list[tuple[Place, str]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    shut: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    refusals: deque[BaseException] = field(default_factory=deque)
    lost: deque[BaseException] = field(default_factory=deque)
    calls: list[tuple[str, str]] = field(default_factory=list)
    whispers: list[tuple[Actor, Card]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    decide: Decide | None = None
    connected: bool = True

    async def start(self, decide: Decide) -> None:
        self.decide = decide

    async def stop(self) -> None:
        self.decide = None

    async def close(self) -> None:
        self.decide = None

    async def open_thread(self, place: Place, title: str, key: str) -> Place:
        if not self.threads or place.space.startswith("@"):
            return place
        await self._called("open_thread", key)
        if place.thread in self.redacted:
            raise Bug("No thread begins at a message that is gone.")
        opened = place.model_copy(update={"thread": place.thread or f"under {key}"})
        self.opened.append((opened, title))
        return opened

    async def post(self, place: Place, card: Card, key: str, notify: Actor | None = None) -> Ref:
        await self._called("post", key)
        self._reach(place)
        known = next((one.ref for one in self.thread(place) if one.key == key), None)
        if self.repeats and known is not None:
            await self._answered("post", key)
            return known
        ref = Ref(place=place, id=f"m{len(self.messages) + 1}")
        self.messages.append(Message(ref, key, notify, [card]))
        await self._answered("post", key)
        return ref

    async def edit(self, ref: Ref, card: Card) -> Ref:
        await self._called("edit", ref.id)
        self._reach(ref.place)
        for message in self.messages:
            if message.ref == ref:
                message.cards.append(card)
        await self._answered("edit", ref.id)
        return ref

    async def whisper(self, actor: Actor, place: Place, card: Card) -> None:
        await self._called("whisper", place.key)
        self._reach(place)
        self.whispers.append((actor, card))

    async def direct(self, actor: Actor) -> Place:
        await self._called("direct", actor.id)
        if actor.id in self.shut:
            raise Gone("This person takes no messages.")
        space = actor.space or f"@{actor.id}"
        return Place(platform=self.name, space=space, channel=f"D{actor.id}")

    async def redact(self, place: Place, message: str) -> bool:
        await self._called("redact", place.key)
        if self.deletes:
            self.redacted.append(message)
        return self.deletes

    async def find(self, place: Place, key: str) -> Ref | None:
        await self._called("find", key)
        here = (one for one in self.messages if one.key == key and one.ref.place == place)
        return next((one.ref for one in here), None)

    async def download(self, attachment: Attachment, folder: Path, largest: int) -> Path:
        content = self.files.get(attachment.id)
        if content is None or len(content) > largest:
            raise PersonCanFix(f"{attachment.name} could not be fetched.", "Attach it again.")
        path = folder / Path(attachment.name).name
        path.write_bytes(content)
        return path

    async def link(self, place: Place) -> str:
        return f"https://slack.test/{place.channel}/{place.thread}"

    def thread(self, place: Place) -> list[Message]:
        """The messages of a thread, oldest first."""
        return [one for one in self.messages if one.ref.place == place]

    def _reach(self, place: Place) -> None:
        if place.key in self.gone:
            raise Gone("The thread was archived.")

    async def _called(self, call: str, about: str) -> None:
        self.calls.append((call, about))
        await asyncio.sleep(0)
        if self.refusals:
            raise self.refusals.popleft()

    async def _answered(self, call: str, about: str) -> None:
        del call, about
        await asyncio.sleep(0)
        if self.lost:
            raise self.lost.popleft()
