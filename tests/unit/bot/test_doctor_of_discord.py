"""The doctor on Discord: each planted misconfiguration has its cure, and no token is shown."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.checks.discord import look
from bot.settings import Settings, variable
from pipeline.ports.check import Check
from tests.fakes.discord import INVITED, FakeDiscord
from tests.unit.bot.discord_api import ALL, APPLICATION, DiscordApi, a_server, a_token

pytestmark = pytest.mark.anyio
Plant = Callable[[pytest.MonkeyPatch, DiscordApi], None]
MANAGE_MESSAGES, ATTACH_FILES, IN_THREADS = 1 << 13, 1 << 15, 1 << 38
PLANTED = "planted" * 3


@pytest.fixture
def discord() -> Iterator[DiscordApi]:
    with DiscordApi() as api:
        yield api


@pytest.fixture(autouse=True)
def well(tmp_path: Path, discord: DiscordApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Discord in which nothing is wrong."""
    known = set(map(variable, Settings.model_fields))
    for name in [name for name in os.environ if name in known or name.startswith("MLTRAINER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DISCORD_API_URL", discord.url)
    monkeypatch.setenv("DISCORD_BOT_TOKEN", discord.token)


async def checks() -> tuple[Check, ...]:
    return await look(Settings.load())


def unwell(found: tuple[Check, ...]) -> str:
    """What the doctor says is wrong, as a person reads it."""
    return "\n".join(f"{one.detail} {one.hint}" for one in found if not one.ok)


def told(found: tuple[Check, ...]) -> str:
    return "\n".join(one.detail for one in found)


def token(value: str) -> Plant:
    return lambda monkeypatch, _: monkeypatch.setenv("DISCORD_BOT_TOKEN", value)


def address(value: str) -> Plant:
    return lambda monkeypatch, _: monkeypatch.setenv("DISCORD_API_URL", value)


def application(**fields: object) -> Plant:
    return lambda _, discord: discord.application.update(fields)


def servers(*found: dict[str, object]) -> Plant:
    return lambda _, discord: setattr(discord, "servers", [*found])


def answering(status: int, *, as_html: bool = False) -> Plant:
    def plant(_: pytest.MonkeyPatch, discord: DiscordApi) -> None:
        discord.refuses, discord.as_html = status, as_html

    return plant


def silent(monkeypatch: pytest.MonkeyPatch, _: DiscordApi) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("DISCORD_API_URL", f"http://127.0.0.1:{port}/api/v10")


def elsewhere(monkeypatch: pytest.MonkeyPatch, discord: DiscordApi) -> None:
    monkeypatch.setenv("DISCORD_API_URL", discord.url.replace("/api/", "/nowhere/"))


def a_page(_: pytest.MonkeyPatch, discord: DiscordApi) -> None:
    discord.as_html = True


def started_too_often(_: pytest.MonkeyPatch, discord: DiscordApi) -> None:
    discord.starts = 0


@pytest.mark.parametrize(
    ("plant", "cause", "cure"),
    [
        (token("Bot " + a_token(PLANTED)), "begins with the word “Bot”", "Reset Token"),
        (token("https://discord.com/api/webhooks/1/" + PLANTED), "a webhook", "Reset Token"),
        (token(APPLICATION), "is the application's id", "Reset Token"),
        (token("0a" * 32), "is the application's public key", "Reset Token"),
        (token(PLANTED + "_-" + "b" * 9), "is the client secret", "Reset Token"),
        (token(PLANTED), "has the wrong shape", "copy what appears"),
        (token(a_token(PLANTED)), "refuses the token", "Reset Token"),
        (address("https://discord.com/api"), "should end in the version", "/api/v10"),
        (silent, "does not answer", "DISCORD_API_URL"),
        (elsewhere, "is not Discord's API", "DISCORD_API_URL"),
        (a_page, "is not Discord's API", "proxy"),
        (answering(403, as_html=True), "is not Discord's API", "proxy"),
        (answering(429), "slow down", "in 7 seconds"),
        (answering(429, as_html=True), "locked this machine's address out", "in an hour"),
        (answering(503), "does not work properly now (503)", "discordstatus"),
        (
            application(interactions_endpoint_url="https://example.com/x"),
            "none would reach the bot",
            f"Empty that field at https://discord.com/developers/applications/{APPLICATION}",
        ),
        (application(bot_require_code_grant=True), "requires a code grant", "Code Grant off"),
        (application(integration_types_config={"1": {}}), "not to a server", "Guild Install"),
        (servers(), "is in no server", f"oauth2/authorize?client_id={APPLICATION}&permissions="),
        (
            servers(a_server("Acme"), a_server("Lab", ALL & ~(ATTACH_FILES | IN_THREADS))),
            "lacks Send Messages in Threads, Attach Files in Lab",
            "oauth2/authorize",
        ),
        (started_too_often, "was started 1000 times today", "starts it over and over"),
    ],
)
async def test_a_planted_misconfiguration_is_named_with_its_cure(
    plant: Plant, cause: str, cure: str, monkeypatch: pytest.MonkeyPatch, discord: DiscordApi
) -> None:
    plant(monkeypatch, discord)
    found = await checks()
    assert cause in unwell(found)
    assert cure in unwell(found)
    assert PLANTED not in "".join(map(repr, found))
    assert a_token(PLANTED) not in "".join(map(repr, found))


async def test_where_nothing_is_wrong_it_says_so(discord: DiscordApi) -> None:
    found = await checks()
    assert unwell(found) == ""
    assert [one.name for one in found] == ["discord", "app", "servers", "granted"]
    assert "in 1 server: Acme" in told(found)
    assert discord.token not in told(found)


async def test_the_fake_that_bots_are_tried_on_is_well_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FakeDiscord(permissions=INVITED - {"ATTACH_FILES"}) as fake:
        monkeypatch.setenv("DISCORD_API_URL", fake.api_url)
        monkeypatch.setenv("DISCORD_BOT_TOKEN", fake.token)
        found = await checks()
    assert [one.name for one in found if one.ok] == ["discord", "app", "servers"]
    assert "lacks Attach Files in workshop" in unwell(found)


async def test_without_a_token_it_says_how_to_connect_discord(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DISCORD_BOT_TOKEN")
    (line,) = await checks()
    assert line.ok
    assert "mltrainer setup discord" in line.detail


async def test_discord_is_asked_only_with_a_value_that_can_be_right(
    discord: DiscordApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_BOT_TOKEN", PLANTED)
    await checks()
    assert discord.asked == []


async def test_what_only_keeps_pasted_keys_from_being_deleted_is_no_fault(
    discord: DiscordApi,
) -> None:
    discord.servers = [a_server("Acme", ALL & ~MANAGE_MESSAGES)]
    found = await checks()
    assert unwell(found) == ""
    assert "cannot delete pasted keys in Acme (Manage Messages)" in told(found)


async def test_an_administrator_lacks_nothing(discord: DiscordApi) -> None:
    discord.servers = [a_server("Acme", 1 << 3)]
    assert "all that are needed" in told(await checks())


async def test_a_privileged_intent_is_called_needless_and_no_fault(discord: DiscordApi) -> None:
    discord.application["flags"] = 1 << 19
    found = await checks()
    assert unwell(found) == ""
    assert "better switched off: Message Content Intent" in told(found)


async def test_many_servers_are_counted_and_a_few_named(discord: DiscordApi) -> None:
    discord.servers = [a_server(f"S{number}\x1b[2J") for number in range(7)]
    assert "in 7 servers: S0[2J, S1[2J, S2[2J, S3[2J, S4[2J and 2 more" in told(await checks())
