"""A8: what Slack did not send now is refused, whatever it is; Discord has no door to knock at.

Refused requests are not written down either: tests/unit/slack/test_signatures.py. What Slack sends
twice is heard once: tests/security/test_a1_a6_authorisation.py.
"""

import json
import time
import urllib.parse
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.http_delivery import DOCUMENT, FORM, signed
from tests.unit.slack.desk import Desk, opened
from tests.unit.slack.forging import Request, forged

pytestmark = pytest.mark.anyio

EVENT = {"type": "app_mention", "user": "UANN", "channel": "C1", "text": "train", "ts": "1.1"}
TEAM = {"team_id": "T1", "authorizations": [{"team_id": "T1", "user_id": "UBOT"}]}
COMMAND = {"team_id": "T1", "user_id": "UANN", "channel_id": "C1", "command": "/mltrainer"}
COMMAND |= {"trigger_id": "1.1", "text": "cancel j-00000000"}
PRESSED = {"type": "button", "action_id": "approve", "value": "j-00000000 1", "block_id": "b"}
CLICK = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "UANN", "team_id": "T1"},
    "channel": {"id": "C1"},
    "message": {"ts": "1.1"},
    "actions": [PRESSED],
}
BODIES = {
    "event": (
        DOCUMENT,
        json.dumps({"type": "event_callback", "event_id": "Ev1", "event": EVENT, **TEAM}),
    ),
    "command": (FORM, urllib.parse.urlencode(COMMAND)),
    "button": (FORM, urllib.parse.urlencode({"payload": json.dumps(CLICK)})),
}


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(pauses=()) as fake:
        fake.person("ann")
        yield fake


@pytest.fixture
async def desk(slack: FakeSlack, anyio_backend: str) -> AsyncIterator[Desk]:
    del anyio_backend
    async with opened(slack) as one:
        yield one


async def answered(desk: Desk, requests: list[Request], kind: str) -> list[int]:
    """How the bot's address answers these requests."""
    assert desk.server is not None
    address = f"http://127.0.0.1:{desk.server.port}/slack/events"
    found = []
    async with aiohttp.ClientSession() as session:
        for headers, body in requests:
            told = {"Content-Type": kind, **headers}
            async with session.post(address, data=body, headers=told) as response:
                found.append(response.status)
    return found


def genuine(secret: str, body: str, ago: int = 0) -> Request:
    """A request as Slack signed it some seconds ago."""
    stamp = str(int(time.time()) - ago)
    signature = signed(secret, stamp, body)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}, body.encode()


@pytest.mark.parametrize(("kind", "body"), BODIES.values(), ids=BODIES)
async def test_nothing_that_is_forged_is_heard(desk: Desk, kind: str, body: str) -> None:
    tries = forged(desk.slack.signing_secret, body)
    assert len(tries) >= 20
    assert await answered(desk, tries, kind) == [401] * len(tries)
    assert desk.heard == []

    assert await answered(desk, [genuine(desk.slack.signing_secret, body)], kind) == [200]
    assert len(desk.heard) == 1


@pytest.mark.parametrize(("kind", "body"), BODIES.values(), ids=BODIES)
async def test_what_was_recorded_is_worth_nothing_after_five_minutes(
    desk: Desk, kind: str, body: str
) -> None:
    late = [genuine(desk.slack.signing_secret, body, ago) for ago in (302, 3600, 86_400)]
    early = [genuine(desk.slack.signing_secret, body, ago) for ago in (-330, -3600)]
    assert await answered(desk, [*late, *early], kind) == [401] * 5
    assert desk.heard == []


async def test_without_the_signature_the_same_requests_are_heard(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SignatureVerifier, "is_valid_request", lambda *_: True)
    kind, body = BODIES["command"]
    tries = [one for one in forged(desk.slack.signing_secret, body) if one[1] == body.encode()]
    assert 401 not in await answered(desk, tries, kind)
    assert len(desk.heard) == len(tries)


async def test_discord_has_no_door_that_anybody_could_knock_at(desk: Desk) -> None:
    assert desk.server is not None
    root = f"http://127.0.0.1:{desk.server.port}"
    async with aiohttp.ClientSession() as session:
        for path in ("/discord", "/discord/interactions", "/interactions", "/webhook", "/events"):
            async with session.post(f"{root}{path}", json={"type": 1}) as response:
                assert response.status == 404, path
    assert desk.heard == []
