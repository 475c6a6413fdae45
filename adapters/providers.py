"""Providers of language models: names, models by size, and how a key is asked about.

A list of models is what a key is asked about with: it costs nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, NoReturn

import httpx
from pydantic import SecretStr

from adapters.pasted_keys import PastedKeys
from adapters.verdicts import Narrow, Slowed, Troubled
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.ports.account import Checked

_SECONDS = 10.0
VISIBLE = re.compile(r"[\x21-\x7e]+")
_OVERLOADED = 529
_MOST_SECONDS = 3600
Tier = Literal["small", "medium", "large"]


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider as this server is set up for it.

    `called` is how litellm names it in front of a model, `mapped` in its map of prices. `fronts`
    begin its keys. `shapes_with_tools` says whether one question may ask for a schema and offer
    tools; `key` is the server's own. Of several, the one with the lowest `place` is asked first;
    one that `is_free` costs the server nothing within limits, and is asked after those that do.
    """

    kind: str
    title: str
    called: str
    mapped: str
    models: Mapping[Tier, str]
    base: str
    variable: str = ""
    page: str = ""
    fronts: tuple[str, ...] = ()
    shapes_with_tools: bool = False
    charges: bool = True
    key: SecretStr | None = field(default=None, repr=False)
    tier: Tier = "medium"
    place: int = 50
    is_free: bool = False

    @property
    def model(self) -> str:
        """The model that speaks unless another is named."""
        return self.models.get(self.tier, "")


@dataclass(frozen=True, slots=True)
class Listing:
    """How a provider's models are listed: a path behind its base, and the headers of a key."""

    path: str
    headers: Callable[[str], Mapping[str, str]]
    is_wrong_key: Callable[[int, str], bool] = lambda status, _: status == httpx.codes.UNAUTHORIZED
    is_narrow_key: Callable[[int, str], bool] = lambda status, _: status == httpx.codes.FORBIDDEN


@dataclass(frozen=True, slots=True)
class KeyedProvider(PastedKeys):
    """pipeline.ports.account.Service of a provider, whose keys are pasted and asked about.

    `connected` hears that somebody has given a good key.
    """

    provider: Provider
    listing: Listing
    connected: Callable[[], None] | None = None

    async def check(self, values: Mapping[str, str]) -> Checked | None:
        """PersonCanFix for a key that the provider does not take, TryAgain without an answer."""
        key = values.get("key", "").strip()
        if not VISIBLE.fullmatch(key):
            raise self._refused("is no key: it holds blanks or other signs that no key has.")
        response = await self._list(key)
        if self._is_narrow(response):
            response = await self._list(key)  # seen now and then with a key that may do everything
        self._judge(response)
        if self.connected is not None:
            self.connected()
        return Checked(name="")

    async def _list(self, key: str) -> httpx.Response:
        address = self.provider.base.rstrip("/") + self.listing.path
        return await listed(address, self.listing.headers(key), self.provider.title)

    def _is_narrow(self, response: httpx.Response) -> bool:
        return self.listing.is_narrow_key(response.status_code, response.text)

    def _judge(self, response: httpx.Response) -> None:
        status, text = response.status_code, response.text
        if response.is_success:
            return
        if self._is_narrow(response):
            raise Narrow(
                f"{self.provider.title} knows this key, but does not let it list or use models.",
                f"Give it the rights to read models and to ask them at {self.account.page}, or "
                "make one that may do everything.",
                field=self.account.kind,
            )
        if self.listing.is_wrong_key(status, text):
            raise self._refused("is not accepted.")
        unanswered(self.provider.title, response)

    def _refused(self, what: str) -> PersonCanFix:
        return PersonCanFix(
            f"This {self.provider.title} key {what}",
            f"Copy it again, or make a new one at {self.account.page}.",
            field=self.account.kind,
        )


async def listed(
    address: str, headers: Mapping[str, str], title: str, *, seconds: float = _SECONDS
) -> httpx.Response:
    """Ask for a list of models; TryAgain when nothing comes back. A redirect is not followed."""
    try:
        async with httpx.AsyncClient(timeout=seconds, follow_redirects=False) as client:
            return await client.get(address, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        told = "in time" if isinstance(error, httpx.TimeoutException) else "at its address"
    raise TryAgain(f"{title} does not answer {told}.", "Try again in a minute.")


def unanswered(title: str, response: httpx.Response) -> NoReturn:
    """TryAgain for what is neither a list nor a word about the key."""
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        pause = seconds_of(response.headers.get("retry-after", ""))
        raise Slowed(f"{title} asks to slow down.", "Try again in a minute.", after=pause)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        load = " is overloaded" if status == _OVERLOADED else " has trouble of its own"
        raise Troubled(f"{title}{load} ({status}).", "Try again in a few minutes.")
    raise TryAgain(f"{title} answered something unexpected ({status}).", "Check its address.")


def seconds_of(header: str) -> timedelta | None:
    """What a `retry-after` says, if it is a number of seconds; an hour at most."""
    found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,6})?)\s*s?\s*", header)
    return timedelta(seconds=min(float(found[1]), _MOST_SECONDS)) if found else None


def provider_of(key: str, providers: Mapping[str, Provider]) -> str | None:
    """Whose key a text is by how it begins; the longest beginning counts."""
    fronts = {front: kind for kind, one in providers.items() for front in one.fronts}
    fitting = [front for front in fronts if key.startswith(front)]
    return fronts[max(fitting, key=len)] if fitting else None
