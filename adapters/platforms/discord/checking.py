"""What Discord says about the bot: its token, its application, its servers and what it may there.

Asked over the REST API alone: a second connection to the gateway would answer people twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from pydantic import SecretStr

from adapters.platforms.discord.invite import APPS, TO_DELETE, lacking, link
from adapters.proxies import proxy
from pipeline.ports.check import Check

_TOTAL_SECONDS = 15.0
_CONNECT_SECONDS = 8.0
_AGENT = "DiscordBot (https://pypi.org/project/mltrainer, 0.1)"
_MOST_SERVERS = 200  # what one page of Discord's holds
_MOST_NAMED = 5
_OK, _REFUSED, _LIMITED, _BROKEN = 200, 401, 429, 500
_PRIVILEGED = {
    "Presence Intent": 1 << 12 | 1 << 13,
    "Server Members Intent": 1 << 14 | 1 << 15,
    "Message Content Intent": 1 << 18 | 1 << 19,
}
_FOR_SERVERS = "0"  # the kind of installation, as the application names it

Json = Mapping[str, Any]


@dataclass(frozen=True)
class _Answer:
    """What came back: `body` is None where it was no JSON, `status` 0 where nobody answered."""

    status: int = 0
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    broken: str = ""

    @property
    def well(self) -> bool:
        return self.status == _OK and self.body is not None


async def look(*, discord_bot_token: SecretStr | None, discord_api_url: str) -> tuple[Check, ...]:
    """A line for the token, the application, its servers and its permissions, in that order."""
    if discord_bot_token is None:
        return ()
    api, token = discord_api_url.rstrip("/"), discord_bot_token.get_secret_value().strip()
    asked = {"Authorization": f"Bot {token}", "User-Agent": _AGENT}
    limits = aiohttp.ClientTimeout(total=_TOTAL_SECONDS, connect=_CONNECT_SECONDS)
    async with aiohttp.ClientSession(headers=asked, timeout=limits) as session:

        async def get(path: str) -> _Answer:
            return await _get(session, f"{api}{path}")

        us, app = await get("/users/@me"), await get("/applications/@me")
        for answer in (us, app):
            if not (answer.well and isinstance(answer.body, Mapping)):
                return (_failed(api, answer),)
        servers = await get(f"/users/@me/guilds?limit={_MOST_SERVERS}")
        starts = await get("/gateway/bot")
    return (*_about(us.body, app.body), *_starts(starts), *_where(api, app.body, servers))


async def _get(session: aiohttp.ClientSession, address: str) -> _Answer:
    try:
        async with session.get(address, proxy=proxy(address), allow_redirects=False) as response:
            try:
                body = await response.json(content_type=None)
            except ValueError:  # no JSON, or no text at all
                body = None
            return _Answer(response.status, body, response.headers)
    except TimeoutError:
        return _Answer(broken="no answer in time")
    except (aiohttp.ClientError, OSError) as error:
        return _Answer(broken=type(error).__name__)


def _about(us: Json, app: Json) -> Iterator[Check]:
    """Who the bot is, then what its application would keep from it."""
    name = _plain(us.get("username") or "the bot")
    yield Check(name="discord", ok=True, detail=f"@{name}, application {app.get('id', '?')}")
    wrong = tuple(_wrong_with(app))
    yield from wrong or [Check(name="app", ok=True, detail=_intents(app))]


def _wrong_with(app: Json) -> Iterator[Check]:
    page = f"{APPS}/{app.get('id', '')}"
    if app.get("interactions_endpoint_url"):
        yield _application(
            "The application sends buttons, forms and commands to an Interactions Endpoint URL, so "
            "none would reach the bot.",
            f"Empty that field at {page}/information and save.",
        )
    if app.get("bot_require_code_grant"):
        yield _application(
            "The application requires a code grant, so the invite link ends in an error.",
            f"Switch Requires OAuth2 Code Grant off at {page}/bot.",
        )
    kinds = app.get("integration_types_config")
    if kinds and _FOR_SERVERS not in kinds:
        yield _application(
            "The application can be added to people only, not to a server.",
            f"Tick Guild Install at {page}/installation.",
        )


def _application(detail: str, hint: str) -> Check:
    return Check(name="app", ok=False, detail=detail, hint=hint)


def _intents(app: Json) -> str:
    """No privileged intent is asked for; one that is on does no harm, and is not needed."""
    flags = int(app.get("flags") or 0)
    on = [name for name, bits in _PRIVILEGED.items() if flags & bits]
    if not on:
        return "well set; no privileged intent is on, and none is needed"
    return f"well set; not needed, so better switched off: {', '.join(on)}"


def _starts(answer: _Answer) -> Iterator[Check]:
    """Discord counts the connections of a day; a bot that is started over and over uses them up."""
    left = answer.body.get("session_start_limit") if isinstance(answer.body, Mapping) else None
    if answer.well and isinstance(left, Mapping) and left.get("remaining") == 0:
        hours = -(-int(left.get("reset_after") or 0) // 3_600_000)
        yield Check(
            name="gateway",
            ok=False,
            detail=f"The bot was started {left.get('total', 'too many')} times today; Discord lets "
            f"it connect again in {_number(hours, 'hour')}.",
            hint="Find out what starts it over and over before you start it again.",
        )


def _where(api: str, app: Json, answer: _Answer) -> Iterator[Check]:
    """The servers it is in, and what it may not do there."""
    invite = link(str(app.get("id", "")))
    if not (answer.well and isinstance(answer.body, Sequence)):
        yield _failed(api, answer)
    elif not answer.body:
        yield Check(
            name="servers",
            ok=False,
            detail="The bot is in no server.",
            hint=f"Invite it: {invite}",
        )
    else:
        count = _number(len(answer.body), "server")
        many = " or more" if len(answer.body) >= _MOST_SERVERS else ""
        names = _listed([_plain(one.get("name")) for one in answer.body])
        yield Check(name="servers", ok=True, detail=f"in {count}{many}: {names}")
        yield _permissions(answer.body, invite)


def _permissions(servers: Sequence[Json], invite: str) -> Check:
    """What is granted in whole servers; a channel may still take it away."""
    told = [one for one in servers if str(one.get("permissions", "")).isdecimal()]
    granted = [(_plain(one.get("name")), int(one["permissions"])) for one in told]
    missing = [
        f"{', '.join(lacking(bits))} in {server}" for server, bits in granted if lacking(bits)
    ]
    if missing:
        return Check(
            name="granted",
            ok=False,
            detail=f"The bot lacks {_listed(missing, '; ')}.",
            hint=f"Invite it again, which adds them, or grant them to its role: {invite}",
        )
    keeps = [server for server, bits in granted if lacking(bits, TO_DELETE)]
    unable = f"; it cannot delete pasted keys in {_listed(keeps)} (Manage Messages)"
    return Check(
        name="granted",
        ok=True,
        detail="all that are needed" + (unable if keeps else ""),
    )


def _failed(api: str, answer: _Answer) -> Check:
    """Why there is no answer to go by."""
    if answer.broken:
        detail = f"Discord's API does not answer at {api} ({answer.broken})."
        hint = "Check this machine's connection and proxy, and DISCORD_API_URL."
    elif answer.status == _REFUSED and answer.body is not None:
        detail = "Discord refuses the token in DISCORD_BOT_TOKEN: it was reset, or copied in part."
        hint = f"Press Reset Token at {APPS}, your application, Bot, and copy the new one."
    elif answer.status == _LIMITED:
        detail, hint = _limited(answer)
    elif answer.status >= _BROKEN:
        detail = f"Discord does not work properly now ({answer.status})."
        hint = "Try again later; https://discordstatus.com says more."
    else:
        detail = f"What answers at {api} is not Discord's API ({answer.status})."
        hint = "Check DISCORD_API_URL, which ends in /v10, and this machine's proxy."
    return Check(name="discord", ok=False, detail=detail, hint=hint)


def _limited(answer: _Answer) -> tuple[str, str]:
    """Discord's own limit passes; a lock-out of the whole address comes from before Discord."""
    if answer.body is None:
        detail = (
            "Discord has locked this machine's address out: too many calls from it were refused."
        )
        hint = "Stop what else calls Discord from this address, and try again in an hour."
        return detail, hint
    told = answer.headers.get("Retry-After", "")
    seconds = int(told) if told.isdecimal() else 60
    return "Discord asks us to slow down.", f"Try again in {_number(seconds, 'second')}."


def _number(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _listed(names: Sequence[str], between: str = ", ") -> str:
    more = len(names) - _MOST_NAMED
    shown = between.join(names[:_MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown


def _plain(name: object) -> str:
    """A name that somebody else chose, for a terminal."""
    return "".join(one for one in str(name) if one.isprintable())
