"""A person's side of the fake, with a small real Bolt app over HTTP and over Socket Mode."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.fakes.slack import (
    LEAST_SCOPES,
    THREAD_REPLIES,
    FakeSlack,
    NotAnswered,
    NotThere,
    Person,
    Upload,
)
from tests.unit.fake_slack.small_app import Told, running

pytestmark = pytest.mark.anyio
IMPATIENT = 0.3


@pytest.fixture(params=["http", "socket mode"])
def slack(request: pytest.FixtureRequest) -> Iterator[FakeSlack]:
    sockets = request.param == "socket mode"
    with FakeSlack(socket_mode=sockets, pauses=(0.0, 0.05, 0.1)) as fake:
        yield fake


@pytest.fixture
async def told(slack: FakeSlack) -> AsyncIterator[Told]:
    async with running(slack) as remembered:
        yield remembered


@pytest.fixture
def ann(slack: FakeSlack) -> Person:
    return slack.person("ann")


async def test_a_mention_is_answered_in_its_thread(told: Told, ann: Person) -> None:
    root = await asyncio.to_thread(ann.mention, "C1", "train <b> & see https://example.com/a.csv")
    card = await asyncio.to_thread(ann.wait_for, "Shall I?")
    assert card.thread == root.ts
    assert card.buttons == ("Form", "Cancel", "Open")
    event = told.of("app_mention")[0]["event"]
    assert event["text"] == "<@UBOT> train &lt;b&gt; &amp; see <https://example.com/a.csv>"
    assert "thread_ts" not in event


async def test_a_form_opens_on_a_click_and_is_sent(told: Told, ann: Person) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        ann.click(ann.wait_for("Shall I?"), "Form")
        view = ann.wait_for_modal("Your key")
        assert view.fields == ("Hugging Face token", "Seen by", "Data")
        required = "Please complete this required field."
        assert ann.fill(view, {"Seen by": "public"}) == {"Hugging Face token": required}
        wrong = {"Hugging Face token": "bad", "Seen by": "public"}
        assert ann.fill(view, wrong) == {"Hugging Face token": "That is no token"}
        assert ann.fill(view, wrong | {"Hugging Face token": "more"}) == {}
        more = ann.wait_for_modal("One more")
        data = [Upload("data.csv", b"a,b\n")]
        right = {"Hugging Face token": "good", "Seen by": "private", "Data": data}
        assert ann.fill(more, right) == {}
        assert ann.modal() is None

    await asyncio.to_thread(story)
    values = told.of("view_submission")[-1]["view"]["state"]["values"]
    assert values["token"]["v"]["value"] == "good"
    assert values["seen"]["v"]["selected_option"]["value"] == "private"
    assert values["files"]["v"]["files"][0]["name"] == "data.csv"
    assert len(told.of("view_submission")) == 3


async def test_a_dialog_asks_before_the_button_is_pressed(told: Told, ann: Person) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        card = ann.wait_for("Shall I?")
        ann.click(card, "Cancel", confirm=False)
        ann.click(card, "Cancel")
        ann.wait_for_whisper("Cancelled")

    await asyncio.to_thread(story)
    assert ann.asked == ["Cancel? Training stops."] * 2
    assert len(told.of("block_actions")) == 1


async def test_a_link_button_opens_its_address(told: Told, ann: Person) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        ann.click(ann.wait_for("Shall I?"), "Open")

    await asyncio.to_thread(story)
    assert ann.opened == ["https://example.com/model"]
    assert told.of("block_actions")[0]["actions"][0]["action_id"] == "open"


async def test_a_command_is_answered_privately_and_knows_no_thread(told: Told, ann: Person) -> None:
    await asyncio.to_thread(ann.command, "/mltrainer", "resume j-1")
    assert [one.text for one in ann.whispers()] == ["you said resume j-1"]
    assert not [name for name in told.of("command")[0] if "thread" in name]


async def test_a_message_has_a_menu_in_a_thread(told: Told, ann: Person) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        ann.shortcut(ann.wait_for("Shall I?"))
        ann.wait_for_modal("Job actions")

    await asyncio.to_thread(story)
    message = told.of("message_action")[0]["message"]
    assert message["thread_ts"] == told.of("app_mention")[0]["event"]["ts"]


async def test_what_is_not_there_cannot_be_pressed_or_filled(told: Told, ann: Person) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        card = ann.wait_for("Shall I?")
        with pytest.raises(NotThere, match="Form"):
            ann.click(card, "Approve")
        ann.click(card, "Form")
        view = ann.wait_for_modal()
        with pytest.raises(NotThere, match="Seen by"):
            ann.fill(view, {"Kaggle key": "x"})
        ann.dismiss(view)
        assert ann.modal() is None

    await asyncio.to_thread(story)
    assert not told.of("view_submission")


async def test_an_event_comes_again_until_it_is_taken(
    slack: FakeSlack, told: Told, ann: Person
) -> None:
    slack.wait_for_answers(IMPATIENT)
    told.failing = 2
    await asyncio.to_thread(ann.mention, "C1", "hello")
    await asyncio.to_thread(ann.wait_for, "Shall I?")
    await asyncio.to_thread(slack.settle)
    assert [one.ok for one in slack.deliveries.all[0].answers][:2] == [False, False]
    assert slack.lost_events() == []
    assert int(told.headers[0]["x-slack-retry-num"][0]) == 2


async def test_an_event_that_is_never_taken_is_lost(
    slack: FakeSlack, told: Told, ann: Person
) -> None:
    slack.wait_for_answers(IMPATIENT)
    told.failing = 4
    await asyncio.to_thread(ann.mention, "C1", "hello")
    await asyncio.to_thread(slack.settle)
    assert len(slack.lost_events()) == 1


async def test_a_click_is_brought_once(slack: FakeSlack, told: Told, ann: Person) -> None:
    def story() -> None:
        ann.mention("C1", "hello")
        card = ann.wait_for("Shall I?")
        slack.wait_for_answers(IMPATIENT)
        told.failing = 1
        with pytest.raises(NotAnswered):
            ann.click(card, "Form")
        slack.settle()

    await asyncio.to_thread(story)
    assert not told.of("block_actions")


async def test_direct_messages_arrive_without_a_mention_and_so_do_the_answers(
    slack: FakeSlack, told: Told, ann: Person
) -> None:
    await asyncio.to_thread(ann.dm, "hello", [Upload("data.csv", b"a")])
    await asyncio.to_thread(slack.settle)
    event = told.of("message")[0]["event"]
    assert (event["channel_type"], event["subtype"]) == ("im", "file_share")
    assert event["files"][0]["name"] == "data.csv"


async def test_a_reply_that_names_nobody_reaches_no_bot_of_least_scopes(
    slack: FakeSlack, told: Told, ann: Person
) -> None:
    root = await asyncio.to_thread(ann.mention, "C1", "hello")
    ann.reply(root, "psst")
    ann.say("C1", "anybody here?")
    await asyncio.to_thread(slack.settle)
    assert not told.of("message")


async def test_with_the_history_scopes_a_mention_arrives_twice() -> None:
    with FakeSlack(LEAST_SCOPES | THREAD_REPLIES) as slack:
        async with running(slack) as told:
            ann = slack.person("ann")
            root = ann.mention("C1", "hello")
            ann.reply(root, "psst")
            await asyncio.to_thread(ann.wait_for, "Shall I?")
            await asyncio.to_thread(slack.settle)
    texts = [one["event"]["text"] for one in told.of("message")]
    assert texts[:2] == ["<@UBOT> hello", "psst"]
    assert len(told.of("app_mention")) == 1


async def test_a_place_without_the_bot_tells_it_nothing(
    slack: FakeSlack, told: Told, ann: Person
) -> None:
    slack.remove_bot("C1")
    ann.mention("C1", "hello")
    await asyncio.to_thread(slack.settle)
    assert not told.bodies


async def test_what_is_written_and_changed_in_direct_messages_is_told(
    slack: FakeSlack, told: Told, ann: Person
) -> None:
    said = ann.dm("my key is secret")
    ann.edit(said, "never mind")
    ann.delete(said)
    await asyncio.to_thread(slack.settle)
    subtypes = {one["event"].get("subtype") for one in told.of("message")}
    assert subtypes == {None, "message_changed", "message_deleted"}
    assert ann.dms() == []


async def test_another_bot_is_known_as_one(slack: FakeSlack, told: Told) -> None:
    slack.person("robot", bot=True).mention("C1", "hello")
    await asyncio.to_thread(slack.settle)
    assert told.of("app_mention")[0]["event"]["bot_id"] == "BROBOT"
