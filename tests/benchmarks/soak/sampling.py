"""Memory, file descriptors and threads of every process, and whether they grow."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

MEGABYTE = 1 << 20
COUNTED = ("files", "threads")
MOST_GROWTH = 0.05  # of the middle third, which memory may be above in the last
MOST_MORE_FILES = 2  # the median of a process that opens and closes files all the time may move


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a process; sizes in MB."""

    at: float
    rss: float
    uss: float
    files: int
    threads: int


@dataclass(frozen=True, slots=True)
class Grown:
    """The medians of the middle and of the last third of a run."""

    middle: float
    last: float

    @property
    def share(self) -> float:
        """By how much the last third is above the middle one, as a share of it."""
        return self.last / self.middle - 1 if self.middle else 0.0


def grown(values: Sequence[float]) -> Grown:
    """Compare the thirds; the first one is for warming up."""
    third = max(len(values) // 3, 1)
    return Grown(statistics.median(values[third : 2 * third] or values), _median_end(values, third))


def _median_end(values: Sequence[float], third: int) -> float:
    return statistics.median(values[-third:])


@dataclass
class Sampling:
    """Looks at processes by their names every few seconds, in a thread."""

    pids: Callable[[], Mapping[str, int]]
    every: float = 5.0
    samples: dict[str, list[Sample]] = field(default_factory=dict)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Look for as long as this is open."""
        over = threading.Event()
        thread = threading.Thread(target=self._look, args=(over,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def lines(self) -> Iterator[str]:
        """A table: each process with both thirds of its memory, and its files and threads."""
        yield f"{'process':12} {'looks':>5}  {'RSS MB':>18}  {'USS MB':>18}  {'files':>9}  threads"
        for name, looks in self.samples.items():
            rss, uss = (grown([getattr(one, of) for one in looks]) for of in ("rss", "uss"))
            files, threads = (grown([getattr(one, of) for one in looks]) for of in COUNTED)
            counts = f"{files.middle:3.0f} → {files.last:3.0f}  {threads.middle:.0f}"
            memory = f"{_pair(rss)}  {_pair(uss)}"
            yield f"{name:12} {len(looks):5}  {memory}  {counts} → {threads.last:.0f}"

    def wrong(self) -> list[str]:
        """What grows and should not."""
        found = []
        for name, samples in self.samples.items():
            memory = grown([one.uss for one in samples])
            files = grown([one.files for one in samples])
            if memory.share > MOST_GROWTH:
                found.append(f"{name}: memory grew by {memory.share:.1%}")
            if files.last - files.middle > MOST_MORE_FILES:
                found.append(f"{name}: files grew from {files.middle:.0f} to {files.last:.0f}")
        return found

    def _look(self, over: threading.Event) -> None:
        while not over.wait(self.every):
            for name, pid in self.pids().items():
                try:
                    self.samples.setdefault(name, []).append(sample(psutil.Process(pid)))
                except psutil.Error:
                    continue  # it has just ended; its caller says so


def sample(process: psutil.Process) -> Sample:
    """A process as it is now."""
    memory = process.memory_full_info()
    sizes = memory.rss / MEGABYTE, memory.uss / MEGABYTE
    return Sample(time.monotonic(), *sizes, process.num_fds(), process.num_threads())


def _pair(values: Grown) -> str:
    return f"{values.middle:5.0f} →{values.last:5.0f} {values.share:+5.1%}"
