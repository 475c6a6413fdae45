"""The line to Slack: one HTTP session for all calls, and who we are at its other end."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from adapters.platforms.slack.errors import translated
from adapters.proxies import proxy

_TOTAL_SECONDS = 30.0
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Identity:
    """The workspace, the bot's user and its scopes; None where Slack did not name them."""

    team: str
    user: str
    bot: str
    scopes: frozenset[str] | None

    def granted(self, scope: str) -> bool:
        """Whether a scope may be used; an unknown one is tried."""
        return self.scopes is None or scope in self.scopes


class Line:
    """Opened by the first call, inside the running loop.

    The environment's proxy is looked up here, for Slack's client would not honour NO_PROXY.
    """

    def __init__(self, token: str, api_url: str) -> None:
        self.api_url = api_url if api_url.endswith("/") else f"{api_url}/"
        self._token = token
        self._session: aiohttp.ClientSession | None = None
        self._identity: Identity | None = None
        self._identifying = asyncio.Lock()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The one session of all calls."""
        if self._session is None or self._session.closed:
            limits = aiohttp.ClientTimeout(total=_TOTAL_SECONDS, connect=_CONNECT_SECONDS)
            self._session = aiohttp.ClientSession(timeout=limits)
        return self._session

    @property
    def bearer(self) -> Mapping[str, str]:
        """What opens a private file."""
        return {"Authorization": f"Bearer {self._token}"}

    def safe(self) -> AsyncWebClient:
        """For calls that may be repeated without harm."""
        retries: list[AsyncRetryHandler] = [
            AsyncConnectionErrorRetryHandler(),
            AsyncServerErrorRetryHandler(),
        ]
        return self.client(self._token, retries)

    def once(self) -> AsyncWebClient:
        """For calls that would say something twice; the outbox decides what is repeated."""
        return self.client(self._token, [])

    def client(
        self,
        token: str | None,
        retries: Sequence[AsyncRetryHandler],
    ) -> AsyncWebClient:
        """A client on the session. A 429 is never waited for here: the caller knows more."""
        client = AsyncWebClient(
            token=token,
            base_url=self.api_url,
            session=self.session,
            logger=quiet(),
            retry_handlers=[*retries],
        )
        client.proxy = proxy(self.api_url)
        return client

    async def identity(self) -> Identity:
        """Who we are, asked once."""
        async with self._identifying:
            if self._identity is None:
                self._identity = await self._ask()
            return self._identity

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()

    async def _ask(self) -> Identity:
        with translated():
            answer = await self.safe().auth_test()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        named = headers.get("x-oauth-scopes")
        return Identity(
            team=str(answer["team_id"]),
            user=str(answer["user_id"]),
            bot=str(answer.get("bot_id") or ""),
            scopes=None
            if named is None
            else frozenset(scope.strip() for scope in named.split(",") if scope.strip()),
        )


class _OnlyWarnings(logging.Filter):
    """Below a warning, Slack's libraries write whole bodies: tokens and what a modal held."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


def quiet() -> logging.Logger:
    """The logger that Slack's libraries get, whatever level the root has."""
    logger = logging.getLogger("slack_bolt.mltrainer")
    logger.setLevel(logging.WARNING)
    if not any(isinstance(one, _OnlyWarnings) for one in logger.filters):
        logger.addFilter(_OnlyWarnings())
    return logger
