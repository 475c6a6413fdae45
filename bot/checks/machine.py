"""The machine: Python, memory, processors."""

import os
import shutil
import sys

from bot.settings import Settings
from pipeline.ports.check import Check

ORDER = 10
_GIGABYTE = 1 << 30
_MEMORY_WANTED = 2


async def look(_settings: Settings) -> tuple[Check, ...]:
    """What there is of it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIGABYTE
    gpu = shutil.which("nvidia-smi") is not None
    return (
        Check(name="python", ok=True, detail=".".join(map(str, sys.version_info[:3]))),
        Check(
            name="memory",
            ok=memory >= _MEMORY_WANTED,
            detail=f"{memory:.1f} GB, {os.cpu_count()} cores",
            hint=f"Training wants {_MEMORY_WANTED} GB or more.",
        ),
        Check(name="gpu", ok=True, detail="NVIDIA" if gpu else "none; all runs on the CPU"),
    )
