"""Messages are handled once, whenever the process dies, and nothing typed is a file of ours."""

from pathlib import Path

import pytest

from pipeline.context import JobContext
from pipeline.errors import NoRoom, Superseded, TryAgain
from pipeline.events import Event
from pipeline.jobs import JobStatus
from pipeline.ports.chat import Attachment, Card, Gone, Mention
from pipeline.ports.store import JobRow
from tests.unit.bot.front import ANA, BEN, CHANNEL, KEY, THREAD, Front, all_of

pytestmark = pytest.mark.anyio
CSV = Attachment(id="F1", name="mails.csv", size=3)


@pytest.fixture
def front(tmp_path: Path) -> Front:
    front = Front(tmp_path)
    front.chat.files["F1"] = b"a,b"
    return front


async def test_a_mention_with_a_file_and_an_address_starts_a_job(front: Front) -> None:
    await front.say("flag spam, see also https://data.test/more.csv.", files=(CSV,))
    (row,) = await front.store.list()
    file, address = [one.location for one in row.context.request.inputs]
    assert Path(file).read_bytes() == b"a,b"
    assert Path(file).is_relative_to(front.home / "jobs" / row.id / "uploads")
    assert address == "https://data.test/more.csv"
    assert row.context.thread == THREAD


async def test_a_path_typed_in_a_message_is_no_data(front: Front) -> None:
    await front.say("learn from /etc/passwd")
    (row,) = await front.store.list()
    assert row.context.request.inputs == ()


async def test_a_crash_after_the_job_began_starts_no_second_one(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = front.store.create

    async def dies(context: JobContext, events: list[Event]) -> JobRow:
        await create(context, events)
        raise TryAgain("The connection broke.")

    monkeypatch.setattr(front.store, "create", dies)
    await front.say("flag spam")
    monkeypatch.setattr(front.store, "create", create)
    front.pass_time(minutes=1)
    await front.arrivals.drain()
    assert len(await front.store.list()) == 1
    assert await front.post.arrivals(front.clock.now()) == ()


async def test_what_fails_is_tried_later_and_in_the_end_given_up_aloud(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(context: JobContext, events: list[Event]) -> JobRow:
        del context, events
        raise TryAgain("The database is away.")

    monkeypatch.setattr(front.store, "create", away)
    await front.say("flag spam")
    for _ in range(10):
        front.pass_time(hours=1)
        await front.arrivals.drain()
    (message,) = front.chat.thread(THREAD)
    assert "The database is away." in all_of(message.card)
    assert message.notify == ANA
    assert await front.post.arrivals(front.clock.now()) == ()


async def test_a_file_that_meets_a_full_disk_waits_for_room(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(attachment: Attachment, folder: Path, largest: int) -> Path:
        del attachment, folder, largest
        raise NoRoom("The disk is full.", "Free some space.")

    with monkeypatch.context() as disk:
        disk.setattr(front.chat, "download", full)
        await front.say("flag spam", files=(CSV,))
    assert front.chat.thread(THREAD) == []
    front.pass_time(minutes=1)
    await front.arrivals.drain()
    (row,) = await front.store.list()
    assert Path(row.context.request.inputs[0].location).read_bytes() == b"a,b"


async def test_an_error_nobody_foresaw_stops_no_other_message(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(context: JobContext, events: list[Event]) -> JobRow:
        raise RuntimeError(context.job_id, events)

    monkeypatch.setattr(front.store, "create", broken)
    await front.say("flag spam")
    ((actor, card),) = front.chat.whispers
    assert (actor, card.title) == (ANA, "That went wrong on my side.")


async def test_a_file_that_is_too_large_is_told_in_the_thread(front: Front) -> None:
    front.chat.files["F1"] = b"x" * 101
    await front.say("flag spam", files=(CSV,))
    assert "could not be fetched" in all_of(front.chat.thread(THREAD)[0].card)
    assert await front.store.list() == ()


async def test_nobody_answers_in_a_channel_that_is_gone(front: Front) -> None:
    await front.job()
    front.chat.gone.add(THREAD.key)
    await front.say("status")
    assert await front.post.arrivals(front.clock.now()) == ()


async def test_who_pasted_a_key_is_warned_alone_and_understood(front: Front) -> None:
    await front.say(f"flag spam with {KEY}")
    ((actor, card),) = front.chat.whispers
    assert actor == ANA
    assert "Hugging Face" in card.title
    assert "https://hub.test/tokens" in card.body
    assert [action.label for action in card.actions] == ["Connect accounts"]
    (row,) = await front.store.list()
    assert row.context.request.words == "flag spam with"
    assert await front.vault.held(ANA) == ()


async def test_a_warning_that_did_not_arrive_is_given_again_and_once(front: Front) -> None:
    front.chat.refusals.extend([TryAgain("Slack asks us to slow down.")] * 2)
    await front.say(f"flag spam with {KEY}")
    assert front.chat.whispers == []
    front.pass_time(minutes=1)
    await front.arrivals.drain()
    assert len(front.chat.whispers) == 1
    assert len(await front.store.list()) == 1


async def test_who_cannot_be_warned_is_understood_all_the_same(front: Front) -> None:
    front.chat.refusals.extend([Gone("This person takes no messages.")] * 2)
    await front.say(f"flag spam with {KEY}")
    assert len(await front.store.list()) == 1


async def test_a_change_that_meets_a_moving_job_is_tried_again(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await front.job(JobStatus.FAILED)
    save = front.store.save

    async def overtaken(*_: object, **__: object) -> JobRow:
        monkeypatch.setattr(front.store, "save", save)
        raise Superseded("The job moved on.")

    monkeypatch.setattr(front.store, "save", overtaken)
    await front.say("change epochs to 5")
    assert front.chat.whispers == []
    front.pass_time(minutes=1)
    await front.arrivals.drain()
    assert (await front.store.load(row.id)).status is JobStatus.RUNNABLE


async def test_a_key_and_nothing_else_is_no_reply(front: Front) -> None:
    row = await front.waiting("credential", "huggingface")
    await front.say(f"here it is: {KEY}")
    assert await front.replies(row) == []
    assert len(front.chat.whispers) == 1


async def test_an_attachment_is_the_reply_where_data_is_asked_for(front: Front) -> None:
    row = await front.waiting(about="data")
    await front.say("this one", files=(CSV,))
    (said,) = await front.replies(row)
    assert Path(said).name == "mails.csv"
    assert Path(said).is_relative_to(front.home / "jobs" / row.id / "uploads")


async def test_an_address_is_the_reply_where_data_is_asked_for(front: Front) -> None:
    row = await front.waiting(about="data")
    await front.say("take hf:ann/mails, it is public")
    assert await front.replies(row) == ["hf:ann/mails"]


async def test_a_stranger_fills_no_folder_of_a_job(front: Front) -> None:
    row = await front.waiting(about="data")
    await front.say("take mine", by=BEN, files=(CSV,))
    assert await front.replies(row) == []
    assert not (front.home / "jobs").exists()


async def test_talk_between_people_in_a_thread_is_left_alone(front: Front) -> None:
    row = await front.waiting()
    await front.say("what is this?", by=BEN, addressed=False)
    assert await front.replies(row) == []
    await front.say("the last column", addressed=False)
    assert await front.replies(row) == ["the last column"]
    assert front.chat.whispers == []


async def test_two_people_and_two_threads_are_two_jobs(front: Front) -> None:
    await front.say("flag spam")
    await front.say("sort mails", by=BEN, at=THREAD.model_copy(update={"thread": "2.2"}))
    owners = {row.context.owner.name for row in await front.store.list()}
    assert owners == {"ana", "ben"}


async def test_a_request_from_a_form_gets_a_thread(front: Front) -> None:
    await front.send("new", "new", {"words": "flag spam"}, at=CHANNEL, files=(CSV,))
    await front.arrivals.drain()
    (row,) = await front.store.list()
    assert row.context.request.words == "flag spam"
    assert len(row.context.request.inputs) == 1


async def test_a_prediction_asked_in_the_thread_is_answered_there(front: Front) -> None:
    row = await front.job(JobStatus.DONE)
    await front.say("predict 5.1, 3.5", by=BEN)
    assert front.predictions == [(row.id, "5.1, 3.5", [])]
    (message,) = front.chat.thread(THREAD)
    assert message.card.title == "Prediction for 1 row"
    assert message.notify == BEN


async def test_an_answer_of_a_process_that_was_killed_is_not_given_twice(front: Front) -> None:
    await front.job(JobStatus.DONE)
    await front.chat.post(THREAD, Card(title="5.9"), "e1:said")
    await front.say("predict 5.1, 3.5", key="e1")
    assert [one.card.title for one in front.chat.thread(THREAD)] == ["5.9"]


async def test_an_answer_that_went_out_before_a_crash_is_not_given_twice(front: Front) -> None:
    await front.job(JobStatus.DONE)
    front.chat.lost.append(TryAgain("No answer from Slack."))
    await front.say("predict 5.1, 3.5")
    front.pass_time(minutes=1)
    await front.arrivals.drain()
    assert len(front.chat.thread(THREAD)) == 1


async def test_the_words_of_an_unfinished_job_predict_nothing(front: Front) -> None:
    await front.job()
    await front.say("predict 5.1")
    assert front.predictions == []
    assert "not ready" in front.chat.whispers[0][1].title


async def test_a_mention_names_no_file_of_this_machine(front: Front) -> None:
    forged = Mention(key="1", actor=ANA, place=THREAD, text="learn", files=("/etc/passwd",))
    await front.reception.decide(forged)
    await front.arrivals.drain()
    (row,) = await front.store.list()
    assert row.context.request.inputs == ()
