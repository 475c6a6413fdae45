"""The search for groups in rows: all that is tried, and the one grouping that is taken.

Every number of groups is tried, in all columns or in their main directions, and crowds of odd
shapes beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic, process_time

import numpy as np
from group_choice import THINS_OUT, Tested, choose, votes
from group_density import Crowds, crowds
from group_fitting import Fitted, Matter, matter_of
from group_indices import agreement
from group_reference import fooled, gaps
from group_scan import Scan, gain, least_rows, measure, resampled, scan, surely_likelier
from group_shapes import SHAPES, Shape
from group_space import plain_space, space_of
from group_valleys import valleys
from metrics import Floats
from progress import say

MANY_COLUMNS = 5  # from here on the main directions alone may show more
CLEAR = 0.5  # a deeper valley needs no comparison with rows that have no groups
CUT = 0.5  # pieces of one crowd are groups of their own where the valley is deeper than this
ALIKE = 0.9  # agreement from which shapes say what a crowd says
WITHIN = 0.97  # share of rows that are where most of their group is
SCAN_TIME, TEST_TIME, CHECK_TIME = 0.4, 0.6, 0.75  # of the time there is
MOST_CHECKED = 3
CROWD_SECONDS = 4.0  # what density and spectral clustering take at most
MOST_SHAPES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to look for: these numbers of groups, or the one `asked` for, within the time.

    It counts from `started`, when the process began. Only groups of these `shapes` are looked for,
    and crowds of any shape where they may be `bent`.
    """

    numbers: range
    asked: int | None
    seed: int
    started: float
    deadline: float
    shapes: tuple[Shape, ...] = SHAPES
    bent: bool = True

    def affords(self, seconds: float) -> bool:
        """Whether work of so many seconds on a machine of its own will be done in time."""
        used = max(process_time(), 0.1)
        slower = max((monotonic() - self.started) / used, 1.0)
        return monotonic() + seconds * slower < self.deadline

    def until(self, share: float) -> float:
        """When this share of the time has passed."""
        return self.started + share * (self.deadline - self.started)


@dataclass(frozen=True, slots=True)
class Look:
    """The rows as they were looked at, along the columns of `turn`, and what was seen."""

    turn: Floats
    scan: Scan
    tested: tuple[Tested, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What is taken: a fitted mixture with its test, or crowds; the look it was seen in.

    `stands_out` says whether groups are really there.
    """

    look: Look
    taken: Tested | Crowds
    stands_out: bool
    voted: Mapping[str, int]

    @property
    def groups(self) -> int:
        """How many."""
        return self.taken.groups


def search(matter: Matter, wish: Wish) -> Found:
    """Look, test, take."""
    width = matter.rows.numbers.shape[1]
    many = width >= MANY_COLUMNS
    whole = look = _looked(matter, np.eye(width), wish, share=0.6 if many else 1.0)
    look, taken = _taken(look, wish)
    if taken is None and many:
        turn = main_directions(matter.rows.numbers)
        look, taken = _taken(_looked(turned(matter, turn), turn, wish, share=1.0), wish)
    if taken is not None:
        taken = _reshaped(look, taken, wish)
    else:
        look = whole
    odd = _odd(look, taken, wish) if wish.bent and wish.affords(CROWD_SECONDS) else None
    voted = _votes(look, wish)
    if odd is not None:
        return Found(look, odd, stands_out=True, voted=voted)
    if taken is not None:
        return Found(look, taken, stands_out=True, voted=voted)
    return Found(look, plainest(look, wish), stands_out=False, voted=voted)


def plainest(look: Look, wish: Wish) -> Tested:
    """What is taken where no groups stand out: k-means, which at least cuts evenly.

    As many parts as asked for, else as the silhouette is best with; another shape only where its
    parts come back better.
    """
    done = look.scan
    numbers = sorted(done.found) if wish.asked is None else [wish.asked]
    fits = [one for groups in numbers for one in _round(done.found[groups])]
    fits = fits or done.fits(numbers[0])[:1]
    seen = max((measure(done, one) for one in fits), key=lambda one: one.silhouette)
    plain = Tested(resampled(done, seen), gain(done, seen.groups))
    others = [one for one in look.tested if one.groups == wish.asked]
    return max([plain, *others], key=lambda one: one.evidence.strength or 0.0)


def _round(fits: Sequence[Fitted]) -> list[Fitted]:
    """k-means among the fits for one number of groups; where it has none, what BIC likes best."""
    plain = [one for one in fits if one.shape == "round" and one.mixture.tails is None]
    return plain[:1] or list(fits[:1])


def turned(matter: Matter, turn: Floats) -> Matter:
    """The same rows along other directions, in which units mean nothing any more."""
    width = turn.shape[1]
    return matter_of(matter.rows.turned(turn), np.zeros(width), np.ones(width))


def main_directions(numbers: Floats) -> Floats:
    """Directions (d, p) in which rows differ more than in a usual column, scaled to one."""
    away = numbers - numbers.mean(axis=0)
    _, sizes, directions = np.linalg.svd(away, full_matrices=False)
    spreads = sizes / np.sqrt(len(numbers))
    count = max(2, int((spreads**2 > (spreads**2).mean()).sum()))
    return np.asarray(directions[:count].T / np.maximum(spreads[:count], 1e-9))


def _looked(matter: Matter, turn: Floats, wish: Wish, *, share: float) -> Look:
    """Fit and test all numbers of groups, within a share of the time."""
    done = None
    until = wish.until(SCAN_TIME * share)
    numbers = [k for k in (wish.asked,) if k] + [k for k in wish.numbers if k != wish.asked]
    steps = scan(matter, numbers, seed=wish.seed, deadline=until, shapes=wish.shapes)
    for done in steps:
        say(
            "train",
            f"tried {len(done.found)} numbers of groups",
            done=0.4 * share * _part(done, wish),
        )
    if done is None:
        raise ValueError("there is no number of groups to try")
    if wish.asked is not None and not done.found[wish.asked]:
        fits = done.fits(wish.asked)
        filled = [one for one in fits if np.bincount(one.labels, minlength=one.groups).min() > 0]
        done.found[wish.asked] = sorted(filled or fits, key=lambda one: one.bic)
    return Look(turn, done, _tested(done, wish, share=share))


def _part(done: Scan, wish: Wish) -> float:
    return len(done.found) / len(wish.numbers)


def _tested(done: Scan, wish: Wish, *, share: float) -> tuple[Tested, ...]:
    """Evidence for each number of groups; those that BIC likes best are tested first."""
    fits = [one for groups in done.found if (one := done.best(groups)) is not None]
    tested: dict[int, Tested] = {}
    for one in sorted(fits, key=lambda one: one.bic):
        evidence = measure(done, one)
        asked = one.groups == wish.asked
        in_time = monotonic() < wish.until(TEST_TIME * share)
        if asked or (in_time and evidence.valley <= THINS_OUT):
            evidence = resampled(done, evidence)
        tested[one.groups] = Tested(evidence, gain(done, one.groups))
    return tuple(tested[groups] for groups in sorted(tested))


def _taken(look: Look, wish: Wish) -> tuple[Look, Tested | None]:
    """The most groups that pass, also beside boxes; or what is asked for, if that does."""
    if wish.asked is not None:
        asked = [one for one in look.tested if one.groups == wish.asked and one.passes]
        return look, asked[0] if asked else None
    for _ in range(MOST_CHECKED):
        taken = choose(look.tested)
        sure = taken is None or taken.evidence.valley <= CLEAR or taken.fooled is not None
        if taken is None or sure or monotonic() > wish.until(CHECK_TIME):
            return look, taken
        times = fooled(look.scan, taken.evidence, deadline=wish.until(CHECK_TIME))
        seen = replace(taken, fooled=times)
        tested = tuple(seen if one is taken else one for one in look.tested)
        look = replace(look, tested=tested)
    return look, choose(look.tested)


def _reshaped(look: Look, taken: Tested, wish: Wish) -> Tested:
    """As many groups of another shape, where rows that were not seen are surely likelier so.

    BIC prices freedom for many rows; among few, it errs on either side.
    """
    best = taken
    for other in look.scan.found[taken.groups][1 : 1 + MOST_SHAPES]:
        if monotonic() > wish.until(TEST_TIME):
            break
        seen = replace(taken, evidence=resampled(look.scan, measure(look.scan, other)))
        likelier = surely_likelier(seen.evidence, taken.evidence)
        if seen.passes and likelier and seen.unseen > best.unseen:
            best = seen
    return best


def _odd(look: Look, taken: Tested | None, wish: Wish) -> Crowds | None:
    """Crowds that are plain to see and that no mixture of so many groups says."""
    rows = look.scan.matter.rows
    least = least_rows(len(rows))
    allowed = wish.numbers if wish.asked is None else range(wish.asked, wish.asked + 1)
    if not rows.numbers.shape[1]:
        return None
    for one in crowds(rows.numbers, allowed, seed=wish.seed, least=least):
        done = look.scan
        like = done.best(one.groups) or min(done.fits(one.groups), key=lambda fitted: fitted.bic)
        if agreement(like.labels, one.labels) >= ALIKE:
            continue
        if taken is None or not _parts(look, taken.evidence.fitted, one):
            return one
    return None


def _parts(look: Look, fitted: Fitted, crowd: Crowds) -> bool:
    """Whether the groups only part the crowds further, and each part is a group of its own."""
    home = np.array(
        [np.bincount(crowd.labels[fitted.labels == at]).argmax() for at in range(fitted.groups)]
    )
    if (home[fitted.labels] == crowd.labels).mean() < WITHIN:
        return False
    rows = look.scan.matter.rows
    depths = valleys(space_of(fitted.mixture).points(rows), fitted.labels, fitted.groups)
    together = home[:, None] == home
    return bool(depths[together].max() <= CUT)


def _votes(look: Look, wish: Wish) -> Mapping[str, int]:
    rows = look.scan.matter.rows
    in_time = monotonic() < wish.until(TEST_TIME)
    points = plain_space(rows).points(rows)
    numbers = [one.groups for one in look.tested]
    return votes(look.tested, gaps(points, numbers, wish.seed) if in_time else {})
