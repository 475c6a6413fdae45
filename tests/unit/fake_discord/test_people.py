"""A person's side of the fake, with a small bot on the real discord.py."""

import asyncio
from typing import Any

import pytest

from tests.fakes.discord import FakeDiscord, NotAnswered, NotThere, Person, Upload
from tests.unit.fake_discord.small_app import SmallBot

pytestmark = pytest.mark.anyio


async def test_a_mention_makes_a_thread_with_a_card(bot: SmallBot, ann: Person) -> None:
    root = await asyncio.to_thread(ann.mention, "C1", "train <b> & see https://example.com/a.csv")
    shown = await asyncio.to_thread(ann.wait_for, "Shall I?")
    assert (shown.channel, shown.thread, shown.root) == ("C1", root.ts, root.root)
    assert shown.buttons == ("Form", "Cancel", "Slow", "Open")
    assert shown.text == "Shall I?\n[Form]\n[Cancel]\n[Slow]\n[Open]"
    assert [one.ts for one in ann.thread(root)] == [root.ts, shown.ts]
    assert bot.told.messages[0].content.endswith("train <b> & see https://example.com/a.csv")


async def test_a_form_opens_on_a_click_and_is_sent_again_after_an_error(
    bot: SmallBot, ann: Person
) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        ann.click(ann.wait_for("Shall I?"), "Form")
        view = ann.wait_for_modal("Your key")
        assert view.fields == ("Hugging Face token", "Seen by", "Data", "Keep it")
        required = "This field is required."
        assert ann.fill(view, {"Seen by": "public"}) == {"Hugging Face token": required}
        wrong = {"Hugging Face token": "bad", "Seen by": "public"}
        assert ann.fill(view, wrong) == {"Hugging Face token": "that is no token"}
        data = [Upload("data.csv", b"a,b\n")]
        right = {"Seen by": "private", "Data": data, "Keep it": True}
        assert ann.fill(view, right) == {}
        ann.wait_for_whisper("Saved")
        assert ann.modal() is None

    await asyncio.to_thread(story)
    last: Any = bot.told.interactions[-1].data
    values = [one["component"] for one in last["components"]]
    assert values[0]["value"] == "before"
    assert values[1]["values"] == ["private"]
    assert values[3]["value"] is True
    assert "data.csv" in str(last["resolved"])


async def test_a_form_that_leads_to_another_is_gone_on_with(bot: SmallBot, ann: Person) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        ann.click(ann.wait_for("Shall I?"), "Form")
        more = {"Hugging Face token": "more", "Seen by": "public"}
        assert ann.fill(ann.wait_for_modal(), more) == {}
        assert "[before]" in ann.wait_for_modal().text

    await asyncio.to_thread(story)
    assert len(bot.told.interactions) == 3


async def test_in_a_thread_that_is_gone_nothing_can_be_written(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    def story() -> None:
        root = ann.mention("C1", "hello")
        shown = ann.wait_for("Shall I?")
        fake.delete_thread(root)
        with pytest.raises(NotThere, match="thread is gone"):
            ann.mention("C1", "hello?", shown)
        with pytest.raises(NotThere, match="2000"):
            ann.say("C1", "x" * 2001)

    await asyncio.to_thread(story)
    assert len(bot.told.messages) == 1


async def test_a_question_is_answered_by_pressing_once_more(bot: SmallBot, ann: Person) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        shown = ann.wait_for("Shall I?")
        ann.click(shown, "Cancel", confirm=False)
        assert ann.whispers()[-1].buttons == ("Cancel",)
        ann.click(shown, "Cancel")
        ann.wait_for_whisper("Cancelled")

    await asyncio.to_thread(story)
    assert ann.asked == ["Cancel? Training stops."] * 2
    assert len(bot.told.interactions) == 3


async def test_a_link_is_followed_and_nobody_is_told(bot: SmallBot, ann: Person) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        ann.click(ann.wait_for("Shall I?"), "Open")

    await asyncio.to_thread(story)
    assert ann.opened == ["https://example.com/model"]
    assert not bot.told.interactions


async def test_thinking_ends_in_an_answer(bot: SmallBot, ann: Person) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        ann.click(ann.wait_for("Shall I?"), "Slow")
        assert [one.text for one in ann.whispers()] == ["At last"]

    await asyncio.to_thread(story)
    assert len(bot.told.interactions) == 1


async def test_a_command_knows_the_thread_it_is_typed_in(bot: SmallBot, ann: Person) -> None:
    def story() -> None:
        root = ann.mention("C1", "hello")
        ann.wait_for("Shall I?")
        ann.command("/mltrainer", "status j-1", root)
        ann.command("/mltrainer", "status")
        ann.command("/mltrainer", "help", "DM")
        with pytest.raises(NotThere, match="status"):
            ann.command("/mltrainer", "dance")
        with pytest.raises(NotThere, match="takes no"):
            ann.command("/mltrainer", "help me")
        assert ann.suggestions("/mltrainer status", root, "j") == ["Job a", "Job b"]
        assert bot.told.interactions[0].channel_id == int(root.ts)

    await asyncio.to_thread(story)
    asked: Any = bot.told.interactions[0].data
    assert asked["options"][0]["options"] == [{"name": "job", "type": 3, "value": "j-1"}]
    assert bot.told.interactions[2].guild_id is None


async def test_a_bot_that_does_not_answer_is_seen_to_fail(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        shown = ann.wait_for("Shall I?")
        fake.wait_for_answers(0.3)
        fake.delay("POST /interactions/…/…/callback", 0.6)
        with pytest.raises(NotAnswered):
            ann.click(shown, "Form")
        assert ann.modal() is None

    await asyncio.to_thread(story)
    await asyncio.sleep(0.5)
    assert fake.calls_of("POST /interactions/…/…/callback")[0].answer["code"] == 10062
    assert bot.told.interactions
