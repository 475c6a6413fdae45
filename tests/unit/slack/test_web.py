"""The web server: health, readiness, figures, and requests that are too much."""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from adapters.web import LARGEST_BODY, Endpoint, WebServer, application
from pipeline.errors import PersonCanFix

pytestmark = pytest.mark.anyio


@dataclass
class Platform:
    """A platform that repeats what it is sent."""

    name: str = "slack"
    connected: bool = True
    heard: list[bytes] = field(default_factory=list)
    held: asyncio.Event | None = None

    @property
    def web(self) -> Mapping[str, Endpoint]:
        return {"/slack/events": self.hear}

    async def hear(self, request: Request) -> Response:
        self.heard.append(await request.body())
        if self.held:
            await self.held.wait()
        return PlainTextResponse(self.heard[-1])


@dataclass
class World:
    """What the server is told of everything else."""

    platform: Platform = field(default_factory=Platform)
    draining: bool = False
    database: Exception | None = None
    base: str = ""
    server: WebServer | None = None

    async def ask(self) -> None:
        if self.database:
            raise self.database

    async def page(self) -> bytes:
        return b"mltrainer_jobs 9\n"


@asynccontextmanager
async def served(*others: Platform) -> AsyncIterator[tuple[World, aiohttp.ClientSession]]:
    world = World()
    app = application(
        chats=[*others, world.platform],
        database=world.ask,
        metrics=world.page,
        draining=lambda: world.draining,
    )
    server = world.server = WebServer(app, port=0, host="127.0.0.1")
    await server.open()
    serving = asyncio.create_task(server.run())
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
        yield world, session
    await server.finish()
    await serving


async def got(session: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    async with session.get(path) as response:
        return response.status, await response.text()


async def sent(session: aiohttp.ClientSession, body: bytes, path: str = "/slack/events") -> int:
    async with session.post(path, data=body) as response:
        return response.status


async def test_a_platform_gets_what_it_is_sent() -> None:
    async with served() as (world, session):
        assert await sent(session, b"hello") == 200
        assert await sent(session, b"hello", "/elsewhere") == 404

    assert world.platform.heard == [b"hello"]


async def test_it_is_ready_when_all_is_there() -> None:
    async with served() as (_, session):
        assert await got(session, "/health") == (200, "alive")
        assert await got(session, "/ready") == (200, "ready")


async def test_it_says_why_it_is_not_ready() -> None:
    async with served() as (world, session):
        world.platform.connected = False
        world.draining = True
        world.database = OperationalError("SELECT 1", {}, Exception("gone"))

        assert await got(session, "/health") == (200, "alive")
        assert await got(session, "/ready") == (
            503,
            "slack is not connected; shutting down; the database does not answer",
        )


async def test_while_one_of_two_platforms_is_away_it_is_ready_for_the_other_and_says_so() -> None:
    discord = Platform("discord", connected=False)
    async with served(discord) as (world, session):
        assert await got(session, "/ready") == (200, "ready; discord is not connected")
        world.platform.connected = False
        status, told = await got(session, "/ready")

    assert status == 503
    assert told == "discord is not connected; slack is not connected"


async def test_the_metrics_can_be_scraped() -> None:
    async with served() as (_, session), session.get("/metrics") as response:
        assert await response.text() == "mltrainer_jobs 9\n"
        assert response.content_type == "text/plain"
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")


async def test_while_draining_platforms_are_asked_to_come_again() -> None:
    async with served() as (world, session):
        world.draining = True

        assert await sent(session, b"hello") == 503

    assert world.platform.heard == []


async def test_a_body_that_is_too_large_is_not_read_on() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * (LARGEST_BODY // 2)

    async with served() as (world, session):
        whole = io.BytesIO(b"x" * (LARGEST_BODY + 1))
        async with session.post("/slack/events", data=whole) as response:
            assert response.status == 413
        async with session.post("/slack/events", data=endless()) as response:
            assert response.status == 413

    assert world.platform.heard == []


async def test_an_answer_in_hand_is_given_before_the_end() -> None:
    async with served() as (world, session):
        world.platform.held = asyncio.Event()
        asking = asyncio.create_task(sent(session, b"hello"))
        while not world.platform.heard:
            await asyncio.sleep(0.01)
        assert world.server is not None
        ending = asyncio.create_task(world.server.finish())
        await asyncio.sleep(0.05)
        world.platform.held.set()

        assert await asking == 200
        await ending


async def test_a_port_in_use_is_told() -> None:
    async with served() as (world, _):
        assert world.server is not None
        second = WebServer(PlainTextResponse("x"), port=world.server.port, host="127.0.0.1")
        with pytest.raises(PersonCanFix, match="cannot be used"):
            await second.open()
