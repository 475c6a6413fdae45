"""How payloads reach an app: signatures over HTTP, sockets in Socket Mode."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack
from tests.unit.fake_slack.refusing import refused
from tests.unit.fake_slack.small_app import Told, running

pytestmark = pytest.mark.anyio
FOREVER = 10


@pytest.fixture
async def told(slack: FakeSlack) -> AsyncIterator[Told]:
    async with running(slack) as remembered:
        yield remembered


@pytest.fixture
async def sockets() -> AsyncIterator[FakeSlack]:
    with FakeSlack(socket_mode=True, pauses=(0.0, 0.05, 0.1)) as fake:
        yield fake


async def test_the_request_url_answers_the_challenge(slack: FakeSlack, told: Told) -> None:
    del told
    assert await asyncio.to_thread(slack.verify_url)


async def test_a_wrong_or_old_signature_is_seen(slack: FakeSlack, told: Told) -> None:
    forged = await asyncio.to_thread(slack.deliver_raw, "{}", secret="another")  # noqa: S106
    stale = await asyncio.to_thread(slack.deliver_raw, "{}", at=time.time() - 301)
    assert (forged.status, stale.status) == (401, 401)
    assert told.bodies == []


async def test_a_taken_event_can_be_brought_again(slack: FakeSlack, told: Told) -> None:
    ann = slack.person("ann")
    ann.mention("C1", "hello")
    await asyncio.to_thread(slack.settle)
    await asyncio.to_thread(slack.bring_again, slack.deliveries.all[0])
    first, second = told.of("app_mention")
    assert first["event_id"] == second["event_id"]


async def test_an_app_that_is_down_gets_its_events_later() -> None:
    with FakeSlack(pauses=(0.1,) * 100) as slack:
        slack.listen_at("http://127.0.0.1:9/nobody")
        slack.person("ann").mention("C1", "hello")
        async with running(slack) as told:
            await asyncio.to_thread(slack.settle)
    assert len(told.of("app_mention")) == 1


async def test_a_socket_is_replaced_when_slack_asks(sockets: FakeSlack) -> None:
    ann = sockets.person("ann")
    async with running(sockets) as told:
        await asyncio.to_thread(sockets.refresh_sockets)
        async with asyncio.timeout(FOREVER):
            while sockets.sockets.opened < 2:
                await asyncio.sleep(0.01)
        ann.mention("C1", "hello")
        await asyncio.to_thread(sockets.settle)
        assert len(told.of("app_mention")) == 1


async def test_each_payload_goes_to_one_of_several_sockets(sockets: FakeSlack) -> None:
    ann = sockets.person("ann")
    async with running(sockets) as one, running(sockets) as other:
        assert sockets.sockets.connected == 2
        for number in range(12):
            ann.mention("C1", f"{number}")
        await asyncio.to_thread(sockets.settle)
        counts = [len(told.of("app_mention")) for told in (one, other)]
    assert sum(counts) == 12


async def test_no_more_than_ten_sockets(sockets: FakeSlack) -> None:
    client = AsyncWebClient(sockets.bot_token, base_url=sockets.api_url)
    async with AsyncExitStack() as apps:
        for _ in range(10):
            await apps.enter_async_context(running(sockets))
        with refused("too_many_websockets"):
            await client.apps_connections_open(app_token=sockets.app_token)


async def test_a_socket_needs_the_app_token(sockets: FakeSlack) -> None:
    client = AsyncWebClient(sockets.bot_token, base_url=sockets.api_url)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.apps_connections_open(app_token=sockets.bot_token)
