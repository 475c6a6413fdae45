"""A platform that remembers what it was asked to show."""

from dataclasses import dataclass, field

from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Card, Decide, Ref


@dataclass
class FakeChat:
    """pipeline.ports.chat.Chat; `posted` and `edits` hold the cards in order."""

    name: str = "fake"
    posted: list[Card] = field(default_factory=list)
    edits: list[Card] = field(default_factory=list)
    notified: list[Actor | None] = field(default_factory=list)
    decide: Decide | None = None

    async def start(self, decide: Decide) -> None:
        self.decide = decide

    async def open_thread(self, place: Place, title: str) -> Place:
        del title
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
