"""Answers to clicks, commands and forms: when, how often, and of which kind."""

import discord
import pytest

from tests.fakes.discord import FakeDiscord, NotThere, Person
from tests.unit.fake_discord.refusing import away, refused, until
from tests.unit.fake_discord.small_app import SmallBot, form

pytestmark = pytest.mark.anyio
CALLBACK = "POST /interactions/…/…/callback"


async def pressed(bot: SmallBot, ann: Person, label: str) -> discord.Interaction:
    """The interaction of a button of a new card, which the bot has answered."""
    await away(ann.mention, "C1", "hello")
    await away(lambda: ann.click(ann.wait_for("Shall I?"), label))
    return bot.told.interactions[-1]


def whispered(ann: Person) -> list[str]:
    return [one.text for one in ann.whispers()]


async def test_there_is_one_first_answer(bot: SmallBot, ann: Person) -> None:
    asked = await pressed(bot, ann, "Form")
    asked.response._response_type = None  # the client would not even try
    with refused(40060):
        await asked.response.send_message("again")


async def test_an_answer_counts_for_three_seconds(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    await away(ann.mention, "C1", "hello")
    shown = await away(ann.wait_for, "Shall I?")
    fake.fail(CALLBACK, 500, after=False)
    fake.wait_for_answers(0.1)
    with pytest.raises(AssertionError, match="failed"):
        await away(ann.click, shown, "Form")
    asked = bot.told.interactions[-1]
    with refused(10062):
        await asked.response.send_message("late")


async def test_more_may_follow_for_a_quarter_of_an_hour(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    asked = await pressed(bot, ann, "Slow")
    await asked.followup.send("and more", ephemeral=True)
    assert whispered(ann) == ["At last", "and more"]
    await asked.edit_original_response(content="changed")
    assert whispered(ann) == ["changed", "and more"]
    assert fake.messages("C1")[-1].text.startswith("Shall I?")
    await asked.delete_original_response()
    assert whispered(ann) == ["and more"]
    await away(fake.pass_time, 901)
    with refused(50027):
        await asked.followup.send("too late")


async def test_a_form_cannot_answer_a_form(bot: SmallBot, ann: Person) -> None:
    await pressed(bot, ann, "Form")
    view = await away(ann.wait_for_modal, "Your key")
    bot.sending = form
    values = {"Hugging Face token": "x", "Seen by": "public"}
    with pytest.raises(AssertionError, match="failed"):
        await away(ann.fill, view, values)
    assert bot.refused == [50035]
    assert ann.modal() is not None


async def test_what_is_not_there_cannot_be_pressed_or_filled(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    def story() -> None:
        root = ann.mention("C1", "hello")
        shown = ann.wait_for("Shall I?")
        with pytest.raises(NotThere, match="Form"):
            ann.click(shown, "Approve")
        ann.click(shown, "Form")
        view = ann.wait_for_modal()
        with pytest.raises(NotThere, match="Seen by"):
            ann.fill(view, {"Kaggle key": "x"})
        ann.dismiss(view)
        assert ann.modal() is None
        with pytest.raises(NotThere, match="closed"):
            ann.fill(view, {})
        fake.remove(shown)
        with pytest.raises(NotThere, match="gone"):
            ann.click(shown, "Form")
        fake.archive(root)
        with pytest.raises(NotThere, match="archived"):
            ann.command("/mltrainer", "status", root)

    await away(story)
    assert len(bot.told.interactions) == 1


async def test_only_the_one_who_pressed_sees_the_answer(
    fake: FakeDiscord, bot: SmallBot, ann: Person
) -> None:
    ben = fake.person("ben")
    await pressed(bot, ann, "Slow")
    assert whispered(ben) == []
    assert all("At last" not in one for one in fake.messages("C1"))
    await away(lambda: ann.dismiss(ann.whispers()[0]))
    assert whispered(ann) == []


async def test_direct_messages_are_whispers_too(bot: SmallBot, ann: Person) -> None:
    first = await away(ann.dm, "hello")
    await away(ann.wait_for_whisper, "you said hello")
    second = await away(ann.dm, "bye")
    await away(ann.wait_for, "you said bye", 30.0, second)
    assert [one.text for one in ann.thread(first)] == [
        "hello",
        "you said hello",
        "bye",
        "you said bye",
    ]
    assert len(ann.thread(second)) == 2
    assert ann.whispers() == []
    await until(lambda: len(bot.told.messages) == 2)
