"""Letters through the real client: each stands once, whatever becomes of the answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from bot.posting.sender import Sender
from pipeline.jobs import Place
from pipeline.ports.chat import Card, Picture
from pipeline.ports.post import Letter
from tests.fakes.discord import FakeDiscord
from tests.fakes.jobs import new_job
from tests.fakes.post import MemoryPost
from tests.fakes.store import MemoryStore
from tests.unit.discord.desk import Desk, opened

pytestmark = pytest.mark.anyio

POST = "POST /channels/…/messages"


class Out:
    """A thread with letters to send, and what stands in it afterwards."""

    def __init__(self, desk: Desk, place: Place) -> None:
        self.desk, self.clock, self.place = desk, SystemClock(), place
        self.store = MemoryStore(clock=self.clock)
        self.post = MemoryPost(store=self.store, clock=self.clock)
        self.sender = Sender(post=self.post, chat=desk.chat, clock=self.clock, scale=0.0)

    async def send(self, *cards: Card) -> None:
        row = await self.store.create(new_job(self.clock).evolve(thread=self.place), [])
        letters = [
            Letter(
                key=f"{row.id}:{number}",
                kind="file" if card.picture else "notice",
                job_id=row.id,
                place=self.place,
                card=card,
                due_at=self.clock.now(),
            )
            for number, card in enumerate(cards, 1)
        ]
        await self.post.show(await self.post.board(row.id), 1, letters)
        async with asyncio.timeout(30):
            await self.sender.flush()

    @property
    def said(self) -> list[str]:
        below = [one for one in self.desk.discord.messages("C1") if one.thread == self.place.thread]
        return [one.files[0] if one.files else one.reads for one in below]


@asynccontextmanager
async def thread(discord: FakeDiscord) -> AsyncIterator[Out]:
    ann = discord.person("ann")
    async with opened(discord) as desk:
        yield Out(desk, await desk.thread(ann))


async def test_a_lost_answer_doubles_nothing(discord: FakeDiscord) -> None:
    async with thread(discord) as out:
        discord.lose_answer(POST, times=2)
        await out.send(Card(title="one"), Card(title="two"), Card(title="three"))

        assert out.said == ["one", "two", "three"]
        assert out.sender.counts.not_resent_uncertain == 0


async def test_an_error_after_the_deed_doubles_nothing(discord: FakeDiscord) -> None:
    async with thread(discord) as out:
        discord.fail(POST, 503, after=True, times=2)
        await out.send(Card(title="one"), Card(title="two"))

        assert out.said == ["one", "two"]


async def test_nor_does_it_double_a_picture(discord: FakeDiscord, tmp_path: Path) -> None:
    path = tmp_path / "hits.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    drawn = Card(title="Hits", picture=Picture(path=path, alt="f1 0.96"))
    async with thread(discord) as out:
        discord.lose_answer(POST)
        await out.send(drawn, Card(title="two"))

        assert out.said == ["hits.png", "two"]
