"""Ending the training of a stopped job where it runs: nothing of it may go on, or cost, unseen."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pipeline import following, stopping
from pipeline.artifacts import Run
from pipeline.context import JobContext
from pipeline.errors import MLTrainerError, TryAgain
from pipeline.events import AgentLogged, Event
from pipeline.jobs import Actor, Stage
from pipeline.planning import LOCAL
from pipeline.ports import Ports
from pipeline.ports.runtime import Runtime

Answer = TypeVar("Answer")

_PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds until a service that is busy is asked again
_MOST_SECONDS = 20.0  # after which its person is told that the run goes on
_LATE_SECONDS = (1.0, 2.0)  # a call that was broken off may still have begun a run


async def withdrawn(context: JobContext, ports: Ports, scale: float) -> list[Event]:
    """End the run of a job; what it costs, or that it goes on there, is to be told.

    `scale` multiplies every pause.
    """
    run, owner = context.run, context.owner
    if run is None or run.runtime not in ports.runtimes:
        return []
    runtime, began = ports.runtimes[run.runtime], ports.clock.monotonic()

    async def patiently(ask: Callable[[], Awaitable[Answer]]) -> Answer:
        for pause in _PAUSES:
            try:
                return await ask()
            except TryAgain:
                if ports.clock.monotonic() - began > _MOST_SECONDS:
                    raise
                await asyncio.sleep(pause * scale)
        return await ask()

    with contextlib.suppress(MLTrainerError):
        handle = run.handle or await patiently(lambda: _found(run, runtime, owner, scale))
        if handle is None:
            return []
        if await patiently(lambda: runtime.cancel(handle, owner)):
            return list(following.stopped(run, context, runtime, ports.clock.now()))
    return [AgentLogged(stage=Stage.MONITOR, message=stopping.goes_on(run, runtime.offer))]


async def _found(run: Run, runtime: Runtime, owner: Actor, scale: float) -> str | None:
    """The run by its name: one elsewhere whose submission was broken off may come a moment later.

    What runs on this machine is this process's own, which knows whether it began.
    """
    for pause in _LATE_SECONDS if run.runtime != LOCAL else ():
        if (handle := await runtime.find(run.name, owner)) is not None:
            return handle
        await asyncio.sleep(pause * scale)
    return await runtime.find(run.name, owner)
