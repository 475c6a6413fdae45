"""Which messages begin a job, and where it then stands: in a thread, or where there are none."""

from pathlib import Path
from typing import Any

import pytest

from bot.doors.reading import begins, read
from pipeline.context import JobContext
from pipeline.errors import TryAgain
from pipeline.events import Event
from pipeline.jobs import JobStatus, Place
from pipeline.ports.chat import Attachment, Card, Gone, Mention, Ref
from pipeline.ports.post import Letter
from pipeline.ports.store import JobRow
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.unit.bot.front import (
    CHANNEL,
    DIRECT,
    DISCORD,
    GUILD,
    KEY,
    THREAD,
    Front,
    all_of,
    whispered,
)

pytestmark = pytest.mark.anyio
CSV = Attachment(id="F1", name="mails.csv", size=3)
WORDS = {
    "flag spam": "request",
    "": "request",
    "change epochs to 5": "request",
    "list": "command",
    "status j-12345678": "command",
    "connect hf": "command",
    "cancel": "command",
    "predict j-12345678 1,2": "prediction",
    "predict the price of houses": "request",
}
IN_A_THREAD = {name: "prediction" if "predict" in name else kind for name, kind in WORDS.items()}


def standing(status: JobStatus, at: Place) -> JobRow:
    clock = FakeClock()
    context = new_job(clock, owner=DISCORD).evolve(thread=at)
    return JobRow(context, status, 1, clock.now(), cancel=False, updated_at=clock.now())


def said(text: str, at: Place, *, addressed: bool = True, edited: bool = False) -> Mention:
    return Mention(key="1", actor=DISCORD, place=at, text=text, addressed=addressed, edited=edited)


@pytest.mark.parametrize(("text", "reading"), WORDS.items())
def test_where_no_job_stands_words_begin_one(text: str, reading: str) -> None:
    for place in (THREAD, CHANNEL, DIRECT):
        assert read(said(text, place), None) == reading
        assert begins(said(text, place), None) is (reading == "request")


@pytest.mark.parametrize("status", JobStatus)
@pytest.mark.parametrize(("text", "reading"), IN_A_THREAD.items())
def test_in_a_thread_with_a_job_nothing_begins_another(
    status: JobStatus, text: str, reading: str
) -> None:
    expected = "reply" if reading == "request" else reading
    assert read(said(text, THREAD), standing(status, THREAD)) == expected


@pytest.mark.parametrize("status", JobStatus)
def test_without_threads_a_job_that_is_over_makes_room(status: JobStatus) -> None:
    over = status in {JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED}
    row = standing(status, DIRECT)
    assert begins(said("flag spam", DIRECT), row) is over
    changed = status is JobStatus.CANCELLED  # one that failed goes on, one that is done is forked
    assert begins(said("change epochs to 5", DIRECT), row) is changed
    assert read(said("predict 1,2", DIRECT), row) == "prediction"
    assert read(said("resume", DIRECT), row) == "command"


def test_what_speaks_to_nobody_and_what_was_changed_begins_nothing() -> None:
    assert not begins(said("flag spam", THREAD, addressed=False), None)
    assert not begins(said("flag spam", THREAD, edited=True), None)


@pytest.fixture
def front(tmp_path: Path) -> Front:
    front = Front(tmp_path, "discord")
    front.chat.files["F1"] = b"a,b"
    return front


async def test_the_thread_is_there_before_the_job(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    create = front.store.create

    async def creates(context: JobContext, events: list[Event]) -> JobRow:
        opened.append(len(front.chat.opened))
        return await create(context, events)

    monkeypatch.setattr(front.store, "create", creates)
    await front.say(f"flag   spam with {KEY}", by=DISCORD, at=GUILD, files=(CSV,))
    assert opened == [1]


async def test_a_thread_is_called_by_its_job_and_the_words_without_keys(front: Front) -> None:
    await front.say(f"flag   spam {KEY} in {'these ' * 40}", by=DISCORD, at=GUILD)
    (row,) = await front.store.list()
    ((_, title),) = front.chat.opened
    assert title.startswith(f"{row.id}: flag spam in these")
    assert len(title) < 80


@pytest.mark.parametrize(
    "text", ["list", "status j-00000000", "help", "predict j-00000000 1", "connect hf"]
)
async def test_commands_and_predictions_open_no_thread(front: Front, text: str) -> None:
    await front.say(text, by=DISCORD, at=GUILD)
    assert front.chat.opened == []
    assert await front.store.list() == ()
    assert len(front.chat.whispers) == 1


async def test_a_thread_that_cannot_be_made_now_is_made_later_and_once(front: Front) -> None:
    front.chat.refusals.append(TryAgain("Slow down."))
    await front.say("flag spam", by=DISCORD, at=GUILD)
    assert await front.store.list() == ()
    front.pass_time(minutes=1)
    await front.arrivals.drain()
    assert len(await front.store.list()) == len(front.chat.opened) == 1


async def test_in_direct_messages_one_job_follows_the_other(front: Front) -> None:
    await front.say("flag spam", by=DISCORD, at=DIRECT, files=(CSV,))
    (first,) = await front.store.list()
    assert first.context.thread == DIRECT
    assert first.id in first.context.request.inputs[0].location

    await front.say("sort mails", by=DISCORD, at=DIRECT)
    assert len(await front.store.list()) == 1
    assert "one job at a time" in all_of(front.chat.whispers[-1][1])

    first = await front.store.save(first, first.context, status=JobStatus.DONE)
    await front.say("predict 1,2", by=DISCORD, at=DIRECT)
    assert front.predictions[0][0] == first.id
    await front.say("sort mails", by=DISCORD, at=DIRECT, files=(CSV,))
    second, _ = sorted(await front.store.list(), key=lambda row: row.id == first.id)
    assert second.context.request.words == "sort mails"
    assert second.id in second.context.request.inputs[0].location
    assert front.chat.opened == []


async def test_a_reply_in_direct_messages_goes_to_the_job_that_waits(front: Front) -> None:
    waiting = await front.waiting(about="data", owner=DISCORD, at=DIRECT)
    front.pass_time(minutes=1)
    await front.job(JobStatus.DONE, owner=DISCORD, at=DIRECT)
    await front.say("these", by=DISCORD, at=DIRECT, files=(CSV,))
    (reply,) = await front.replies(waiting)
    assert Path(reply).is_relative_to(front.home / "jobs" / waiting.id)
    assert len(await front.store.list()) == 2


async def test_a_change_said_to_a_failed_job_begins_no_other(front: Front) -> None:
    row = await front.job(JobStatus.FAILED, owner=DISCORD, at=DIRECT)
    await front.say("change epochs to 5", by=DISCORD, at=DIRECT)
    assert (await front.store.load(row.id)).status is JobStatus.RUNNABLE
    assert len(await front.store.list()) == 1


async def test_a_crash_in_direct_messages_begins_no_second_job(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled = front.post.handled

    async def dies(key: str) -> None:
        raise TryAgain(key)

    monkeypatch.setattr(front.post, "handled", dies)
    monkeypatch.setattr("bot.inbox.arrivals._IDLE_SECONDS", 0.0)
    await front.say("flag spam", by=DISCORD, at=DIRECT, files=(CSV,))
    monkeypatch.setattr(front.post, "handled", handled)
    (row,) = await front.store.list()
    await front.store.save(row, row.context, status=JobStatus.DONE)
    front.pass_time(minutes=5)
    await front.arrivals.drain()
    assert len(await front.store.list()) == 1
    assert await front.post.arrivals(front.clock.now()) == ()


async def test_a_form_sent_in_the_thread_of_a_job_begins_another(front: Front) -> None:
    row = await front.waiting(owner=DISCORD, at=GUILD)
    await front.send("new", "new", {"words": "sort mails"}, by=DISCORD, at=GUILD)
    await front.arrivals.drain()
    assert await front.replies(row) == []
    rows = await front.store.list()
    assert {one.context.thread.thread for one in rows} == {
        GUILD.thread,
        front.chat.opened[0][0].thread,
    }


@pytest.mark.parametrize("status", [JobStatus.RUNNABLE, JobStatus.WAITING])
async def test_a_form_in_direct_messages_waits_for_its_turn(
    front: Front, status: JobStatus
) -> None:
    row = await front.waiting(owner=DISCORD, at=DIRECT)
    if status is JobStatus.RUNNABLE:
        await front.store.save(row, row.context)
    reply = await front.send("new", "new", {"words": "sort mails"}, by=DISCORD, at=DIRECT)
    assert "one job at a time" in whispered(reply).title
    assert await front.post.arrivals(front.clock.now()) == ()


async def test_an_answer_to_a_thread_that_is_gone_goes_to_who_asked(front: Front) -> None:
    await front.job(JobStatus.DONE, owner=DISCORD, at=GUILD)
    post = front.chat.post

    async def gone(place: Place, *rest: Any, **more: Any) -> Ref:
        if place == GUILD:
            raise Gone("The thread was archived.")
        return await post(place, *rest, **more)

    front.chat.post = gone  # type: ignore[method-assign]  # whispers still arrive
    await front.say("predict 1,2", by=DISCORD, at=GUILD)
    assert front.chat.whispers[0][1].title == "Prediction for 1 row"


async def test_words_to_who_was_written_to_directly_reach_the_job_of_the_gone_thread(
    front: Front,
) -> None:
    row = await front.waiting(owner=DISCORD, at=GUILD)
    card = Letter(
        key="c1",
        kind="card",
        job_id=row.id,
        place=GUILD,
        card=Card(title="Which one?"),
        due_at=front.clock.now(),
    )
    await front.post.show(await front.post.board(row.id), 1, [card])
    await front.post.begin(card)
    await front.post.sent(card, Ref(place=DIRECT, id="m1"))
    await front.say("the last column", by=DISCORD, at=DIRECT)
    assert await front.replies(row) == ["the last column"]
    assert len(await front.store.list()) == 1
