"""Tokens, scopes, and what goes wrong on demand."""

import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import BOT_USER, LEAST_SCOPES, FakeSlack, Upload
from tests.unit.fake_slack.refusing import refused, section

pytestmark = pytest.mark.anyio


async def test_a_token_says_who_it_is(client: AsyncWebClient) -> None:
    assert (await client.auth_test())["user_id"] == BOT_USER


async def test_without_the_right_token_nothing_is_done(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session:
        wrong = AsyncWebClient("xoxb-other", base_url=slack.api_url, session=session)
        none = AsyncWebClient("", base_url=slack.api_url, session=session)
        with refused("invalid_auth"):
            await wrong.chat_postMessage(channel="C1", text="x")
        with refused("not_authed"):
            await none.chat_postMessage(channel="C1", text="x")
    assert slack.messages("C1") == []


async def test_a_missing_scope_is_named() -> None:
    with FakeSlack(LEAST_SCOPES - {"users:read", "chat:write"}) as slack:
        slack.person("ann")
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
            with refused("missing_scope") as raised:
                await client.users_info(user="UANN")
            assert raised.value.response["needed"] == "users:read"
            with refused("missing_scope"):
                await client.chat_postMessage(channel="C1", text="x")


async def test_an_admin_is_known_as_one(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.person("ann")
    slack.person("root", admin=True)
    told = [(await client.users_info(user=one))["user"]["is_admin"] for one in ("UANN", "UROOT")]
    assert told == [False, True]
    with refused("user_not_found"):
        await client.users_info(user="UNOBODY")


async def test_an_uninstalled_app_may_do_nothing(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.uninstall()
    with refused("token_revoked"):
        await client.auth_test()


async def test_an_unknown_method_is_no_method(client: AsyncWebClient) -> None:
    with refused("unknown_method"):
        await client.api_call("chat.shout")


async def test_a_planned_failure_comes_once_and_does_nothing(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.fail("chat.postMessage", "ratelimited", status=429, retry_after=7)
    with refused("ratelimited") as raised:
        await client.chat_postMessage(channel="C1", text="x")
    assert raised.value.response.headers["Retry-After"] == "7"
    assert slack.messages("C1") == []
    await client.chat_postMessage(channel="C1", text="x")


async def test_a_broken_gateway_answers_no_json(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.fail("chat.postMessage", status=502, body="<html>bad gateway</html>")
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="C1", text="x")
    assert raised.value.response.status_code == 502


async def test_a_lost_answer_leaves_the_message_there(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.lose_answer("chat.postMessage", times=2)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C1", text="x")
    assert "x" in [one.text for one in slack.messages("C1")]


async def test_a_slow_answer_comes(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.delay("chat.postMessage", 0.05)
    assert (await client.chat_postMessage(channel="C1", text="x"))["ok"]


async def test_a_call_that_still_waits_ends_with_the_fake() -> None:
    with FakeSlack() as slack:
        slack.delay("auth.test", 3600)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(0.1)) as session:
            client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
            with pytest.raises(TimeoutError):
                await client.auth_test()
    assert not slack.calls[0].ok


async def test_a_file_is_uploaded_into_a_thread(slack: FakeSlack, client: AsyncWebClient) -> None:
    ann = slack.person("ann")
    root = ann.mention("C1", "hello")
    await client.files_upload_v2(
        channel="C1",
        thread_ts=root.ts,
        file=b"picture",
        filename="plot.png",
        title="Plot",
        alt_txt="accuracy 0.91",
        initial_comment="Accuracy 0.91",
    )
    shown = ann.thread(root)[-1]
    assert shown.text == "Accuracy 0.91\n[file Plot: accuracy 0.91]"
    assert shown.files == ("plot.png",)


async def test_beside_a_file_stands_rich_text_alone(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": "0.91"}]}
    fine = json.dumps([{"type": "rich_text", "elements": [words]}])
    with refused("invalid_blocks"):
        await client.files_upload_v2(
            channel="C1", file=b"picture", filename="plot.png", blocks=json.dumps([section("x")])
        )
    await client.files_upload_v2(channel="C1", file=b"picture", filename="plot.png", blocks=fine)
    assert slack.messages("C1")[0].text == "0.91\n[file plot.png: ]"


async def test_a_private_file_needs_the_token(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.person("ann").mention("C1", "train", files=[Upload("data.csv", b"a,b\n1,2\n")])
    file = next(iter(slack.workspace.files.values()))
    address = (await client.files_info(file=file.id))["file"]["url_private"]
    bearer = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession() as session:
        async with session.get(address, headers=bearer) as answer:
            assert await answer.read() == b"a,b\n1,2\n"
        async with session.get(address, headers={"Authorization": "Bearer no"}) as answer:
            assert answer.status == 200
            assert answer.content_type == "text/html"


async def test_everything_that_was_sent_can_be_searched(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="C1", text="planted one")
    await client.files_upload_v2(file=b"planted two", filename="log.txt")
    with refused("channel_not_found"):
        await client.chat_postMessage(channel="C404", text="planted three")
    sent = slack.everything_sent()
    assert all(f"planted {one}" in sent for one in ("one", "two", "three"))
    assert slack.bot_token not in sent
