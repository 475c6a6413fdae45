"""What stands at this moment, as Prometheus wants it: the house's figures, platforms, disks."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from adapters.figures import Figures
from pipeline.errors import MLTrainerError

_COUNT_SECONDS = 2.0
_log = logging.getLogger(__name__)


def _nothing() -> Mapping[str, bool]:
    return {}


def _nobody() -> Mapping[str, Mapping[str, int]]:
    return {}


@dataclass(frozen=True, slots=True)
class Sources:
    """Where it is found: `count` asks the database, the others know at once.

    `connected` says which platform can be heard, `sent` what became of its letters; `folders` are
    those whose disk may fill up.
    """

    count: Callable[[], Awaitable[Figures]]
    connected: Callable[[], Mapping[str, bool]] = _nothing
    sent: Callable[[], Mapping[str, Mapping[str, int]]] = _nobody
    folders: Mapping[str, Path] = field(default_factory=dict)


class Gauges(Collector):
    """Hands out the last `look`: a collector itself cannot wait for a database."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._figures: Figures | None = None
        self._free: Mapping[str, int] = {}

    async def look(self) -> None:
        """Count in the database and on the disks. A database that is away is a finding too."""
        try:
            async with asyncio.timeout(_COUNT_SECONDS):
                self._figures = await self._sources.count()
        except (SQLAlchemyError, MLTrainerError, OSError) as away:
            _log.warning("the metrics are without the database: %s", type(away).__name__)
            self._figures = None
        self._free = await asyncio.to_thread(_free, self._sources.folders)

    def collect(self) -> Iterator[Metric]:
        """Every family; of a database that is away, no figures rather than old ones."""
        up, heard = self._figures is not None, self._sources.connected()
        yield _one("database_up", "Whether the database answered the last question.", up)
        yield from _house(self._figures) if self._figures is not None else ()
        yield _by("connected", "Whether a platform can be heard now.", "platform", heard)
        yield _by("disk_free_bytes", "Space that is left on a disk.", "folder", self._free)
        yield self._letters()

    def _letters(self) -> CounterMetricFamily:
        meaning = "What became of messages since the start."
        family = CounterMetricFamily("mltrainer_letters", meaning, labels=("platform", "outcome"))
        for platform, counts in sorted(self._sources.sent().items()):
            for outcome, number in counts.items():
                family.add_metric((platform, outcome), number)
        return family


def _house(figures: Figures) -> Iterator[Metric]:
    yield _by("jobs", "Jobs by status.", "status", figures.jobs)
    yield _one("jobs_due", "Jobs that could go on and wait for a worker, 200 at most.", figures.due)
    yield _one("queue_age_seconds", "How long the oldest of them has waited.", figures.due_age)
    yield _one("letters_waiting", "Messages that were not sent yet.", figures.letters)
    yield _one("letters_age_seconds", "How long the oldest of them is due.", figures.letters_age)
    yield _one("arrivals_waiting", "Mentions that were not handled yet.", figures.arrivals)
    yield _one("arrivals_age_seconds", "How long the oldest of them waits.", figures.arrivals_age)


def _one(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"mltrainer_{name}", meaning, value=value)


def _by(name: str, meaning: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"mltrainer_{name}", meaning, labels=(label,))
    for key, value in sorted(values.items()):
        family.add_metric((key,), value)
    return family


def _free(folders: Mapping[str, Path]) -> Mapping[str, int]:
    """Of the disk where a folder is, or will be."""
    nearest = {
        name: next(one for one in (folder, *folder.parents) if one.exists())
        for name, folder in folders.items()
    }
    return {name: shutil.disk_usage(folder).free for name, folder in nearest.items()}
