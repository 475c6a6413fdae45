"""What people see when the house answers them within Slack's three seconds."""

import asyncio
import logging

import pytest

from pipeline.errors import PersonCanFix, TryAgain
from pipeline.ports.chat import (
    Action,
    AskForm,
    Card,
    Click,
    Field,
    Form,
    FormErrors,
    Ok,
    Whisper,
)
from tests.fakes.slack import FakeSlack, NotAnswered, Person
from tests.unit.slack.desk import Desk, away, place

pytestmark = pytest.mark.anyio

PASTE = Form(
    id="paste",
    title="Hugging Face",
    state="ticket-7",
    fields=(
        Field(id="token", label="Hugging Face token", kind="secret", hint="Shown while you type"),
        Field(id="note", label="Note", required=False, value="mine"),
    ),
)
BUTTON = Card(title="Accounts", actions=(Action(id="paste", label="Paste", argument="hub"),))
LIST = Card(title="Your jobs", body="j-1 done", tone="info")
CANARY = "hf_" + "c" * 34


async def shown(desk: Desk, ann: Person, card: Card = BUTTON) -> Person:
    """A card with a button stands in a thread of Ann's."""
    root = await away(ann.say, "C1", "hello")
    await desk.chat.post(place("C1", root.ts), card, "k1")
    return ann


async def press(ann: Person, words: str = "Accounts", label: str = "Paste") -> None:
    await away(ann.click, await away(ann.wait_for, words), label)


async def test_a_button_opens_a_form(desk: Desk, ann: Person) -> None:
    desk.replies = [AskForm(form=PASTE)]
    await press(await shown(desk, ann))

    modal = await away(ann.wait_for_modal, "Hugging Face")

    assert modal.fields == ("Hugging Face token", "Note")
    assert modal.raw["clear_on_close"] is True
    assert "mine" in modal.text


async def test_a_form_that_is_wrong_says_so_beside_the_field(desk: Desk, ann: Person) -> None:
    wrong = PASTE.model_copy(update={"errors": {"token": "That is no token: it begins with hf_."}})
    desk.replies = [AskForm(form=PASTE), FormErrors(form=wrong)]
    await press(await shown(desk, ann))
    modal = await away(ann.wait_for_modal)
    problems = await away(ann.fill, modal, {"Hugging Face token": CANARY})

    assert problems == {"Hugging Face token": "That is no token: it begins with hf_."}
    assert CANARY not in desk.slack.everything_sent()


async def test_an_error_of_no_field_stands_at_the_first(desk: Desk, ann: Person) -> None:
    wrong = PASTE.model_copy(update={"errors": {"": "That form is over.", "token": "Too short."}})
    desk.replies = [AskForm(form=PASTE), FormErrors(form=wrong)]
    await press(await shown(desk, ann))
    problems = await away(ann.fill, await away(ann.wait_for_modal), {"Hugging Face token": CANARY})

    assert problems == {"Hugging Face token": "That form is over. Too short."}


async def test_a_form_that_is_right_closes(desk: Desk, ann: Person) -> None:
    desk.replies = [AskForm(form=PASTE), Ok()]
    await press(await shown(desk, ann))
    await away(ann.fill, await away(ann.wait_for_modal), {"Hugging Face token": CANARY})

    assert ann.modal() is None
    assert CANARY not in desk.slack.everything_sent()


async def test_a_form_may_lead_to_another(desk: Desk, ann: Person) -> None:
    after = Form(id="code", title="Code", state="t", fields=(Field(id="code", label="The code"),))
    desk.replies = [AskForm(form=PASTE), AskForm(form=after)]
    await press(await shown(desk, ann))
    await away(ann.fill, await away(ann.wait_for_modal), {"Hugging Face token": CANARY})

    assert (await away(ann.wait_for_modal, "Code")).fields == ("The code",)
    assert CANARY not in desk.slack.everything_sent()


async def test_a_form_may_be_answered_in_private(desk: Desk, ann: Person) -> None:
    desk.replies = [AskForm(form=PASTE), Whisper(card=Card(title="Connected as ana"))]
    await press(await shown(desk, ann))
    await away(ann.fill, await away(ann.wait_for_modal), {"Hugging Face token": CANARY})
    whisper = await away(ann.wait_for_whisper, "Connected as ana")

    assert whisper.thread
    assert ann.modal() is None


async def test_a_command_is_answered_in_private(desk: Desk, ann: Person) -> None:
    desk.replies = [Whisper(card=LIST)]
    await away(ann.command, "/mltrainer", "list")

    await away(ann.wait_for_whisper, "j-1 done")
    assert desk.slack.messages("C1") == []


async def test_a_mention_is_answered_in_private_where_it_can_be_seen(
    desk: Desk, ann: Person
) -> None:
    desk.replies = [Whisper(card=LIST)]
    await away(ann.mention, "C1", "list")

    whisper = await away(ann.wait_for_whisper, "j-1 done")
    assert whisper.thread == ""


async def test_in_direct_messages_the_answer_stands_in_the_thread(desk: Desk, ann: Person) -> None:
    desk.replies = [Whisper(card=LIST)]
    message = await away(ann.dm, "list")

    answer = await away(ann.wait_for, "j-1 done")
    assert (answer.channel, answer.thread) == (message.channel, message.ts)


async def test_a_click_on_a_whisper_changes_that_whisper(desk: Desk, ann: Person) -> None:
    desk.replies = [Whisper(card=BUTTON), Whisper(card=LIST)]
    await away(ann.command, "/mltrainer", "connect")
    await away(ann.click, await away(ann.wait_for_whisper, "Accounts"), "Paste")
    await away(ann.wait_for_whisper, "j-1 done")

    assert [one.text for one in ann.whispers() if "Accounts" in one] == []


async def test_a_used_up_address_is_no_obstacle(desk: Desk, ann: Person) -> None:
    desk.slack.fail("response_url", status=404)
    desk.replies = [Whisper(card=LIST)]
    await away(ann.command, "/mltrainer", "list")

    await away(ann.wait_for_whisper, "j-1 done")


async def test_a_trigger_that_is_over_leaves_a_button_to_try_again(desk: Desk, ann: Person) -> None:
    async def slow() -> None:
        desk.slack.pass_time(3.5)

    desk.replies = [AskForm(form=PASTE), AskForm(form=PASTE)]
    desk.before = slow
    await press(await shown(desk, ann))
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
    desk.slack.fail("views.open", "expired_trigger_id")
    desk.replies = [AskForm(form=PASTE), AskForm(form=PASTE)]
    await away(ann.command, "/mltrainer", "predict j-abcd1234")
    whisper = await away(ann.wait_for_whisper, "three seconds")
    await away(ann.click, whisper, "Try again")
    await away(ann.wait_for_modal, "Hugging Face")

    _, again = desk.heard
    assert isinstance(again, Click)
    assert (again.action, again.argument) == ("predict", "j-abcd1234")


async def test_a_form_that_slack_refuses_is_told(desk: Desk, ann: Person) -> None:
    desk.slack.fail("views.open", "invalid_arguments")
    desk.replies = [AskForm(form=PASTE)]
    await press(await shown(desk, ann))

    await away(ann.wait_for_whisper, "our mistake")


async def test_a_mention_cannot_open_a_form(desk: Desk, ann: Person) -> None:
    desk.replies = [AskForm(form=PASTE)]
    await away(ann.mention, "C1", "new")

    await away(ann.wait_for_whisper, "/mltrainer new")


@pytest.mark.parametrize("error", [TryAgain("The database is away.", "Again."), RuntimeError("x")])
async def test_a_click_that_failed_is_told(desk: Desk, ann: Person, error: Exception) -> None:
    desk.replies = [error]
    await press(await shown(desk, ann))

    words = "The database is away." if isinstance(error, TryAgain) else "Nothing was changed."
    await away(ann.wait_for_whisper, words)


async def test_a_form_that_failed_stays_open(desk: Desk, ann: Person) -> None:
    desk.replies = [AskForm(form=PASTE), RuntimeError(CANARY), PersonCanFix("It is full.", "Wait.")]
    await press(await shown(desk, ann))
    modal = await away(ann.wait_for_modal)
    filled = {"Hugging Face token": CANARY}
    first = await away(ann.fill, modal, filled)
    second = await away(ann.fill, modal, filled)

    assert "nothing was saved" in first["Hugging Face token"]
    assert second == {"Hugging Face token": "It is full. Wait."}


async def test_no_log_has_what_was_typed(
    desk: Desk, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.replies = [AskForm(form=PASTE), RuntimeError(CANARY), Ok()]
    await press(await shown(desk, ann))
    modal = await away(ann.wait_for_modal)
    await away(ann.fill, modal, {"Hugging Face token": CANARY})
    await away(ann.fill, modal, {"Hugging Face token": CANARY})

    assert CANARY not in caplog.text
    assert "RuntimeError" in caplog.text
    assert desk.slack.bot_token not in caplog.text


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


async def test_a_click_while_ending_is_told(desk: Desk, ann: Person, slack: FakeSlack) -> None:
    await shown(desk, ann)
    await desk.chat.stop()
    if slack.socket_mode:
        with pytest.raises(NotAnswered):
            await press(ann)
    else:
        await press(ann)
        await away(ann.wait_for_whisper, "restarting")
