"""The real clock: time of this machine, which does not jump when somebody sets it.

What waits is due at a time. Were that saved while the machine's clock was an hour ahead, it would
wait for an hour once the clock is right again. So a change is believed only when it has lasted.
A machine may also begin with a wrong clock and set it right: what was believed for a short while
is given up after a short while.
"""

import time
from datetime import UTC, datetime, timedelta

_DOUBTED = (60.0, 600.0)  # seconds at least and most; who sets a clock wrongly has noticed by then
_DRIFT = timedelta(seconds=2)  # what a time server corrects without anybody's noticing


class SystemClock:
    """Time of this machine, as it was when the clock was made, and as it goes on from there."""

    def __init__(self) -> None:
        self._believed_at = _elapsed()
        self._started = _wall() - timedelta(seconds=self._believed_at)
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
        """Whether the machine's clock is where it was, or has been elsewhere for long enough.

        That is as long as it was where it was, within limits.
        """
        if abs(started - self._started) <= _DRIFT:
            self._doubted_at = None
            return True
        if self._doubted_at is None:
            self._doubted_at = elapsed
        least, most = _DOUBTED
        if elapsed - self._doubted_at < min(max(self._doubted_at - self._believed_at, least), most):
            return False
        self._doubted_at, self._believed_at = None, elapsed
        return True


def _wall() -> datetime:
    return datetime.now(UTC)


def _elapsed() -> float:
    """Seconds that nobody sets, with the time that the machine slept where that is counted."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
