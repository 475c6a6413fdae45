"""Files that people attach: fetched from where Discord keeps them, and from nowhere else.

Their address opens by itself for a day, so no token is shown there.
"""

import asyncio
import errno
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import aiohttp
from yarl import URL

from adapters.file_names import clean, free
from adapters.platforms.discord.errors import FOREIGN, UNREACHABLE, VANISHED, code, translate
from adapters.platforms.discord.line import Line
from adapters.proxies import proxy
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.ports.chat import Attachment

_HOSTS = {"cdn.discordapp.com", "media.discordapp.net"}
_BLOCK = 1 << 20
_IDLE_SECONDS = 30.0
_CONNECT_SECONDS = 10.0
_TOTAL_SECONDS = 3600.0
_OK, _SERVER, _TOO_MANY = 200, 500, 429
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
        name = clean(attachment.name)
        _check_size(name, attachment.size, largest)
        with _disk_errors(), _unfinished(folder) as unfinished:
            try:
                await self._fetch(attachment.url, name, unfinished, largest)
            except _Over:
                fresh = await self._fresh(attachment, name)
                await self._fetch_again(fresh, name, unfinished, largest)
            return await asyncio.to_thread(_keep, unfinished, folder, name)

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()

    async def _fetch_again(self, url: str, name: str, file: IO[bytes], largest: int) -> None:
        try:
            await self._fetch(url, name, file, largest)
        except _Over:
            raise _gone(name) from None

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

    async def _fetch(self, url: str, name: str, file: IO[bytes], largest: int) -> None:
        if not url:
            raise _Over
        if not self._is_discord(url):
            raise _refused(f"{name} lies outside of Discord.", "Attach the file itself.")
        try:
            async with self._open().get(
                URL(url, encoded=True),
                headers={"Accept-Encoding": "identity"},
                allow_redirects=False,
                proxy=proxy(url),
            ) as response:
                _check_answer(response, name)
                _check_size(name, response.content_length or 0, largest)
                await _copy(response, name, file, largest)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TryAgain(
                f"{name} could not be fetched from Discord ({type(error).__name__}).",
                "It is tried again.",
            ) from None

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


async def _copy(response: aiohttp.ClientResponse, name: str, file: IO[bytes], largest: int) -> None:
    size = 0
    async for block in response.content.iter_chunked(_BLOCK):
        size += len(block)
        _check_size(name, size, largest)
        await asyncio.to_thread(file.write, block)
    if not size:
        raise _refused(f"{name} is empty.", "Attach a file with data in it.")
    await asyncio.to_thread(file.flush)


def _check_answer(response: aiohttp.ClientResponse, name: str) -> None:
    """Raise what an answer other than the file means."""
    if response.status >= _SERVER or response.status == _TOO_MANY:
        told = f"Discord does not give {name} now ({response.status})."
        raise TryAgain(told, "It is tried again.")
    if response.status in _OVER:
        raise _Over
    if response.status != _OK:
        raise _gone(name)


def _check_size(name: str, size: int, largest: int) -> None:
    if size > largest:
        raise _refused(
            f"{name} is too large: at most {largest / 1e6:,.0f} MB can be fetched from Discord.",
            "Give a smaller part of it, or put it on the web and give its address.",
        )


@contextmanager
def _unfinished(folder: Path) -> Iterator[IO[bytes]]:
    """A file of its own in the folder, gone at the end unless it was renamed."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".discord-", delete=False) as file:
        try:
            yield file.file
        finally:
            Path(file.name).unlink(missing_ok=True)


def _keep(file: IO[bytes], folder: Path, name: str) -> Path:
    """Give a finished file its name; one that is taken gets a number."""
    target = free(folder, name)
    Path(file.name).rename(target)
    return target


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        why = "The disk is full" if full else f"The disk refused ({error.strerror})"
        raise PersonCanFix(f"{why}: the file could not be saved.", "Free some space.") from error


def _gone(name: str) -> PersonCanFix:
    return _refused(
        f"{name} is no longer in Discord, or I may not see it.",
        "Attach the file to a message that mentions me.",
    )


def _refused(message: str, hint: str) -> PersonCanFix:
    return PersonCanFix(message, hint, field="data")
