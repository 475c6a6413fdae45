"""The fake's Web API, asked by the real client: messages."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import THREAD_REPLIES, FakeSlack

pytestmark = pytest.mark.anyio


def section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def error_of(raised: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(raised.value.response["error"])


async def test_a_posted_message_stands_in_its_thread(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    ann = slack.person("ann")
    root = ann.mention("C1", "hello")
    posted = await client.chat_postMessage(channel="C1", thread_ts=root.ts, text="Welcome")
    assert [one.text for one in ann.thread(root)] == ["@mltrainer hello", "Welcome"]
    assert posted["ts"] == ann.thread(root)[-1].ts
