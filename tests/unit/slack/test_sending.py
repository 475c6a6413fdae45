"""What the bot says in Slack: posted, edited, whispered, found again."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import Bug, MLTrainerError, PersonCanFix, TryAgain
from pipeline.jobs import Actor, Place
from pipeline.ports.chat import Action, Card, Gone, Picture, Ref, StageLine, Unsure
from tests.fakes.slack import LEAST_SCOPES, THREAD_REPLIES, FakeSlack, Person, Rates, Seen
from tests.unit.slack.desk import Desk, away, make_chat, opened, place

pytestmark = pytest.mark.anyio

ANN = Actor(platform="slack", space="T1", id="UANN", name="ann")
CARD = Card(
    title="Job j-1",
    body="train a spam filter",
    stages=(
        StageLine(title="dataset", state="done", note="4.8s"),
        StageLine(title="monitor", state="running", note="running: step 120 of 400"),
        StageLine(title="deploy"),
    ),
    facts=(("Model", "logistic regression"),),
    log=("Warning: 3 rows have no label",),
    actions=(Action(id="cancel", label="Cancel", argument="j-1", confirm="It stops for good."),),
)
NOTICE = Card(title="I have a question", body="Which column?", tone="waiting")


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(scopes=LEAST_SCOPES | THREAD_REPLIES, rates=Rates(burst=50), pauses=()) as fake:
        yield fake


@pytest.fixture
async def desk(slack: FakeSlack, anyio_backend: str, ann: Person) -> AsyncIterator[Desk]:
    del anyio_backend, ann
    async with opened(slack) as one:
        yield one


@pytest.fixture
async def thread(desk: Desk, ann: Person) -> Place:
    del desk
    return place("C1", (await away(ann.say, "C1", "hello")).ts)


async def said(ann: Person, thread: Place) -> list[Seen]:
    """What Ann sees of a thread."""
    return await away(ann.thread, thread.channel, thread.thread or "")


async def test_a_card_stands_in_its_thread(desk: Desk, ann: Person, thread: Place) -> None:
    ref = await desk.chat.post(thread, CARD, "k1")
    card = await away(ann.wait_for, "Job j-1")

    assert (ref.place, ref.id, card.thread) == (thread, card.ts, thread.thread)
    assert "✓ dataset  done 4.8s" in card
    assert "▸ monitor  running: step 120 of 400" in card
    assert "○ pending: deploy" in card
    assert "Model  logistic regression" in card
    assert "3 rows have no label" in card
    assert card.buttons == ("Cancel",)


async def test_a_button_asks_once_more(desk: Desk, ann: Person, thread: Place) -> None:
    await desk.chat.post(thread, CARD, "k1")
    card = await away(ann.wait_for, "Job j-1")
    await away(ann.click, card, "Cancel", confirm=False)

    assert ann.asked == ["Cancel? It stops for good."]
    assert desk.heard == []


async def test_a_notice_calls_its_person_alone(desk: Desk, ann: Person, thread: Place) -> None:
    ben = desk.slack.person("ben")
    await desk.chat.post(thread, NOTICE, "k1", notify=ANN)

    assert [one.thread for one in ann.pings()] == [thread.thread]
    assert "Waiting for you" in ann.pings()[0]
    assert ben.pings(at_worst=True) == []


async def test_a_card_calls_nobody(desk: Desk, ann: Person, thread: Place) -> None:
    ref = await desk.chat.post(thread, CARD, "k1")
    await desk.chat.edit(ref, NOTICE)

    assert ann.pings(at_worst=True) == []


async def test_a_card_changes_in_place(desk: Desk, ann: Person, thread: Place) -> None:
    ref = await desk.chat.post(thread, CARD, "k1")
    same = await desk.chat.edit(ref, CARD.model_copy(update={"title": "Job j-1, done"}))

    assert same == ref
    assert "Job j-1, done" in (await said(ann, thread))[-1]
    assert await desk.chat.find(thread, "k1") == ref


@pytest.mark.parametrize("word", ["message_not_found", "edit_window_closed", "cant_update_message"])
async def test_a_card_that_is_gone_is_posted_anew(
    desk: Desk, ann: Person, thread: Place, word: str
) -> None:
    ref = await desk.chat.post(thread, CARD, "k1")
    desk.slack.fail("chat.update", word)
    other = await desk.chat.edit(ref, NOTICE)

    assert other.id != ref.id
    assert "Which column?" in (await said(ann, thread))[-1]


async def test_a_card_that_is_gone_is_posted_anew_once_though_the_answer_was_lost(
    desk: Desk, ann: Person, thread: Place
) -> None:
    ref = await desk.chat.post(thread, CARD, "k1")
    desk.slack.fail("chat.update", "message_not_found", times=2)
    desk.slack.lose_answer("chat.postMessage")
    before = len(await said(ann, thread))
    with pytest.raises(Unsure):
        await desk.chat.edit(ref, NOTICE)

    other = await desk.chat.edit(ref, NOTICE)
    assert other.id != ref.id
    assert len(await said(ann, thread)) == before + 1


async def test_a_message_is_found_by_its_key(desk: Desk, ann: Person, thread: Place) -> None:
    refs = [await desk.chat.post(thread, NOTICE, f"k{number}") for number in range(3)]
    await away(ann.reply, ("C1", thread.thread or ""), "k1")

    assert [await desk.chat.find(thread, f"k{number}") for number in range(3)] == refs
    assert await desk.chat.find(thread, "k9") is None
    assert await desk.chat.find(place(), "k1") is None


async def test_a_lost_answer_is_not_taken_for_a_no(desk: Desk, thread: Place) -> None:
    desk.slack.lose_answer("chat.postMessage")
    with pytest.raises(Unsure):
        await desk.chat.post(thread, NOTICE, "k1")

    assert await desk.chat.find(thread, "k1") is not None
    assert len(desk.slack.calls_of("chat.postMessage")) == 1


async def test_slack_is_obeyed_when_it_asks_to_slow_down(desk: Desk, thread: Place) -> None:
    desk.slack.fail("chat.postMessage", "ratelimited", status=429, retry_after=7)
    with pytest.raises(TryAgain) as slow:
        await desk.chat.post(thread, NOTICE, "k1")

    assert slow.value.after == timedelta(seconds=7)
    assert len(desk.slack.calls_of("chat.postMessage")) == 1


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("channel_not_found", Gone),
        ("is_archived", Gone),
        ("invalid_auth", PersonCanFix),
        ("missing_scope", PersonCanFix),
        ("internal_error", Unsure),
        ("no_text", Bug),
    ],
)
async def test_what_slack_refuses_has_a_meaning(
    desk: Desk, thread: Place, word: str, kind: type[MLTrainerError]
) -> None:
    ref = Ref(place=thread, id="1.1")
    for method in ("chat.postMessage", "chat.update", "conversations.replies"):
        desk.slack.fail(method, word, times=2)

    with pytest.raises(kind):
        await desk.chat.post(thread, NOTICE, "k1")
    with pytest.raises(kind):
        await desk.chat.edit(ref, NOTICE)
    with pytest.raises(kind):
        await desk.chat.find(thread, "k1")


async def test_a_page_instead_of_an_answer_is_no_crash(desk: Desk, thread: Place) -> None:
    for status in (200, 502):
        desk.slack.fail("chat.postMessage", status=status, body="<html>maintenance</html>")
        with pytest.raises(Unsure):
            await desk.chat.post(thread, NOTICE, "k1")


async def test_blocks_that_slack_does_not_take_cost_only_themselves(
    desk: Desk, ann: Person, thread: Place
) -> None:
    desk.slack.fail("chat.postMessage", "invalid_blocks")
    ref = await desk.chat.post(thread, CARD, "k1")
    desk.slack.fail("chat.update", "invalid_blocks")
    await desk.chat.edit(ref, NOTICE)

    assert "Which column?" in (await said(ann, thread))[-1]


async def test_nor_do_they_cost_a_picture(
    desk: Desk, ann: Person, thread: Place, tmp_path: Path
) -> None:
    (tmp_path / "curve.png").write_bytes(b"\x89PNG")
    picture = Picture(path=tmp_path / "curve.png", alt="Loss falls.")
    desk.slack.fail("files.completeUploadExternal", "invalid_blocks")
    await desk.chat.post(thread, Card(title="How it learnt", picture=picture), "k1")

    assert "How it learnt" in (await said(ann, thread))[-1]


async def test_a_bot_that_was_removed_cannot_post(desk: Desk, thread: Place) -> None:
    desk.slack.remove_bot("C1")

    with pytest.raises(Gone):
        await desk.chat.post(thread, NOTICE, "k1")


async def test_a_whisper_is_for_one(desk: Desk, ann: Person, thread: Place) -> None:
    ben = desk.slack.person("ben")
    await desk.chat.post(thread, CARD, "k1")
    await desk.chat.whisper(ANN, thread, NOTICE)

    assert (await away(ann.wait_for_whisper, "Which column?")).thread == thread.thread
    assert ben.whispers() == []


async def test_who_is_not_in_the_channel_is_written_to(desk: Desk, ann: Person) -> None:
    desk.slack.workspace.channels["C1"].members.discard("UANN")
    await desk.chat.whisper(ANN, place(), NOTICE)

    assert [one.channel for one in ann.dms()] == ["DANN"]


async def test_a_thread_has_an_address(desk: Desk, thread: Place) -> None:
    address = await desk.chat.link(thread)

    assert "/archives/C1/p" in address
    assert await desk.chat.link(place()) == ""
    assert await desk.chat.link(place("C1", "1.1")) == ""


async def test_a_job_without_a_message_gets_a_thread(desk: Desk, ann: Person) -> None:
    opened_thread = await desk.chat.open_thread(place(), "New job of ann", "key")
    direct = await desk.chat.open_thread(place("UANN"), "New job of ann", "key")

    assert await desk.chat.open_thread(opened_thread, "again", "key") == opened_thread
    assert "New job of ann" in (await said(ann, opened_thread))[0]
    assert direct.channel == "DANN"
    assert [one.ts for one in ann.dms()] == [direct.thread]


async def test_a_picture_is_a_file_with_its_figures_in_words(
    desk: Desk, ann: Person, thread: Place, tmp_path: Path
) -> None:
    (tmp_path / "curve.png").write_bytes(b"\x89PNG not really")
    picture = Picture(path=tmp_path / "curve.png", alt="Loss falls from 0.9 to 0.3 in 40 steps.")
    await desk.chat.post(thread, Card(title="How it learnt", picture=picture), "k1")

    message = (await said(ann, thread))[-1]
    assert "How it learnt" in message
    assert "Loss falls from 0.9 to 0.3 in 40 steps." in message
    assert message.files[0].endswith(".png")


async def test_a_picture_that_cannot_follow_does_not_repeat_its_card(
    desk: Desk, ann: Person, thread: Place, tmp_path: Path
) -> None:
    (tmp_path / "curve.png").write_bytes(b"\x89PNG")
    picture = Picture(path=tmp_path / "curve.png", alt="Loss falls.")
    desk.slack.fail("files.getUploadURLExternal", "ratelimited", status=429, retry_after=3)
    await desk.chat.post(thread, CARD.model_copy(update={"picture": picture}), "k1")

    assert len(await said(ann, thread)) == 2


async def test_posting_needs_no_listening() -> None:
    with FakeSlack() as slack:
        ann = slack.person("ann")
        chat = make_chat(slack)
        await chat.post(place(), NOTICE, "k1")
        await chat.close()

    assert len(ann.slack.messages("C1")) == 1


async def test_without_the_optional_scopes_nothing_is_looked_for() -> None:
    with FakeSlack() as slack:
        async with opened(slack) as desk:
            assert not desk.chat.finds
