"""What people do in Slack, and what the house hears of it; over HTTP and over a socket."""

import pytest

from pipeline.errors import TryAgain
from pipeline.jobs import Actor
from pipeline.ports.chat import Action, AskForm, Card, Click, Command, Field, Form, Mention, Submit
from tests.fakes.slack import BOT_USER, LEAST_SCOPES, THREAD_REPLIES, FakeSlack, Person, Upload
from tests.unit.slack.desk import Desk, away, opened, place

pytestmark = pytest.mark.anyio

FORM = Form(
    id="new",
    title="New training job",
    state="ticket-1",
    fields=(
        Field(id="words", label="What do you want?", kind="long"),
        Field(id="task", label="Task", kind="choice", choices=("a", "b"), required=False),
        Field(id="publish", label="Publish it", kind="bool"),
        Field(id="data", label="Data", kind="file", required=False),
    ),
)
APPROVE = Card(title="The plan", actions=(Action(id="approve", label="Approve", argument="j-1"),))


async def test_a_mention_begins_a_thread(desk: Desk, ann: Person) -> None:
    message = await away(ann.mention, "C1", "train a <b>spam</b> filter & more")

    said = await desk.hears()

    assert isinstance(said, Mention)
    assert said.text == "train a <b>spam</b> filter & more"
    assert said.place == place("C1", message.ts)
    assert said.actor == Actor(platform="slack", space="T1", id="UANN", name="ann")
    assert said.addressed


async def test_a_mention_in_a_thread_goes_on_in_it(desk: Desk, ann: Person) -> None:
    root = await away(ann.say, "C1", "look at this")
    await away(ann.mention, "C1", "train on it", root)

    assert (await desk.hears()).place == place("C1", root.ts)


async def test_a_file_on_a_mention_is_an_attachment(desk: Desk, ann: Person) -> None:
    await away(ann.mention, "C1", "use this", files=[Upload("data.csv", b"a,b\n1,2\n")])

    said = await desk.hears()

    assert isinstance(said, Mention)
    assert [(one.name, one.size) for one in said.attachments] == [("data.csv", 8)]


async def test_a_direct_message_needs_no_mention(desk: Desk, ann: Person) -> None:
    message = await away(ann.dm, "train on this", files=[Upload("d.csv", b"a\n1\n")])

    said = await desk.hears()

    assert isinstance(said, Mention)
    assert (said.place, said.addressed) == (place(message.channel, message.ts), True)
    assert [one.name for one in said.attachments] == ["d.csv"]


async def test_a_workspace_admin_is_known(desk: Desk, slack: FakeSlack) -> None:
    boss = slack.person("boss", admin=True)
    await away(boss.mention, "C1", "list")

    assert (await desk.hears()).actor.admin


async def test_a_person_is_asked_about_once(desk: Desk, ann: Person, slack: FakeSlack) -> None:
    for number in range(3):
        await away(ann.mention, "C1", "list")
        await desk.hears(number + 1)

    assert len(slack.calls_of("users.info")) == 1


async def test_a_silent_users_info_keeps_nobody_waiting(
    desk: Desk, ann: Person, slack: FakeSlack
) -> None:
    slack.delay("users.info", 2.0)
    await away(ann.mention, "C1", "list")

    assert (await desk.hears()).actor.name == ""
    await away(slack.settle)
    assert slack.lost_events() == []


async def test_what_bots_say_and_what_others_edit_is_not_heard(desk: Desk, ann: Person) -> None:
    event = {"type": "app_mention", "channel": "C1", "text": f"<@{BOT_USER}> hi", "ts": "1.1"}
    for odd in (
        {"user": "UBOT2", "bot_id": "B2"},
        {"user": BOT_USER},
        {"user": "USLACKBOT"},
        {"user": ann.id, "edited": {"user": ann.id, "ts": "1.2"}},
        {"user": ann.id, "subtype": "channel_join"},
        {"user": ann.id, "hidden": True},
        {},
    ):
        await away(desk.slack.event, {**event, **odd})
    await away(desk.slack.event, {"type": "app_home_opened", "user": ann.id, "tab": "home"})
    await away(desk.slack.settle)

    assert desk.heard == []
    assert desk.slack.lost_events() == []


async def test_a_button_says_which_and_where(desk: Desk, ann: Person) -> None:
    root = await away(ann.say, "C1", "hello")
    await desk.chat.post(place("C1", root.ts), APPROVE, "k1")
    await away(ann.click, await away(ann.wait_for, "The plan"), "Approve")

    said = await desk.hears()

    assert isinstance(said, Click)
    assert (said.action, said.argument, said.place) == ("approve", "j-1", place("C1", root.ts))


async def test_buttons_of_one_kind_are_told_apart(desk: Desk, ann: Person) -> None:
    rows = tuple(Action(id="connect", label=one, argument=one) for one in ("hub", "kaggle"))
    await desk.chat.post(place(), Card(title="Accounts", actions=rows), "k1")
    await away(ann.click, await away(ann.wait_for, "Accounts"), "kaggle")

    said = await desk.hears()

    assert isinstance(said, Click)
    assert (said.action, said.argument) == ("connect", "kaggle")


async def test_a_button_that_only_opens_a_link_is_not_heard(desk: Desk, ann: Person) -> None:
    model = Action(id="open", label="Model page", url="https://example.com/model")
    await desk.chat.post(place(), Card(title="Done", actions=(model,)), "k1")
    await away(ann.click, await away(ann.wait_for, "Done"), "Model page")

    assert ann.opened == ["https://example.com/model"]
    assert desk.heard == []


async def test_a_whispers_button_knows_its_thread(desk: Desk, ann: Person) -> None:
    root = await away(ann.mention, "C1", "connect")
    said = await desk.hears()
    await desk.chat.post(said.place, Card(title="On it"), "k1")
    await desk.chat.whisper(said.actor, said.place, APPROVE)
    await away(ann.click, await away(ann.wait_for_whisper, "The plan"), "Approve")

    assert (await desk.hears(2)).place == place("C1", root.ts)


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("resume j-abcd1234", "resume", "j-abcd1234"),
        ("LIST", "LIST", ""),
        ("  predict   1, 2,  3 ", "predict", "1, 2,  3"),
        ("", "help", ""),
    ],
)
async def test_the_slash_command(
    desk: Desk, ann: Person, text: str, name: str, arguments: str
) -> None:
    await away(ann.command, "/mltrainer", text)

    said = await desk.hears()

    assert isinstance(said, Command)
    assert (said.name, said.arguments, said.place) == (name, arguments, place("C1"))


async def test_a_messages_menu_means_its_thread(desk: Desk, ann: Person) -> None:
    root = await away(ann.say, "C1", "hello")
    reply = await away(ann.reply, root, "and more")
    await away(ann.shortcut, reply)

    said = await desk.hears()

    assert isinstance(said, Command)
    assert (said.name, said.place) == ("menu", place("C1", root.ts))


async def test_the_global_shortcut_means_the_person(desk: Desk, ann: Person) -> None:
    await away(ann.shortcut)

    said = await desk.hears()

    assert isinstance(said, Command)
    assert (said.name, said.place) == ("new", place("UANN"))


async def test_a_form_comes_back_with_its_values(desk: Desk, ann: Person) -> None:
    desk.replies = [AskForm(form=FORM)]
    await away(ann.command, "/mltrainer", "new")
    values = {
        "What do you want?": "a spam filter",
        "Task": "b",
        "Publish it": True,
        "Data": [Upload("mail.csv", b"text\nhi\n")],
    }
    await away(ann.fill, await away(ann.wait_for_modal, "New training job"), values)

    said = await desk.hears(2)

    assert isinstance(said, Submit)
    assert (said.form, said.state, said.place) == ("new", "ticket-1", place("C1"))
    assert said.values == {"words": "a spam filter", "task": "b", "publish": True}
    assert [one.name for one in said.attachments] == ["mail.csv"]


async def test_a_form_may_be_left_half_empty(desk: Desk, ann: Person) -> None:
    desk.replies = [AskForm(form=FORM)]
    await away(ann.command, "/mltrainer", "new")
    modal = await away(ann.wait_for_modal)
    await away(ann.fill, modal, {"What do you want?": "a spam filter"})

    said = await desk.hears(2)

    assert isinstance(said, Submit)
    assert said.values == {"words": "a spam filter", "task": "", "publish": False}


async def test_what_could_not_be_taken_comes_again(desk: Desk, ann: Person) -> None:
    desk.replies = [TryAgain("The database is away."), RuntimeError("worse")]
    await away(ann.mention, "C1", "train it")
    await away(desk.slack.settle)

    assert len({said.key for said in desk.heard}) == 1
    assert len(desk.heard) == 3
    assert desk.slack.lost_events() == []


async def test_while_ending_nothing_is_taken(desk: Desk, ann: Person) -> None:
    if not desk.slack.socket_mode:
        desk.draining = True
    else:
        await desk.chat.stop()
    await away(ann.mention, "C1", "train it")
    await away(desk.slack.settle)

    assert desk.heard == []
    assert len(desk.slack.lost_events()) == 1


async def test_with_the_optional_scopes_a_reply_needs_no_mention() -> None:
    with FakeSlack(scopes=LEAST_SCOPES | THREAD_REPLIES, pauses=()) as slack:
        ann = slack.person("ann")
        async with opened(slack) as desk:
            root = await away(ann.mention, "C1", "train it")
            await away(ann.mention, "C1", "faster", root)
            await away(ann.say, "C1", "none of your business")
            await away(ann.reply, root, "use epochs=5")
            await away(slack.settle)

    said = [(one.text, one.addressed) for one in desk.heard if isinstance(one, Mention)]
    assert sorted(said) == [("faster", True), ("train it", True), ("use epochs=5", False)]
    assert {one.place for one in desk.heard} == {place("C1", root.ts)}
    assert desk.chat.finds


async def test_what_somebody_changes_is_heard_as_a_change() -> None:
    with FakeSlack(scopes=LEAST_SCOPES | THREAD_REPLIES, pauses=()) as slack:
        ann = slack.person("ann")
        async with opened(slack) as desk:
            root = await away(ann.mention, "C1", "train it")
            said = await away(ann.reply, root, "use epochs=5")
            other = await away(ann.say, "C1", "none of your business")
            direct = await away(ann.dm, "hello")
            await away(slack.settle)
            desk.heard.clear()
            await away(ann.edit, said, "use epochs=6")
            await away(ann.edit, root, "train this")
            await away(ann.edit, other, "still none of it")
            await away(ann.edit, direct, "good day")
            await away(slack.settle)

    heard = [one for one in desk.heard if isinstance(one, Mention)]
    assert all(one.edited for one in heard)
    assert {(one.text, one.addressed, one.message) for one in heard} == {
        ("use epochs=6", False, said.ts),
        ("train this", True, root.ts),
        ("good day", True, direct.ts),
    }
    assert {one.place.thread for one in heard} == {root.ts, direct.ts}
    assert len({one.key for one in heard}) == 3


async def test_a_preview_of_a_link_and_the_bots_own_edits_are_no_changes(
    desk: Desk, ann: Person
) -> None:
    said = {"type": "message", "user": ann.id, "text": "see x.test", "ts": "1.1"}
    ours = said | {"user": BOT_USER, "text": "done"}
    by_a_bot = said | {"bot_id": "B2", "text": "more"}
    for now in (said | {"attachments": [{"title": "X"}]}, ours, by_a_bot, {}):
        changed = {"type": "message", "subtype": "message_changed", "hidden": True}
        changed |= {"channel": "D1", "channel_type": "im", "ts": "1.2"}
        await away(desk.slack.event, {**changed, "message": now, "previous_message": said})
    await away(desk.slack.settle)

    assert desk.heard == []
    assert desk.slack.lost_events() == []
