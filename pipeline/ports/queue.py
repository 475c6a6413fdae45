"""Who runs the loop: a hint that a job is due, and the loop itself."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from pipeline.jobs import JobId

Drive = Callable[[JobId], Awaitable[datetime | None]]
"""Runs a job until it settles or must wait; returns when it is next due, if it is."""


class Queue(Protocol):
    """Two methods and no state of its own: what is due stands in the job table."""

    async def wake(self, job_id: JobId) -> None:
        """Hint that a job is due. May be lost or doubled."""
        ...

    async def run(self, drive: Drive) -> None:
        """Drive due jobs until cancelled."""
        ...

    async def finish(self, seconds: float) -> None:
        """Take nothing new; what is nearly done has some seconds to be saved."""
        ...
