"""The members an ensemble may have, by name; what each is good for stands beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from fitted import Fitted
from lessons import Lesson
from shapes import Shape
from smooth import fit_kernel, fit_linear, fit_network
from trees import fit_catboost, fit_forest, fit_lightgbm, search_cost
from turning import fit_turned
from views import View


def no_search(rows: int) -> float:
    """Nothing is looked for before the training."""
    del rows
    return 0.0


@dataclass(frozen=True)
class Member:
    """A kind of model: the view of the features it takes, and its training.

    `share` is how much of the time it gets beside the others; numbers are told in its `shape`;
    `search` is what the first fold costs more, in trainings, for so many rows. It is of use for as
    many `rows`.
    """

    name: str
    view: View
    fit: Callable[[Lesson], Fitted]
    share: float = 1.0
    shape: Shape = "plain"
    search: Callable[[int], float] = no_search
    rows: range = range(10**9)


FEW, MANY = range(10_000), range(10_000, 10**9)

# In the order in which they are trained: a floor first, then what is quick and different, and
# the further boosters last, which take all the time there is where rows or classes are many.
ZOO = (
    Member("linear", "scaled", partial(fit_linear, strength=0.3), share=0.5),
    Member(
        "lightgbm",
        "raw",
        partial(fit_lightgbm, num_leaves=15, feature_fraction=0.5),
        share=2.0,
        search=search_cost,
    ),
    Member("extra_trees", "filled", partial(fit_forest, extra=True, leaf=2)),
    Member("bent_linear", "bent", partial(fit_linear, strength=0.1), share=0.5),
    Member("network", "ranked", partial(fit_network, width=64)),
    Member("kernel", "ranked", partial(fit_kernel, strength=1.0), share=0.5),
    Member("random_forest", "filled", partial(fit_forest, extra=False, leaf=3)),
    # Shallow and held back: the better booster on few or noisy rows.
    Member(
        "lightgbm_shallow",
        "raw",
        partial(fit_lightgbm, num_leaves=7, feature_fraction=0.4, lambda_l2=5.0),
        share=2.0,
        search=search_cost,
        rows=FEW,
    ),
    Member("catboost", "raw", partial(fit_catboost, depth=6), share=2.0),
    # Every tree sees all columns: finds pairs that say nothing one by one.
    Member(
        "lightgbm_whole",
        "raw",
        partial(fit_lightgbm, num_leaves=31),
        share=2.0,
        search=search_cost,
    ),
    # Sums and differences of the numbers that work together: slanted borders, as on a map.
    Member(
        "lightgbm_turned",
        "raw",
        partial(fit_turned, num_leaves=31, feature_fraction=0.6),
        share=2.0,
        search=search_cost,
    ),
    # Large trees take fewer rounds where there are rows enough for them.
    Member(
        "lightgbm_large",
        "raw",
        partial(fit_lightgbm, num_leaves=127, feature_fraction=0.7, lambda_l2=1.0),
        share=2.0,
        search=search_cost,
        rows=MANY,
    ),
    # Random thresholds: smoother than the other boosters, wrong in other places.
    Member(
        "lightgbm_random",
        "raw",
        partial(fit_lightgbm, num_leaves=31, feature_fraction=0.6, extra_trees=True, lambda_l2=2.0),
        share=2.0,
        search=search_cost,
        rows=FEW,
    ),
)
# Amounts of which a few are far larger than most are also told in these shapes: half of the
# members see them as they are, for nobody knows beforehand which is right.
SKEWED: dict[str, Shape] = {
    "bent_linear": "log",
    "kernel": "log",
    "network": "root",
    "random_forest": "root",
    "lightgbm_shallow": "ratio",
    "lightgbm_whole": "ratio",
    "lightgbm_large": "ratio",
}
# Seconds for a million cells below which only these are trained.
IN_A_HURRY: tuple[tuple[float, frozenset[str]], ...] = (
    (12.0, frozenset(("linear", "lightgbm", "bent_linear"))),
    (60.0, frozenset(("linear", "lightgbm", "lightgbm_turned", "bent_linear", "network"))),
)
ENOUGH_TIME = 60.0
SLOW_ROWS = 5_000  # with fewer, every member is quick
TWEEDIE = {"objective": "tweedie", "metric": "rmse"}  # errors grow with the amount
ABSOLUTE = {"objective": "regression_l1"}
FOR_ABSOLUTE = ("lightgbm_random",)  # the members that learn medians where these are asked for


def members(
    names: Sequence[str],
    rows: int,
    *,
    pace: float = ENOUGH_TIME,
    skewed: bool = False,
    absolute: bool = False,
) -> tuple[Member, ...]:
    """The named members that suit so many rows of such numbers, in training order.

    `pace` is the time there is, in seconds for a million cells: with little of it the strongest
    have it for themselves. A member that is named alone is taken anyway. ValueError on an unknown
    name.
    """
    known = {member.name for member in ZOO}
    unknown = set(names) - known
    if unknown:
        message = f"unknown members {sorted(unknown)}; known: {sorted(known)}"
        raise ValueError(message)
    chosen = [member for member in ZOO if member.name in names]
    hurry = pace if rows >= SLOW_ROWS else ENOUGH_TIME
    few = next((few for least, few in IN_A_HURRY if hurry < least), known)
    if len(chosen) > 1:
        chosen = [member for member in chosen if rows in member.rows and member.name in few]
    if skewed:
        chosen = [_reshaped(member, SKEWED.get(member.name, "plain")) for member in chosen]
    if absolute:
        chosen = [_for_absolute(member, skewed=skewed) for member in chosen]
    return tuple(chosen)


def _reshaped(member: Member, shape: Shape) -> Member:
    fit = partial(member.fit, **TWEEDIE) if shape == "ratio" else member.fit
    return replace(member, shape=shape, fit=fit)


def _for_absolute(member: Member, *, skewed: bool) -> Member:
    if member.name not in FOR_ABSOLUTE:
        return member
    fit = partial(member.fit, **ABSOLUTE)
    return replace(member, fit=fit, shape="log" if skewed else "plain")
