"""What Discord's refusals mean: none is unknown, and none means two things."""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType, SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest
from aiohttp.client_reqrep import ConnectionKey

from adapters.platforms.discord import errors
from adapters.platforms.discord.errors import translate, translated
from pipeline.errors import Bug, MLTrainerError, PersonCanFix, TryAgain
from pipeline.ports.chat import Gone, Unsure


def refusal(
    word: int,
    status: int = 400,
    kind: type[discord.HTTPException] = discord.HTTPException,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> discord.HTTPException:
    """What the client raises when Discord says no."""
    answer = cast("Any", SimpleNamespace(status=status, reason="no", headers=headers))
    return kind(answer, {"code": word, "message": "what was sent stands here"})


def closed(code: int) -> discord.ConnectionClosed:
    socket = cast("Any", SimpleNamespace(close_code=code))
    return discord.ConnectionClosed(socket, shard_id=None)


LATER = [(word, TryAgain) for word in sorted(errors.LATER)]
GONE = [(word, Gone) for word in sorted(errors.UNREACHABLE)]
TOKEN = [(word, PersonCanFix) for word in sorted(errors.BAD_TOKEN)]
SERVER = [(word, PersonCanFix) for word in sorted(errors.SERVER)]
OURS = [
    (word, Bug)
    for word in (
        *(0, 10002, 10008, 10015, 10062, 20001, 20012, 30001, 40060, 40061, 50005, 50006, 50008),
        *(50016, 50021, 50027, 50033, 50034, 50035, 50036, 50055, 50068, 50080, 50095, 50109),
        *(160002, 160004, 160007, 170001, 220001, 999999),
    )
]


@pytest.mark.parametrize(("word", "kind"), [*LATER, *GONE, *TOKEN, *SERVER, *OURS])
def test_a_number_of_discord_has_one_meaning(word: int, kind: type[MLTrainerError]) -> None:
    meaning = translate(refusal(word))

    assert type(meaning) is kind
    assert meaning.message.endswith(".")
    assert "what was sent" not in f"{meaning.message} {meaning.hint}"


def test_no_number_means_two_things() -> None:
    words = [*errors.LATER, *errors.UNREACHABLE, *errors.BAD_TOKEN, *errors.SERVER]

    assert len(set(words)) == len(words)
    assert not errors.VANISHED & set(words)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 524])
def test_a_broken_server_may_have_done_it(status: int) -> None:
    assert type(translate(refusal(0, status, discord.DiscordServerError))) is Unsure


def test_discord_says_how_long_to_wait() -> None:
    slow = translate(refusal(0, 429, headers={"Retry-After": "17.5"}))
    unsaid = translate(refusal(0, 429))
    forever = translate(refusal(0, 429, headers={"retry-after": "9" * 9}))
    known = translate(discord.RateLimited(40.0))

    assert [getattr(one, "after", 0) for one in (slow, unsaid, forever, known)] == [
        timedelta(seconds=17.5),
        None,
        timedelta(hours=1),
        timedelta(seconds=40),
    ]


KEY = ConnectionKey("discord.com", 443, True, True, None, None, None)  # noqa: FBT003  (its own shape)
CERTAINLY_NOT: list[Exception] = [
    aiohttp.ClientConnectorError(KEY, OSError("refused")),
    aiohttp.ClientConnectorDNSError(KEY, OSError("no name")),
    aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("expired")),
    aiohttp.ConnectionTimeoutError(),
    RuntimeError("Session is closed"),
    discord.RateLimited(31.0),
    discord.GatewayNotFound(),  # type: ignore[no-untyped-call]  # not annotated there
    closed(1000),
    closed(4011),
]
PERHAPS_NOT: list[Exception] = [
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientOSError(104, "reset by peer"),
    aiohttp.ClientPayloadError("cut off"),
    aiohttp.SocketTimeoutError(),
    TimeoutError(),
    ConnectionResetError(),
    ValueError("no JSON"),
    refusal(0, 500, discord.DiscordServerError),
]
FOR_THE_OPERATOR: list[Exception] = [
    discord.LoginFailure("Improper token has been passed."),
    discord.PrivilegedIntentsRequired(None),
    closed(4004),
    closed(4013),
    closed(4014),
    refusal(0, 401),
]
UNREACHABLE: list[Exception] = [
    refusal(50013, 403, discord.Forbidden),
    refusal(10003, 404, discord.NotFound),
]
MISTAKES: list[Exception] = [
    discord.DiscordException(),
    discord.ClientException(),
    discord.InvalidData(),
    discord.InteractionResponded(cast("Any", None)),
    discord.MissingApplicationID(),
    discord.errors.FFmpegProcessError(),
    refusal(50035),
    discord.app_commands.AppCommandError(),
]
EVERYTHING = [*CERTAINLY_NOT, *PERHAPS_NOT, *FOR_THE_OPERATOR, *UNREACHABLE, *MISTAKES]


@pytest.mark.parametrize(
    ("some", "kind"),
    [
        (CERTAINLY_NOT, TryAgain),
        (PERHAPS_NOT, Unsure),
        (FOR_THE_OPERATOR, PersonCanFix),
        (UNREACHABLE, Gone),
        (MISTAKES, Bug),
    ],
)
def test_an_error_of_the_client_has_a_meaning(
    some: list[Exception], kind: type[MLTrainerError]
) -> None:
    assert {type(translate(error)) for error in some} == {kind}


def test_every_error_of_the_client_is_caught() -> None:
    known = {type(error) for error in EVERYTHING}
    theirs = {
        kind
        for kind in vars(discord.errors).values()
        if isinstance(kind, type) and issubclass(kind, discord.DiscordException)
    }
    theirs -= {discord.HTTPException}

    assert theirs <= known
    for error in EVERYTHING:
        with pytest.raises(MLTrainerError) as raised, translated():
            raise error
        assert raised.value.__cause__ is None
        assert raised.value.__suppress_context__
