"""Answers of Slack, made by hand."""

from collections.abc import Mapping

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse


def refusal(
    word: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **more: str
) -> SlackApiError:
    """What Slack's client raises when Slack says no."""
    answer = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data={"ok": False, "error": word, **more} if word else {},
        headers=dict(headers or {}),
        status_code=status,
    )
    return SlackApiError("It failed.", answer)  # type: ignore[no-untyped-call]  # not annotated there
