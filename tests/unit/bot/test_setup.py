"""Connecting Slack: a manifest to paste, steps to follow, and nothing secret in either."""

import json

import pytest

from bot.__main__ import run


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


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["slack", "--socket", "--host", "x.org"], "needs no --host"),
        (["slack", "--host", "no host"], "no name of a host"),
        (["discord"], "cannot be connected yet"),
    ],
)
def test_what_cannot_be_is_said_with_what_to_do(
    arguments: list[str], cause: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["setup", *arguments]) == 2
    told = capsys.readouterr().err
    assert cause in told
    assert "next:" in told
