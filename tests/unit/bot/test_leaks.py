"""Keys in messages, in their changes and in files: deleted where that can be, and warned of."""

from pathlib import Path

import pytest

from pipeline.errors import Bug, PersonCanFix, TryAgain
from pipeline.jobs import JobStatus
from pipeline.ports.chat import Attachment, Gone
from tests.unit.bot.front import (
    ANA,
    BEN,
    CHANNEL,
    DISCORD,
    GUILD,
    KEY,
    THREAD,
    Front,
    all_of,
)

pytestmark = pytest.mark.anyio
CSV = Attachment(id="F1", name="mails.csv", size=3)
ENV = Attachment(id="F2", name=".env", size=9)


@pytest.fixture
def front(tmp_path: Path) -> Front:
    front = Front(tmp_path, "discord")
    front.chat.files |= {"F1": b"a,b", "F2": f"HF_TOKEN={KEY}\n".encode()}
    return front


@pytest.fixture
def slack(tmp_path: Path) -> Front:
    front = Front(tmp_path)
    front.chat.files |= {"F1": b"a,b", "F2": f"HF_TOKEN={KEY}\n".encode()}
    return front


def warned(front: Front) -> str:
    ((_, card),) = front.chat.whispers
    said = all_of(card)
    assert KEY not in said
    return said


def holding_key(home: Path) -> list[Path]:
    files = (path for path in home.rglob("*") if path.is_file())
    return [path for path in files if KEY.encode() in path.read_bytes()]


async def test_a_message_with_a_key_is_deleted_before_its_person_is_warned(front: Front) -> None:
    await front.say(f"flag spam with {KEY}", by=DISCORD, at=GUILD)
    assert front.chat.redacted == ["1.1"]
    assert "I deleted your message" in warned(front)
    assert "delete the key and make a new one (https://hub.test/tokens)" in warned(front)
    assert [call for call, _ in front.chat.calls][:2] == ["redact", "whisper"]


async def test_where_a_bot_may_not_delete_its_person_is_asked_to(slack: Front) -> None:
    await slack.say(f"flag spam with {KEY}")
    assert "delete your message, delete the key and make a new one" in warned(slack)
    assert "I deleted" not in warned(slack)


@pytest.mark.parametrize(
    "error",
    [TryAgain("Slow."), Gone("Left."), PersonCanFix("Not allowed.", "Allow it."), Bug("Odd.")],
)
async def test_a_deletion_that_fails_stops_neither_warning_nor_job(
    front: Front, error: Exception
) -> None:
    front.chat.refusals.append(error)
    await front.say(f"flag spam with {KEY}", by=DISCORD, at=GUILD)
    assert "delete your message" in warned(front)
    assert len(await front.store.list()) == 1


async def test_the_job_of_a_deleted_message_stands_in_a_thread_of_its_own(front: Front) -> None:
    await front.say(f"flag spam with {KEY}", by=DISCORD, at=GUILD, files=(CSV,))
    (row,) = await front.store.list()
    ((place, title),) = front.chat.opened
    assert row.context.thread == place
    assert place.thread not in {None, GUILD.thread}
    assert title == f"{row.id}: flag spam with"
    assert len(row.context.request.inputs) == 1


async def test_the_files_of_a_message_are_fetched_before_it_is_deleted(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    download = front.chat.download

    async def with_the_message(attachment: Attachment, folder: Path, largest: int) -> Path:
        assert front.chat.redacted == []
        return await download(attachment, folder, largest)

    monkeypatch.setattr(front.chat, "download", with_the_message)
    await front.say(f"flag spam with {KEY}", by=DISCORD, at=GUILD, files=(CSV,))
    assert front.chat.redacted == ["1.1"]
    assert len(await front.store.list()) == 1


async def test_a_message_is_deleted_although_its_files_cannot_be_had(front: Front) -> None:
    front.chat.files.clear()
    await front.say(f"flag spam with {KEY}", by=DISCORD, at=GUILD, files=(CSV,))
    assert front.chat.redacted == ["1.1"]
    assert "I deleted your message" in warned(front)
    assert "could not be fetched" in all_of(front.chat.messages[0].card)


async def test_a_file_with_a_key_is_thrown_away_and_the_rest_goes_on(front: Front) -> None:
    await front.say("flag spam", by=DISCORD, at=GUILD, files=(ENV, CSV))
    assert "Your file .env holds" in warned(front)
    assert "Hugging Face" in warned(front)
    assert "I deleted your message" in warned(front)
    (row,) = await front.store.list()
    assert [Path(one.location).name for one in row.context.request.inputs] == ["mails.csv"]
    assert holding_key(front.home) == []


async def test_a_message_of_nothing_but_a_file_with_a_key_ends_there(front: Front) -> None:
    await front.say("", by=DISCORD, at=GUILD, files=(ENV,))
    assert "Your file .env holds" in warned(front)
    assert await front.store.list() == ()
    assert front.chat.opened == []
    assert holding_key(front.home) == []


async def test_a_file_with_a_key_is_no_reply(slack: Front) -> None:
    row = await slack.waiting(about="data")
    await slack.say("", files=(ENV,))
    assert await slack.replies(row) == []
    assert "delete your message" in warned(slack)
    assert holding_key(slack.home) == []


async def test_a_key_in_one_file_is_warned_of_although_the_next_cannot_be_had(
    front: Front,
) -> None:
    front.chat.files.pop("F1")
    await front.say("flag spam", by=DISCORD, at=GUILD, files=(ENV, CSV))
    assert "Your file .env holds" in warned(front)
    assert "could not be fetched" in all_of(front.chat.messages[0].card)
    assert holding_key(front.home) == []


async def test_data_that_looks_like_keys_is_data(front: Front) -> None:
    front.chat.files["F1"] = f"id,token\n1,{KEY}\n".encode()
    await front.say("flag spam", by=DISCORD, at=GUILD, files=(CSV,))
    assert front.chat.whispers == []
    assert len(await front.store.list()) == 1


async def test_keys_in_words_and_in_a_file_are_two_warnings_of_one_message(front: Front) -> None:
    await front.say(f"flag spam with {KEY}", by=DISCORD, at=GUILD, files=(ENV,))
    first, second = (card.title for _, card in front.chat.whispers)
    assert first.startswith("You pasted")
    assert second.startswith("Your file .env")
    assert front.chat.redacted == ["1.1"]


async def test_a_key_in_the_name_of_a_file_is_warned_of(front: Front) -> None:
    named = CSV.model_copy(update={"name": f"{KEY}.csv"})
    await front.say("flag spam", by=DISCORD, at=GUILD, files=(named,))
    assert "Hugging Face" in warned(front)
    assert front.chat.redacted == ["1.1"]


async def test_a_change_that_brings_a_key_is_warned_of_and_begins_nothing(front: Front) -> None:
    await front.say(f"flag spam with {KEY}", by=DISCORD, at=GUILD, edited=True)
    assert "I deleted your message" in warned(front)
    assert front.chat.redacted == ["1.1"]
    assert await front.store.list() == ()
    assert front.chat.opened == []


async def test_a_change_is_no_reply_to_a_job(slack: Front) -> None:
    row = await slack.waiting()
    await slack.say(f"the last column {KEY}", edited=True, addressed=False)
    await slack.say("cancel", edited=True)
    assert await slack.replies(row) == []
    assert (await slack.store.load(row.id)).status is JobStatus.WAITING
    assert len(slack.chat.whispers) == 1


async def test_a_change_without_a_key_is_kept_nowhere(front: Front) -> None:
    await front.say("flag ham", by=DISCORD, at=GUILD, edited=True)
    assert await front.post.arrivals(front.clock.now()) == ()
    assert front.chat.calls == []


async def test_what_others_change_in_their_talk_is_none_of_ours(front: Front) -> None:
    await front.say(KEY, by=DISCORD, at=GUILD, edited=True, addressed=False)
    assert front.chat.calls == []


async def test_the_same_change_that_comes_twice_is_warned_of_once(slack: Front) -> None:
    for _ in range(2):
        await slack.say(f"flag spam with {KEY}", edited=True, key="e1")
    assert len(slack.chat.whispers) == 1


async def test_nobody_but_who_brought_the_key_is_told(slack: Front) -> None:
    await slack.job(owner=ANA)
    await slack.say(f"look: {KEY}", by=BEN, addressed=False)
    ((actor, _),) = slack.chat.whispers
    assert actor == BEN
    assert slack.chat.thread(THREAD) == []


async def test_a_key_in_a_form_is_told_of_where_its_answer_goes(front: Front) -> None:
    await front.send("new", "new", {"words": f"flag spam {KEY}"}, by=DISCORD, at=CHANNEL)
    kept = await front.post.arrivals(front.clock.now())
    assert KEY not in kept[0].model_dump_json()
