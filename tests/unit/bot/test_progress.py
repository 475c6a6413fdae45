"""Following a job: every event once, in order, to the very last."""

import asyncio

import pytest

from bot.progress import Follower, settled
from pipeline.context import Waiting
from pipeline.events import AgentLogged, Event, PipelineEnded, StageEnded, StageStarted
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.store import Inbound
from tests.fakes.chat import FakeChat
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, new_job
from tests.fakes.store import MemoryStore

pytestmark = pytest.mark.anyio


def said(number: int) -> AgentLogged:
    return AgentLogged(stage=Stage.DATASET, message=f"line {number}")


async def test_the_last_events_are_shown_before_the_ending() -> None:
    store, chat = MemoryStore(clock=FakeClock()), FakeChat()
    row = await store.create(new_job(FakeClock()), [said(1)])
    following = asyncio.create_task(Follower(store, chat, row.id).follow())
    await asyncio.sleep(0)
    await store.append(row, [said(2)])
    last: list[Event] = [said(3), PipelineEnded(status=JobStatus.CANCELLED, seconds=1)]
    await store.save(row, row.context, last, status=JobStatus.CANCELLED)
    async with asyncio.timeout(10):
        ended = await following
    assert ended.status is JobStatus.CANCELLED
    assert chat.edits[-1].log == ("line 1", "line 2", "line 3")
    assert chat.notified == [None, ANN]


async def test_what_was_shown_before_is_not_said_again() -> None:
    store, chat = MemoryStore(clock=FakeClock()), FakeChat()
    earlier: list[Event] = [
        StageStarted(stage=Stage.DATASET, attempt=1),
        said(1),
        StageEnded(stage=Stage.DATASET, seconds=1),
    ]
    row = await store.create(new_job(FakeClock()), earlier)
    await store.save(row, row.context, [said(2)], status=JobStatus.DONE)
    await Follower(store, chat, row.id, after=3).follow()
    first = chat.posted[0]
    assert first.log == ()
    assert next(line for line in first.stages if line.title == Stage.DATASET).state == "done"
    assert chat.edits[-1].log == ("line 2",)


async def test_a_waiting_job_has_not_settled_while_a_reply_or_a_cancel_is_under_way() -> None:
    store = MemoryStore(clock=FakeClock())
    row = await store.create(new_job(FakeClock()), [])
    waiting = Waiting(reason="question", text="Which?", field="data")
    row = await store.save(row, row.context.evolve(waiting=waiting), status=JobStatus.WAITING)
    assert await settled(store, row)
    await store.receive(row.id, Inbound(key="1", actor=ANN.key, text="this one"))
    assert not await settled(store, row)


async def test_a_cancel_asked_for_is_not_settled_until_it_is_done() -> None:
    store = MemoryStore(clock=FakeClock())
    row = await store.create(new_job(FakeClock()), [])
    await store.save(row, row.context, status=JobStatus.WAITING)
    await store.request_cancel(row.id, "ann")
    assert not await settled(store, await store.load(row.id))
