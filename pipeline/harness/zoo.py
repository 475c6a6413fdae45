"""The members an ensemble may have, by name; what each is good for stands beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from fitted import Fitted
from lessons import Lesson
from smooth import fit_kernel, fit_linear, fit_network
from trees import fit_catboost, fit_forest, fit_lightgbm
from views import View


@dataclass(frozen=True)
class Member:
    """A kind of model: the view of the features it takes, and its training."""

    name: str
    view: View
    fit: Callable[[Lesson], Fitted]


# In the order in which they are trained: a floor first, then what is quick and different, and
# the further boosters last, which take all the time there is where rows or classes are many.
ZOO = (
    Member("linear", "scaled", partial(fit_linear, strength=0.3)),
    Member(
        "lightgbm",
        "raw",
        partial(fit_lightgbm, num_leaves=15, feature_fraction=0.5),
    ),
    Member("extra_trees", "filled", partial(fit_forest, extra=True, leaf=2)),
    Member("bent_linear", "bent", partial(fit_linear, strength=0.1)),
    Member("network", "ranked", partial(fit_network, width=64)),
    Member("kernel", "ranked", partial(fit_kernel, strength=1.0)),
    Member("random_forest", "filled", partial(fit_forest, extra=False, leaf=3)),
    # Shallow and held back: the better booster on few or noisy rows.
    Member(
        "lightgbm_shallow",
        "raw",
        partial(fit_lightgbm, num_leaves=7, feature_fraction=0.4, lambda_l2=5.0),
    ),
    Member("catboost", "raw", partial(fit_catboost, depth=6)),
    # Every tree sees all columns: finds pairs that say nothing one by one.
    Member("lightgbm_whole", "raw", partial(fit_lightgbm, num_leaves=31)),
    # Random thresholds: smoother than the other boosters, wrong in other places.
    Member(
        "lightgbm_random",
        "raw",
        partial(fit_lightgbm, num_leaves=31, feature_fraction=0.6, extra_trees=True, lambda_l2=2.0),
    ),
)


def members(names: Sequence[str]) -> tuple[Member, ...]:
    """The named members in training order. ValueError on an unknown name."""
    known = {member.name for member in ZOO}
    unknown = set(names) - known
    if unknown:
        message = f"unknown members {sorted(unknown)}; known: {sorted(known)}"
        raise ValueError(message)
    return tuple(member for member in ZOO if member.name in names)
