"""The web server: what platforms send us, and whether we are well (/health, /ready, /metrics)."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Protocol

import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.errors import MLTrainerError, PersonCanFix

LARGEST_BODY = 2 << 20  # a modal has at most 250 kB, a message 40,000 characters
_BODY_SECONDS = 10.0
_DATABASE_SECONDS = 2.0
_GRACE_SECONDS = 8
_BACKLOG = 256
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Endpoint = Callable[[Request], Awaitable[Response]]


class Reachable(Protocol):
    """A platform, as far as the web has to do with it; `web` may fill when it starts."""

    @property
    def name(self) -> str:
        """What the platform is called."""
        ...

    @property
    def connected(self) -> bool:
        """Whether it can bring us anything now."""
        ...

    @property
    def web(self) -> Mapping[str, Endpoint]:
        """What answers its requests, by their path."""
        ...


def application(
    *,
    chats: Sequence[Reachable],
    database: Callable[[], Awaitable[object]],
    metrics: Callable[[], Awaitable[bytes]],
    draining: Callable[[], bool],
) -> ASGIApp:
    """All that is answered over HTTP. `database` asks it something; an error means it is away.

    `metrics` writes the page that Prometheus scrapes.

    While draining, what platforms send is refused with 503, so that they send it again. Ready is
    who can hear anybody: while one platform is away, the others are not kept from being heard.
    """

    async def ready(_: Request) -> Response:
        away = [f"{chat.name} is not connected" for chat in chats if not chat.connected]
        reasons = [*away] if len(away) == len(chats) else []
        reasons += ["shutting down"] if draining() else []
        reasons += [] if await _answers(database) else ["the database does not answer"]
        told = reasons or ["ready", *away]
        return PlainTextResponse("; ".join(told), 503 if reasons else 200)

    async def scraped(_: Request) -> Response:
        return Response(await metrics(), media_type=_METRICS_TYPE)

    async def platform(request: Request) -> Response:
        if draining():
            return PlainTextResponse("shutting down", 503, {"Retry-After": "5"})
        endpoints = [chat.web.get(request.url.path) for chat in chats]
        endpoint = next((one for one in endpoints if one), None)
        return await endpoint(request) if endpoint else PlainTextResponse("not found", 404)

    routes = [
        Route("/health", _health),
        Route("/ready", ready),
        Route("/metrics", scraped),
        Route("/{path:path}", platform, methods=["POST"]),
    ]
    return _SmallBodies(Starlette(routes=routes))


class WebServer:
    """A server that leaves signals alone: `run` serves until `finish`."""

    def __init__(self, app: ASGIApp, *, port: int, host: str = "0.0.0.0") -> None:  # noqa: S104  (a container is reached from outside)
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None
        self._ended = asyncio.Event()
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )

    @property
    def port(self) -> int:
        """The port it listens on; with port 0, the one that was free."""
        return int(self._socket.getsockname()[1]) if self._socket else self._port

    async def open(self) -> None:
        """Take the port; PersonCanFix when another program has it."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((self._host, self._port))
        except OSError as error:
            listening.close()
            raise PersonCanFix(
                f"Port {self._port} cannot be used: {error.strerror}.",
                "Stop the program that has it, or set PORT to another one.",
            ) from error
        listening.listen(_BACKLOG)
        self._socket = listening

    async def run(self) -> None:
        """Serve until `finish`; requests in hand are answered first."""
        if self._socket is None:
            await self.open()
        try:
            await self._server.serve(sockets=[self._socket] if self._socket else None)
        finally:
            if self._socket is not None:
                self._socket.close()
            self._ended.set()

    async def finish(self) -> None:
        """Take no more requests and wait for the answers to the last ones."""
        self._server.should_exit = True
        await self._ended.wait()


class _Server(uvicorn.Server):
    """Signals belong to the whole program."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _SmallBodies:
    """Reads each body before anything else does: 413 when it is too large, 408 when too slow."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await _body(receive)
        except TimeoutError:
            return await PlainTextResponse("too slow", 408)(scope, receive, send)
        if body is None:
            return await PlainTextResponse("too large", 413)(scope, receive, send)
        return await self._app(scope, _once(body, receive), send)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when it is too large. What is too large is not kept."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _once(body: bytes, receive: Receive) -> Receive:
    """A body that was read, for the one who reads it next."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _health(_: Request) -> Response:
    return PlainTextResponse("alive")


async def _answers(database: Callable[[], Awaitable[object]]) -> bool:
    try:
        async with asyncio.timeout(_DATABASE_SECONDS):
            await database()
    except (SQLAlchemyError, MLTrainerError, OSError):
        return False
    return True
