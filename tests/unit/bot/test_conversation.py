"""What a message means."""

from pathlib import Path
from typing import Literal

import pytest

from bot.conversation import Conversation
from pipeline.context import Waiting
from pipeline.jobs import Actor, JobStatus, Place
from pipeline.ports.chat import Click, Command, Mention, Ok, Reply, Whisper
from pipeline.ports.store import JobRow
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, BEN, new_job
from tests.fakes.store import MemoryStore

pytestmark = pytest.mark.anyio

HERE = Place(platform="terminal", space="local", channel="screen", thread="1")
ADMIN = Actor(platform="terminal", space="local", id="eve", admin=True)
STRANGE_ADMIN = Actor(platform="terminal", space="elsewhere", id="eve", admin=True)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(clock=FakeClock())


async def say(
    store: MemoryStore, text: str, *, by: Actor = ANN, files: tuple[str, ...] = (), key: str = "1"
) -> Reply:
    mention = Mention(key=key, actor=by, place=HERE, text=text, files=files)
    return await Conversation(store, Path("/home")).decide(mention)


async def waiting_job(
    store: MemoryStore,
    field: str,
    options: tuple[str, ...] = (),
    reason: Literal["question", "credential", "approval"] = "question",
) -> JobRow:
    context = new_job(FakeClock()).evolve(thread=HERE)
    row = await store.create(context, [])
    waiting = Waiting(reason=reason, text="Which?", field=field, options=options)
    return await store.save(row, context.evolve(waiting=waiting), status=JobStatus.WAITING)


def whispered(reply: Reply) -> str:
    assert isinstance(reply, Whisper)
    return f"{reply.card.title}\n{reply.card.body}"


async def test_words_in_a_new_thread_start_a_job_with_files_and_addresses(
    store: MemoryStore,
) -> None:
    reply = await say(store, "sort these, and hf:ann/mails too", files=("/data/a.csv",))
    assert isinstance(reply, Ok)
    (row,) = await store.list()
    assert row.context.thread == HERE
    assert row.context.owner == ANN
    assert [one.location for one in row.context.request.inputs] == ["/data/a.csv", "hf:ann/mails"]


async def test_words_in_the_thread_of_a_waiting_job_are_the_reply(store: MemoryStore) -> None:
    row = await waiting_job(store, "target")
    assert isinstance(await say(store, "the last column"), Ok)
    assert [message.text for message in await store.unread(row.id)] == ["the last column"]


async def test_the_status_of_a_waiting_job_says_what_it_asks(store: MemoryStore) -> None:
    await waiting_job(store, "target", ("price", "sold"))
    said = whispered(await say(store, "status"))
    assert "Which?" in said
    assert "2. sold" in said


async def test_an_empty_reply_is_refused_at_once(store: MemoryStore) -> None:
    row = await waiting_job(store, "target")
    assert "empty" in whispered(await say(store, "  "))
    assert await store.unread(row.id) == ()


async def test_a_reply_delivered_twice_is_kept_once(store: MemoryStore) -> None:
    row = await waiting_job(store, "target")
    for _ in range(2):
        await say(store, "the last column", key="same")
    assert len(await store.unread(row.id)) == 1


async def test_a_file_given_where_data_is_asked_for_is_the_reply(store: MemoryStore) -> None:
    row = await waiting_job(store, "data")
    await say(store, "here it is: a.csv", files=("/data/a.csv",))
    assert [message.text for message in await store.unread(row.id)] == ["/data/a.csv"]


async def test_an_option_that_looks_like_a_command_is_an_option(store: MemoryStore) -> None:
    row = await waiting_job(store, "target", options=("status", "price"))
    assert isinstance(await say(store, "Status"), Ok)
    assert len(await store.unread(row.id)) == 1


@pytest.mark.parametrize("text", ["cancel", "Cancel!", "/cancel"])
async def test_cancel_said_in_a_thread_cancels_its_job(store: MemoryStore, text: str) -> None:
    row = await waiting_job(store, "target")
    await say(store, text)
    assert (await store.load(row.id)).cancel


async def test_only_the_owner_and_admins_of_the_space_may_act(store: MemoryStore) -> None:
    row = await waiting_job(store, "target")
    for stranger in (BEN, STRANGE_ADMIN):
        assert "ann" in whispered(await say(store, "cancel", by=stranger))
        assert "ann" in whispered(await say(store, "the last column", by=stranger))
    assert not (await store.load(row.id)).cancel
    assert await store.unread(row.id) == ()
    assert isinstance(await say(store, "cancel", by=ADMIN), Ok)


async def test_anyone_in_the_thread_may_read(store: MemoryStore) -> None:
    row = await waiting_job(store, "target")
    assert row.id in whispered(await say(store, "status", by=BEN))
    assert "Nothing has happened yet." in whispered(await say(store, "log", by=BEN))


async def test_resume_makes_a_failed_job_due_and_forgets_its_used_attempts(
    store: MemoryStore,
) -> None:
    row = await waiting_job(store, "target")
    failed = row.context.evolve(retry_counts={"config": 3}, starts=2)
    await store.save(row, failed, status=JobStatus.FAILED)
    assert isinstance(await say(store, "resume"), Ok)
    again = await store.load(row.id)
    assert again.status is JobStatus.RUNNABLE
    assert (again.context.retry_counts, again.context.starts) == ({}, 0)


async def test_a_cancelled_job_stays_cancelled(store: MemoryStore) -> None:
    row = await waiting_job(store, "target")
    row = await store.save(row, row.context, status=JobStatus.CANCELLED)
    assert "stays so" in whispered(await say(store, "resume"))
    assert (await store.load(row.id)).status is JobStatus.CANCELLED


async def test_a_command_without_a_job_means_the_only_one_it_can_mean(store: MemoryStore) -> None:
    row = await waiting_job(store, "target")
    elsewhere = HERE.model_copy(update={"thread": "2"})
    command = Command(key="1", actor=ANN, place=elsewhere, name="retry")
    conversation = Conversation(store, Path("/home"))
    assert isinstance(await conversation.decide(command), Ok)
    assert (await store.load(row.id)).status is JobStatus.RUNNABLE
    await store.create(new_job(FakeClock()), [])
    named = command.model_copy(update={"name": "status"})
    assert "Which job do you mean?" in whispered(await conversation.decide(named))


async def test_a_button_does_what_its_command_does(store: MemoryStore) -> None:
    row = await waiting_job(store, "approval", reason="approval")
    asked = f"{row.id} {row.seq}"
    click = Click(key="1", actor=ANN, place=HERE, action="approve", argument=asked)
    conversation = Conversation(store, Path("/home"))
    assert isinstance(await conversation.decide(click), Ok)
    assert [message.text for message in await store.unread(row.id)] == ["approve"]
    cancel = click.model_copy(update={"key": "2", "action": "cancel", "argument": row.id})
    assert isinstance(await conversation.decide(cancel), Ok)
    assert (await store.load(row.id)).cancel


async def test_an_unknown_job_is_answered_with_the_known_ones(store: MemoryStore) -> None:
    row = await waiting_job(store, "target")
    assert row.id in whispered(await say(store, "status j-00000000"))


async def test_words_about_a_running_job_are_answered_with_help(store: MemoryStore) -> None:
    await say(store, "sort my mails")
    assert "resume" in whispered(await say(store, "how is it going, dear bot"))
