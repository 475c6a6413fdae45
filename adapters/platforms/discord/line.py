"""The line to Discord: one login for all calls, and a connection to the gateway that is watched."""

import asyncio
import logging
from collections.abc import Callable

import discord
from discord.http import HTTPClient

from adapters.platforms.discord.client import Client, listen_to, point_at
from adapters.platforms.discord.errors import FOREIGN, translate, translated
from pipeline.errors import TryAgain

_CONNECT_SECONDS = 30.0
_AGAIN_SECONDS = 5.0
_FINAL = (discord.LoginFailure, discord.ConnectionClosed, discord.PrivilegedIntentsRequired)
_log = logging.getLogger(__name__)


class Line:
    """Logged in by the first call, inside the running loop; `connect` opens the gateway."""

    def __init__(self, token: str, api_url: str, gateway_url: str | None) -> None:
        self.api_url = api_url
        self._token = token
        self._gateway_url = gateway_url
        self._client: Client | None = None
        self._logging_in = asyncio.Lock()
        self._connecting: asyncio.Task[None] | None = None
        self._mending: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether the gateway tells us things now."""
        return self._client is not None and self._client.live.is_set()

    def knows(self, channel: str) -> bool:
        """Whether the gateway has told of a channel or thread."""
        return self._client is not None and self._client.get_channel(int(channel)) is not None

    async def client(self) -> Client:
        """The one client, logged in; PersonCanFix when Discord does not accept its token."""
        async with self._logging_in:
            if self._client is None:
                self._client = await self._logged_in()
            return self._client

    async def http(self) -> HTTPClient:
        """What makes calls."""
        return (await self.client()).http

    async def connect(self) -> None:
        """Open the gateway and wait until it tells us things; then it mends itself."""
        client = await self.client()
        listen_to(self._gateway_url or await _named(client))
        self._begin(client)
        opened = asyncio.ensure_future(client.live.wait())
        ended = self._connecting or opened
        await asyncio.wait(
            {opened, ended}, timeout=_CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        opened.cancel()
        if client.live.is_set():
            return
        error = ended.exception() if ended.done() and not ended.cancelled() else None
        await self.close()
        if error is not None:
            raise translate(error) from None
        raise TryAgain("Discord's gateway could not be opened in time.", "Try again.")

    async def disconnect(self) -> None:
        """Hear nothing more; calls still work."""
        for task in (self._mending, self._connecting):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        self._mending = self._connecting = None
        if self._client is not None:
            self._client.live.clear()
            await _hang_up(self._client)

    async def close(self) -> None:
        """Let go of everything."""
        await self.disconnect()
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _logged_in(self) -> Client:
        point_at(self.api_url)
        client = Client(self.api_url)
        try:
            await client.login(self._token)
        except FOREIGN as error:
            await client.http.close()
            raise translate(error) from None
        return client

    def _begin(self, client: Client) -> None:
        self._connecting = asyncio.create_task(client.connect(reconnect=True))
        self._connecting.add_done_callback(self._watcher(client))

    def _watcher(self, client: Client) -> Callable[[asyncio.Task[None]], None]:
        def ended(task: asyncio.Task[None]) -> None:
            if task.cancelled() or task is not self._connecting:
                return
            was_live = client.live.is_set()
            client.live.clear()
            error = task.exception()
            if error is None or isinstance(error, _FINAL):
                _log.error("Discord hears us no more: %s", _told(error))
            elif was_live:
                _log.error("What Discord sent could not be read (%s)", type(error).__name__)
                self._mending = asyncio.create_task(self._again(client))

        return ended

    async def _again(self, client: Client) -> None:
        """One event that discord.py cannot read ends its connection: begin a new one."""
        await asyncio.sleep(_AGAIN_SECONDS)
        await _hang_up(client)
        self._begin(client)


async def _named(client: Client) -> str:
    """The gateway that Discord names."""
    with translated():
        _, url, _ = await client.http.get_bot_gateway()
    return url


async def _hang_up(client: Client) -> None:
    if client.ws is not None and client.ws.open:
        with translated():
            await client.ws.close(code=1000)


def _told(error: BaseException | None) -> str:
    if error is None:
        return "the connection was closed."
    meaning = translate(error)
    return f"{meaning.message} {meaning.hint}"
