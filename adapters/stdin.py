"""Standard input, a line at a time, whatever it is: a pipe, a terminal or a file."""

import asyncio
import os
import sys


class Stdin:
    """Opened with the first line that is wanted."""

    def __init__(self) -> None:
        self._lines: asyncio.StreamReader | None = None

    async def line(self) -> str | None:
        """The next line without its end; None at the end of input."""
        if self._lines is None:
            self._lines = await _opened()
        raw = await self._lines.readline()
        return raw.decode("utf-8", "replace").rstrip("\r\n") if raw else None


async def _opened() -> asyncio.StreamReader:
    """Stdin as a stream; a plain file, which never blocks, is read at once."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    stdin = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)  # the loop closes its copy
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stdin)
    except (ValueError, PermissionError):
        with stdin:
            reader.feed_data(await asyncio.to_thread(stdin.read))
        reader.feed_eof()
    return reader
