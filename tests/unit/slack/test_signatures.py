"""Requests that Slack did not send: refused, and nothing of them is written down."""

import json
import logging
import time
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.fakes.slack import FakeSlack, Person
from tests.unit.slack.desk import Desk, away, opened
from tests.unit.slack.forging import forged

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


async def test_a_forged_request_is_refused_and_not_written_down(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert desk.server is not None
    address = f"http://127.0.0.1:{desk.server.port}/slack/events"
    async with aiohttp.ClientSession() as session:
        for headers, body in (tries := forged(desk.slack.signing_secret, BODY)):
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
