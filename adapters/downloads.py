"""Downloads from a chat: a whole file of a bounded size under a safe name, or nothing at all."""

import asyncio
import errno
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import aiohttp

from adapters.file_names import free
from pipeline.errors import NoRoom, PersonCanFix, TryAgain

_BLOCK = 1 << 20
_SERVER, _TOO_MANY = 500, 429
_AGAIN = "It is tried again."


@dataclass(frozen=True)
class Download:
    """A file that is fetched from `platform`: `name` is a safe one, `largest` counts bytes."""

    platform: str
    name: str
    largest: int

    def check_size(self, size: int) -> None:
        """PersonCanFix for what is too large."""
        if size > self.largest:
            most = f"{self.largest / 1e6:,.0f} MB"
            raise refused(
                f"{self.name} is too large: at most {most} can be fetched from {self.platform}.",
                "Give a smaller part of it, or put it on the web and give its address.",
            )

    async def save(self, folder: Path, fetch: Callable[[IO[bytes]], Awaitable[None]]) -> Path:
        """Keep what `fetch` writes; when it fails or is cancelled, nothing is left behind."""
        with _disk_errors(), self._unfinished(folder) as file:
            await fetch(file)
            return await asyncio.to_thread(_keep, file, folder, self.name)

    async def take(
        self,
        asking: AbstractAsyncContextManager[aiohttp.ClientResponse],
        file: IO[bytes],
        check: Callable[[aiohttp.ClientResponse], None],
    ) -> None:
        """Copy an answer into a file; `check` raises what one without the file means."""
        try:
            async with asking as response:
                if response.status >= _SERVER or response.status == _TOO_MANY:
                    told = f"{self.platform} does not give {self.name} now ({response.status})."
                    raise TryAgain(told, _AGAIN)
                check(response)
                self.check_size(response.content_length or 0)
                await self._copy(response, file)
        except (aiohttp.ClientError, TimeoutError) as error:
            why = type(error).__name__
            told = f"{self.name} could not be fetched from {self.platform} ({why})."
            raise TryAgain(told, _AGAIN) from None

    async def _copy(self, response: aiohttp.ClientResponse, file: IO[bytes]) -> None:
        size = 0
        async for block in response.content.iter_chunked(_BLOCK):
            size += len(block)
            self.check_size(size)
            await asyncio.to_thread(file.write, block)
        if not size:
            raise refused(f"{self.name} is empty.", "Attach a file with data in it.")
        await asyncio.to_thread(file.flush)

    @contextmanager
    def _unfinished(self, folder: Path) -> Iterator[IO[bytes]]:
        """A file of its own in the folder, gone at the end unless it was renamed."""
        prefix = f".{self.platform.lower()}-"
        with tempfile.NamedTemporaryFile(dir=folder, prefix=prefix, delete=False) as file:
            try:
                yield file.file
            finally:
                Path(file.name).unlink(missing_ok=True)


def refused(message: str, hint: str) -> PersonCanFix:
    """What is wrong with a file that was attached as data."""
    return PersonCanFix(message, hint, field="data")


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
        kind = NoRoom if full else PersonCanFix
        raise kind(f"{why}: the file could not be saved.", "Free some space.") from error
