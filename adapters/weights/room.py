"""Room for a model that comes: what no job needs makes way, the least recently used first."""

import asyncio
import os
import shutil
import stat
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.weights import files
from pipeline.errors import PersonCanFix
from pipeline.folders import remove
from pipeline.ports.weights import Offer

HOME = ".home"  # of the process that asks the Hub
LEFT_FREE = 1 << 30  # bytes of the disk
_FRESH_SECONDS = 3600.0  # by then the job that has taken a model is saved with it

Needed = Callable[[str], Awaitable[bool]]


@dataclass(frozen=True)
class Room:
    """The room of a cache. `needed` says by a folder's name whether a job goes on with it."""

    cache: Path
    most_bytes: int
    needed: Needed
    _coming: dict[Path, int] = field(default_factory=dict, init=False)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def is_used(self, folder: Path) -> bool:
        """Note that a model is taken now; False where it is not here."""
        async with self._one:
            return await asyncio.to_thread(_touched, folder)

    @asynccontextmanager
    async def taken(self, offer: Offer, draft: Path) -> AsyncIterator[None]:
        """Room for what comes into `draft`, also while it comes; PersonCanFix where none can be."""
        async with self._one:
            await self._make(offer, draft)
            self._coming[draft] = offer.size
        try:
            yield
        finally:
            del self._coming[draft]

    async def _make(self, offer: Offer, draft: Path) -> None:
        """Remove as many models as must go, or none; the draft may hold a part already."""
        sizes = await asyncio.to_thread(_sizes, self.cache)
        lacking = offer.size - sizes.get(draft, 0) - self._free(sizes)
        going: list[Path] = []
        for folder in sorted(sizes.keys() - {draft}, key=changed_at):
            if lacking > 0 and not await self._is_needed(folder):
                going.append(folder)
                lacking -= sizes[folder]
        if lacking > 0:
            raise self._none(offer, offer.size - lacking)
        for folder in going:
            await asyncio.to_thread(_remove, folder)

    def _free(self, sizes: Mapping[Path, int]) -> int:
        """Bytes that are free for more, when all that is coming is there."""
        kept = sum(sizes.values())
        coming = sum(max(0, size - sizes.get(one, 0)) for one, size in self._coming.items())
        disk = shutil.disk_usage(self.cache).free - LEFT_FREE
        return min(self.most_bytes - kept, disk) - coming

    async def _is_needed(self, folder: Path) -> bool:
        if folder in self._coming:
            return True
        if folder.name.startswith("."):  # cut off while it came, or while it went
            return False
        is_fresh = time.time() - changed_at(folder) < _FRESH_SECONDS
        return is_fresh or await self.needed(folder.name)

    def _none(self, offer: Offer, free: int) -> PersonCanFix:
        return files.refused(
            f"{offer.name} needs {files.shown(offer.size)} of disk, and {files.shown(max(0, free))}"
            f" can be freed for it: at most {files.shown(self.most_bytes)} of models are kept here,"
            " and those that jobs need stay.",
            "Take a smaller model, or retry when other jobs are over. Who keeps this machine can"
            " free some disk or raise MLTRAINER_WEIGHTS_GB.",
        )


def bytes_in(folder: Path) -> int:
    """Bytes of all files in a folder, also while they come."""
    return sum(map(_size, folder.rglob("*")))


def _size(path: Path) -> int:
    """Bytes of a file; none of one that was just given its final name."""
    try:
        info = path.lstat()
    except FileNotFoundError:
        return 0
    return info.st_size if stat.S_ISREG(info.st_mode) else 0


def _sizes(cache: Path) -> dict[Path, int]:
    """Bytes of each model, whole or not; the home of the process that asks holds none."""
    models = (one for one in cache.iterdir() if one.is_dir() and one.name != HOME)
    return {one: bytes_in(one) for one in models}


def _touched(folder: Path) -> bool:
    try:
        os.utime(folder)
    except FileNotFoundError:
        return False
    return True


def changed_at(path: Path) -> float:
    """When a file, or what a folder holds, was changed or taken last."""
    return path.stat().st_mtime


def _remove(folder: Path) -> None:
    """Hidden at once, so that what is cut off leaves nothing that looks like a model."""
    going = folder.with_name(f".{folder.name.lstrip('.')}.gone")
    remove(going)
    folder.rename(going)
    remove(going)
