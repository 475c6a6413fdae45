"""Every reply of the house to everything that people do: something sensible is always seen."""

import pytest

from pipeline.ports.chat import (
    Action,
    AskForm,
    Card,
    Choice,
    Choices,
    Field,
    Form,
    FormErrors,
    Ok,
    Reply,
    Whisper,
)
from tests.fakes.discord import Person
from tests.unit.discord.desk import Desk, away

pytestmark = pytest.mark.anyio

FORM = Form(
    id="paste",
    title="Accounts form",
    state="t-1",
    fields=(Field(id="token", label="Token"),),
    opened_by="paste",
)
CARD = Card(title="A card", actions=(Action(id="paste", label="Paste"),))
REPLIES: dict[str, Reply] = {
    "ok": Ok(),
    "form": AskForm(form=FORM),
    "errors": FormErrors(form=FORM.model_copy(update={"errors": {"token": "Too short."}})),
    "whisper": Whisper(card=Card(title="For you alone")),
    "choices": Choices(choices=(Choice(value="j-1", label="The first job"),)),
}
WHISPERED = {"errors": "Token: Too short.", "whisper": "For you alone"}
ONE_MORE = {**WHISPERED, "form": "One more form is needed."}


@pytest.mark.parametrize("reply", REPLIES)
async def test_to_a_message(desk: Desk, ann: Person, reply: str) -> None:
    desk.replies = [REPLIES[reply]]
    await away(ann.mention, "C1", "hello")
    await desk.hears()
    if reply in ONE_MORE:
        await away(ann.wait_for_whisper, ONE_MORE[reply])
    await desk.chat.stop()

    assert len(ann.dms()) == (1 if reply in ONE_MORE else 0)
    assert len(desk.discord.messages("C1")) == 1


@pytest.mark.parametrize("reply", REPLIES)
async def test_to_a_button(desk: Desk, ann: Person, reply: str) -> None:
    place = await desk.thread(ann)
    await desk.chat.post(place, CARD, "k1")
    desk.replies = [REPLIES[reply]]
    await away(ann.click, await away(ann.wait_for, "A card"), "Paste")

    await sees(ann, WHISPERED.get(reply, ""), form=reply == "form")


@pytest.mark.parametrize("reply", REPLIES)
async def test_to_a_command(desk: Desk, ann: Person, reply: str) -> None:
    desk.replies = [REPLIES[reply]]
    await away(ann.command, "/mltrainer", "list")

    quiet = "" if reply == "form" else "Understood."
    await sees(ann, WHISPERED.get(reply, quiet), form=reply == "form")


@pytest.mark.parametrize("from_button", [True, False])
@pytest.mark.parametrize("reply", REPLIES)
async def test_to_a_form(desk: Desk, ann: Person, reply: str, *, from_button: bool) -> None:
    place = await desk.thread(ann)
    await desk.chat.post(place, CARD, "k1")
    desk.replies = [AskForm(form=FORM), REPLIES[reply]]
    if from_button:
        await away(ann.click, await away(ann.wait_for, "A card"), "Paste")
    else:
        await away(ann.command, "/mltrainer", "new")
    await away(ann.fill, await away(ann.wait_for_modal), {"Token": "abc"})

    await sees(ann, ONE_MORE.get(reply, "" if from_button else "Understood."))


@pytest.mark.parametrize("reply", REPLIES)
async def test_to_words_that_are_being_typed(desk: Desk, ann: Person, reply: str) -> None:
    desk.replies = [REPLIES[reply]]
    offered = await away(ann.suggestions, "/mltrainer status")

    assert offered == (["The first job"] if reply == "choices" else [])
    await sees(ann, "")


async def sees(ann: Person, words: str, *, form: bool = False) -> None:
    """One whisper with these words, or none; and a form or none."""
    whispers = [one.text for one in await away(ann.whispers)]

    assert [words in one for one in whispers] == ([True] if words else [])
    assert (ann.modal() is not None) == form
    assert ann.dms() == []
