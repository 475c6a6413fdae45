"""Looks at the bot's process from outside: its memory and its seconds of the processor."""

import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import psutil

EVERY = 0.2
MEGABYTE = 2**20


@dataclass
class Watch:
    """Watches while it is open. Sizes are megabytes, times are seconds of one core."""

    pid: int
    largest: float = 0.0
    first: float = 0.0
    processor: float = 0.0
    own_processor: float = 0.0
    seconds: float = 0.0
    load: list[float] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Begin."""
        self._process = psutil.Process(self.pid)
        self._over = threading.Event()
        self._began = time.monotonic()
        self._processor, self._own = self._used(), time.process_time()
        self.first = self._size()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Add up."""
        self._over.set()
        self._thread.join()
        self.seconds = time.monotonic() - self._began
        self.processor = self._used() - self._processor
        self.own_processor = time.process_time() - self._own

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            self.largest = max(self.largest, self._size())
            self.load.append(psutil.getloadavg()[0])

    def _size(self) -> float:
        return float(self._process.memory_info().rss) / MEGABYTE

    def _used(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)
