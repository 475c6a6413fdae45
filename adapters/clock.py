"""The real clock: time of this machine, which does not jump when somebody sets it.

What waits is due at a time. Were that saved while the machine's clock was an hour ahead, it would
wait for an hour once the clock is right again. So a change is believed only when it has lasted.
"""

import time
from datetime import UTC, datetime, timedelta

_BELIEVED_AFTER = 600.0  # seconds; somebody who sets a clock wrongly has noticed by then
_DRIFT = timedelta(seconds=2)  # what a time server corrects without anybody's noticing


class SystemClock:
    """Time of this machine, as it was when the clock was made, and as it goes on from there."""

    def __init__(self) -> None:
        self._started = _wall() - timedelta(seconds=_elapsed())
        self._doubted_at: float | None = None

    def now(self) -> datetime:
        """Aware time in UTC."""
        elapsed = _elapsed()
        started = _wall() - timedelta(seconds=elapsed)
        if self._is_believed(started, elapsed):
            self._started = started
        return self._started + timedelta(seconds=elapsed)

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        return time.monotonic()

    def _is_believed(self, started: datetime, elapsed: float) -> bool:
        """Whether the machine's clock is where it was, or has been elsewhere for long enough."""
        if abs(started - self._started) <= _DRIFT:
            self._doubted_at = None
            return True
        if self._doubted_at is None:
            self._doubted_at = elapsed
        if elapsed - self._doubted_at < _BELIEVED_AFTER:
            return False
        self._doubted_at = None
        return True


def _wall() -> datetime:
    return datetime.now(UTC)


def _elapsed() -> float:
    """Seconds that nobody sets, with the time that the machine slept where that is counted."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
