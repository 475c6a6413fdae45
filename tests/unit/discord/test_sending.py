"""What the bot says on Discord: posted, edited, whispered, taken back."""

from datetime import timedelta
from pathlib import Path

import pytest

from adapters.platforms.discord.sending import nonce
from pipeline.errors import Bug, MLTrainerError, PersonCanFix, TryAgain
from pipeline.jobs import Place
from pipeline.ports.chat import Action, Card, Gone, Picture, Ref, StageLine, Unsure
from tests.fakes.discord import FakeDiscord, Person, Seen
from tests.unit.discord.desk import Desk, actor, away, make_chat, opened, until

pytestmark = pytest.mark.anyio

POST = "POST /channels/…/messages"
PATCH = "PATCH /channels/…/messages/…"
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
    actions=(Action(id="cancel", label="Cancel", argument="j-1"),),
)
NOTICE = Card(title="I have a question", body="Which column?", tone="waiting")


async def said(person: Person, place: Place) -> list[Seen]:
    """What somebody sees of a thread, below its root."""
    return (await away(person.thread, place.channel, place.thread or ""))[1:]


async def test_a_card_stands_in_its_thread(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    ref = await desk.chat.post(place, CARD, "k1")
    card = await away(ann.wait_for, "Job j-1")

    assert (ref.place, ref.id, card.thread) == (place, card.ts, place.thread)
    assert "✓ dataset  done 4.8s" in card
    assert "▸ monitor  running: step 120 of 400" in card
    assert "○ pending: deploy" in card
    assert "Model  logistic regression" in card
    assert "3 rows have no label" in card
    assert card.buttons == ("Cancel",)


async def test_a_notice_calls_its_person_alone(desk: Desk, ann: Person, ben: Person) -> None:
    place = await desk.thread(ann)
    await desk.chat.post(place, NOTICE, "k1", notify=actor(ann))

    assert [one.thread for one in ann.pings()] == [place.thread]
    assert "Waiting for you" in ann.pings()[0]
    assert ben.pings() == []


async def test_a_card_with_buttons_can_call_its_person_too(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    await desk.chat.post(place, CARD, "k1", notify=actor(ann))

    assert [one.buttons for one in ann.pings()] == [("Cancel",)]


async def test_nothing_in_a_text_calls_anybody(desk: Desk, ann: Person, ben: Person) -> None:
    place = await desk.thread(ann)
    bad = Card(title=f"<@{ben.id}> @everyone", body=f"<@!{ben.id}> @here <@&1>", tone="bad")
    ref = await desk.chat.post(place, bad, "k1", notify=actor(ann))
    await desk.chat.edit(ref, bad)

    assert ben.pings() == []
    assert len(ann.pings()) == 1


async def test_a_card_changes_in_place(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    ref = await desk.chat.post(place, CARD, "k1")
    same = await desk.chat.edit(ref, CARD.model_copy(update={"title": "Job j-1, done"}))

    assert same == ref
    assert "Job j-1, done" in (await said(ann, place))[-1]
    assert ann.pings() == []


async def test_a_notice_can_become_a_card_and_back(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    ref = await desk.chat.post(place, NOTICE, "k1")
    await desk.chat.edit(ref, CARD)
    assert (await said(ann, place))[-1].buttons == ("Cancel",)

    await desk.chat.edit(ref, NOTICE)
    assert "Which column?" in (await said(ann, place))[-1]


async def test_a_card_that_is_gone_is_posted_anew_once(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    ref = await desk.chat.post(place, CARD, "k1")
    await away(desk.discord.remove, (await said(ann, place))[-1])
    other = await desk.chat.edit(ref, NOTICE)
    again = await desk.chat.edit(ref, NOTICE)

    assert other == again
    assert other.id != ref.id
    assert len(await said(ann, place)) == 1


async def test_the_same_key_is_the_same_message(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    first = await desk.chat.post(place, NOTICE, "k1")
    await desk.chat.stop()
    await desk.chat.close()
    async with opened(desk.discord) as other:
        assert await other.chat.post(place, NOTICE, "k1") == first
        assert await other.chat.post(place, NOTICE, "k2") != first

    assert len(await said(ann, place)) == 2
    assert nonce("k1") == nonce("k1") != nonce("k2")
    assert len(nonce("k1")) == 25


async def test_a_lost_answer_is_not_taken_for_a_no(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    desk.discord.lose_answer(POST)
    with pytest.raises(Unsure):
        await desk.chat.post(place, NOTICE, "k1")
    await desk.chat.post(place, NOTICE, "k1")

    assert len(await said(ann, place)) == 1


async def test_discord_is_obeyed_when_it_asks_to_slow_down(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    slow = {"message": "slow down", "retry_after": 47.0, "global": False}
    desk.discord.fail(POST, 429, slow, {"Retry-After": "47"})
    with pytest.raises(TryAgain) as refused:
        await desk.chat.post(place, NOTICE, "k1")

    assert refused.value.after == timedelta(seconds=47)


async def test_a_lock_out_before_discord_is_obeyed_as_well(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    desk.discord.fail(POST, 429, "<html>", {"Retry-After": "99999", "Via": ""})
    with pytest.raises(TryAgain) as refused:
        await desk.chat.post(place, NOTICE, "k1")

    assert refused.value.after == timedelta(hours=1)


async def test_an_old_card_that_was_edited_too_often_waits(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    ref = await desk.chat.post(place, CARD, "k1")
    body = {"code": 30046, "message": "edits", "retry_after": 40.0, "global": False}
    desk.discord.fail(PATCH, 429, body, {"Retry-After": "40"})
    with pytest.raises(TryAgain) as refused:
        await desk.chat.edit(ref, CARD)

    assert type(refused.value) is TryAgain
    assert refused.value.after == timedelta(seconds=40)
    assert await desk.chat.edit(ref, CARD) == ref


@pytest.mark.parametrize(
    ("status", "word", "kind"),
    [
        (404, 10003, Gone),
        (403, 50001, Gone),
        (403, 50013, Gone),
        (401, 0, PersonCanFix),
        (403, 160006, PersonCanFix),
        (503, 0, Unsure),
        (400, 50035, Bug),
    ],
)
async def test_what_discord_refuses_has_a_meaning(
    desk: Desk, ann: Person, status: int, word: int, kind: type[MLTrainerError]
) -> None:
    place = await desk.thread(ann)
    for route in (POST, PATCH):
        desk.discord.fail(route, status, {"code": word, "message": "no"})

    with pytest.raises(kind):
        await desk.chat.post(place, NOTICE, "k1")
    with pytest.raises(kind):
        await desk.chat.edit(Ref(place=place, id="1"), NOTICE)


async def test_a_page_instead_of_an_answer_is_no_crash(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    for status in (200, 503):
        desk.discord.fail(POST, status, "<html>maintenance</html>")
        with pytest.raises(Unsure):
            await desk.chat.post(place, NOTICE, "k1")


async def test_a_thread_that_is_gone_takes_nothing(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    ref = await desk.chat.post(place, CARD, "k1")
    await away(desk.discord.delete_thread, place.thread or "")

    with pytest.raises(Gone):
        await desk.chat.post(place, NOTICE, "k2")
    with pytest.raises(Gone):
        await desk.chat.edit(ref, CARD)


async def test_a_thread_that_sleeps_is_woken(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    ref = await desk.chat.post(place, CARD, "k1")
    await away(desk.discord.archive, place.thread or "")
    await desk.chat.edit(ref, CARD.model_copy(update={"title": "awake"}))

    assert "awake" in (await said(ann, place))[-1]


async def test_a_thread_that_was_locked_is_gone(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    ref = await desk.chat.post(place, CARD, "k1")
    await away(lambda: desk.discord.archive(place.thread or "", locked=True))

    with pytest.raises(Gone):
        await desk.chat.edit(ref, CARD)


async def test_a_bot_that_was_thrown_out_cannot_post(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    await away(desk.discord.kick)

    with pytest.raises(Gone):
        await desk.chat.post(place, NOTICE, "k1")


async def test_a_thread_is_begun_once_under_the_words(desk: Desk, ann: Person) -> None:
    root = await away(ann.mention, "C1", "train")
    await desk.hears()
    place = desk.below(root)
    first = await desk.chat.open_thread(place, "j-1: " + "long " * 50, "key")
    again = await desk.chat.open_thread(place, "another name", "key")
    made = desk.discord.world.channel(root.ts)

    assert first == again == place
    assert len(made.name) == 100
    assert made.name.startswith("j-1: long")


async def test_a_thread_that_another_process_has_begun_is_found(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    other = make_chat(desk.discord)

    assert await other.open_thread(place, "again", "key") == place
    await other.close()


async def test_what_was_heard_here_is_answered_in_the_thread_that_another_process_begins(
    desk: Desk, discord: FakeDiscord, ann: Person
) -> None:
    root = await away(ann.mention, "C1", "train")
    await desk.hears()
    other = make_chat(discord)
    place = await other.open_thread(desk.below(root), "j-1: a filter", "key")
    ref = await other.post(place, NOTICE, "k1")
    await until(lambda: desk.chat._line.knows(root.ts))

    assert await desk.chat.edit(ref, NOTICE) == ref
    await desk.chat.post(place, NOTICE, "k2")

    assert len(await said(ann, place)) == 2
    await other.close()


async def test_a_job_without_a_message_gets_a_thread(
    desk: Desk, discord: FakeDiscord, ann: Person
) -> None:
    made = await desk.chat.open_thread(desk.place(), "New job of ann", "key")
    again = await desk.chat.open_thread(desk.place(), "New job of ann", "key")

    assert made == again
    assert made.thread
    assert ["New job of ann" in one for one in discord.messages("C1")] == [True]
    await desk.chat.post(made, NOTICE, "k1")
    assert len(await said(ann, made)) == 1


async def test_words_that_were_taken_back_get_a_thread_of_ours(desk: Desk, ann: Person) -> None:
    root = await away(ann.mention, "C1", "train")
    await desk.hears()
    await away(ann.delete, root)
    made = await desk.chat.open_thread(desk.below(root), "j-1: a filter", "key")

    assert made.thread not in {None, root.ts}
    assert "a filter" in (await away(ann.thread, "C1", made.thread or ""))[0]


async def test_direct_messages_have_no_threads(desk: Desk, ann: Person) -> None:
    place = await desk.chat.direct(actor(ann))

    assert place.space == f"@{ann.id}"
    assert await desk.chat.open_thread(place, "j-1", "key") == place
    await desk.chat.post(place, NOTICE, "k1")
    assert len(ann.dms()) == 1


async def test_a_permission_that_is_missing_is_named(desk: Desk, ann: Person) -> None:
    root = await away(ann.mention, "C1", "train")
    await desk.hears()
    desk.discord.revoke("CREATE_PUBLIC_THREADS", "C1")
    with pytest.raises(PersonCanFix, match="Create Public Threads") as refused:
        await desk.chat.open_thread(desk.below(root), "j-1", "key")

    assert "administrator" in refused.value.hint


async def test_an_answer_where_no_thread_was_begun_replies_to_the_words(
    desk: Desk, ann: Person
) -> None:
    root = await away(ann.mention, "C1", "status")
    await desk.hears()
    await desk.chat.post(desk.below(root), NOTICE, "k1", notify=actor(ann))

    answer = await away(ann.wait_for, "Which column?", thread=root)
    assert (answer.channel, answer.thread) == ("C1", "")


async def test_a_whisper_is_for_one(desk: Desk, ann: Person, ben: Person) -> None:
    place = await desk.thread(ann)
    await desk.chat.whisper(actor(ann), place, NOTICE)

    assert ["Which column?" in one for one in ann.dms()] == [True]
    assert ben.dms() == []
    assert await said(ann, place) == []


async def test_who_takes_no_direct_messages_is_told_so_once(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    desk.discord.person("ann", dms_open=False)
    await desk.chat.whisper(actor(ann), place, NOTICE)
    with pytest.raises(Gone):
        await desk.chat.whisper(actor(ann), place, NOTICE)

    found = await said(ann, place)
    assert len(found) == 1
    assert "/mltrainer" in found[0]
    assert "Which column?" not in found[0]
    assert [one.thread for one in ann.pings()] == [place.thread]


async def test_closed_direct_messages_are_gone(desk: Desk, ann: Person) -> None:
    place = await desk.chat.direct(actor(ann))
    desk.discord.person("ann", dms_open=False)

    with pytest.raises(Gone):
        await desk.chat.post(place, NOTICE, "k1")


async def test_a_message_with_a_key_is_deleted(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    root = await away(lambda: ann.thread("C1", place.thread or "")[0])
    below = await away(ann.mention, "C1", "here is a key", thread=root)

    assert await desk.chat.redact(place, below.ts)
    assert await desk.chat.redact(place, below.ts)
    assert await said(ann, place) == []
    assert await desk.chat.redact(place, root.ts)
    assert root.ts not in [one.ts for one in desk.discord.messages("C1")]


async def test_what_may_not_be_deleted_is_left_to_its_person(desk: Desk, ann: Person) -> None:
    message = await away(ann.mention, "C1", "here is a key")
    desk.discord.revoke("MANAGE_MESSAGES", "C1")
    direct = await away(ann.dm, "another key")
    await desk.hears(2)

    assert not await desk.chat.redact(desk.below(message), message.ts)
    assert not await desk.chat.redact(await desk.chat.direct(actor(ann)), direct.ts)


async def test_a_thread_has_an_address(desk: Desk, ann: Person) -> None:
    place = await desk.thread(ann)
    guild = desk.discord.guild

    assert await desk.chat.link(place) == f"https://discord.com/channels/{guild}/{place.thread}"
    assert await desk.chat.link(desk.place()) == ""
    assert "/@me/" in await desk.chat.link(await desk.chat.direct(actor(ann)))
    assert await desk.chat.find(place, "k1") is None


async def test_a_picture_is_a_file_with_its_figures_in_words(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    place = await desk.thread(ann)
    (tmp_path / "curve.png").write_bytes(b"\x89PNG not really")
    picture = Picture(path=tmp_path / "curve.png", alt="Loss falls from 0.9 to 0.3.")
    card = Card(title="How it learnt", picture=picture)
    first = await desk.chat.post(place, card, "k1")
    assert await desk.chat.post(place, card, "k1") == first

    (message,) = await said(ann, place)
    assert "How it learnt" in message
    assert "Loss falls from 0.9 to 0.3." in message
    assert message.files == ("curve.png",)


async def test_a_picture_follows_a_card_with_buttons(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    place = await desk.thread(ann)
    (tmp_path / "curve.png").write_bytes(b"\x89PNG")
    picture = Picture(path=tmp_path / "curve.png", alt="Loss falls.")
    await desk.chat.post(place, CARD.model_copy(update={"picture": picture}), "k1")

    card, file = await said(ann, place)
    assert card.buttons == ("Cancel",)
    assert file.files == ("curve.png",)


async def test_a_picture_that_cannot_follow_does_not_repeat_its_card(
    desk: Desk, ann: Person, tmp_path: Path
) -> None:
    place = await desk.thread(ann)
    missing = Picture(path=tmp_path / "none.png", alt="Nothing.")
    await desk.chat.post(place, CARD.model_copy(update={"picture": missing}), "k1")

    assert len(await said(ann, place)) == 1


async def test_what_is_said_before_the_start_is_said(discord: FakeDiscord, ann: Person) -> None:
    async with opened(discord) as desk:
        place = await desk.thread(ann)
    chat = make_chat(discord)
    await chat.post(place, NOTICE, "k1")
    await chat.close()

    assert len(await said(ann, place)) == 1
