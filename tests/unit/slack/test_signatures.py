"""Requests that Slack did not send: refused, and nothing of them is written down."""

import json
import logging
import time
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.fakes.slack import FakeSlack, Person
from tests.fakes.slack.http_delivery import signed
from tests.unit.slack.desk import Desk, away, opened

pytestmark = pytest.mark.anyio

CANARY = "hf_" + "c" * 34
BODY = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"text": CANARY}})


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(pauses=()) as fake:
        yield fake


@pytest.fixture
async def desk(slack: FakeSlack, anyio_backend: str, ann: Person) -> AsyncIterator[Desk]:
    del anyio_backend, ann
    async with opened(slack) as one:
        yield one


def forged(secret: str) -> list[tuple[dict[str, str], bytes]]:
    """Twenty requests that are signed wrongly, each in a way of its own."""
    now = str(int(time.time()))
    right = signed(secret, now, BODY)
    old, young = str(int(now) - 301), str(int(now) + 400)
    heads = [
        *((now, signature) for signature in ("", "v0=", "v0", right[3:], right.upper())),
        *((now, signature) for signature in (right[:-1], right + "0", "v1" + right[2:])),
        *((now, signature) for signature in ("v0=" + "0" * 64, "v0=é", " ")),
        (now, signed("another", now, BODY)),
        (now, signed("", now, BODY) if secret else ""),
        (old, signed(secret, old, BODY)),
        (young, signed(secret, young, BODY)),
        (old, right),
        ("soon", signed(secret, "soon", BODY)),
        ("", signed(secret, "", BODY)),
    ]
    made = [
        ({"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}, BODY.encode())
        for stamp, signature in heads
    ]
    rightly = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": right}
    others = [BODY.encode() + b" ", b"\xff\xfe" + BODY.encode()]
    return [*made, *((rightly, other) for other in others), ({}, b"")]


async def test_a_forged_request_is_refused_and_not_written_down(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert desk.server is not None
    address = f"http://127.0.0.1:{desk.server.port}/slack/events"
    async with aiohttp.ClientSession() as session:
        for headers, body in (tries := forged(desk.slack.signing_secret)):
            kind = {"Content-Type": "application/json", **headers}
            async with session.post(address, data=body, headers=kind) as response:
                assert response.status == 401, headers

    assert len(tries) >= 20
    assert desk.heard == []
    assert CANARY not in caplog.text


async def test_slack_finds_the_address(desk: Desk) -> None:
    assert await away(desk.slack.verify_url)


async def test_an_old_event_comes_too_late(desk: Desk) -> None:
    answer = await away(desk.slack.deliver_raw, BODY, at=time.time() - 400)

    assert answer.status == 401


async def test_another_workspaces_event_is_not_heard(desk: Desk, ann: Person) -> None:
    event = {"type": "app_mention", "user": ann.id, "channel": "C1", "text": "x", "ts": "1.1"}
    teams = {"team_id": "T2", "authorizations": [{"team_id": "T2"}]}
    payload = {"type": "event_callback", "event_id": "Ev9", "event": event, **teams}
    answer = await away(desk.slack.deliver_raw, json.dumps(payload))

    assert answer.ok
    assert desk.heard == []


async def test_whatever_is_signed_is_answered(desk: Desk) -> None:
    for payload in (
        {"type": "event_callback", "event_id": "E", "event": {"type": "pin_added"}},
        {"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "UANN"}},
        {"type": "view_closed", "team": {"id": "T1"}, "user": {"id": "UANN"}, "view": {}},
        {"type": "something_new"},
    ):
        assert (await away(desk.slack.deliver_raw, json.dumps(payload))).status == 200, payload
