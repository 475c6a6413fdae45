"""What else docs/quality.md tells: the machine, what was checked, and other people's figures."""

import json
import platform
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from pydantic import JsonValue

from tests.benchmarks.quality import places
from tests.benchmarks.quality.markdown import shown, table
from tests.benchmarks.quality.sets import DEV, SETS, DataSet
from tests.benchmarks.quality.store import Result, Store
from tests.benchmarks.quality.tables import NOTHING, TITLES
from tests.benchmarks.quality.trials import OURS

LONG_SECONDS = 20  # a shorter process waits for its disk more than it computes
OVER = 1.1  # the budget is held within a tenth
LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Accounts:
    """Accounts of the results with one budget."""

    store: Store
    budget: float

    def machine(self) -> str:
        """On what it was measured."""
        results = [one for _, trials in self._all() for trial in trials for one in trial.values()]
        shares = [one.cpu_seconds / one.seconds for one in results if one.seconds > LONG_SECONDS]
        if not shares:
            return NOTHING
        loads = [one.load for one in results]
        cores = ", ".join(sorted({str(one.cores) for one in results}))
        lines = (
            (
                f"Processor: {_processor()}; one training at a time on {cores} core(s);"
                f" Python {platform.python_version()}."
            ),
            (
                f"Load of the machine: {min(loads):.1f} to {max(loads):.1f},"
                f" {mean(loads):.1f} in the mean. The trainings got {mean(shares):.0%} of a core in"
                f" the mean, {min(shares):.0%} at least."
            ),
            f"Budget: {self.budget:.0f} seconds each. Peers: {', '.join(_versions())}.",
        )
        return "\n".join(f"- {line}" for line in lines)

    def checks(self) -> str:
        """What was checked in every run of ours."""
        found = list(self._ours())
        if not found:
            return NOTHING
        differences = [_number(one.details["difference"]) for _, one in found]
        shares = [one.seconds / one.mark.budget for _, one in found]
        levels = ", ".join(sorted({str(one.details["verdict_level"]) for _, one in found}))
        lines = (
            (
                f"Jobs: {len(found)}. The reported metric and the one counted again, by other code"
                " and from what `predict.py` answers in a process of its own, differ by at most"
                f" {max(differences):.1e}."
            ),
            (
                f"Seconds of `train.py`: {mean(shares):.0%} of the budget in the mean,"
                f" {max(shares):.0%} at most; more than a tenth over it in"
                f" {sum(share > OVER for share in shares)} of {len(found)} runs."
            ),
            f"Levels of the verdicts: {levels}.",
            *self._versions_mixed(),
        )
        told = "\n".join(f"- {line}" for line in lines)
        return f"{told}\n\n{table(['data set', 'members by their mean share'], self._members())}"

    def _versions_mixed(self) -> Iterator[str]:
        """A line where the runs of a data set are not all of the same code."""
        codes: dict[str, set[str]] = defaultdict(set)
        for name, one in self._ours():
            codes[name].add(one.mark.code)
        mixed = [name for name, known in codes.items() if len(known) > 1]
        if mixed:
            yield f"Runs of more than one version of the code: {', '.join(mixed)}."

    def references(self) -> str:
        """Means of ours by every metric, beside what the cards of the data sets tell."""
        rows = [row for one in SETS if one.files for row in self._referred(one)]
        head = ["data set", "mltrainer, mean over the runs", "published elsewhere"]
        return table(head, rows) if rows else NOTHING

    def _referred(self, chosen: DataSet) -> Iterator[list[str]]:
        """One row where both a result and a card are there."""
        found = [one for name, one in self._ours() if name == chosen.name]
        card = DEV / Path(chosen.files[0][0]).parent / "CARD.json"
        if not found or not card.is_file():
            return
        told = json.loads(card.read_text("utf-8"))["baselines"]
        names = found[0].models[OURS]
        own = (f"{name} {shown(mean(one.models[OURS][name] for one in found))}" for name in names)
        theirs = (f"{one['metric']} {one['value']:g} ({one['model']})" for one in told)
        yield [chosen.name, ", ".join(own), "; ".join(theirs) or "nothing"]

    def _members(self) -> Iterator[list[str]]:
        shares: dict[str, list[Mapping[str, float]]] = defaultdict(list)
        for name, one in self._ours():
            shares[name].append(_shares(one))
        for name, told in shares.items():
            means = _means(told)
            yield [name, ", ".join(f"{member} {share:.0%}" for member, share in means) or "one"]

    def _ours(self) -> Iterator[tuple[str, Result]]:
        for name, trials in self._all():
            yield from ((name, trial[OURS]) for trial in trials if OURS in trial)

    def _all(self) -> Iterator[tuple[str, list[dict[str, Result]]]]:
        for one in SETS:
            yield (
                one.name,
                [
                    {name: told for name, told in trial.items() if told.mark.budget == self.budget}
                    for trial in self.store.trials(one.name)
                ],
            )


def _means(told: Sequence[Mapping[str, float]]) -> list[tuple[str, float]]:
    """Mean share of each member over the runs, the largest first, without the smallest."""
    names = dict.fromkeys(name for one in told for name in one)
    means = [(name, mean(one.get(name, 0.0) for one in told)) for name in names]
    return sorted((pair for pair in means if pair[1] >= LEAST_SHARE), key=lambda pair: -pair[1])


def _shares(result: Result) -> dict[str, float]:
    details = result.details.get("details")
    members = details.get("members") if isinstance(details, dict) else None
    return {name: _number(it) for name, it in members.items()} if isinstance(members, dict) else {}


def _number(value: JsonValue) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _versions() -> Iterator[str]:
    for name, title in TITLES.items():
        if name != OURS:
            line = places.requirement_lines(places.PEERS / f"{name}.txt")[0]
            yield f"{title} {line.partition('==')[2]}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), "?")
