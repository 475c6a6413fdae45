"""How often one may call: a bucket for each route and channel, one for everything, old edits."""

import time
import zlib
from dataclasses import dataclass, field

from tests.fakes.discord.refusals import TooFast

HOUR = 3600.0


@dataclass
class Bucket:
    """So many calls in any window of so many seconds."""

    most: int
    seconds: float
    calls: list[float] = field(default_factory=list)

    def count(self, now: float) -> float:
        """Count a call; returns how many seconds to wait where it is one too many."""
        self.calls = [one for one in self.calls if now - one < self.seconds]
        if len(self.calls) >= self.most:
            return self.reset(now)
        self.calls.append(now)
        return 0.0

    def reset(self, now: float) -> float:
        return self.calls[0] + self.seconds - now if self.calls else self.seconds

    @property
    def left(self) -> int:
        return self.most - len(self.calls)


@dataclass
class Rates:
    """The limits, as (calls, seconds); Discord's own are these, as far as they are known.

    `old_edits` are edits of messages that are older than an hour, in a channel; Discord tells
    nobody how many it takes, so this is a guess on the strict side.
    """

    posts: tuple[int, float] = (5, 5.0)
    edits: tuple[int, float] = (5, 5.0)
    others: tuple[int, float] = (50, 1.0)
    everything: tuple[int, float] = (50, 1.0)
    old_edits: tuple[int, float] = (3, 20.0)
    limited: int = 0
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    @classmethod
    def none(cls) -> "Rates":
        """No limits but those that nobody reaches."""
        many = (10**6, 1.0)
        return cls(posts=many, edits=many, others=many, everything=many)

    def count(self, route: str, major: str, now: float) -> dict[str, str]:
        """Count a call; the headers of its answer. Raises TooFast, with headers too."""
        if "/interactions/" not in route and "/webhooks/" not in route:
            self._take("everything", self.everything, now, everywhere=True)
        return self._take(f"{route} {major}", self._limit(route), now)

    def count_old_edit(self, channel: str, now: float) -> None:
        bucket = self._bucket(f"old edits {channel}", self.old_edits)
        if wait := bucket.count(now):
            self.limited += 1
            raise TooFast(wait, code=30046)

    def _limit(self, route: str) -> tuple[int, float]:
        known = {"POST /channels/…/messages": self.posts}
        known |= {"PATCH /channels/…/messages/…": self.edits}
        return known.get(route, self.others)

    def _bucket(self, name: str, limit: tuple[int, float]) -> Bucket:
        return self._buckets.setdefault(name, Bucket(*limit))

    def _take(
        self, name: str, limit: tuple[int, float], now: float, *, everywhere: bool = False
    ) -> dict[str, str]:
        bucket = self._bucket(name, limit)
        wait = bucket.count(now)
        headers = _headers(name, bucket, now)
        if wait:
            self.limited += 1
            refused = TooFast(wait, everywhere=everywhere)
            refused.headers = headers | refused.headers
            raise refused
        return headers


def _headers(name: str, bucket: Bucket, now: float) -> dict[str, str]:
    reset = max(bucket.reset(now), 0.001)
    kind = zlib.crc32(name.rpartition(" ")[0].encode())
    shown = {"X-RateLimit-Limit": str(bucket.most), "X-RateLimit-Remaining": str(bucket.left)}
    shown |= {"X-RateLimit-Reset-After": f"{reset:.3f}", "X-RateLimit-Bucket": f"{kind:08x}"}
    return shown | {"X-RateLimit-Reset": f"{time.time() + reset:.3f}"}
