"""A service that must not hold up whoever asks for it."""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import TypeVar

from bot import phrases
from pipeline.errors import TryAgain
from pipeline.ports.account import Checked, LoginLink, Service

_T = TypeVar("_T")


class InTime:
    """A pipeline.ports.account.Service that is asked within the time an answer has.

    A late one gives none: TryAgain.
    """

    def __init__(self, service: Service, seconds: float) -> None:
        self.account = service.account
        self._service = service
        self._seconds = seconds

    async def check(self, values: Mapping[str, str]) -> Checked | None:
        """What the service says; TryAgain when it takes too long."""
        return await self._in_time(self._service.check(values))

    async def begin_login(self, now: datetime) -> LoginLink | None:
        """A link to log in with; TryAgain when it takes too long."""
        return await self._in_time(self._service.begin_login(now))

    async def finish_login(self, link: LoginLink) -> Mapping[str, str] | None:
        """The values once the person is done; TryAgain when the service takes too long."""
        return await self._in_time(self._service.finish_login(link))

    async def renewed(self, values: Mapping[str, str]) -> Mapping[str, str] | None:
        """What is to be kept in place of a login; TryAgain when the service takes too long."""
        return await self._in_time(self._service.renewed(values))

    async def _in_time(self, asking: Awaitable[_T]) -> _T:
        try:
            async with asyncio.timeout(self._seconds):
                return await asking
        except TimeoutError as late:
            raise TryAgain(phrases.NO_LOGIN, phrases.TRY_ONCE_MORE) from late
