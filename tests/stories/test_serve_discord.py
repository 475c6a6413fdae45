"""The bot on Discord, alone and beside Slack: started, looked at and stopped, whoever is away."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.stories.serving import ROOT, DidNotStart, Served, surroundings
from tests.stories.somebody import Anyone

LONGEST = 120.0
WORDS = "make me a spam filter"
ASKS = "Waiting for you"


@pytest.fixture
def discord() -> Iterator[FakeDiscord]:
    with FakeDiscord() as fake:
        yield fake


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


def led_to(discord: FakeDiscord, **other: str) -> dict[str, str]:
    """The settings that point the bot at this fake."""
    return {
        "DISCORD_BOT_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        **other,
    }


def nobody() -> str:
    """An address on this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def readiness(bot: Served) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"{bot.url}/ready", timeout=10) as answer:  # noqa: S310 - loopback
            return int(answer.status), str(answer.read().decode())
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def until_told(bot: Served, line: str) -> None:
    end = time.monotonic() + LONGEST
    while line not in bot.printed():
        assert time.monotonic() < end, bot.printed()
        time.sleep(0.05)


def ended(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """`mltrainer serve` that is expected to end by itself."""
    environ = {**surroundings(), "MLTRAINER_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        env={**environ, "PORT": "0", "MLTRAINER_RETRY_SCALE": "0.01", **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


def test_with_discord_alone_it_is_ready_answers_and_ends_in_order(
    discord: FakeDiscord, tmp_path: Path, environments: Path
) -> None:
    ann = discord.person("ann")
    with Served((), tmp_path, environments, **led_to(discord)) as bot:
        told = bot.printed()
        assert told.splitlines()[-1] == "ready"
        assert "discord  connected" in told
        assert "slack" not in told
        assert readiness(bot) == (200, "ready")
        assert 'mltrainer_connected{platform="discord"} 1' in bot.get("/metrics")
        ann.mention("C1", WORDS)
        ann.wait_for(ASKS, LONGEST)
        assert bot.stop() == 0
    log = (bot.home / "logs" / "mltrainer.log").read_text("utf-8")
    assert discord.token not in bot.printed() + log
    assert "Traceback" not in bot.printed() + log


def test_with_debug_it_writes_more_and_still_nothing_secret(
    discord: FakeDiscord, tmp_path: Path, environments: Path
) -> None:
    ann = discord.person("ann")
    bot = Served((), tmp_path, environments, **led_to(discord))
    try:
        bot.start("--debug")
        ann.mention("C1", f"{WORDS} of the purple kind")
        ann.wait_for(ASKS, LONGEST)
        assert bot.stop() == 0
    finally:
        bot.end()
    log = (bot.home / "logs" / "mltrainer.log").read_text("utf-8")
    assert '"level": "debug"' in log
    assert discord.token not in log
    assert "purple" not in log


def test_one_process_serves_both_platforms(
    discord: FakeDiscord, slack: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    people: list[Anyone] = [slack.person("ann"), discord.person("ben")]
    with Served(slack, tmp_path, environments, **led_to(discord)) as bot:
        assert "discord  connected" in bot.printed()
        assert "slack    connected" in bot.printed()
        assert readiness(bot) == (200, "ready")
        for person in people:
            person.mention("C1", WORDS)
        for person in people:
            person.wait_for(ASKS, LONGEST)
        assert bot.stop() == 0
    assert "Traceback" not in bot.printed()


def test_while_discord_is_away_slack_works(
    discord: FakeDiscord, slack: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    away = led_to(discord, DISCORD_API_URL=f"{nobody()}/api/v10")
    ann = slack.person("ann")
    with Served(slack, tmp_path, environments, **away) as bot:
        assert "discord  Discord could not be reached" in bot.printed()
        assert "It is tried again; the rest works." in bot.printed()
        assert "discord  not connected yet" in bot.printed()
        assert bot.printed().splitlines()[-1] == "ready"
        assert readiness(bot) == (200, "ready; discord is not connected")
        ann.mention("C1", WORDS)
        ann.wait_for(ASKS, LONGEST)
        assert bot.stop() == 0
    assert "Traceback" not in bot.printed()


def test_while_slack_is_away_discord_works(
    discord: FakeDiscord, slack: FakeSlack, tmp_path: Path, environments: Path
) -> None:
    ann = discord.person("ann")
    away = led_to(discord, SLACK_API_URL=f"{nobody()}/api/")
    with Served(slack, tmp_path, environments, **away) as bot:
        assert "slack    Slack could not be reached" in bot.printed()
        assert readiness(bot) == (200, "ready; slack is not connected")
        ann.mention("C1", WORDS)
        ann.wait_for(ASKS, LONGEST)
        assert bot.stop() == 0


def test_discord_that_is_away_at_start_is_heard_once_it_is_back(
    discord: FakeDiscord, tmp_path: Path, environments: Path
) -> None:
    slow = {"message": "You are being rate limited.", "retry_after": 45.0, "global": False}
    discord.fail("GET /users/@me", 429, slow, {"Retry-After": "45"})
    ann = discord.person("ann")
    with Served((), tmp_path, environments, **led_to(discord)) as bot:
        until_told(bot, "discord  connected\n")
        told = bot.printed()
        assert told.index("asks us to slow down") < told.index("discord  connected\n")
        ann.mention("C1", WORDS)
        ann.wait_for(ASKS, LONGEST)
        assert readiness(bot) == (200, "ready")
        assert bot.stop() == 0


def test_alone_and_away_it_is_alive_and_not_ready(tmp_path: Path, environments: Path) -> None:
    with FakeDiscord() as discord:
        settings = led_to(discord, DISCORD_API_URL=f"{nobody()}/api/v10")
    with Served((), tmp_path, environments, **settings) as bot:
        assert readiness(bot) == (503, "discord is not connected")
        assert bot.stop() == 0


def test_a_token_that_discord_refuses_is_said_in_one_line_with_what_to_do(
    discord: FakeDiscord, tmp_path: Path
) -> None:
    wrong = discord.token[:-8] + "planted0"
    refused = ended(tmp_path, **led_to(discord, DISCORD_BOT_TOKEN=wrong))
    assert refused.returncode in {1, 2}
    assert "does not accept the token in DISCORD_BOT_TOKEN" in refused.stderr
    assert "Reset Token" in refused.stderr
    assert len(refused.stderr.splitlines()) == 2
    assert "ready" not in refused.stdout
    assert "planted0" not in refused.stderr + refused.stdout


def test_a_value_that_is_no_token_is_refused_before_anything_is_opened(
    discord: FakeDiscord, tmp_path: Path
) -> None:
    refused = ended(tmp_path, **led_to(discord, DISCORD_BOT_TOKEN=f"Bot {discord.token}"))
    assert refused.returncode == 2
    assert "begins with the word “Bot”" in refused.stderr
    assert discord.calls == []


def test_a_second_bot_on_the_same_home_is_refused(
    discord: FakeDiscord, tmp_path: Path, environments: Path
) -> None:
    with Served((), tmp_path, environments, **led_to(discord)) as bot:
        other = Served((), tmp_path, environments, **led_to(discord))
        with pytest.raises(DidNotStart, match=f"process {bot.pid}"):
            other.start()
        assert readiness(bot)[0] == 200
