"""Which addresses data may be fetched from, and connections that lead nowhere else.

Only public machines over https, and what the operator allows. A name is looked up once for each
request; all its answers are checked, and the connection goes to one of these answers itself, so a
name server that says something else a moment later leads nowhere. Redirects pass the same way.
"""

import asyncio
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import httpx

from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

SETTING = "MLTRAINER_ALLOW_PRIVATE_URLS"
_LONGEST = 4096
_SHOWN = 200
_MOST_ADDRESSES = 4
_PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_ALMOST_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_V6_PUBLIC = "2000::/3"
_NAT64 = "64:ff9b::/96"
# Not public whatever `is_global` of an older Python says; the last is Azure's metadata service.
_NEVER = ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10", "3fff::/20", "168.63.129.16/32")


async def look_up(host: str, port: int) -> tuple[str, ...]:
    """All addresses of a name, as the machine resolves it."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Tells where a request may go. `allowed` are (host, port) pairs that may be private."""

    allowed: frozenset[tuple[str, int]] = frozenset()
    resolve: Resolve = look_up

    async def addresses(self, url: httpx.URL) -> tuple[str, ...]:
        """Numeric addresses to connect to; PersonCanFix (field "data") when one is not public."""
        host, port = host_of(url), url.port or _PORTS.get(url.scheme, 0)
        is_allowed = (host, port) in self.allowed
        self._check(url, host, port, is_allowed=is_allowed)
        answers = await self._answers(url, host, port)
        if not answers or not (is_allowed or all(map(is_public, answers))):
            raise _private(url)
        return answers[:_MOST_ADDRESSES]

    def _check(self, url: httpx.URL, host: str, port: int, *, is_allowed: bool) -> None:
        if url.scheme not in _PORTS or url.userinfo:
            raise _strange(url)
        if is_allowed:
            return
        if url.scheme != "https":
            raise _refused(
                f"{shown(url)} is not encrypted: it could be read or changed on the way.",
                "Give the same address with https://, or download the file and give its path.",
            )
        if port not in _PORTS.values():
            raise _refused(
                f"{shown(url)} uses port {port}; data comes from port 443 only.",
                _cure(host, port),
            )

    async def _answers(self, url: httpx.URL, host: str, port: int) -> tuple[str, ...]:
        if (number := _number(host)) is not None:
            return (str(number),)
        if _ALMOST_NUMBER.fullmatch(host) or not _NAME.fullmatch(host):
            raise _strange(url)
        try:
            return tuple(await self.resolve(host, port))
        except OSError as error:
            raise _unknown(url, host, error) from error


class CheckedTransport(httpx.AsyncBaseTransport):
    """Sends each request of a client, redirects too, to an address that the guard has checked."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        # Of the environment only certificates are taken. No connection is kept: the next request
        # to the same number could be meant for another name.
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Connect to the first checked address that answers; TLS still asks for the name."""
        failure: httpx.TransportError | None = None
        for address in await self._guard.addresses(request.url):
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host_of(request.url)},
            )
            try:
                return await self._inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or httpx.ConnectError("no address")

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


def read_address(location: str) -> httpx.URL:
    """Parse an address as a person gave it; PersonCanFix when two readers could differ on it."""
    text = location.strip()
    strange = _refused(
        "That is no address data can be fetched from.",
        "Give it as https://host/file, without a user name or password in it.",
    )
    if len(text) > _LONGEST or "\\" in text or any(_is_unseen(sign) for sign in text):
        raise strange
    try:
        url, plain = httpx.URL(text), urlsplit(text)
        port = plain.port or _PORTS.get(url.scheme)
    except (httpx.InvalidURL, ValueError) as error:
        raise strange from error
    host = plain.hostname or ""
    differs = host.isascii() and host.rstrip(".") != host_of(url)
    if differs or not host or "@" in plain.netloc or port != (url.port or _PORTS.get(url.scheme)):
        raise strange
    return url


def allowed_pairs(entries: Iterable[str]) -> frozenset[tuple[str, int]]:
    """The (host, port) pairs of the setting; PersonCanFix names an entry that is none."""
    pairs = set()
    for entry in entries:
        host, _, port = entry.rpartition(":")
        if not host or not port.isdecimal():
            raise PersonCanFix(
                f"{SETTING}: '{entry}' is no host:port.", "Write for example 127.0.0.1:8000."
            )
        pairs.add((host.strip("[]").rstrip(".").lower(), int(port)))
    return frozenset(pairs)


def pair_of(address: str) -> tuple[str, int]:
    """The (host, port) of an address."""
    url = httpx.URL(address)
    return host_of(url), url.port or _PORTS.get(url.scheme, 0)


def shown(url: httpx.URL) -> str:
    """The address as messages name it: no query, no user name, no password, not too long."""
    host = host_of(url)
    port = f":{url.port}" if url.port else ""
    path = "".join("_" if _is_unseen(sign) else sign for sign in url.path)
    text = f"{url.scheme}://{f'[{host}]' if ':' in host else host}{port}{path}"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def host_of(url: httpx.URL) -> str:
    """The host in ASCII and lower case, without the dot that may end it."""
    return url.raw_host.decode("ascii").rstrip(".").lower()


def is_public(address: str) -> bool:
    """Tell whether a numeric address belongs to one machine on the open internet."""
    number = _number(address)
    if number is None:
        return False
    inner = _inner(number)
    if isinstance(inner, ipaddress.IPv6Address) and inner not in _network(_V6_PUBLIC):
        return False
    if any(inner in _network(net) for net in _NEVER):
        return False
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


def _inner(number: _Ip) -> _Ip:
    """The IPv4 address that an IPv6 one stands for, else the address itself."""
    if isinstance(number, ipaddress.IPv4Address):
        return number
    if number in _network(_NAT64):
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or number


@cache
def _network(written: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(written)


def _number(host: str) -> _Ip | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "C" or unicodedata.category(sign) in {"Zl", "Zp"}


def _refused(message: str, hint: str) -> PersonCanFix:
    return PersonCanFix(message, hint, field="data")


def _strange(url: httpx.URL) -> PersonCanFix:
    return _refused(
        f"{shown(url)} is no address data can be fetched from.",
        "Give it as https://host/file, without a user name or password in it.",
    )


def _private(url: httpx.URL) -> PersonCanFix:
    return _refused(
        f"{shown(url)} leads into a private network, where data is not fetched from.",
        _cure(host_of(url), url.port or _PORTS.get(url.scheme, 0)),
    )


def _cure(host: str, port: int) -> str:
    return (
        "Give a public https address, or download the file and give its path. "
        f"Who runs the bot can allow this one: {SETTING}={host}:{port}."
    )


def _unknown(url: httpx.URL, host: str, error: OSError) -> MLTrainerError:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME:
        return _refused(f"There is no host '{host}' ({shown(url)}).", "Check the address.")
    return TryAgain(
        f"The name of {shown(url)} could not be looked up.",
        "Check the network connection of this machine, then retry.",
    )
