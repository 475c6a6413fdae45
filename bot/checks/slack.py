"""Slack: its variables have the right shapes and fit together, and Slack accepts them."""

import re
from collections.abc import Iterator

from pydantic import SecretStr

from bot.settings import Settings
from bot.wiring import look_at
from pipeline.ports.check import Check

ORDER = 40
_SHAPES = {
    "SLACK_BOT_TOKEN": (re.compile(r"(?:xoxe\.)?xoxb-\S+"), "xoxb-…"),
    "SLACK_APP_TOKEN": (re.compile(r"xapp-\S+"), "xapp-…"),
    "SLACK_SIGNING_SECRET": (
        re.compile(r"(?!xox|xapp)\S{8,}"),  # 32 letters and digits today, which nobody promises
        "32 letters and digits",
    ),
}
_WHERE = {
    "SLACK_BOT_TOKEN": "under OAuth & Permissions, Bot User OAuth Token",
    "SLACK_APP_TOKEN": "under Basic Information, App-Level Tokens",
    "SLACK_SIGNING_SECRET": "under Basic Information, App Credentials, Signing Secret",
}
_NOT_SET_UP = "not set up; to connect it: mltrainer setup slack"


async def look(settings: Settings) -> tuple[Check, ...]:
    """Shapes first; Slack is asked only with values that can be right."""
    if not is_wanted(settings):
        return (Check(name="slack", ok=True, detail=_NOT_SET_UP),)
    wrong = tuple(ill_set(settings))
    return wrong or (
        Check(name="mode", ok=True, detail=mode(settings)),
        *await look_at("platforms.slack.checking", settings),
    )


def is_wanted(settings: Settings) -> bool:
    """Somebody set one of Slack's variables."""
    return any(value is not None for value in _values(settings).values())


def ill_set(settings: Settings) -> Iterator[Check]:
    """What is wrong with Slack's variables, without asking anybody; no value is repeated."""
    values = _values(settings)
    for variable, value in values.items():
        if value is not None and not _SHAPES[variable][0].fullmatch(value.get_secret_value()):
            yield _misshapen(variable, value.get_secret_value())
    if values["SLACK_BOT_TOKEN"] is None:
        yield _missing("SLACK_BOT_TOKEN", "so the bot has no account in Slack")
    elif values["SLACK_APP_TOKEN"] is None and values["SLACK_SIGNING_SECRET"] is None:
        yield _missing(
            "SLACK_SIGNING_SECRET",
            "which HTTP mode needs to tell Slack's messages from anybody else's",
            "; or set SLACK_APP_TOKEN, which turns Socket Mode on",
        )


def mode(settings: Settings) -> str:
    """How Slack reaches the bot."""
    if settings.slack_app_token is not None:
        return "Socket Mode: no public address needed"
    return "HTTP: Slack must reach POST /slack/events here by https"


def _values(settings: Settings) -> dict[str, SecretStr | None]:
    return {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN": settings.slack_app_token,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
    }


def _misshapen(variable: str, value: str) -> Check:
    _, shape = _SHAPES[variable]
    others = (name for name, (known, _) in _SHAPES.items() if known.fullmatch(value))
    other = next((name for name in others if name != variable), None)
    meant = f" It looks like the value of {other}." if other else ""
    return Check(
        name="slack",
        ok=False,
        detail=f"{variable} has the wrong shape: it should be {shape}.{meant}",
        hint=f"Copy it from https://api.slack.com/apps {_WHERE[variable]}.",
    )


def _missing(variable: str, why: str, otherwise: str = "") -> Check:
    return Check(
        name="slack",
        ok=False,
        detail=f"{variable} is not set, {why}.",
        hint=f"Copy it from https://api.slack.com/apps {_WHERE[variable]}{otherwise}.",
    )
