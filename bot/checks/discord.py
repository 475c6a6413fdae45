"""Discord: its token has the right shape, and Discord accepts the bot as it is set up."""

import re
from collections.abc import Iterator

from bot.settings import Settings
from bot.wiring import look_at
from pipeline.ports.check import Check

ORDER = 45
MODE = "by its gateway: no public address needed"
_NOT_SET_UP = "not set up; to connect it: mltrainer setup discord"
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
_MISTAKEN = {
    "begins with the word “Bot”, which is no part of it": re.compile(r"(?i)bot\s.*"),
    "is the address of a webhook": re.compile(r"https?://.*"),
    "is the application's id": re.compile(r"\d{15,21}"),
    "is the application's public key": re.compile(r"[0-9a-f]{64}"),
    "is the client secret": re.compile(r"[\w-]{32}"),
}
_API = re.compile(r".*/v\d+/?")
_WHERE = "https://discord.com/developers/applications, your application, Bot"
_COPY = f"Press Reset Token at {_WHERE}, and copy what appears there."


async def look(settings: Settings) -> tuple[Check, ...]:
    """Shapes first; Discord is asked only with values that can be right."""
    if not is_wanted(settings):
        return (Check(name="discord", ok=True, detail=_NOT_SET_UP),)
    wrong = (*ill_set(settings), *_ill_shaped(settings))
    return wrong[:1] or await look_at("platforms.discord.checking", settings)


def is_wanted(settings: Settings) -> bool:
    """Somebody set a bot token."""
    return settings.discord_bot_token is not None


def ill_set(settings: Settings) -> Iterator[Check]:
    """What certainly is no bot token; no value is repeated."""
    value = _value(settings)
    for what, shape in _MISTAKEN.items():
        if shape.fullmatch(value):
            detail = f"The value of DISCORD_BOT_TOKEN {what}."
            yield Check(name="discord", ok=False, detail=detail, hint=_COPY)
            return


def _ill_shaped(settings: Settings) -> Iterator[Check]:
    if not _TOKEN.fullmatch(_value(settings)):
        yield Check(
            name="discord",
            ok=False,
            detail="DISCORD_BOT_TOKEN has the wrong shape: it should be three parts with two dots "
            "between them.",
            hint=_COPY,
        )
    if not _API.fullmatch(settings.discord_api_url):
        yield Check(
            name="discord",
            ok=False,
            detail="DISCORD_API_URL has the wrong shape: it should end in the version, /v10.",
            hint="Remove it, and Discord's own is used: https://discord.com/api/v10",
        )


def _value(settings: Settings) -> str:
    token = settings.discord_bot_token
    return token.get_secret_value().strip() if token is not None else ""
