"""How fast letters may go out: a platform refuses who is faster, and others wait then too."""

from dataclasses import dataclass, field

from pipeline.jobs import Place
from pipeline.ports.chat import Ref
from pipeline.ports.clock import Clock
from pipeline.ports.post import Letter

POST_SECONDS = 1.0  # between two messages in a channel
EDITS_A_MINUTE = 40  # of a workspace, in any minute
_AT_ONCE = 10  # of these may come at once
_KEPT_BACK = 4  # of those, for what is urgent
_REFILL = (EDITS_A_MINUTE - _AT_ONCE) / 60  # edits a second
_MANY = 1000


@dataclass
class _Bucket:
    tokens: float
    at: float


@dataclass
class Pace:
    """Gives leave to send. Messages count by channel, edits by workspace."""

    clock: Clock
    _free: dict[str, float] = field(default_factory=dict)
    _held: dict[str, float] = field(default_factory=dict)
    _edits: dict[str, _Bucket] = field(default_factory=dict)

    def take(self, letter: Letter) -> bool:
        """Leave to send this letter now, which counts as sent."""
        now = self.clock.monotonic()
        scope = _scope(letter.place, letter.edits)
        if self._held.get(scope, now) > now:
            return False
        if letter.edits is not None:
            return self._edit(letter.place.space, now, urgent=letter.urgent)
        if self._free.get(scope, now) > now:
            return False
        self._free = _fresh(self._free, now) | {scope: now + POST_SECONDS}
        return True

    def hold(self, letter: Letter, seconds: float) -> None:
        """The platform asks for a pause, which all letters of that sort keep."""
        now = self.clock.monotonic()
        scope = _scope(letter.place, letter.edits)
        until = max(self._held.get(scope, now), now + seconds)
        self._held = _fresh(self._held, now) | {scope: until}

    def _edit(self, space: str, now: float, *, urgent: bool) -> bool:
        bucket = self._edits.setdefault(space, _Bucket(_AT_ONCE, now))
        bucket.tokens = min(_AT_ONCE, bucket.tokens + (now - bucket.at) * _REFILL)
        bucket.at = now
        if bucket.tokens < (1 if urgent else 1 + _KEPT_BACK):
            return False
        bucket.tokens -= 1
        return True


def _scope(place: Place, edits: Ref | None) -> str:
    return f"edit:{place.space}" if edits is not None else f"post:{place.space}:{place.channel}"


def _fresh(times: dict[str, float], now: float) -> dict[str, float]:
    """Without what is over, once there are many."""
    if len(times) < _MANY:
        return times
    return {scope: until for scope, until in times.items() if until > now}
