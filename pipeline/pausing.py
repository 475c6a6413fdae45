"""A job whose ground gives way: no room on our disk, or our database away. It waits by itself.

Its person is told once. No attempt is counted, since nothing of the job was at fault.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pipeline.context import JobContext, StageError
from pipeline.errors import NoRoom, Outage
from pipeline.events import AgentLogged
from pipeline.jobs import Stage
from pipeline.transitions import Change

Result = TypeVar("Result")

_MEGABYTE = 1 << 20
_LEAST = 16  # megabytes: for the log and the database itself
_WANTED: Mapping[Stage, int] = MappingProxyType(
    {
        Stage.DATASET: 64,
        Stage.PREPROCESSING: 64,
        Stage.CODEGEN: 128,
        Stage.MONITOR: 128,
        Stage.DEPLOY: 64,
    }
)
"""Megabytes that a stage needs for small data; what is more shows when it is written."""
_LOOK_AGAIN = timedelta(seconds=30)
_PAUSES = (0.2, 0.5, 1.0, 2.0, *([5.0] * 24))  # seconds, two minutes in all
_BY_ITSELF = "The job goes on by itself then."


def lacking_room(home: Path, stage: Stage) -> NoRoom | None:
    """Whether the home's disk has too little room for a stage, or may not be written."""
    try:
        disk = os.statvfs(home)
    except OSError:
        return None  # whoever writes there will say what is wrong
    if disk.f_flag & os.ST_RDONLY:
        return NoRoom(f"The disk of {home} is mounted read-only.", "Mount it writable.")
    wanted = _WANTED.get(stage, _LEAST)
    if disk.f_bavail * disk.f_frsize >= wanted * _MEGABYTE:
        return None
    message = f"The disk of {home} is nearly full: the next step needs {wanted} MB."
    return NoRoom(message, "Free some space.")


def paused(context: JobContext, stage: Stage, error: NoRoom | Outage, now: datetime) -> Change:
    """Look again in a while. The same trouble in the same stage is told once."""
    last = context.last_error
    trouble = (stage, type(error).__name__, error.message)
    context = context.evolve(active=None)
    if last is not None and (last.stage, last.kind, last.message) == trouble:
        return Change(context, wake_at=now + _LOOK_AGAIN)
    entry = StageError(
        stage=stage,
        attempt=context.retry_counts.get(stage, 0) + 1,
        kind=type(error).__name__,
        message=error.message,
        hint=error.hint,
        at=now,
    )
    told = AgentLogged(stage=stage, message=f"Paused. {error.message} {error.hint} {_BY_ITSELF}")
    context = context.evolve(errors=(*context.errors, entry))
    return Change(context, [told], wake_at=now + _LOOK_AGAIN)


async def patiently(work: Callable[[], Awaitable[Result]]) -> Result:
    """Ask the database again for a while: what was worked out must not be lost to a restart."""
    for pause in _PAUSES:
        try:
            return await work()
        except Outage:
            await asyncio.sleep(pause)
    return await work()
