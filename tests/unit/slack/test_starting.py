"""What Slack's adapter needs to start, and what it keeps its libraries from reading."""

import logging
import os

import pytest
from pydantic import SecretStr

from adapters.platforms.slack import adapter
from adapters.platforms.slack.line import quiet
from adapters.platforms.slack.manifest import SCOPES, THREAD_SCOPES, manifest
from adapters.proxies import proxy
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from pipeline.ports.chat import Mention
from tests.fakes.slack import LEAST_SCOPES, THREAD_REPLIES, FakeSlack
from tests.unit.slack.desk import Desk, away, make_chat, opened


def test_without_a_token_there_is_no_slack() -> None:
    assert adapter() is None
    assert adapter(slack_bot_token=SecretStr(" ")) is None


def test_making_it_opens_nothing_and_shows_no_token() -> None:
    token = "xoxb-" + "1" * 12
    chat = adapter(slack_bot_token=SecretStr(token), slack_api_url="http://127.0.0.1:9/api/")

    assert chat is not None
    assert not chat.connected
    assert not chat.finds
    assert token not in repr(chat._credentials)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("word", "kind"),
    [("invalid_auth", PersonCanFix), ("token_revoked", PersonCanFix), ("ratelimited", TryAgain)],
)
async def test_a_token_that_does_not_do_stops_the_start(
    word: str, kind: type[MLTrainerError]
) -> None:
    with FakeSlack() as slack:
        chat = make_chat(slack)
        slack.fail("auth.test", word, status=429 if word == "ratelimited" else 200)
        with pytest.raises(kind, match=word):
            await chat.start(Desk(chat, slack).decide)
        await chat.close()


@pytest.mark.anyio
async def test_a_way_to_be_reached_is_needed() -> None:
    with FakeSlack() as slack:
        chat = adapter(slack_bot_token=SecretStr(slack.bot_token), slack_api_url=slack.api_url)
        assert chat is not None
        with pytest.raises(PersonCanFix, match="how Slack reaches") as refused:
            await chat.start(Desk(chat, slack).decide)
        await chat.close()

    assert "SLACK_SIGNING_SECRET" in refused.value.hint


@pytest.mark.anyio
async def test_variables_of_another_app_change_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    strays = {
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "stray",
        "SLACK_SIGNING_SECRET": "another",
        "SLACK_BOT_TOKEN": "xoxb-another",
        "SLACK_VERIFICATION_TOKEN": "another",
        "SLACK_SCOPES": "admin",
    }
    for name, value in strays.items():
        monkeypatch.setenv(name, value)
    with FakeSlack() as slack:
        ann = slack.person("ann")
        async with opened(slack) as desk:
            await away(ann.mention, "C1", "train it")

            assert isinstance(await desk.hears(), Mention)

    assert {name: os.environ[name] for name in strays} == strays
    assert caplog.messages == []


def test_slacks_libraries_write_nothing_below_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    quiet().setLevel(logging.DEBUG)
    quiet().info("a whole body")
    quiet().warning("a warning")

    assert caplog.messages == ["a warning"]
    assert len(quiet().filters) == 1


def test_the_environments_proxy_is_used_but_not_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "files.slack.com")

    assert proxy("https://slack.com/api/") == "http://proxy.example:3128"
    assert proxy("wss://wss-primary.slack.com/link") == "http://proxy.example:3128"
    assert proxy("https://files.slack.com/x") is None
    assert proxy("https://127.0.0.1:8/x") is None


def test_the_manifest_asks_for_the_least() -> None:
    plain, more = manifest("bot.example.com"), manifest(thread_replies=True, socket=True)

    assert set(SCOPES) == LEAST_SCOPES
    assert set(THREAD_SCOPES) == THREAD_REPLIES
    assert plain["oauth_config"] == {"scopes": {"bot": sorted(SCOPES)}}
    assert more["oauth_config"] == {"scopes": {"bot": sorted((*SCOPES, *THREAD_SCOPES))}}
    assert "https://bot.example.com/slack/events" in str(plain)
    assert "https://" not in str(more)
    assert "message.channels" not in str(plain)
    assert "message.channels" in str(more)
