"""The line of trainings on this machine, within one process: first come, first served."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pipeline.ports.runtime import OnLine


class Line:
    """Lets so many through at once; the others are told what they wait for."""

    def __init__(self, at_once: int = 4) -> None:
        self._at_once = at_once
        self._turns = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def turn(self, step: str, write: OnLine) -> AsyncIterator[None]:
        """Wait for a turn, and have it; what is told is a progress line of the first step."""
        if waits := self._turns.locked():
            go_on = "1 training is" if self._at_once == 1 else f"{self._at_once} trainings are"
            await write(_told(step, f"waits for its turn: {go_on} under way on this machine"))
        async with self._turns:
            if waits:
                await write(_told(step, "its turn has come"))
            yield


def _told(step: str, message: str) -> str:
    return json.dumps({"step": step, "message": message})
