"""What Discord's refusals and a broken line mean: TryAgain, Unsure, Gone, PersonCanFix, Bug."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType

import aiohttp
import discord

from pipeline.errors import Bug, MLTrainerError, PersonCanFix, TryAgain
from pipeline.ports.chat import Gone, Unsure

FOREIGN = (
    discord.DiscordException,
    aiohttp.ClientError,
    OSError,  # TimeoutError among them
    RuntimeError,  # a session that is closed already
    ValueError,  # an answer that is called JSON and is none
)
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
ACKNOWLEDGED = 40060
MISSING_ACCESS = 50001
NOT_OURS = 50005
DMS_CLOSED = 50007
MISSING_PERMISSION = 50013
WEBHOOK_TOKEN = 50027
WRONG_CHANNEL = 50024
ARCHIVED = 50083
THREAD_EXISTS = 160004
TOO_MANY_THREADS = 160006
OLD_EDITS = 30046

VANISHED = frozenset({UNKNOWN_MESSAGE, NOT_OURS})
LATE = frozenset({UNKNOWN_INTERACTION, WEBHOOK_TOKEN, 10015})
CLOSED_DMS = frozenset({DMS_CLOSED, 50278})  # the second: no server in common any more
NOT_ALLOWED = frozenset({MISSING_ACCESS, MISSING_PERMISSION})
UNREACHABLE = frozenset(
    {
        *(10003, 10004, 10013, 10036, 40007, 50001, 50007, 50013, 50083, 50278, 160005),
        *(50019, 40012),
    }
)
LATER = frozenset(
    {20016, 20022, 20028, 20029, 30046, 31001, 31002, 40003, 40004, 40062, 130000, 10100}
)
BAD_TOKEN = frozenset({40001, 50014})
SERVER = MappingProxyType(
    {
        160006: "This Discord server has as many open threads as Discord allows.",
        200000: "A rule of this Discord server (AutoMod) blocked a message of mine.",
        200001: "A rule of this Discord server (AutoMod) blocked a title of mine.",
        240000: "Discord blocked a message of mine for a link in it.",
        50024: "No thread can be begun in this kind of channel. Mention me in a text channel.",
        30033: "This thread has as many people as Discord allows.",
        40005: "Discord takes no file of this size.",
        50009: "This channel asks for a higher verification level than the bot has.",
        40002: "Discord wants the bot's application to be verified first.",
    }
)
_AGAIN = "It is tried again."
_SERVER_ERROR = 500
_RATE_LIMITED = 429
_UNAUTHORIZED = 401
_LONGEST_PAUSE = 3600.0
_TOKEN_CLOSE = 4004
_INTENTS_CLOSE = {4013, 4014}
_NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, RuntimeError)


@contextmanager
def translated() -> Iterator[None]:
    """Turn every error of Discord's client into one of ours.

    Its own text may carry what was sent or an address that answers for a person: it is not kept.
    """
    try:
        yield
    except FOREIGN as error:
        raise translate(error) from None


def translate(error: BaseException) -> MLTrainerError:
    """What one failed call means."""
    match error:
        case discord.RateLimited():
            return _slow(error.retry_after)
        case discord.HTTPException():
            return _refused(error)
        case discord.DiscordException():
            return _broken_off(error)
    if isinstance(error, _NEVER_LEFT):
        return TryAgain(f"Discord could not be reached ({type(error).__name__}).", _AGAIN)
    return Unsure(f"Discord did not answer ({type(error).__name__}).", _AGAIN)


def code(error: BaseException) -> int:
    """Discord's number for a refusal; 0 where it gave none."""
    found = getattr(error, "code", 0) if isinstance(error, discord.HTTPException) else 0
    return found if isinstance(found, int) else 0


def makes_no_sense() -> Unsure:
    """An answer that is no object of Discord's: a page of somebody between us, perhaps."""
    return Unsure("Discord does not answer properly now.", _AGAIN)


def bad_token() -> PersonCanFix:
    """The bot's token is worth nothing."""
    return PersonCanFix(
        "Discord does not accept the token in DISCORD_BOT_TOKEN.",
        "The operator presses Reset Token at https://discord.com/developers/applications, Bot, "
        "sets DISCORD_BOT_TOKEN to the new one and starts the bot again.",
    )


def _refused(error: discord.HTTPException) -> MLTrainerError:
    """A refusal has a status, and mostly a number."""
    word = code(error)
    if error.status == _RATE_LIMITED or word in LATER:
        return _slow(_pause_of(error), word)
    if error.status == _UNAUTHORIZED or word in BAD_TOKEN:
        return bad_token()
    if word in SERVER:
        return PersonCanFix(SERVER[word], "An administrator of the server can change that.")
    if word in UNREACHABLE:
        return Gone(f"This place in Discord cannot be reached ({word}).", "Invite the bot again.")
    if error.status >= _SERVER_ERROR:
        return Unsure(f"Discord does not answer properly now ({error.status}).", _AGAIN)
    told = f"Discord refused what we sent ({word or error.status})."
    return Bug(told, "This is our mistake; see the log.")


def _broken_off(error: discord.DiscordException) -> MLTrainerError:
    """What the client says by itself: of its login, of the gateway, or of a call of ours."""
    close = error.code if isinstance(error, discord.ConnectionClosed) else 0
    if isinstance(error, discord.LoginFailure) or close == _TOKEN_CLOSE:
        return bad_token()
    if isinstance(error, discord.PrivilegedIntentsRequired) or close in _INTENTS_CLOSE:
        return _bad_intents()
    if close or isinstance(error, discord.GatewayNotFound):
        return TryAgain(f"Discord's gateway is away ({close or 'not found'}).", _AGAIN)
    return Bug(f"Discord's client refused a call ({type(error).__name__}).", "See the log.")


def _slow(seconds: float | None, word: int = 0) -> TryAgain:
    after = None if seconds is None else timedelta(seconds=min(max(seconds, 0.0), _LONGEST_PAUSE))
    return TryAgain(f"Discord asks us to slow down ({word or _RATE_LIMITED}).", _AGAIN, after=after)


def _pause_of(error: discord.HTTPException) -> float | None:
    """How long Discord asks us to wait, in seconds."""
    headers: Mapping[str, str] = getattr(error.response, "headers", None) or {}
    told = next((text for name, text in headers.items() if name.lower() == "retry-after"), "")
    try:
        return float(told)
    except ValueError:
        return None


def _bad_intents() -> PersonCanFix:
    return PersonCanFix(
        "Discord refuses what the bot of DISCORD_BOT_TOKEN wants to hear (its intents).",
        "The operator looks at https://discord.com/developers/applications, Bot: none of the "
        "privileged intents is needed; then starts the bot again.",
    )
