"""What only a socket has: it is opened anew, it is lost, its token is refused."""

import pytest

from pipeline.errors import PersonCanFix
from pipeline.ports.chat import Mention
from tests.fakes.slack import FakeSlack
from tests.unit.slack.desk import Desk, away, make_chat, opened

pytestmark = pytest.mark.anyio


async def test_a_socket_that_slack_refreshes_is_opened_anew() -> None:
    with FakeSlack(socket_mode=True) as slack:
        ann = slack.person("ann")
        async with opened(slack) as desk:
            await away(slack.refresh_sockets)
            await away(ann.wait_until, lambda: slack.sockets.connected or None, "a new socket")
            await away(ann.mention, "C1", "hello again")

            assert isinstance(await desk.hears(), Mention)
            assert desk.chat.connected


async def test_a_socket_that_cannot_be_opened_says_which_token_is_wrong() -> None:
    with FakeSlack(socket_mode=True) as slack:
        chat = make_chat(slack)
        slack.sockets.app_token = "another"  # noqa: S105  (opens nothing)
        with pytest.raises(PersonCanFix, match="invalid_auth") as refused:
            await chat.start(Desk(chat, slack).decide)
        await chat.close()

    assert "SLACK_APP_TOKEN" in refused.value.hint
    assert not chat.connected


async def test_a_stopped_socket_is_not_connected() -> None:
    with FakeSlack(socket_mode=True) as slack:
        async with opened(slack) as desk:
            assert desk.chat.connected
            assert desk.chat.web == {}
            await desk.chat.stop()

            assert not desk.chat.connected
            assert slack.sockets.connected == 0
