"""What people see when the house answers what they press, type and send."""

import asyncio
import logging

import pytest

from pipeline.errors import PersonCanFix, TryAgain
from pipeline.jobs import Place
from pipeline.ports.chat import (
    Action,
    AskForm,
    Card,
    Choice,
    Choices,
    Click,
    Field,
    Form,
    FormErrors,
    Ok,
    Row,
    Submit,
    Whisper,
)
from tests.fakes.discord import FakeDiscord, Person, Upload
from tests.unit.discord.desk import Desk, actor, away, opened

pytestmark = pytest.mark.anyio

CALLBACK = "POST /interactions/…/…/callback"
PASTE = Form(
    id="paste",
    title="Hugging Face",
    state="ticket-7",
    fields=(
        Field(id="token", label="Hugging Face token", kind="secret", hint="Shown while you type"),
        Field(id="note", label="Note", required=False, value="mine"),
    ),
    opened_by="paste",
)
WRONG = PASTE.model_copy(update={"errors": {"token": "That is no token: it begins with hf_."}})
OTHER = Form(
    id="code",
    title="Code",
    state="t",
    fields=(Field(id="code", label="The code"),),
    opened_by="code",
)
BUTTON = Card(title="Accounts", actions=(Action(id="paste", label="Paste", argument="hub:1"),))
CANCEL = Action(id="cancel", label="Cancel", argument="j-1", style="danger")
RISKY = Card(title="Job j-1", actions=(CANCEL.model_copy(update={"confirm": "It stops."}),))
QUESTION = Card(title="Cancel? It stops for good.", actions=(CANCEL,))
LIST = Card(title="Your jobs", body="j-1 done", tone="info")
CANARY = "hf_" + "c" * 34


async def shown(desk: Desk, ann: Person, card: Card = BUTTON) -> Place:
    """A card with a button stands in a thread of Ann's."""
    place = await desk.thread(ann)
    await desk.chat.post(place, card, "k1")
    return place


async def press(ann: Person, words: str = "Accounts", label: str = "Paste") -> None:
    await away(ann.click, await away(ann.wait_for, words), label)


async def test_a_button_opens_a_form(desk: Desk, ann: Person) -> None:
    desk.replies = [Ok(), AskForm(form=PASTE)]
    place = await shown(desk, ann)
    await press(ann)
    modal = await away(ann.wait_for_modal, "Hugging Face")
    said = desk.heard[0]

    assert modal.fields == ("Hugging Face token", "Note")
    assert "mine" in modal.text
    assert isinstance(said, Click)
    assert (said.action, said.argument, said.place) == ("paste", "hub:1", place)
    assert (said.actor, said.confirmed) == (actor(ann), True)


async def test_a_form_comes_back_with_its_state(desk: Desk, ann: Person) -> None:
    desk.replies = [Ok(), AskForm(form=PASTE), Ok()]
    place = await shown(desk, ann)
    await press(ann)
    await away(ann.fill, await away(ann.wait_for_modal), {"Hugging Face token": CANARY})
    said = desk.heard[-1]

    assert isinstance(said, Submit)
    assert (said.form, said.state, said.place) == ("paste", "ticket-7", place)
    assert dict(said.values) == {"token": CANARY, "note": "mine"}
    assert ann.modal() is None
    assert CANARY not in desk.discord.everything_sent()


async def test_every_kind_of_field_comes_back(desk: Desk, ann: Person) -> None:
    form = Form(
        id="new",
        title="New model",
        state="new",
        fields=(
            Field(id="words", label="Words", kind="long", hint="What should it do?"),
            Field(id="metric", label="Metric", kind="choice", choices=("f1", "rmse"), value="f1"),
            Field(id="public", label="Public", kind="bool", value="yes"),
            Field(id="data", label="The data", kind="file", required=False),
        ),
    )
    desk.replies = [AskForm(form=form), Ok()]
    await away(ann.command, "/mltrainer", "new")
    filled = {"Words": "train it", "The data": [Upload("a.csv", b"x\n1\n")]}
    await away(ann.fill, await away(ann.wait_for_modal), filled)
    said = desk.heard[-1]

    assert isinstance(said, Submit)
    assert dict(said.values) == {"words": "train it", "metric": "f1", "public": True}
    assert [(one.name, one.size) for one in said.attachments] == [("a.csv", 4)]
    await away(ann.wait_for_whisper, "Understood")


async def test_a_form_that_is_wrong_says_so_and_keeps_what_was_typed(
    desk: Desk, ann: Person
) -> None:
    filled = tuple(
        one.model_copy(update={"value": "for work"}) if one.label == "Note" else one
        for one in WRONG.fields
    )
    wrong = FormErrors(form=WRONG.model_copy(update={"fields": filled}))
    desk.replies = [Ok(), AskForm(form=PASTE), wrong, AskForm(form=PASTE), Ok()]
    await shown(desk, ann)
    await press(ann)
    modal = await away(ann.wait_for_modal)
    problems = await away(ann.fill, modal, {"Hugging Face token": CANARY, "Note": "for work"})
    assert problems == {"Hugging Face token": "That is no token: it begins with hf_."}

    await press(ann, "Not sent yet", "Edit")
    again = desk.heard[-1]
    assert isinstance(again, Click)
    assert (again.action, again.argument) == ("paste", "ticket-7")
    assert "for work" in (await away(ann.wait_for_modal)).text
    assert CANARY not in desk.discord.everything_sent()


async def test_a_form_may_lead_to_another_by_a_button(desk: Desk, ann: Person) -> None:
    desk.replies = [Ok(), AskForm(form=PASTE), AskForm(form=OTHER), AskForm(form=OTHER)]
    await shown(desk, ann)
    await press(ann)
    await away(ann.fill, await away(ann.wait_for_modal), {"Hugging Face token": CANARY})
    await press(ann, "One more form", "Go on")

    assert (await away(ann.wait_for_modal, "Code")).fields == ("The code",)
    assert isinstance(desk.heard[-1], Click)


async def test_a_form_may_be_answered_in_private(desk: Desk, ann: Person, ben: Person) -> None:
    desk.replies = [Ok(), AskForm(form=PASTE), Whisper(card=Card(title="Connected as ana"))]
    await shown(desk, ann)
    await press(ann)
    await away(ann.fill, await away(ann.wait_for_modal), {"Hugging Face token": CANARY})
    whisper = await away(ann.wait_for_whisper, "Connected as ana")

    assert whisper.thread
    assert ann.dms() == []
    assert ben.whispers() == []


async def test_a_button_that_changes_nothing_here_is_quiet(desk: Desk, ann: Person) -> None:
    await shown(desk, ann)
    await press(ann)

    assert isinstance(desk.heard[-1], Click)
    assert ann.whispers() == []


@pytest.mark.parametrize("reply", [FormErrors(form=WRONG), Choices()])
async def test_whatever_a_button_is_answered_with_is_shown(
    desk: Desk, ann: Person, reply: FormErrors | Choices
) -> None:
    desk.replies = [Ok(), reply]
    await shown(desk, ann)
    await press(ann)
    if isinstance(reply, FormErrors):
        await away(ann.wait_for_whisper, "That is no token")

    assert isinstance(desk.heard[-1], Click)


async def test_a_command_is_answered_in_private(desk: Desk, ann: Person, ben: Person) -> None:
    desk.replies = [Whisper(card=LIST), Ok(), FormErrors(form=WRONG)]
    await away(ann.command, "/mltrainer", "list")
    await away(ann.wait_for_whisper, "j-1 done")
    await away(ann.command, "/mltrainer", "list")
    await away(ann.wait_for_whisper, "Understood")
    await away(ann.command, "/mltrainer", "list")
    await away(ann.wait_for_whisper, "That is no token")

    assert ben.whispers() == []
    assert desk.discord.messages("C1") == []


async def test_a_mention_is_answered_in_direct_messages(desk: Desk, ann: Person) -> None:
    desk.replies = [Whisper(card=LIST), FormErrors(form=WRONG), AskForm(form=PASTE)]
    for words in ("j-1 done", "That is no token", "One more form"):
        await away(ann.mention, "C1", "list")
        await away(ann.wait_for, words)

    assert len(ann.dms()) == 3


async def test_a_mention_cannot_open_a_form(desk: Desk, ann: Person) -> None:
    desk.replies = [AskForm(form=PASTE.model_copy(update={"opened_by": ""}))]
    await away(ann.mention, "C1", "new")

    await away(ann.wait_for, "/mltrainer new")


async def test_what_fits_is_suggested(desk: Desk, ann: Person) -> None:
    fits = Choices(choices=(Choice(value="j-abcd1234", label="j-abcd1234 a filter"),))
    desk.replies = [fits, Ok(), Whisper(card=LIST), RuntimeError("x")]

    assert await away(ann.suggestions, "/mltrainer status") == ["j-abcd1234 a filter"]
    for _ in range(3):
        assert await away(ann.suggestions, "/mltrainer status") == []
    assert ann.whispers() == []


async def test_a_click_on_a_whisper_changes_that_whisper(desk: Desk, ann: Person) -> None:
    desk.replies = [Whisper(card=BUTTON), Whisper(card=LIST)]
    await away(ann.command, "/mltrainer", "connect")
    await press(ann)
    await away(ann.wait_for_whisper, "j-1 done")

    assert len(ann.whispers()) == 1


async def test_a_risky_button_asks_back(desk: Desk, ann: Person) -> None:
    desk.replies = [Ok(), Whisper(card=QUESTION), Ok()]
    await shown(desk, ann, RISKY)
    await press(ann, "Job j-1", "Cancel")
    _, asked, done = [None, *desk.heard]

    assert len(ann.asked) == 1
    assert "It stops for good." in ann.asked[0]
    assert isinstance(asked, Click)
    assert isinstance(done, Click)
    assert (asked.confirmed, done.confirmed) == (False, True)
    assert (asked.action, asked.argument) == (done.action, done.argument) == ("cancel", "j-1")
    assert [one.buttons for one in ann.whispers()] == [()]  # the question is over


async def test_a_question_leaves_the_list_that_it_is_about(desk: Desk, ann: Person) -> None:
    rows = Card(title="Your jobs", rows=(Row(title="j-1", actions=RISKY.actions),))
    desk.replies = [Whisper(card=rows), Whisper(card=QUESTION)]
    await away(ann.command, "/mltrainer", "list")
    whisper = await away(ann.wait_for_whisper, "Your jobs")
    await away(lambda: ann.click(whisper, "Cancel", confirm=False))

    assert len(ann.whispers()) == 2


async def test_an_answer_that_takes_long_comes_all_the_same(desk: Desk, ann: Person) -> None:
    async def slow() -> None:
        await asyncio.sleep(2.3)

    desk.replies = [Ok(), Whisper(card=LIST), Whisper(card=LIST), Choices()]
    await shown(desk, ann)
    desk.before = slow
    await press(ann)
    await away(ann.wait_for_whisper, "j-1 done")
    await away(ann.command, "/mltrainer", "list")

    assert await away(ann.suggestions, "/mltrainer status") == []
    assert [one.text.count("j-1 done") for one in ann.whispers()] == [1, 1]


async def test_a_form_that_came_too_late_leaves_a_button(desk: Desk, ann: Person) -> None:
    async def slow() -> None:
        await asyncio.sleep(2.3)

    desk.replies = [Ok(), AskForm(form=PASTE), AskForm(form=PASTE)]
    await shown(desk, ann)
    desk.before = slow
    await press(ann)
    whisper = await away(ann.wait_for_whisper, "three seconds")
    desk.before = None
    await away(ann.click, whisper, "Try again")
    await away(ann.wait_for_modal, "Hugging Face")
    first, again = desk.heard

    assert isinstance(first, Click)
    assert isinstance(again, Click)
    assert (first.action, first.argument, first.place) == (
        again.action,
        again.argument,
        again.place,
    )
    assert first.key != again.key


async def test_a_command_that_came_too_late_leaves_one_as_well(desk: Desk, ann: Person) -> None:
    async def slow() -> None:
        await asyncio.sleep(2.3)

    desk.replies = [AskForm(form=PASTE), AskForm(form=PASTE)]
    desk.before = slow
    await away(ann.command, "/mltrainer", "predict j-abcd1234")
    whisper = await away(ann.wait_for_whisper, "three seconds")
    desk.before = None
    await away(ann.click, whisper, "Try again")
    _, again = desk.heard

    assert isinstance(again, Click)
    assert (again.action, again.argument) == ("predict", "j-abcd1234")


async def test_a_window_that_closed_is_no_obstacle(desk: Desk, ann: Person) -> None:
    desk.discord.wait_for_answers(0.2)
    desk.discord.fail(CALLBACK, 404, {"code": 10062, "message": "Unknown interaction"})
    desk.replies = [Whisper(card=LIST)]
    with pytest.raises(AssertionError):
        await away(ann.command, "/mltrainer", "list")

    await away(ann.wait_for_whisper, "j-1 done")
    assert len(ann.dms()) == 1


async def test_a_whisper_follows_what_was_just_pressed(desk: Desk, ann: Person) -> None:
    desk.replies = [Ok(), Whisper(card=LIST)]
    place = await shown(desk, ann)
    await press(ann)
    await desk.chat.whisper(actor(ann), place, Card(title="And one thing more"))

    assert (await away(ann.wait_for_whisper, "And one thing more")).thread == place.thread
    assert ann.dms() == []


@pytest.mark.parametrize("error", [TryAgain("The database is away.", "Again."), RuntimeError("x")])
async def test_what_failed_is_told(desk: Desk, ann: Person, error: Exception) -> None:
    desk.replies = [Ok(), error, error, AskForm(form=PASTE), error]
    await shown(desk, ann)
    words = "The database is away." if isinstance(error, TryAgain) else "Nothing was changed."
    await press(ann)
    await away(ann.wait_for_whisper, words)
    await away(ann.command, "/mltrainer", "list")
    await press(ann)
    await away(ann.fill, await away(ann.wait_for_modal), {"Hugging Face token": CANARY})

    assert [words in one for one in ann.whispers()] == [True, True, True]


async def test_a_form_that_discord_refuses_is_told(desk: Desk, ann: Person) -> None:
    desk.discord.fail(CALLBACK, 400, {"code": 50035, "message": "Invalid Form Body"})
    desk.replies = [AskForm(form=PASTE)]
    await away(ann.command, "/mltrainer", "new")

    await away(ann.wait_for_whisper, "Nothing was changed.")


@pytest.mark.parametrize("secret", ["token", "value"])
async def test_no_log_has_what_was_typed(
    discord: FakeDiscord, ann: Person, caplog: pytest.LogCaptureFixture, secret: str
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("discord", "discord.gateway", "discord.http", "discord.webhook.async_"):
        caplog.set_level(logging.DEBUG, name)
    async with opened(discord) as desk:
        desk.replies = [Ok(), AskForm(form=PASTE), RuntimeError(CANARY)]
        desk.replies += [
            AskForm(form=PASTE),
            PersonCanFix("Full.", "Wait."),
            FormErrors(form=WRONG),
        ]
        await shown(desk, ann)
        for _ in range(2):
            await press(ann)
            await away(ann.fill, await away(ann.wait_for_modal), {"Hugging Face token": CANARY})
        await away(discord.drop_gateway)
        await away(ann.mention, "C1", CANARY)
        await desk.hears(5)
    told = {"token": discord.token, "value": CANARY}[secret]

    assert told not in caplog.text
    assert [one for one in caplog.records if told in repr(vars(one))] == []
    assert "RuntimeError" in caplog.text


async def test_what_stood_before_a_restart_still_works(discord: FakeDiscord, ann: Person) -> None:
    async with opened(discord) as desk:
        desk.replies = [Ok(), AskForm(form=PASTE), AskForm(form=PASTE)]
        place = await shown(desk, ann)
        await press(ann)
        modal = await away(ann.wait_for_modal)
    async with opened(discord) as desk:
        desk.replies = [Whisper(card=Card(title="Connected as ana")), AskForm(form=OTHER)]
        await away(ann.fill, modal, {"Hugging Face token": CANARY})
        await away(ann.wait_for_whisper, "Connected as ana")
        await press(ann)
        await away(ann.wait_for_modal, "Code")
        sent, click = desk.heard

    assert isinstance(sent, Submit)
    assert (sent.state, sent.values["token"], sent.place) == ("ticket-7", CANARY, place)
    assert isinstance(click, Click)
    assert (click.action, click.argument, click.place) == ("paste", "hub:1", place)


async def test_what_is_in_hand_is_finished_before_the_end(desk: Desk, ann: Person) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        await go_on.wait()

    desk.before = slow
    desk.replies = [Whisper(card=LIST)]
    typing = asyncio.create_task(away(ann.command, "/mltrainer", "list"))
    await begun.wait()
    stopping = asyncio.create_task(desk.chat.stop())
    await asyncio.sleep(0)
    go_on.set()
    await typing
    await stopping

    assert any("j-1 done" in one for one in ann.whispers())


async def test_a_click_while_it_ends_is_told(desk: Desk, ann: Person) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        await go_on.wait()

    place = await shown(desk, ann)
    desk.before = slow
    first = asyncio.create_task(away(ann.command, "/mltrainer", "list"))
    await begun.wait()
    stopping = asyncio.create_task(desk.chat.stop())
    await asyncio.sleep(0)
    await press(ann)
    await away(ann.wait_for_whisper, "restarting")
    go_on.set()
    await first
    await stopping

    assert not desk.chat.connected
    await desk.chat.post(place, LIST, "after")
    assert "j-1 done" in (await away(ann.wait_for, "j-1 done"))
