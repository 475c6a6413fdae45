"""How often Slack may be called: a window for each method, and one for each channel's posts."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.fakes.slack.workspace import Refused

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
METHODS = {
    "chat.update": 3,
    "chat.delete": 3,
    "conversations.replies": 3,
    "conversations.open": 3,
    "chat.postEphemeral": 4,
    "views.open": 4,
    "views.update": 4,
    "views.push": 4,
    "views.publish": 4,
    "users.info": 4,
    "files.info": 4,
    "files.getUploadURLExternal": 4,
    "files.completeUploadExternal": 4,
}
MINUTE = 60.0


@dataclass
class Rates:
    """`burst` posts to a channel at once, then one every `pause` seconds; tiers by the minute."""

    burst: int = 4
    pause: float = 1.0
    _seen: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def count(self, method: str, channel: str, now: float) -> None:
        """Take note of a call; refuse one too many, which does not count."""
        if method == "chat.postMessage":
            self._take(f"post {channel}", self.burst, self.burst * self.pause, now)
        elif method in METHODS:
            self._take(method, TIERS[METHODS[method]], MINUTE, now)

    def _take(self, key: str, most: int, window: float, now: float) -> None:
        seen = self._seen[key]
        while seen and now - seen[0] >= window:
            seen.popleft()
        if len(seen) >= most:
            wait = max(1, math.ceil(window - (now - seen[0])))
            raise Refused("ratelimited", status=429, retry_after=wait)
        seen.append(now)
