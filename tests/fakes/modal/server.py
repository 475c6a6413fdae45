"""The fake as a server in a thread of its own, with switches for what may go wrong."""

import asyncio
import shutil
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import grpclib
import grpclib.server
from aiohttp import web
from modal_proto import api_pb2

from tests.fakes.modal.protocol import BLOCK, handler, refusal
from tests.fakes.modal.state import Result, Sandbox, Status, Workspace

Token = tuple[str, str]
ANN_TOKEN = ("ak-AnnAnnAnnAnnAnnAnnAnn1", "as-SecretOfAnnSecretOf001")
BEN_TOKEN = ("ak-BenBenBenBenBenBenBen1", "as-SecretOfBenSecretOf001")
_LONGEST_BODY = 64 << 20
_PATIENCE = 20.0


@dataclass
class FakeModal:
    """Modal with two customers. `python` runs the sandboxes: nothing is installed here.

    `calls` and `tokens` are all calls so far, in their order; `missing_package` cannot be
    installed; without `has_room` no sandbox ever begins; `cut` is how many downloads break off.
    """

    python: Path
    missing_package: str = ""
    has_room: bool = True
    cut: int = 0
    calls: list[str] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    workspaces: dict[Token, Workspace] = field(
        default_factory=lambda: {ANN_TOKEN: Workspace("ann-lab"), BEN_TOKEN: Workspace("ben-lab")}
    )
    logins: dict[str, Token | None] = field(default_factory=dict)
    blocks: dict[bytes, bytes] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    url: str = ""
    files_url: str = ""
    folder: Path = field(default_factory=lambda: Path(mkdtemp(prefix="fake-modal-")))
    _faults: dict[str, list[grpclib.GRPCError | None]] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)
    _dropped: Counter[str] = field(default_factory=Counter)
    _numbers: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __enter__(self) -> Self:
        started = Event()
        self._thread = Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(_PATIENCE)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(_PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def ann(self) -> Workspace:
        return self.workspaces[ANN_TOKEN]

    def refuse(
        self, call: str, status: grpclib.Status, message: str = "no", *, times: int = 1
    ) -> None:
        """Refuse a call so many times; what it says must reach nobody."""
        self._faults.setdefault(call, []).extend([refusal(status, message)] * times)

    def slow_down(self, call: str, seconds: float, *, times: int = 10_000) -> None:
        """Ask to come again later, for ever, as Modal does with too many calls."""
        policy = api_pb2.RPCRetryPolicy(retry_after_secs=seconds)
        busy = refusal(grpclib.Status.RESOURCE_EXHAUSTED, "rate limit", policy)
        self._faults.setdefault(call, []).extend([busy] * times)

    def drop_answer(self, call: str, *, times: int = 1) -> None:
        """Do what is asked so many times, and then say that nobody is there."""
        self._dropped[call] += times

    def recover(self) -> None:
        """All is well again."""
        self._faults.clear()
        self._held.clear()
        self._dropped.clear()
        self.cut = 0

    def has_trouble(self, call: str) -> bool:
        """Whether something that was switched on for a call is still to come."""
        return bool(self._faults.get(call)) or self._dropped[call] > 0

    def hang(self, call: str) -> None:
        """Never answer a call, or ("build") never finish an image."""
        self._held.add(call)

    def lose(self, workspace: Workspace) -> None:
        """Forget all sandboxes of a workspace."""
        self.end(workspace, Result.GENERIC_STATUS_TERMINATED)
        workspace.sandboxes.clear()

    def end(self, workspace: Workspace, status: Status) -> None:
        """End what runs in a workspace, for a reason of Modal's."""
        for sandbox in workspace.sandboxes.values():
            self._loop.call_soon_threadsafe(sandbox.end, status)

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def begin(self, sandbox: Sandbox) -> None:
        self.begun.add(sandbox.id)
        task = asyncio.ensure_future(sandbox.run(self.python))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def fail(self, call: str) -> None:
        await self.pause(call)
        if waiting := self._faults.get(call):
            fault = waiting.pop(0)
            if fault is not None:
                raise fault

    def lose_answer(self, call: str) -> None:
        if self._dropped[call] > 0:
            self._dropped[call] -= 1
            raise refusal(grpclib.Status.UNAVAILABLE, "no answer")

    async def pause(self, call: str) -> None:
        while call in self._held:
            await asyncio.sleep(0.05)

    def _serve(self, started: Event) -> None:
        asyncio.run(self._live(started))

    async def _live(self, started: Event) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self.url = await self._open(self._open_calls)
        self.files_url = await self._open(self._open_files)
        started.set()
        await self._over.wait()
        self._held.clear()
        for workspace in self.workspaces.values():
            for sandbox in workspace.sandboxes.values():
                sandbox.end(Result.GENERIC_STATUS_TERMINATED)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._runner.cleanup()
        self._server.close()
        await self._server.wait_closed()

    async def _open(self, begin: Callable[[socket.socket], Awaitable[None]]) -> str:
        # asyncio sends small answers at once only where it knows that the socket is TCP's.
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        door.bind(("127.0.0.1", 0))
        await begin(door)
        return f"http://127.0.0.1:{door.getsockname()[1]}"

    async def _open_calls(self, door: socket.socket) -> None:
        self._server = grpclib.server.Server([handler(self)])
        await self._server.start(sock=door)

    async def _open_files(self, door: socket.socket) -> None:
        files = web.Application(client_max_size=_LONGEST_BODY)
        files.router.add_put("/blocks/{digest}", self._take_block)
        files.router.add_get("/files/{volume}/{start}/{path:.+}", self._give_block)
        self._runner = web.AppRunner(files, access_log=None)
        await self._runner.setup()
        await web.SockSite(self._runner, door).start()

    async def _take_block(self, request: web.Request) -> web.Response:
        content = await request.read()
        digest = bytes.fromhex(request.match_info["digest"])
        assert len(content) <= BLOCK
        self.blocks[digest] = content
        return web.Response(body=b"taken")

    async def _give_block(self, request: web.Request) -> web.StreamResponse:
        found = request.match_info
        volumes: dict[str, Any] = {}
        for workspace in self.workspaces.values():
            volumes |= workspace.volumes
        path = volumes[found["volume"]].folder / found["path"]
        start = int(found["start"])
        content = path.read_bytes()[start : start + BLOCK]
        if self.cut:
            self.cut -= 1
            answer = web.StreamResponse(headers={"Content-Length": str(len(content))})
            await answer.prepare(request)
            await answer.write(content[: len(content) // 2])
            assert request.transport is not None
            request.transport.close()
            return answer
        return web.Response(body=content.rstrip(b"\0"))
