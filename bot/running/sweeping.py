"""What is over is removed once an hour, a bounded piece at a time, beside the work on jobs."""

import asyncio
import logging

from bot.running.serving import Part
from bot.settings import Settings
from bot.wiring import called
from pipeline.errors import MLTrainerError

_HOUR = 3600.0
_MINUTE = 60.0  # after the start, and between the pieces of a large sweep
_log = logging.getLogger(__name__)


def sweeping(settings: Settings) -> Part:
    """Remove finished jobs after MLTRAINER_KEEP_DAYS; nothing where they are kept for ever."""

    async def run() -> None:
        pause = _MINUTE
        while True:
            await asyncio.sleep(pause)
            pause = _MINUTE if await swept(settings) else _HOUR

    return Part("The removal of old jobs", run)


async def swept(settings: Settings) -> bool:
    """Sweep once; True when there is more to do. What fails is tried again in an hour."""
    try:
        sweep = ("adapters.retention", "sweep", dict(settings))
        count, more = await asyncio.to_thread(called, *sweep)
    except (MLTrainerError, OSError) as error:
        _log.warning("Old jobs could not be removed: %s", error)
        return False
    if count:
        _log.info("%s finished jobs were removed", count)
    return bool(more)
