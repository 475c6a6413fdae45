"""Connecting a platform: what to paste or open, steps to follow, and nothing secret in either."""

import json
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.__main__ import run
from tests.unit.bot.discord_api import ALL, APPLICATION, a_token

MANAGE_MESSAGES = 1 << 13
OTHER = "998877665544332211"


@pytest.fixture(autouse=True)
def nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in os.environ if one.startswith(("SLACK_", "DISCORD_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    """The manifest and the steps below it."""
    assert run(["setup", "slack", *arguments]) == 0
    manifest, _, steps = capsys.readouterr().out.partition("\n\n")
    return manifest, steps


@pytest.mark.parametrize("way", [["--host", "bot.example.com"], ["--socket"]])
def test_the_manifest_is_json_ready_to_paste(
    way: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    manifest, steps = printed(capsys, *way)
    assert json.loads(manifest)["settings"]["socket_mode_enabled"] is ("--socket" in way)
    assert steps.lstrip().startswith("1.")


def test_a_whole_address_is_taken_for_its_host(capsys: pytest.CaptureFixture[str]) -> None:
    manifest, steps = printed(capsys, "--host", "https://bot.example.com/")
    assert '"https://bot.example.com/slack/events"' in manifest
    assert "https://bot.example.com/slack/events" in steps


def test_without_a_host_the_first_step_is_to_put_one_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    manifest, steps = printed(capsys)
    assert "YOUR-HOST" in manifest
    assert "YOUR-HOST" in steps.splitlines()[0]


@pytest.mark.parametrize(
    ("way", "names", "no"),
    [
        (["--socket"], ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"], "SLACK_SIGNING_SECRET"),
        (["--host", "x.org"], ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"], "SLACK_APP_TOKEN"),
    ],
)
def test_the_steps_say_which_value_goes_where_and_how_to_begin(
    way: list[str], names: list[str], no: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, steps = printed(capsys, *way)
    for said in (*names, "From a manifest", "mltrainer doctor", "mltrainer serve", "/invite"):
        assert said in steps
    assert no not in steps


def test_thread_replies_ask_for_more_scopes_and_say_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    least, _ = printed(capsys, "--socket")
    more, steps = printed(capsys, "--socket", "--thread-replies")
    assert "channels:history" in more
    assert "channels:history" not in least
    assert "dropped unread" in steps


def invited(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[dict[str, str], str]:
    """What the link asks for, and the steps below it."""
    assert run(["setup", "discord", *arguments]) == 0
    link, _, steps = capsys.readouterr().out.partition("\n\n")
    assert link.startswith("https://discord.com/oauth2/authorize?")
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}, steps


def test_the_link_asks_for_the_bot_its_commands_and_the_least_permissions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked, _ = invited(capsys, "--application", OTHER)
    assert asked["client_id"] == OTHER
    assert asked["scope"].split() == ["bot", "applications.commands"]
    assert int(asked["permissions"]) == ALL


def test_the_permission_to_delete_can_be_left_out_and_it_is_said_what_that_means(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked, steps = invited(capsys, "--no-delete")
    assert int(asked["permissions"]) == ALL & ~MANAGE_MESSAGES
    assert "stays where it is until its person deletes it" in steps


def test_the_application_is_read_from_the_token_of_which_nothing_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_BOT_TOKEN", a_token("planted"))
    asked, steps = invited(capsys)
    assert asked["client_id"] == APPLICATION
    assert f"applications/{APPLICATION}" in steps.splitlines()[0]
    assert "DISCORD_BOT_TOKEN is set already" in steps
    for part in a_token("planted").split("."):
        assert part not in repr(asked) + steps


@pytest.mark.parametrize("token", ["", "no token at all", "bm90IGFuIGlk.x.y"])
def test_where_the_application_is_not_known_the_first_step_says_how_to_get_its_id(
    token: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_BOT_TOKEN", token)
    asked, steps = invited(capsys)
    assert asked["client_id"] == "YOUR-APPLICATION-ID"
    first = steps.splitlines()[0]
    for said in ("YOUR-APPLICATION-ID", "General Information", "--application"):
        assert said in first


def test_the_steps_lead_from_a_new_application_to_a_first_mention(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, steps = invited(capsys)
    in_order = (
        *("New Application", "Reset Token", "DISCORD_BOT_TOKEN", "Privileged Gateway Intents"),
        *(".env", "Open the link above", "mltrainer doctor", "mltrainer serve", "@mltrainer"),
    )
    places = [steps.index(said) for said in in_order]
    assert places == sorted(places)
    assert "Manage Messages only so that" in steps


def test_another_application_than_the_tokens_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_BOT_TOKEN", a_token())
    assert run(["setup", "discord", "--application", OTHER]) == 2
    told = capsys.readouterr().err
    assert f"--application {OTHER} is another application" in told
    assert a_token() not in told


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["slack", "--socket", "--host", "x.org"], "needs no --host"),
        (["slack", "--host", "no host"], "no name of a host"),
        (["discord", "--application", "my bot"], "no id of an application"),
    ],
)
def test_what_cannot_be_is_said_with_what_to_do(
    arguments: list[str], cause: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["setup", *arguments]) == 2
    told = capsys.readouterr().err
    assert cause in told
    assert "next:" in told
