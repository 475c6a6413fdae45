"""How many groups: one rule for all the evidence, and why, in words.

The most groups for which all of this holds: every group comes back when rows are missing, rows
thin out between any two groups, and the likelihood (BIC) explains a good part of what any number of
groups does. Other indices are told beside it; where none of the numbers passes, no groups stand
out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from config import Json
from figures_form import number
from group_reference import MOST_FOOLED
from group_scan import Evidence
from trait_forms import SURELY

COMES_BACK = 0.8  # prediction strength that its authors ask for
THINS_OUT = 1.0  # rows in the valley, as a share of the lower peak's
EXPLAINS = 0.3  # of the gain in BIC of the best number of groups
WORDS = {
    "silhouette": "the silhouette",
    "davies_bouldin": "Davies-Bouldin",
    "calinski_harabasz": "Calinski-Harabasz",
    "bic": "BIC alone",
    "gap": "the gap statistic",
}


@dataclass(frozen=True, slots=True)
class Tested:
    """One number of groups with all that speaks for it; `gain` is its share of the best BIC's.

    `fooled` counts boxes without groups that seem to have as many, where they were looked at.
    """

    evidence: Evidence
    gain: float
    fooled: int | None = None

    @property
    def groups(self) -> int:
        """How many."""
        return self.evidence.groups

    @property
    def bic(self) -> float:
        """Of the fit; lower is better."""
        return self.evidence.fitted.bic

    @property
    def unseen(self) -> float:
        """Mean log-likelihood of rows that refits did not see."""
        found = self.evidence.unseen
        return sum(found) / len(found) if found else float("-inf")

    @property
    def passes(self) -> bool:
        """Whether groups so many are really there."""
        found = self.evidence
        strong = found.strength is not None and found.strength >= COMES_BACK
        plain = found.valley <= THINS_OUT and (self.fooled or 0) <= MOST_FOOLED
        return strong and plain and self.gain >= EXPLAINS

    @property
    def flat(self) -> dict[str, Json]:
        """As metrics.json tells it."""
        found = self.evidence
        return {
            "clusters": self.groups,
            "silhouette": found.silhouette,
            "davies_bouldin": found.davies_bouldin,
            "calinski_harabasz": found.calinski_harabasz,
            "bic": self.bic,
            "stability": found.stability,
            "prediction_strength": found.strength,
            "valley": found.valley,
            "passes": self.passes,
        }


def choose(tested: Sequence[Tested]) -> Tested | None:
    """The most groups that pass, but none more than BIC surely allows; None where none pass."""
    taken: Tested | None = None
    for one in sorted(tested, key=lambda one: one.groups):
        if one.passes and (taken is None or one.bic <= taken.bic + SURELY):
            taken = one
    return taken


def votes(tested: Sequence[Tested], gaps: Mapping[int, tuple[float, float]]) -> dict[str, int]:
    """The number of groups that each index alone would take."""
    found = {
        "silhouette": max(tested, key=lambda one: one.evidence.silhouette).groups,
        "davies_bouldin": min(tested, key=lambda one: one.evidence.davies_bouldin).groups,
        "calinski_harabasz": max(tested, key=lambda one: one.evidence.calinski_harabasz).groups,
        "bic": min(tested, key=lambda one: one.bic).groups,
    }
    if gaps:
        found["gap"] = _by_gap(gaps)
    return found


def _by_gap(gaps: Mapping[int, tuple[float, float]]) -> int:
    """The fewest groups that one more does not surely improve, as the gap's authors take it."""
    numbers = sorted(gaps)
    for one, more in pairwise(numbers):
        gap, error = gaps[more]
        if gaps[one][0] >= gap - error:
            return one
    return numbers[-1]


def reason(taken: int, found: Tested | None, voted: Mapping[str, int], *, asked: bool) -> str:
    """Why so many groups, and that it is a choice."""
    others = _others(taken, voted)
    if asked:
        return f"{taken} groups, as asked for. {others}"
    if found is None:
        return (
            f"{taken} groups, though none stand out: for no number of groups do all of them come"
            f" back when rows are missing while rows thin out between them. {others}"
        )
    strength = number(found.evidence.strength or 0.0)
    return (
        f"{taken} groups: the most for which every group comes back when rows are missing"
        f" (prediction strength {strength} of 1) and rows thin out between any two. {others}"
    )


def _others(taken: int, voted: Mapping[str, int]) -> str:
    """What other indices say, and that there is no right number."""
    agree = [WORDS[name] for name, groups in voted.items() if groups == taken]
    differ = [f"{WORDS[name]} {groups}" for name, groups in voted.items() if groups != taken]
    told = "How many groups there are is a choice, not a fact"
    if not voted:
        return f"{told}."
    if not differ:
        return f"{told}; here all indices agree."
    says = (
        f"by themselves {', '.join(differ)} would be taken"
        if len(differ) > 1
        else (f"by itself {differ[0]} would be taken")
    )
    same = f", {' and '.join(agree)} agree{'s' if len(agree) == 1 else ''}" if agree else ""
    return f"{told}: {says}{same}."
