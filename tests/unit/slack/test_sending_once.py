"""Letters through the real client: what was sent before an answer was lost is not sent again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from bot.posting.sender import Sender
from pipeline.jobs import Actor
from pipeline.ports.chat import Card, Picture
from pipeline.ports.post import Letter
from tests.fakes.jobs import new_job
from tests.fakes.post import MemoryPost
from tests.fakes.slack import LEAST_SCOPES, THREAD_REPLIES, FakeSlack, Rates
from tests.fakes.store import MemoryStore
from tests.unit.slack.desk import Desk, away, opened, place

pytestmark = pytest.mark.anyio


class Out:
    """A thread with letters to send, and what stands in it afterwards."""

    def __init__(self, desk: Desk, thread: str) -> None:
        self.desk, self.clock, self.place = desk, SystemClock(), place("C1", thread)
        self.store = MemoryStore(clock=self.clock)
        self.post = MemoryPost(store=self.store, clock=self.clock)
        self.sender = Sender(post=self.post, chat=desk.chat, clock=self.clock, scale=0.0)

    async def send(self, *cards: Card, owner: Actor | None = None) -> None:
        row = await self.store.create(new_job(self.clock).evolve(thread=self.place), [])
        letters = [
            Letter(
                key=f"{row.id}:{number}",
                kind="file" if card.picture else "notice",
                job_id=row.id,
                place=self.place,
                card=card,
                owner=owner,
                due_at=self.clock.now(),
            )
            for number, card in enumerate(cards, 1)
        ]
        await self.post.show(await self.post.board(row.id), 1, letters)
        async with asyncio.timeout(30):
            await self.sender.flush()

    @property
    def said(self) -> list[str]:
        below = [one for one in self.desk.slack.messages("C1") if one.thread == self.place.thread]
        return [one.files[0] if one.files else one.text for one in below]


@asynccontextmanager
async def thread(*, history: bool) -> AsyncIterator[Out]:
    scopes = LEAST_SCOPES | (THREAD_REPLIES if history else frozenset())
    with FakeSlack(scopes=scopes, rates=Rates(burst=50), pauses=()) as slack:
        ann = slack.person("ann")
        async with opened(slack) as desk:
            root = await away(ann.mention, "C1", "train it")
            yield Out(desk, root.ts)


def drawn(folder: Path) -> Card:
    path = folder / "hits.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    return Card(title="Hits", picture=Picture(path=path, alt="f1 0.96"))


async def test_a_lost_answer_is_looked_up_where_the_history_may_be_read() -> None:
    async with thread(history=True) as out:
        out.desk.slack.lose_answer("chat.postMessage", times=2)
        await out.send(Card(title="one"), Card(title="two"), Card(title="three"))
        assert out.said == ["one", "two", "three"]


async def test_a_picture_is_found_by_its_name(tmp_path: Path) -> None:
    async with thread(history=True) as out:
        out.desk.slack.lose_answer("files.completeUploadExternal")
        await out.send(drawn(tmp_path), Card(title="two"))
        assert len(out.said) == 2
        assert out.sender.counts.found == 1


async def test_without_the_history_a_reply_that_may_stand_there_is_not_repeated() -> None:
    async with thread(history=False) as out:
        out.desk.slack.lose_answer("chat.postMessage")
        await out.send(Card(title="one"), Card(title="two"))
        assert out.said == ["one", "two"]
        assert out.sender.counts.not_resent_uncertain == 1


async def test_what_a_closed_channel_cannot_take_is_written_to_the_owner() -> None:
    async with thread(history=False) as out:
        slack = out.desk.slack
        ann = slack.person("ann")
        owner = Actor(platform="slack", space="T1", id=ann.id, name="ann")
        slack.archive("C1")
        await out.send(Card(title="The model is ready."), Card(title="Hits"), owner=owner)
        assert out.said == []
        said = [one.text for one in slack.messages(slack.workspace.direct(ann.id).id)]
        assert [text.partition(": ")[2] for text in said] == ["The model is ready.", "Hits"]
        assert all(text.startswith("Job j-") for text in said)
        assert (out.sender.counts.moved, out.sender.counts.given_up) == (2, 0)
