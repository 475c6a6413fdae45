"""How well a detector did on labelled messages, with 95% intervals."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import NamedTuple

from tests.benchmarks.corpus.drawing import Message

_FRAGMENT = 6  # characters of a secret of which none may be left together
_MARK = re.compile(r"\[secret[^\]\n]{0,40}\]")  # what a detector puts in place of a secret
_Z = 1.96


class Seen(NamedTuple):
    """What a detector made of a message: whether it found anything, what it left of it."""

    found: bool
    left: str
    ms: float


class Share(NamedTuple):
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """As a number from 0 to 1."""
        return self.part / self.whole if self.whole else 0.0

    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval."""
        if not self.whole:
            return 0.0, 1.0
        n, p = self.whole, self.value
        middle = p + _Z**2 / (2 * n)
        reach = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        scale = 1 + _Z**2 / n
        return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


class Score(NamedTuple):
    """The figures of one detector on one part; milliseconds are processor time."""

    recall: Share
    covered: Share
    precision: Share
    false_alarms: Share
    ms_median: float
    ms_p99: float


def score(messages: Sequence[Message], seen: Sequence[Seen]) -> Score:
    """All figures."""
    pairs = list(zip(messages, seen, strict=True))
    positive = [(message, one) for message, one in pairs if message.secrets]
    alarms = sum(one.found for message, one in pairs if not message.secrets)
    hits = sum(one.found for _, one in positive)
    covered = [gone for message, one in positive for gone in covers(message, one.left)]
    times = sorted(one.ms for one in seen)
    return Score(
        recall=Share(hits, len(positive)),
        covered=Share(sum(covered), len(covered)),
        precision=Share(hits, hits + alarms),
        false_alarms=Share(alarms, len(pairs) - len(positive)),
        ms_median=times[len(times) // 2],
        ms_p99=times[int(len(times) * 0.99)],
    )


def covers(message: Message, left: str) -> Iterable[bool]:
    """For each secret, whether no fragment of it is left."""
    around, left = message.text, _MARK.sub("\0", left)
    for secret in message.secrets:
        around = around.replace(secret, "\0")
    for secret in message.secrets:
        parts = _fragments(secret)
        yield not any(part in left and part not in around for part in parts)


def _fragments(secret: str) -> set[str]:
    last = max(1, len(secret) - _FRAGMENT + 1)
    return {secret[start : start + _FRAGMENT] for start in range(last)}


def missed(messages: Sequence[Message], seen: Sequence[Seen]) -> list[Message]:
    """The messages of which a secret is left, in part or as a whole."""
    return [
        message
        for message, one in zip(messages, seen, strict=True)
        if message.secrets and not all(covers(message, one.left))
    ]


def touched(messages: Sequence[Message], seen: Sequence[Seen]) -> list[Message]:
    """The harmless messages in which something was found."""
    pairs = zip(messages, seen, strict=True)
    return [message for message, one in pairs if one.found and not message.secrets]


def sorts(messages: Iterable[Message]) -> str:
    """Of what sort messages are, the most frequent first."""
    counted = Counter(message.sort for message in messages)
    return ", ".join(f"{sort} {number}" for sort, number in counted.most_common())
