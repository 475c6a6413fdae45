"""The best grouping for each number of groups, by likelihood, and how it stands up.

Every shape is tried from every first guess; what BIC likes best is kept for each number. Then its
groups are asked whether they come back when rows are missing, and whether rows thin out between
them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from time import monotonic

import numpy as np
from group_fitting import Fitted, Matter, can_have, fit, started
from group_indices import (
    agreement,
    calinski_harabasz,
    davies_bouldin,
    kept_together,
    silhouettes,
)
from group_shapes import SHAPES, Shape
from group_space import plain_space, space_of
from group_starts import Looks, looks_of
from group_valleys import valleys
from metrics import Codes
from mixtures import Mixture, log_sums
from trait_forms import SURELY

TAILS = 4.0  # degrees of freedom: far rows are expected, and count little
SHORT = 10
LONG = 100
FINALISTS = 2  # of the shapes, that are also tried with tails
LEAST_SHARE = 0.02  # a group of fewer rows is odd rows
LEAST_ROWS = 2
MOST_VIEWS, FEW_VIEWS = 10, 2  # from which first guesses are taken
QUICK: tuple[Shape, ...] = ("round", "sized_axes", "sized", "free")
GROWS = 1.5  # times longer than the last takes each of the next numbers of groups
REFITS = 6
KEPT = 0.7  # of the rows, in each refit
REFIT_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one number of groups; the fit that BIC likes best, and its indices.

    `stability` is how well the groups come back in refits on other rows (adjusted Rand index),
    `strength` how much of the worst group stays together, `valley` how many rows lie between the
    two groups that are least apart, `unseen` the log-likelihood of a row that a refit did not see,
    for each refit. None: no time to find out.
    """

    fitted: Fitted
    silhouette: float
    davies_bouldin: float
    calinski_harabasz: float
    valley: float
    stability: float | None = None
    strength: float | None = None
    unseen: tuple[float, ...] = ()

    @property
    def groups(self) -> int:
        """How many."""
        return self.fitted.groups


@dataclass(slots=True)
class Scan:
    """What was found; `alone` is BIC with one group.

    `views` are how many views first guesses are taken from; fewer where there is little time.
    """

    matter: Matter
    looks: Looks
    seed: int
    shapes: tuple[Shape, ...] = SHAPES
    views: int = MOST_VIEWS
    alone: float = float("inf")
    found: dict[int, list[Fitted]] = field(default_factory=dict)

    def best(self, groups: int) -> Fitted | None:
        """The fit that BIC likes best; None where no fit has groups of any size."""
        return self.found[groups][0] if self.found.get(groups) else None

    def fits(self, groups: int) -> list[Fitted]:
        """A fit of each shape, from its best first guess, and of the best ones with tails."""
        matter = self.matter
        guesses = islice(self.looks.guesses(groups, self.seed), self.views)
        starts = [started(labels, groups) for labels in guesses]
        fits = []
        for shape in self.shapes:
            if can_have(shape, matter, groups):
                tried = [fit(matter, start, shape, rounds=SHORT) for start in starts]
                best = max(tried, key=lambda one: one.likelihood)
                fits.append(fit(matter, best.shares, shape, rounds=LONG))
        if matter.rows.numbers.shape[1] and self.views > FEW_VIEWS and len(self.shapes) > 1:
            finalists = sorted(fits, key=lambda one: one.bic)[:FINALISTS]
            fits += [
                fit(matter, one.shares, one.shape, rounds=LONG, tails=TAILS) for one in finalists
            ]
        return fits


def scan(
    matter: Matter,
    numbers: Sequence[int],
    *,
    seed: int,
    deadline: float,
    shapes: tuple[Shape, ...] = SHAPES,
) -> Iterator[Scan]:
    """Fit each number of groups in turn, after one group; told after each."""
    done = Scan(matter, looks_of(matter), seed, shapes)
    done.alone = min(one.bic for one in replace(done, shapes=SHAPES).fits(1))
    for place, groups in enumerate(numbers):
        before = monotonic()
        sized = [one for one in done.fits(groups) if has_sized_groups(one)]
        done.found[groups] = sorted(sized, key=lambda one: one.bic)
        yield done
        now = monotonic()
        if now > deadline:
            return
        if now + (now - before) * GROWS * (len(numbers) - place - 1) > deadline:
            _hurry(done)


def _hurry(done: Scan) -> None:
    """Fewer shapes and first guesses, so that more numbers of groups are looked at."""
    done.views = FEW_VIEWS
    done.shapes = tuple(shape for shape in done.shapes if shape in QUICK) or done.shapes


def has_sized_groups(one: Fitted) -> bool:
    """Whether no group is only a few odd rows."""
    sizes = np.bincount(one.labels, minlength=one.groups)
    return bool(sizes.min() >= least_rows(len(one.labels)))


def least_rows(count: int) -> int:
    """How many of so many rows make a group."""
    return max(LEAST_ROWS, round(LEAST_SHARE * count))


def measure(done: Scan, one: Fitted) -> Evidence:
    """The indices of a fit."""
    rows = done.matter.rows
    points, labels = plain_space(rows).points(rows), one.labels
    lines = space_of(one.mixture).points(rows)
    return Evidence(
        fitted=one,
        silhouette=float(silhouettes(points, labels).mean()),
        davies_bouldin=davies_bouldin(points, labels),
        calinski_harabasz=calinski_harabasz(points, labels),
        valley=float(valleys(lines, labels, one.groups).max()),
    )


def resampled(done: Scan, found: Evidence) -> Evidence:
    """The same with how it fares in refits on some of the rows, from guesses of their own."""
    one, rows = found.fitted, done.matter.rows
    agreed, kept, unseen = [], [], []
    for places, mixture in _refits(done, one):
        labels = np.asarray(mixture.shares(rows).argmax(axis=1), dtype=np.int64)
        agreed.append(agreement(one.labels, labels))
        kept.append(kept_together(one.labels, labels))
        rest = done.matter.take(np.setdiff1d(np.arange(len(rows)), places))
        logs = mixture.logs(rest.rows, mixture.distances(rest.rows.numbers), rest.marks)
        unseen.append(float(log_sums(logs).mean()))
    return replace(
        found,
        stability=float(np.mean(agreed)),
        strength=float(np.mean(kept)),
        unseen=tuple(unseen),
    )


def surely_likelier(one: Evidence, other: Evidence) -> bool:
    """Whether rows that refits did not see are likelier, by more than twice its standard error."""
    more = np.array(one.unseen) - np.array(other.unseen)
    error = float(more.std(ddof=1)) / np.sqrt(len(more))
    return bool(more.mean() > 2.0 * error)


def _refits(done: Scan, one: Fitted) -> Iterator[tuple[Codes, Mixture]]:
    """Places of some rows, the same for every fit, and the same kind of fit on them."""
    draw = np.random.default_rng(done.seed)
    count, tails = len(done.matter), one.mixture.tails
    for time in range(REFITS):
        places = np.sort(draw.permutation(count)[: max(round(KEPT * count), 2)])
        part = done.matter.take(places)
        looks = Looks(tuple(view[places] for view in done.looks.views), None)
        guesses = looks.guesses(one.groups, done.seed + time, 1)
        starts = [started(guess, one.groups) for guess in guesses]
        tried = [fit(part, start, one.shape, rounds=SHORT, tails=tails) for start in starts]
        best = max(tried, key=lambda fitted: fitted.likelihood)
        yield places, fit(part, best.shares, one.shape, rounds=REFIT_ROUNDS, tails=tails).mixture


def gain(done: Scan, groups: int) -> float:
    """How much of what groups explain (BIC) so many explain; 0 where one group is as good."""
    bests = [one.bic for k in done.found if (one := done.best(k)) is not None]
    one = done.best(groups)
    if one is None or done.alone - min(bests) <= SURELY:
        return 0.0
    return (done.alone - one.bic) / (done.alone - min(bests))
