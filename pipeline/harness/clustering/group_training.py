"""From a table to a grouping within a budget: read, search, fit on all rows, say it in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np
from config import BundleConfig, Json
from group_choice import Tested, reason
from group_density import Crowds
from group_fitting import Fitted, Matter, fit, hardened, matter_of, started
from group_model import GroupModel, shares_of
from group_neighbours import Neighbours, distances
from group_profiles import TYPICAL, Profile, Seen, profiles
from group_scan import LONG, SHORT
from group_search import Found, Look, Wish, search
from group_shapes import EVEN, SHAPES, Shape
from group_space import Space, numbers_only, space_of
from metrics import Codes, Floats
from mixtures import Mixture, Rows
from progress import Problem, say
from tables import Table
from traits import Traits, learn_traits

MOST_SEARCHED = 1_500  # rows; groups are looked for in these, then all rows are fitted
MOST_GROUPS = 12
ROWS_OF_A_GROUP = 3
MOST_MEASURED = 400  # rows of a group among which its most typical ones are looked for
TRIES = 10
POLISH_TIME, WHOLE_TIME = 0.85, 0.95  # of the time there is
ALLOWED: Mapping[str, tuple[tuple[Shape, ...], bool]] = {
    "best_of_many": (SHAPES, True),
    "gaussian_mixture": (SHAPES, False),
    "k_means": (("round",), False),
}
METHODS: Mapping[Shape, str] = {
    "round": "k-means",
    "own": "k-means, columns in their own units",
    "balls": "Gaussian mixture, round groups of different size",
    "axes": "Gaussian mixture, groups alike in size, wide and narrow along the columns",
    "sized_axes": "Gaussian mixture, groups of different size, wide and narrow along the columns",
    "free_axes": "Gaussian mixture, each group as wide in each column as it is",
    "tied": "Gaussian mixture, groups slant alike",
    "sized": "Gaussian mixture, groups slant alike and differ in size",
    "free": "Gaussian mixture, each group slants as it does",
}


@dataclass(frozen=True, slots=True)
class Read:
    """A table as it was read: what is used of it, its rows as they are compared."""

    table: Table
    inputs: tuple[str, ...]
    traits: Traits
    matrix: Floats
    rows: Rows

    def blurred(self, seed: int) -> Rows:
        """The rows as groups are looked for in them."""
        return self.traits.of_matrix(self.traits.blurred(self.matrix, seed))


def train_groups(
    table: Table, config: BundleConfig, *, started_at: float, rows: int = MOST_SEARCHED
) -> GroupModel:
    """Find groups for the config's budget, counted from `started_at` (monotonic).

    They are looked for among so many `rows`. Problem where no column can be compared.
    """
    say("train", "reading the columns", done=0.01)
    read = read_rows(table, config)
    for name, why in read.traits.left_out.items():
        say("train", f"{name} is not used: {why}")
    whole = read.blurred(config.seed)
    some = whole.take(sampled(len(whole), rows, config.seed))
    matter = matter_of(some, read.traits.steps, read.traits.own)
    asked = asked_for(config)
    shapes, bent = ALLOWED[config.backbone]
    wish = Wish(
        numbers=numbers_of(some, asked),
        asked=asked,
        seed=config.seed,
        started=started_at,
        deadline=started_at + config.budget_seconds,
        shapes=shapes,
        bent=bent,
    )
    found = search(matter, wish)
    say("train", f"{found.groups} groups; describing them", done=0.8)
    return _described(read, found, _grouper(read, found, wish), wish)


def asked_for(config: BundleConfig) -> int | None:
    """The number of groups that the person wants; None: as many as stand out."""
    asked = config.hyperparameters.get("clusters")
    return asked if isinstance(asked, int) else None


def read_rows(table: Table, config: BundleConfig) -> Read:
    """Decide on the columns and read them; Problem where none can be compared."""
    inputs = config.columns_of("features")
    used = table.select(inputs)
    traits = learn_traits(used, config.kinds)
    if not traits.names:
        why = "; ".join(f"{name}: {reason}" for name, reason in list(traits.left_out.items())[:5])
        raise Problem(
            f"No column says how rows are alike ({why}).",
            "Send a file with columns of numbers or of categories that several rows share.",
        )
    matrix = traits.encoder.transform(used)
    return Read(table, inputs, traits, matrix, traits.of_matrix(matrix))


def numbers_of(rows: Rows, asked: int | None) -> range:
    """The numbers of groups to try: 2 to 12 as far as rows allow, and what is asked for."""
    most = min(MOST_GROUPS, different(rows), max(len(rows) // ROWS_OF_A_GROUP, 2))
    return range(2, max(most, 2, asked or 2) + 1)


def different(rows: Rows) -> int:
    """How many rows differ from all others in what is compared."""
    return len(np.unique(np.hstack([rows.numbers, rows.codes]), axis=0))


def sampled(count: int, most: int, seed: int) -> Codes:
    """Places of at most so many rows, at random, in order."""
    draw = np.random.default_rng(seed)
    return np.sort(draw.permutation(count)[:most]).astype(np.int64)


def _grouper(read: Read, found: Found, wish: Wish) -> tuple[Mixture | Neighbours, Space]:
    """What assigns rows, improved on all of them, the largest group first; and its space."""
    rows = read.blurred(wish.seed).turned(found.look.turn)
    searched = found.look.scan.matter
    if isinstance(found.taken, Crowds):
        space = numbers_only(searched.rows)
        known = Neighbours(space.points(searched.rows), found.taken.labels)
        order = _by_size(known.labels_of(space.points(rows)), found.groups)
        return Neighbours(known.points, np.argsort(order)[known.labels]), space
    best = _polished(found.look, found.taken.evidence.fitted, wish)
    mixture = _on_all(rows, searched, best, wish)
    order = _by_size(mixture.shares(rows).argmax(axis=1), found.groups)
    mixture = mixture.take(order)
    return mixture, space_of(mixture)


def _polished(look: Look, one: Fitted, wish: Wish) -> Fitted:
    """The likeliest fit of the same shape, from more first guesses."""
    matter, tails = look.scan.matter, one.mixture.tails
    best = one
    for guess in look.scan.looks.guesses(one.groups, wish.seed + 1, TRIES):
        if monotonic() > wish.until(POLISH_TIME):
            break
        tried = fit(matter, started(guess, one.groups), one.shape, rounds=SHORT, tails=tails)
        longer = fit(matter, tried.shares, one.shape, rounds=LONG, tails=tails)
        sized = np.bincount(longer.labels, minlength=one.groups).min() > 1
        if longer.likelihood > best.likelihood and sized:
            best = longer
    return best


def _on_all(rows: Rows, searched: Matter, best: Fitted, wish: Wish) -> Mixture:
    """The same mixture fitted to all rows, for as long as there is time."""
    matter = Matter(rows, rows.marks, searched.ground)
    if len(rows) > len(searched):
        before, shares = -np.inf, best.mixture.shares(rows)
        for _ in range(LONG // SHORT):
            best = fit(matter, shares, best.shape, rounds=SHORT, tails=best.mixture.tails)
            if best.likelihood - before < 1.0 or monotonic() > wish.until(WHOLE_TIME):
                break
            before, shares = best.likelihood, best.shares
    return hardened(matter, best) if best.shape in EVEN else best.mixture


def _by_size(labels: Codes, groups: int) -> Codes:
    """Groups from the largest to the smallest."""
    return np.argsort(-np.bincount(labels, minlength=groups), kind="stable").astype(np.int64)


def _described(
    read: Read,
    found: Found,
    grouping: tuple[Mixture | Neighbours, Space],
    wish: Wish,
) -> GroupModel:
    grouper, space = grouping
    rows = read.rows.turned(found.look.turn)
    labels = np.asarray(shares_of(grouper, space, rows).argmax(axis=1), dtype=np.int64)
    points = space.points(rows)
    typical = {at: _typical(points, labels, at, wish.seed) for at in range(found.groups)}
    shown = read.table.select(read.traits.read_columns)
    told = profiles(Seen(read.traits, read.matrix, labels), found.groups, typical, shown)
    return GroupModel(
        columns=read.table.names,
        inputs=read.inputs,
        traits=read.traits,
        turn=found.look.turn,
        grouper=grouper,
        space=space,
        profiles=told,
        facts=_facts(read, found, told, asked=wish.asked is not None),
    )


def _typical(points: Floats, labels: Codes, group: int, seed: int) -> Sequence[int]:
    """Places of the rows that are nearest to all others of their group."""
    places = np.flatnonzero(labels == group)
    some = places[sampled(len(places), MOST_MEASURED, seed)]
    order = np.argsort(distances(points[some], points[some]).sum(axis=1), kind="stable")
    return [int(some[at]) for at in order[:TYPICAL]]


def _facts(read: Read, found: Found, told: Sequence[Profile], *, asked: bool) -> dict[str, Json]:
    """What training found out, for score.py, the pages and the README."""
    taken = found.taken
    test = taken if isinstance(taken, Tested) else None
    stable = taken.evidence.stability if isinstance(taken, Tested) else taken.stability
    logs: list[Json] = [one.name for one in read.traits.numbers if one.shift is not None]
    return {
        "clusters": found.groups,
        "asked": asked,
        "stands_out": found.stands_out,
        "bent": isinstance(taken, Crowds),
        "shape": taken.evidence.fitted.shape if isinstance(taken, Tested) else None,
        "method": _method(taken),
        "reason": _reason(found, test, asked=asked),
        "stability": stable,
        "votes": dict(found.voted),
        "scan": [one.flat for one in found.look.tested],
        "left_out": dict(read.traits.left_out),
        "logarithms": logs,
        "directions": found.look.turn.shape[1] < found.look.turn.shape[0],
        "groups": [one.flat for one in told],
    }


def _method(taken: Tested | Crowds) -> str:
    if isinstance(taken, Crowds):
        return taken.title
    one = taken.evidence.fitted
    if not one.mixture.means.shape[1]:
        return "latent classes of categories"
    return METHODS[one.shape] + (", far rows count less" if one.mixture.tails else "")


def _reason(found: Found, test: Tested | None, *, asked: bool) -> str:
    if test is None:
        return (
            f"{found.groups} groups: empty space keeps them apart, however they bend. How many"
            " groups there are is a choice, not a fact."
        )
    chosen = test if found.stands_out else None
    return reason(found.groups, chosen, found.voted, asked=asked)
