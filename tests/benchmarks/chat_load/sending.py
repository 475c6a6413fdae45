"""Sends at the due time, whatever the answers do: a late answer makes nobody wait."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp

from tests.benchmarks.chat_load.people import MIX, Act, People
from tests.fakes.slack.http_delivery import HttpRoad

PATIENCE = 20.0  # seconds; Slack gives up after 3, and we want to see how late it was
AGAIN_EVERY = 50
AGAIN_AFTER = 1.0


@dataclass(frozen=True, slots=True)
class Answered:
    """One request: when it was due, when it began, when its acknowledgement was there."""

    name: str
    due: float
    begun: float
    ended: float
    status: int
    fine: bool
    again: bool = False

    @property
    def waited(self) -> float:
        """Seconds until the acknowledgement, counted from when it was due."""
        return self.ended - self.due

    @property
    def late(self) -> float:
        """Seconds by which the generator was late."""
        return self.begun - self.due


@dataclass
class Street:
    """The way to the bot; `answers` has one entry a request."""

    url: str
    secret: str
    answers: list[Answered] = field(default_factory=list)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def walk(self, people: People, *, rate: float, seconds: float) -> float:
        """Send the mix for so long; returns the seconds that it took to send."""
        moves = deck(int(rate * seconds))
        return await self.send([partial(move, people) for move in moves], rate=rate)

    async def send(self, moves: Sequence[Callable[[], Act]], *, rate: float) -> float:
        """Make and send one after the other, and wait for all the answers at the end."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            road = HttpRoad(self.url, self.secret, session, ack_seconds=PATIENCE)
            started, owed = time.monotonic(), 0
            for number, move in enumerate(moves, 1):
                due = started + (number - 1) / rate
                await asyncio.sleep(max(due - time.monotonic(), 0))
                act = move()
                self._begin(self._bring(road, act, due))
                owed += number % AGAIN_EVERY == 0
                if owed and act.kind == "events_api":
                    owed -= 1
                    self._begin(self._bring_again(road, act, due + AGAIN_AFTER))
            took = time.monotonic() - started
            while self._under_way:
                await asyncio.wait(self._under_way)
        return took

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _bring(self, road: HttpRoad, act: Act, due: float) -> None:
        begun = time.monotonic()
        answer = await road.send(act.kind, act.payload)
        fine = answer.ok and act.wanted in answer.body.replace(" ", "")
        ended = time.monotonic()
        self.answers.append(Answered(act.name, due, begun, ended, answer.status, fine))

    async def _bring_again(self, road: HttpRoad, act: Act, due: float) -> None:
        await asyncio.sleep(due - time.monotonic())
        begun = time.monotonic()
        answer = await road.send(act.kind, act.payload, 1, "http_timeout")
        ended = time.monotonic()
        name = "sent again"
        self.answers.append(Answered(name, due, begun, ended, answer.status, answer.ok, again=True))


def deck(size: int) -> Iterator[Callable[[People], Act]]:
    """The mix, shuffled by the hundred so that every second is like the others."""
    drawn = random.Random(7)  # noqa: S311 - an order, not a key
    hundred = [move for move, share in MIX.items() for _ in range(share)]
    left = size
    while left > 0:
        drawn.shuffle(hundred)
        yield from hundred[:left]
        left -= len(hundred)
