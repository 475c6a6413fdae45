"""Addresses of threads: asked of the platform once, within the time an answer has."""

import asyncio
from collections.abc import Awaitable, Callable

from pipeline.errors import MLTrainerError
from pipeline.jobs import Place

_SECONDS = 1.0
_KEPT = 10_000


class Links:
    """`ask` is the platform's `link`; a thread without an answer in time has no link now."""

    def __init__(
        self, ask: Callable[[Place], Awaitable[str]], *, seconds: float = _SECONDS
    ) -> None:
        self._ask = ask
        self._seconds = seconds
        self._known: dict[str, str] = {}

    async def to(self, place: Place) -> str:
        """The address of a thread, or nothing."""
        if place.key not in self._known:
            try:
                async with asyncio.timeout(self._seconds):
                    url = await self._ask(place)
            except (TimeoutError, MLTrainerError):
                return ""
            if len(self._known) >= _KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[place.key] = url
        return self._known[place.key]
