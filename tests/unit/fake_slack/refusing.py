"""Expecting Slack to say no."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from slack_sdk.errors import SlackApiError


@contextmanager
def refused(error: str) -> Iterator[pytest.ExceptionInfo[SlackApiError]]:
    """The call inside is refused with this word of Slack's."""
    with pytest.raises(SlackApiError) as raised:
        yield raised
    assert raised.value.response["error"] == error, raised.value.response


def section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(label: str, action: str, **more: object) -> dict[str, object]:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action, "text": text, **more}


def actions(*elements: dict[str, object]) -> dict[str, object]:
    return {"type": "actions", "elements": list(elements)}
