"""A TCP proxy between two parts of a site, which can be cut in every way a network knows."""

import asyncio
import contextlib
import threading
import urllib.parse
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

State = Literal["open", "refused", "hanging", "slow", "cut"]
T = TypeVar("T")
LONGEST, CHUNK = 30.0, 65536
SLOW_SECONDS, LOOK_SECONDS = 0.25, 0.05


@dataclass
class Wire:
    """One port that leads to a target, or to several in turn; `seen` counts its connections.

    `refused` nobody listens, and what was open is closed. `hanging`: nothing moves. `slow`: each
    piece waits. `cut`: of each piece only half arrives, then the connection is reset.
    """

    targets: Sequence[int]
    port: int = 0
    state: State = "open"
    seen: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def set(self, state: State) -> None:
        """Change what it does, with what is under way as with what is new."""
        self.state = state
        if state == "refused":
            await self.close()
        elif self._server is None:
            await self.listen()

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._lead, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Nobody listens any more, and every connection breaks off."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            _reset(writer)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen += 1
        target = self.targets[self.seen % len(self.targets)]
        self._open.add(writer)
        try:
            await self._gate()
            there, to = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            _reset(writer)
            self._open.discard(writer)
            return
        self._open.add(to)
        ways = (self._pump(reader, to, writer), self._pump(there, writer, to))
        await asyncio.gather(*ways, return_exceptions=True)
        for one in (writer, to):
            self._open.discard(one)
            one.close()

    async def _pump(
        self, reader: asyncio.StreamReader, to: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._gate()
                if self.state == "slow":
                    await asyncio.sleep(SLOW_SECONDS)
                if self.state == "cut":
                    to.write(data[: len(data) // 2])
                    await asyncio.sleep(LOOK_SECONDS)
                    _reset(to)
                    _reset(back)
                    return
                to.write(data)
                await to.drain()
        with contextlib.suppress(OSError, RuntimeError):
            to.write_eof()

    async def _gate(self) -> None:
        while self.state == "hanging":
            await asyncio.sleep(LOOK_SECONDS)


class Wires:
    """All wires of a site, in a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._wires: list[Wire] = []

    @contextlib.contextmanager
    def laid(self) -> Iterator["Wires"]:
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._run(self._close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def lay(self, *targets: int) -> Wire:
        """A new wire to these ports."""
        wire = Wire(targets)
        self._run(wire.listen())
        self._wires.append(wire)
        return wire

    def set(self, wire: Wire, state: State) -> None:
        self._run(wire.set(state))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST)

    async def _close(self) -> None:
        for wire in self._wires:
            wire.state = "open"
            await wire.close()
        if left := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(left, timeout=LONGEST / 3)


def port_of(url: str) -> int:
    """The port in an address."""
    port = urllib.parse.urlsplit(url).port
    assert port, f"no port in {url}"
    return port


def through(url: str, wire: Wire) -> str:
    """The same address, by way of a wire."""
    return url.replace(f":{port_of(url)}", f":{wire.port}", 1)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection at once, whatever is still under way."""
    with contextlib.suppress(OSError, RuntimeError):
        writer.transport.abort()
