"""The fake Kaggle: started in a thread, pointed at, looked at."""

import asyncio
import base64
import contextlib
import json
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.fakes.kaggle import datasets, kernels, sessions, storage
from tests.fakes.kaggle.faults import Fault
from tests.fakes.kaggle.world import Json, Kernel, Person, RefusedCall, World

LONGEST = 30.0
T = TypeVar("T")


class FakeKaggle:
    """Speaks what Kaggle's API speaks, on a port of its own; its storage has another one."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self._runners: list[web.AppRunner] = []
        self.url = ""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.world.storage = self._run(self._serve(storage.application(self.world)))
        self.url = self._run(self._serve(self._api()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def stop(self, ref: str, status: str = "CANCEL_ACKNOWLEDGED", failure: str = "") -> None:
        """A session ends: somebody stops it on its page, or Kaggle does."""
        self._do(lambda: sessions.end(self.world.kernels[ref], status, failure))

    def forget(self, ref: str) -> None:
        """A kernel disappears."""
        self._do(lambda: sessions.end(self.world.kernels.pop(ref), "ERROR"))

    def _api(self) -> web.Application:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_post("/v1/{service}/{call}", self._called)
        app.router.add_get("/v1/kernels/logs/stream/{owner}/{slug}", self._streamed)
        return app

    async def _called(self, request: web.Request) -> web.StreamResponse:
        call, body = request.match_info["call"], await request.json()
        who = _who(self.world, request)
        self.world.asked.append((who.name if who else "", call, body))
        fault = self.world.faults.taken(call)
        if fault is not None and fault.kind != "deafen":
            return await _wrong(fault, request)
        if who is None and "Authorization" in request.headers and call != "IntrospectToken":
            return _refusal(401, "Unauthenticated")
        try:
            if call == "DownloadDataset":
                raise web.HTTPFound(datasets.archive(self.world, who, body))
            answer = self._answer(call, who, body)
        except RefusedCall as refused:
            return _refusal(refused.status, refused.said)
        if fault is not None:
            _drop(request)
        return web.json_response(answer)

    def _answer(self, call: str, who: Person | None, body: Json) -> Json:
        if call == "IntrospectToken":
            return kernels.introspect(self.world, body)
        if (about_data := datasets.CALLS.get(call)) is not None:
            return about_data(self.world, who, body)
        if who is None:
            raise RefusedCall(401, "Unauthenticated")
        if (about_kernels := kernels.CALLS.get(call)) is not None:
            return about_kernels(self.world, who, body)
        raise RefusedCall(404, "Not found")

    async def _streamed(self, request: web.Request) -> web.StreamResponse:
        """The live log from its first line on, as long as the session goes on."""
        who = _who(self.world, request)
        self.world.asked.append((who.name if who else "", "stream", {}))
        fault = self.world.faults.taken("stream")
        if fault is not None:
            return await _wrong(fault, request)
        named = {"userName": request.match_info["owner"], "kernelSlug": request.match_info["slug"]}
        try:
            kernel = kernels.own(self.world, who, named)
        except RefusedCall as refused:
            return _refusal(refused.status, refused.said)
        if kernel.ended:
            return web.json_response(kernel.events)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionResetError):
            await _told(kernel, response)
        return response

    async def _serve(self, app: web.Application) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _close(self) -> None:
        self.world.held = False
        for kernel in self.world.kernels.values():
            sessions.end(kernel, "ERROR")
        if self.world.sessions:
            await asyncio.wait(self.world.sessions, timeout=LONGEST / 3)
        for runner in self._runners:
            await runner.cleanup()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _do(self, act: Callable[[], None]) -> None:
        async def acted() -> None:
            act()

        self._run(acted())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST)


async def _told(kernel: Kernel, response: web.StreamResponse) -> None:
    number = 0
    while True:
        kernel.news.clear()
        for event in kernel.events[number:]:
            await response.write(f"data: {json.dumps(event)}\n\n".encode())
        number = len(kernel.events)
        if kernel.ended:
            break
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(kernel.news.wait(), 0.05)
    await response.write(b"data: END_OF_LOG\n\n")


def _who(world: World, request: web.Request) -> Person | None:
    given = request.headers.get("Authorization", "")
    kind, _, value = given.partition(" ")
    for one in world.people:
        pair = base64.b64encode(f"{one.name}:{one.key}".encode()).decode()
        if one.active and (kind, value) in {("Bearer", one.token), ("Basic", pair)}:
            return one
    return None


async def _wrong(fault: Fault, request: web.Request) -> web.StreamResponse:
    match fault.kind:
        case "hang":
            await asyncio.sleep(LONGEST)
        case "nonsense":
            return web.Response(text='[{"status": "NEVER', content_type="application/json")
        case "drop":
            _drop(request)
    response = _refusal(fault.status, fault.said)
    if fault.retry_after:
        response.headers["Retry-After"] = fault.retry_after
    return response


def _refusal(status: int, said: str) -> web.Response:
    return web.json_response({"code": status, "message": said}, status=status)


def _drop(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.close()
    raise ConnectionResetError
