"""A platform that hears one process alone: this one stands by until it is the one.

Two connections of the same bot would both be told everything. What is said goes out from every
process all the same.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from bot.running import operating
from bot.running.hearing import Hearing, Tell
from pipeline.ports.turn import Turn

PATIENCE = 3.0  # seconds that the start of the others waits for a turn


class Standby:
    """A hearing that begins with the turn of this process and ends with it, again and again."""

    def __init__(
        self, hearing: Hearing, turn: Turn, tell: Tell, *, patience: float = PATIENCE
    ) -> None:
        self.name = hearing.name
        self._hearing = hearing
        self._turn = turn
        self._tell = tell
        self._patience = patience
        self._trying: asyncio.Future[None] | None = None
        self._is_open = False

    @property
    def heard(self) -> bool:
        """Whether the platform is heard here."""
        return self._hearing.heard

    @property
    def state(self) -> str:
        """What is said of it at start."""
        return self._hearing.state if self._is_open else operating.STANDS_BY

    async def open(self) -> None:
        """Connect if it is our turn; PersonCanFix when the platform refuses us."""
        self._trying = asyncio.ensure_future(self._turn.run())
        try:
            async with asyncio.timeout(self._patience):
                await self._turn.begun()
        except TimeoutError:
            self._tell(self.name, operating.STANDS_BY)
        else:
            await self._connect()

    async def run(self) -> None:
        """For as long as it is wanted, in turns; the first error ends it."""
        while True:
            if not self._is_open:
                await self._until(self._turn.begun())
                await self._connect()
                self._tell(self.name, operating.CONNECTED)
            try:
                await self._until(self._turn.lost(), self._hearing.run())
            finally:
                self._is_open = False
            await self._hearing.finish()
            self._tell(self.name, operating.STANDS_BY)

    async def finish(self) -> None:
        """Listen no more, then make way for the next."""
        await self._hearing.finish()
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.wait({self._trying})

    async def _connect(self) -> None:
        self._is_open = True
        await self._hearing.open()

    async def _until(self, *ends: Coroutine[Any, Any, None]) -> None:
        """Wait for the first of these; an error of one, or of the turn itself, is raised."""
        tasks = {asyncio.ensure_future(one) for one in ends}
        watched = tasks | ({self._trying} if self._trying is not None else set())
        try:
            done, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for ended in done:
            ended.result()
