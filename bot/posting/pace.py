"""How fast letters may go out: a platform refuses who is faster, and others wait then too."""

from dataclasses import dataclass, field

from pipeline.jobs import Place
from pipeline.ports.chat import Manners
from pipeline.ports.clock import Clock
from pipeline.ports.post import Letter

_AT_ONCE = 0.25  # of the edits of a minute: may come at once
_KEPT_BACK = 0.4  # of those: for what is urgent
_MANY = 1000


@dataclass
class _Bucket:
    tokens: float
    at: float


@dataclass
class Pace:
    """Gives leave to send, as the manners of a platform are."""

    clock: Clock
    manners: Manners = field(default_factory=Manners)
    _free: dict[str, float] = field(default_factory=dict)
    _held: dict[str, float] = field(default_factory=dict)
    _edits: dict[str, _Bucket] = field(default_factory=dict)

    def take(self, letter: Letter) -> bool:
        """Leave to send this letter now, which counts as sent."""
        now = self.clock.monotonic()
        scope = self._scope(letter)
        if self._held.get(scope, now) > now:
            return False
        if letter.edits is not None:
            return self._edit(letter.place.space, now, urgent=letter.urgent)
        if self._free.get(scope, now) > now:
            return False
        _keep(self._free, scope, now + self.manners.post_seconds, now)
        return True

    def hold(self, letter: Letter, seconds: float) -> None:
        """The platform asks for a pause, which all letters of that sort keep."""
        now = self.clock.monotonic()
        scope = self._scope(letter)
        _keep(self._held, scope, max(self._held.get(scope, now), now + seconds), now)

    def _edit(self, space: str, now: float, *, urgent: bool) -> bool:
        """A bucket for each space: it is never more than full, and has something for the urgent."""
        most = self.manners.edits_a_minute
        if most is None:
            return True
        full = most * _AT_ONCE
        bucket = self._edits.setdefault(space, _Bucket(full, now))
        bucket.tokens = min(full, bucket.tokens + (now - bucket.at) * (most - full) / 60)
        bucket.at = now
        if bucket.tokens < (1 if urgent else 1 + full * _KEPT_BACK):
            return False
        bucket.tokens -= 1
        return True

    def _scope(self, letter: Letter) -> str:
        """Messages count by channel or thread; edits by space, where the platform has a limit."""
        place, edits = letter.place, letter.edits is not None
        by_space = edits and self.manners.edits_a_minute is not None
        where = place.space if by_space else self._spot(place)
        return f"{'edit' if edits else 'post'}:{where}"

    def _spot(self, place: Place) -> str:
        return place.key if self.manners.by_thread else f"{place.space}:{place.channel}"


def _keep(times: dict[str, float], scope: str, until: float, now: float) -> None:
    """Remember a time; what is over is forgotten once there are many."""
    if len(times) >= _MANY:
        for past in [one for one, ends in times.items() if ends <= now]:
            del times[past]
    times[scope] = until
