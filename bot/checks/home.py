"""The home: it can be written, and its disk has room."""

import asyncio
import shutil
from pathlib import Path

from bot.settings import Settings, make_home
from pipeline.ports.check import Check

ORDER = 20
_GIGABYTE = 1 << 30
_DISK_WANTED = 5


async def look(settings: Settings) -> tuple[Check, ...]:
    """The home is made where it is missing: nothing else shows whether it can be."""
    await asyncio.to_thread(make_home, settings.home)
    return (Check(name="home", ok=True, detail=str(settings.home)), _disk(settings.home))


def _disk(home: Path) -> Check:
    free = shutil.disk_usage(home).free / _GIGABYTE
    return Check(
        name="disk",
        ok=free >= _DISK_WANTED,
        detail=f"{free:.1f} GB free where the home is" if free < 1 else f"{free:.0f} GB free",
        hint=f"Training environments want {_DISK_WANTED} GB or more: free some space, "
        "or set MLTRAINER_HOME to a larger disk.",
    )
