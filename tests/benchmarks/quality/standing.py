"""Who stands where: means, wins and ranks over the trials of a data set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from tests.benchmarks.quality.store import Result, Store
from tests.benchmarks.quality.trials import OURS

ENOUGH = 0.8  # of the single runs


@dataclass(frozen=True)
class Duel:
    """Ours against one other, over `runs` trials: means, and how often each was the better one."""

    other: str
    ours_mean: float
    other_mean: float
    won: int
    even: int
    runs: int
    better: str

    @property
    def ahead(self) -> bool:
        """Whether ours is better in the mean."""
        return _key(self.ours_mean, self.better) > _key(self.other_mean, self.better)

    @property
    def often(self) -> bool:
        """Whether ours is the better one in enough of the single runs; even ones count half."""
        return self.won + self.even / 2 >= ENOUGH * self.runs


@dataclass(frozen=True)
class Standing:
    """One data set: in each trial the metric's value of every model, all on the same rows."""

    name: str
    metric: str
    better: str
    trials: Sequence[Mapping[str, float]]
    results: Sequence[Mapping[str, Result]]

    @property
    def models(self) -> list[str]:
        """All that were measured in every trial."""
        return [name for name in self.trials[0] if all(name in one for one in self.trials)]

    def mean(self, model: str) -> float:
        """A model's mean over the trials."""
        return mean(one[model] for one in self.trials)

    def best(self) -> set[str]:
        """The models with the best mean, usually one."""
        means = {name: _key(self.mean(name), self.better) for name in self.models}
        return {name for name, value in means.items() if value == max(means.values())}

    def duels(self) -> list[Duel]:
        """Ours against each other model."""
        if OURS not in self.models:
            return []
        return [self._duel(name) for name in self.models if name != OURS]

    def ranks(self) -> dict[str, list[float]]:
        """Rank of each model in each trial, 1 for the best; equal ones share theirs."""
        ranked: dict[str, list[float]] = {name: [] for name in self.models}
        for trial in self.trials:
            keys = {name: _key(trial[name], self.better) for name in self.models}
            for name, key in keys.items():
                above = sum(other > key for other in keys.values())
                beside = sum(other == key for other in keys.values()) - 1
                ranked[name].append(1 + above + beside / 2)
        return ranked

    def _duel(self, other: str) -> Duel:
        pairs = [
            (_key(one[OURS], self.better), _key(one[other], self.better)) for one in self.trials
        ]
        return Duel(
            other=other,
            ours_mean=self.mean(OURS),
            other_mean=self.mean(other),
            won=sum(own > their for own, their in pairs),
            even=sum(own == their for own, their in pairs),
            runs=len(pairs),
            better=self.better,
        )


def standing(
    store: Store, name: str, files: Iterable[str], budget: float, seeds: int
) -> Standing | None:
    """What these results say of a data set; None where not all of them were measured.

    Trials count where all were measured on the same rows.
    """
    wanted, kept = set(files), []
    for trial in list(store.trials(name))[:seeds]:
        found = {file: trial[file] for file in wanted & trial.keys()}
        marks = {(one.mark.rows, one.mark.budget) for one in found.values()}
        if found.keys() == wanted and len(marks) == 1 and marks.pop()[1] == budget:
            kept.append(found)
    if not kept:
        return None
    first = next(iter(kept[0].values()))
    values = [
        {
            model: metrics[first.metric]
            for file in sorted(found, key=lambda one: (one != OURS, one))
            for model, metrics in found[file].models.items()
            if first.metric in metrics
        }
        for found in kept
    ]
    return Standing(name, first.metric, first.better, values, kept)


def _key(value: float, better: str) -> float:
    return value if better == "higher" else -value
