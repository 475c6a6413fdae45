"""The fake's forms and private answers: what a click allows, how long, and how often."""

import json

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack import FakeSlack
from tests.unit.fake_slack.refusing import refused, section
from tests.unit.fake_slack.small_app import Body, form

pytestmark = pytest.mark.anyio


@pytest.fixture
def trigger(slack: FakeSlack) -> str:
    return slack.workspace.trigger(slack.person("ann").id)


async def test_a_trigger_opens_one_form(
    slack: FakeSlack, client: AsyncWebClient, trigger: str
) -> None:
    await client.views_open(trigger_id=trigger, view=form())
    modal = slack.person("ann").modal()
    assert modal
    assert modal.title == "Your key"
    with refused("exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=form())


async def test_a_trigger_lives_three_seconds(
    slack: FakeSlack, client: AsyncWebClient, trigger: str
) -> None:
    slack.pass_time(3.1)
    with refused("expired_trigger_id"):
        await client.views_open(trigger_id=trigger, view=form())
    with refused("invalid_trigger_id"):
        await client.views_open(trigger_id="1.2", view=form())


@pytest.mark.parametrize(
    "change",
    [
        {"title": {"type": "plain_text", "text": "x" * 25}},
        {"submit": {"type": "plain_text", "text": "x" * 25}},
        {"private_metadata": "x" * 3001},
        {"callback_id": "x" * 256},
        {"blocks": [section("x")] * 101},
        {"submit": None},
        {"type": "home"},
        {"title": None},
    ],
)
async def test_a_view_beyond_a_limit_is_refused(
    client: AsyncWebClient, trigger: str, change: Body
) -> None:
    view = {name: value for name, value in (form() | change).items() if value is not None}
    with refused("invalid_arguments"):
        await client.views_open(trigger_id=trigger, view=view)


async def test_a_form_can_be_changed_while_it_is_open(
    slack: FakeSlack, client: AsyncWebClient, trigger: str
) -> None:
    ann = slack.person("ann")
    opened = (await client.views_open(trigger_id=trigger, view=form()))["view"]
    await client.views_update(view_id=opened["id"], view=form("Changed"))
    modal = ann.modal()
    assert modal
    assert modal.title == "Changed"
    with refused("hash_conflict"):
        await client.views_update(view_id=opened["id"], hash=opened["hash"], view=form())
    ann.dismiss(modal)
    with refused("not_found"):
        await client.views_update(view_id=opened["id"], view=form())


async def test_forms_lie_three_deep(slack: FakeSlack, client: AsyncWebClient, trigger: str) -> None:
    ann = slack.person("ann")
    await client.views_open(trigger_id=trigger, view=form())
    for _ in range(2):
        await client.views_push(trigger_id=slack.workspace.trigger(ann.id), view=form("Next"))
    with refused("push_limit_reached"):
        await client.views_push(trigger_id=slack.workspace.trigger(ann.id), view=form())


async def test_a_home_is_published_for_one(slack: FakeSlack, client: AsyncWebClient) -> None:
    ann, bob = slack.person("ann"), slack.person("bob")
    await client.views_publish(user_id=ann.id, view={"type": "home", "blocks": [section("Jobs")]})
    home = ann.home()
    assert home
    assert "Jobs" in home
    assert bob.home() is None


@pytest.fixture
def response_url(slack: FakeSlack) -> str:
    return slack.workspace.response_url(slack.person("ann").id, "C1")


async def test_a_response_url_takes_five_private_answers(
    slack: FakeSlack, response_url: str
) -> None:
    async with aiohttp.ClientSession() as session:
        hook = AsyncWebhookClient(response_url, session=session)
        codes = [(await hook.send(text=f"{n}")).status_code for n in range(6)]
    assert codes == [200] * 5 + [404]
    assert [one.text for one in slack.person("ann").whispers()] == list("01234")


async def test_a_response_url_lives_half_an_hour(slack: FakeSlack, response_url: str) -> None:
    slack.pass_time(1801)
    async with aiohttp.ClientSession() as session:
        answer = await AsyncWebhookClient(response_url, session=session).send(text="late")
    assert (answer.status_code, json.loads(answer.body)["error"]) == (404, "expired_url")


async def test_a_whisper_is_replaced_and_taken_back_by_its_response_url(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    ann = slack.person("ann")
    sent = await client.chat_postEphemeral(channel="C1", user=ann.id, text="first")
    address = slack.workspace.response_url(ann.id, "C1", sent["message_ts"])
    async with aiohttp.ClientSession() as session:
        hook = AsyncWebhookClient(address, session=session)
        await hook.send(text="second", replace_original=True)
        assert [one.text for one in ann.whispers()] == ["second"]
        await hook.send(delete_original=True)
    assert ann.whispers() == []
