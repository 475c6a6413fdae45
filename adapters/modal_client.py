"""Modal's library for one person and one call: explicit keys, a time limit, errors of our tree.

The library falls back to keys of the server wherever a client is missing, waits up to 20 minutes
for an answer, and its errors repeat what was sent; none of that may reach a person or a log.
"""

import asyncio
import contextlib
import errno
import importlib
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapters.providers import VISIBLE
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain, from_unexpected

if TYPE_CHECKING:
    import modal
    from modal.client import _Client

KIND, TITLE = "modal", "Modal"
SERVER_URL = "https://api.modal.com"
TOKENS_PAGE = "https://modal.com/settings/tokens"
USAGE_PAGE = "https://modal.com/settings/usage"
_CLIENT = 1  # CLIENT_TYPE_CLIENT of Modal's protocol: somebody's own program, and no container
_OURS = "MODAL_SERVER_URL"  # a setting of this project; the library is given it in every call
_SETTINGS = {
    # No file can lie below a device, so nobody's ~/.modal.toml is ever read.
    "MODAL_CONFIG_PATH": str(Path(os.devnull, "modal.toml")),
    # Sandboxes of the first kind, which every one with a GPU is anyway: Modal keeps all that they
    # print and gives it from the first line, also when they are over. Of the second kind only the
    # machine itself keeps the last part of the output, for as long as it runs.
    "MODAL_SANDBOX_V2": "0",
}
_MONEY = re.compile(r"spend|billing|budget|credit|payment|invoice", re.IGNORECASE)
_SLOWER = re.compile(r"rate.?limit|too many requests|throttl", re.IGNORECASE)


@asynccontextmanager
async def client_of(
    url: str, values: Mapping[str, str], seconds: float
) -> AsyncIterator["modal.Client"]:
    """A client with these keys alone, closed in the end; everything inside takes `seconds` at most.

    PersonCanFix or TryAgain for whatever the library raises inside.
    """
    keys = values.get("token_id", "").strip(), values.get("token_secret", "").strip()
    if not all(VISIBLE.fullmatch(key) for key in keys):
        raise refused_key("holds blanks or other signs that no token has")
    await asyncio.to_thread(prepare)
    import modal  # noqa: PLC0415  (slow to import, and few commands need it)

    async with _translating(seconds):
        await _dial(url)
        async with modal.Client(url, _CLIENT, keys) as client:
            yield client


@asynccontextmanager
async def nobody(url: str, seconds: float) -> AsyncIterator["_Client"]:
    """A client without keys, which can only begin and finish a login: one call after another."""
    await asyncio.to_thread(prepare)
    from modal.client import _Client  # noqa: PLC0415  (as above)

    async with _translating(seconds):
        await _dial(url)
        async with _Client(url, _CLIENT, None) as client:
            yield client


async def _dial(url: str) -> None:
    """Fail at once where nobody listens: the library would try again for a minute."""
    told = urlsplit(url)
    port = told.port or (443 if told.scheme == "https" else 80)
    _, writer = await asyncio.open_connection(told.hostname, port)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def _translating(seconds: float) -> AsyncIterator[None]:
    """Nothing of the library's own words gets out: they may hold what was sent."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise TryAgain("Modal does not answer in time.", "Try again in a minute.") from None
    except foreign_errors() as error:
        raise translated(error) from None


def prepare() -> None:
    """Import the library so that it finds no settings of the server: no file, no variable."""
    for name in [one for one in os.environ if one.startswith("MODAL_") and one != _OURS]:
        del os.environ[name]
    os.environ.update(_SETTINGS)
    importlib.import_module("modal")


def foreign_errors() -> tuple[type[Exception], ...]:
    """All that a call of the library may end with."""
    import aiohttp  # noqa: PLC0415  (as above: these come with the library)
    import grpclib.exceptions  # noqa: PLC0415
    import h2.exceptions  # noqa: PLC0415
    import modal  # noqa: PLC0415

    return (
        modal.Error,
        grpclib.exceptions.GRPCError,
        grpclib.exceptions.ProtocolError,
        grpclib.exceptions.StreamTerminatedError,
        h2.exceptions.H2Error,
        aiohttp.ClientError,
        OSError,
    )


def translated(error: Exception) -> MLTrainerError:  # noqa: PLR0911  (one for each cause)
    """What an error of the library means for the person, in words of our own."""
    from modal import exception as known  # noqa: PLC0415  (as above)

    text = " ".join(str(part) for part in error.args)
    match error:
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return from_unexpected(error)
        case known.AuthError():
            return refused_key("is not accepted")
        case _ if isinstance(error, known.Error) and _MONEY.search(text):
            return PersonCanFix(
                "Your Modal workspace may spend no more: its limit is reached.",
                f"Raise it at {USAGE_PAGE}, then retry, or train somewhere else.",
                field="runtime",
            )
        case known.PermissionDeniedError():
            return PersonCanFix(
                "This Modal token may not run anything in its workspace.",
                f"Ask for the right to, or connect a token of a workspace of yours: {TOKENS_PAGE}.",
                field=KIND,
            )
        case known.ResourceExhaustedError() if _SLOWER.search(text):
            return TryAgain("Modal asks to slow down.", "Try again in a minute.")
        case known.ResourceExhaustedError():
            return no_room("")
        case known.VersionError():
            return PersonCanFix(
                "Modal does not talk to this version of its library any more.",
                "Whoever runs this server updates the package `modal`; or train somewhere else.",
                field="runtime",
            )
        case known.InvalidError():
            return PersonCanFix(
                "Modal refuses this run as it was asked for.",
                "Choose another GPU, or train somewhere else.",
                field="runtime",
            )
        case known.ConnectionError() | OSError():
            return TryAgain("Modal cannot be reached.", "Check the network; it is tried again.")
    return TryAgain("Modal has trouble of its own.", "Try again in a few minutes.")


def refused_key(what: str) -> PersonCanFix:
    """A token that Modal does not take."""
    return PersonCanFix(
        f"This Modal token {what}.",
        f"Copy it again, or make a new one at {TOKENS_PAGE}, and connect it (`connect {KIND}`).",
        field=KIND,
    )


def no_room(gpu: str) -> PersonCanFix:
    """No machine was free for long."""
    machine = f"{gpu} GPU" if gpu else "such machine"
    return PersonCanFix(
        f"Modal has no {machine} free now.",
        "Choose another GPU, retry later, or train somewhere else.",
        field="runtime",
    )
