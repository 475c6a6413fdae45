"""Time, so that tests can move it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall-clock time for records and monotonic seconds for durations."""

    def now(self) -> datetime:
        """Aware time in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        ...
