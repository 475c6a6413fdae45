"""A piece of work at Kaggle with one person's key, in a thread, its errors in the tree."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from adapters.credentials import values_of
from adapters.kaggle.errors import TITLE, Refused, meant
from pipeline.jobs import Actor
from pipeline.ports.vault import Vault

if TYPE_CHECKING:
    from adapters.kaggle.desk import Desk
    from adapters.kaggle.line import Patience

KIND = "kaggle"
_MOST_THREADS = 16
T = TypeVar("T")
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kaggle:
    """Kaggle at an address. What Kaggle refuses is about `field`, where the person can choose."""

    endpoint: str
    vault: Vault
    field: str
    patience: "Patience | None" = None

    async def values(self, owner: Actor, purpose: str) -> Values:
        """The owner's own values, for the calls of one piece of work."""
        return await values_of(self.vault, owner, KIND, purpose, TITLE)

    async def values_if_any(self, owner: Actor, purpose: str) -> Values | None:
        """The same; None where the owner has connected nothing."""
        if await self.vault.find(owner, KIND) is None:
            return None
        return await self.values(owner, purpose)

    async def ask(self, values: Values | None, work: "Callable[[Desk], T]") -> T:
        """What the work returns; PersonCanFix or TryAgain for what Kaggle refuses."""
        try:
            return await self.try_to(values, work)
        except Refused as refused:
            error = meant(refused, self.field)
        raise error

    async def try_to(self, values: Values | None, work: "Callable[[Desk], T]") -> T:
        """The same, with Refused for what may be no mistake; TryAgain without an answer."""
        return await asked(self.endpoint, values, work, self.patience)


async def asked(
    endpoint: str,
    values: Values | None,
    work: "Callable[[Desk], T]",
    patience: "Patience | None" = None,
) -> T:
    """Do the work in a thread with these values; when nobody waits any more, it is told to end."""
    stop = Event()
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_threads(), _work, endpoint, values, work, patience, stop)
    finally:
        stop.set()


@cache
def _threads() -> ThreadPoolExecutor:
    """Threads of its own: a long download must not keep the rest of the bot from its files."""
    return ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="kaggle")


def _work(
    endpoint: str,
    values: Values | None,
    work: "Callable[[Desk], T]",
    patience: "Patience | None",
    stop: Event,
) -> T:
    from adapters.kaggle.desk import Desk  # noqa: PLC0415  (slow to import)
    from adapters.kaggle.line import Patience, opened  # noqa: PLC0415  (as above)

    with opened(endpoint, values, patience or Patience(), stop) as line:
        return work(Desk.at(line))
