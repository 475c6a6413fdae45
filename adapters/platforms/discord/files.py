"""Files that people attach: fetched from where Discord keeps them, and from nowhere else.

Their address opens by itself for a day, so no token is shown there.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import IO

import aiohttp
from yarl import URL

from adapters.downloads import Download, refused
from adapters.file_names import clean
from adapters.platforms.discord.errors import FOREIGN, UNREACHABLE, VANISHED, code, translate
from adapters.platforms.discord.line import Line
from adapters.proxies import proxy
from pipeline.errors import PersonCanFix
from pipeline.ports.chat import Attachment

_HOSTS = {"cdn.discordapp.com", "media.discordapp.net"}
_IDLE_SECONDS = 30.0
_CONNECT_SECONDS = 10.0
_TOTAL_SECONDS = 3600.0
_OK = 200
_OVER = {401, 403, 404, 410}
_OURS = 3  # channel, message and file


class _Over(Exception):
    """The address is over."""


class Files:
    """Downloads; the session of its own knows no token."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._session: aiohttp.ClientSession | None = None

    async def download(self, attachment: Attachment, folder: Path, largest: int) -> Path:
        """Fetch a file under a safe name; what fails or is cancelled leaves nothing behind."""
        wanted = Download("Discord", clean(attachment.name), largest)
        wanted.check_size(attachment.size)
        return await wanted.save(folder, lambda file: self._fetch(attachment, wanted, file))

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()

    async def _fetch(self, attachment: Attachment, wanted: Download, file: IO[bytes]) -> None:
        try:
            await self._take(attachment.url, wanted, file)
        except _Over:
            fresh = await self._fresh(attachment, wanted.name)
            try:
                await self._take(fresh, wanted, file)
            except _Over:
                raise _gone(wanted.name) from None

    async def _fresh(self, attachment: Attachment, name: str) -> str:
        """A new address from the message that the file hangs at."""
        parts = attachment.id.split("/")
        if len(parts) != _OURS:
            raise _gone(name)
        channel, message, file = parts
        http = await self._line.http()
        try:
            found = await http.get_message(channel, message)
        except FOREIGN as error:
            if code(error) in VANISHED | UNREACHABLE:
                raise _gone(name) from None
            raise translate(error) from None
        files = found.get("attachments") if isinstance(found, Mapping) else None
        for one in files or ():
            if str(one["id"]) == file:
                return str(one["url"])
        raise _gone(name)

    async def _take(self, url: str, wanted: Download, file: IO[bytes]) -> None:
        if not url:
            raise _Over
        if not self._is_discord(url):
            raise refused(f"{wanted.name} lies outside of Discord.", "Attach the file itself.")
        asking = self._open().get(
            URL(url, encoded=True),
            headers={"Accept-Encoding": "identity"},
            allow_redirects=False,
            proxy=proxy(url),
        )
        await wanted.take(asking, file, lambda response: _check_answer(response, wanted.name))

    def _is_discord(self, address: str) -> bool:
        url, api = URL(address), URL(self._line.api_url)
        if (url.scheme, url.host, url.port) == (api.scheme, api.host, api.port):
            return True
        return url.scheme == "https" and url.host in _HOSTS and url.port == url.with_port(None).port

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            limits = aiohttp.ClientTimeout(
                total=_TOTAL_SECONDS, connect=_CONNECT_SECONDS, sock_read=_IDLE_SECONDS
            )
            self._session = aiohttp.ClientSession(
                timeout=limits, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def _check_answer(response: aiohttp.ClientResponse, name: str) -> None:
    """Raise what an answer other than the file means."""
    if response.status in _OVER:
        raise _Over
    if response.status != _OK:
        raise _gone(name)


def _gone(name: str) -> PersonCanFix:
    return refused(
        f"{name} is no longer in Discord, or I may not see it.",
        "Attach the file to a message that mentions me.",
    )
