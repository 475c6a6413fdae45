"""How often each code came after each context, smoothed as Kneser and Ney do.

Of every count a little is taken off (Chen and Goodman's three discounts), and what was taken is
given to what a shorter context says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from metrics import Codes, Floats
from writing_codes import Keys
from writing_contexts import CODE_BITS, keys_of

Small = npt.NDArray[np.uint32]
LEAST_DISCOUNT = 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """Of each place's context: how often it came, and how many different codes after it."""

    total: Floats
    kinds: Floats


@dataclass(slots=True)
class Counts:
    """`keys` are contexts with their codes, sorted; `counts` belong to them."""

    keys: Keys
    counts: Small
    contexts: Keys = field(init=False)
    starts: Codes = field(init=False)
    totals: Floats = field(init=False)
    taken: Floats = field(init=False)
    discounts: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Find the contexts, which lie together, and what is taken from each."""
        self.contexts, starts = np.unique(self.keys >> CODE_BITS, return_index=True)
        self.starts = np.append(starts, len(self.keys))
        self.discounts = _discounts(self.counts)
        less = self.discounts[np.minimum(self.counts, 3)]
        empty = not len(self.keys)
        self.totals = np.zeros(0) if empty else np.add.reduceat(self.counts.astype(float), starts)
        self.taken = np.zeros(0) if empty else np.add.reduceat(less, starts)

    def told(self, contexts: Keys, codes: Codes, lower: Floats) -> tuple[Floats, Seen]:
        """Chances of one code a place, shape (n,); `lower` is what the shorter context gives it."""
        keys = keys_of(contexts, codes)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        count = np.where(self.keys[at] == keys, self.counts[at], 0)
        place, seen = self._find(contexts)
        kept = count - self.discounts[np.minimum(count, 3)]
        total = np.maximum(seen.total, 1.0)
        chances = (kept + self.taken[place] * lower) / total
        return np.where(seen.total > 0, chances, lower), seen

    def spread(self, contexts: Keys, lower: Floats) -> tuple[Floats, Seen]:
        """Chances of all codes, shape (n, codes), as `lower` is."""
        place, seen = self._find(contexts)
        known = np.flatnonzero(seen.total > 0)
        at = place[known]
        sizes = self.starts[at + 1] - self.starts[at]
        first = np.repeat(np.cumsum(sizes) - sizes, sizes)
        cells = np.repeat(self.starts[at], sizes) + np.arange(sizes.sum()) - first
        rows = np.repeat(known, sizes)
        codes = (self.keys[cells] & np.uint64((1 << CODE_BITS) - 1)).astype(np.int64)
        kept = self.counts[cells] - self.discounts[np.minimum(self.counts[cells], 3)]
        chances = lower.copy()
        chances[known] *= (self.taken[at] / self.totals[at])[:, None]
        chances[rows, codes] += kept / seen.total[rows]
        return chances, seen

    def _find(self, contexts: Keys) -> tuple[Codes, Seen]:
        place = np.minimum(np.searchsorted(self.contexts, contexts), len(self.contexts) - 1)
        found = self.contexts[place] == contexts
        kinds = self.starts[place + 1] - self.starts[place]
        return place, Seen(
            np.where(found, self.totals[place], 0.0), np.where(found, kinds, 0).astype(float)
        )


def counted(contexts: Keys, codes: Codes) -> Counts:
    """Plain counts of codes after contexts."""
    keys, counts = np.unique(keys_of(contexts, codes), return_counts=True)
    return Counts(keys, counts.astype(np.uint32))


def chained(orders: Sequence[Keys], codes: Codes) -> list[Counts]:
    """Counts for contexts from none on, each one code longer.

    All but the last count in how many different longer contexts a code came, not how often: that
    is what it is asked for, when the longer context is not known.
    """
    keys = [keys_of(contexts, codes) for contexts in orders]
    found: list[Counts] = []
    for shorter, longer in pairwise(keys):
        _, first = np.unique(longer, return_index=True)
        once, counts = np.unique(shorter[first], return_counts=True)
        found.append(Counts(once, counts.astype(np.uint32)))
    return [*found, counted(orders[-1], codes)]


def _discounts(counts: Small) -> Floats:
    """What is taken off a count of 0, 1, 2, and 3 or more."""
    once, twice, thrice, four = (max(1, int(np.sum(counts == times))) for times in (1, 2, 3, 4))
    share = once / (once + 2 * twice)
    off = (
        1 - 2 * share * twice / once,
        2 - 3 * share * thrice / twice,
        3 - 4 * share * four / thrice,
    )
    kept = [
        min(max(one, LEAST_DISCOUNT), times - LEAST_DISCOUNT) for times, one in enumerate(off, 1)
    ]
    return np.array([0.0, *kept])
