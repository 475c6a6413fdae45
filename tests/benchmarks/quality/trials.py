"""Measures what is asked for of each trial, one training at a time, and keeps every result."""

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from tests.benchmarks.quality import places
from tests.benchmarks.quality.chain import Chain
from tests.benchmarks.quality.processes import Failed, Ran, cores, run
from tests.benchmarks.quality.sets import CLASSES, GROUPS, NUMBERS, SERIES, TEXTS, DataSet
from tests.benchmarks.quality.store import Mark, Result, Store

OURS, SIMPLE = "ours", "simple"
COMPARISONS = {
    CLASSES: "simple_tables.py",
    NUMBERS: "simple_tables.py",
    TEXTS: "simple_texts.py",
    SERIES: "simple_series.py",
    GROUPS: "simple_groups.py",
}
PEERS: Mapping[str, Sequence[str]] = {
    CLASSES: ("autogluon_tables", "flaml_tables"),
    NUMBERS: ("autogluon_tables", "flaml_tables"),
    SERIES: ("autogluon_series",),
}
_SCORED = ("verdict", "verdict_level", "warnings", "baselines", "details")
Told = dict[str, JsonValue]


@dataclass(frozen=True)
class Bench:
    """Runs trials with `budget` seconds of training each; `keep` trusts results of older code."""

    store: Store
    budget: float
    say: Callable[[str], None]
    keep: bool = False

    def run(self, chosen: DataSet, trials: Iterable[int], models: Sequence[str]) -> int:
        """Measure the models of these trials that were not measured yet; how many failed."""
        return sum(self._run(chosen, trial, models) for trial in trials)

    def _run(self, chosen: DataSet, trial: int, models: Sequence[str]) -> int:
        failed = 0
        with tempfile.TemporaryDirectory() as folder:
            chain = Chain(
                chosen=chosen,
                trial=trial,
                budget=self.budget,
                folder=Path(folder),
                python=places.training_python(chosen.task),
                bundled=places.table_of(chosen),
            )
            try:
                chain.prepare()
            except Failed as failure:
                self.say(f"{chosen.name} {trial}: {failure}")
                return len(models)
            for model in models:
                try:
                    self._measure(chain, model)
                except Failed as failure:
                    failed += 1
                    self.say(f"{chosen.name} {trial} {model}: {failure}")
        return failed

    def _measure(self, chain: Chain, model: str) -> None:
        name, trial = chain.chosen.name, chain.trial
        mark = self._mark(chain, model)
        if self._is_known(self.store.read(name, trial, model), mark):
            return
        told, ran = self._told(chain, model)
        models = told.pop("models", None) or {model: told.pop("metrics")}
        known = chain.chosen.truth is not None
        result = Result.model_validate(
            {
                "mark": mark,
                "metric": "agreement" if known else chain.config.metric,
                "better": "higher" if known else chain.config.better,
                "models": models,
                "cores": cores(),
                **ran.cost,
                "details": told,
            }
        )
        self.store.keep(name, trial, model, result)
        self.say(f"{name} {trial} {_shown(result)}")

    def _told(self, chain: Chain, model: str) -> tuple[Told, Ran]:
        match model:
            case "ours":
                return ours(chain)
            case "simple":
                script = places.HERE / COMPARISONS[chain.chosen.task]
                python, told = places.comparing_python(), chain.tell(self._groups(chain))
            case peer:
                script = places.PEERS / f"{peer}.py"
                python, told = places.peer_python(peer), chain.tell()
        ran = run(python, script, told, folder=chain.folder)
        return json.loads(ran.last), ran

    def _groups(self, chain: Chain) -> JsonValue:
        """As many as ours found, where groups are looked for: so it has to come first."""
        if chain.chosen.task != GROUPS:
            return None
        own = self.store.read(chain.chosen.name, chain.trial, OURS)
        if own is None:
            raise Failed("ours is not measured yet, so the number of groups is not known")
        return own.details["groups"]

    def _mark(self, chain: Chain, model: str) -> Mark:
        """Comparisons of groups belong to a number of groups."""
        code = ""
        if model == OURS:
            code = chain.code
        elif model == SIMPLE and chain.chosen.task == GROUPS:
            code = f"{self._groups(chain)} groups"
        return Mark(rows=chain.rows, budget=self.budget, code=code)

    def _is_known(self, result: Result | None, mark: Mark) -> bool:
        if result is None:
            return False
        return result.mark == (
            mark.model_copy(update={"code": result.mark.code}) if self.keep else mark
        )


def ours(chain: Chain) -> tuple[Told, Ran]:
    """Train and score as a job does; metrics are counted again from what predict.py answers."""
    trained = chain.train()
    scored = chain.score()
    chain.predict()
    again = run(
        places.comparing_python(),
        *(places.HERE / "again.py", chain.tell(), chain.folder / "out" / "metrics.json"),
        folder=chain.folder / "published",
    )
    return {**json.loads(again.last), **{name: scored[name] for name in _SCORED}}, trained


def _shown(result: Result) -> str:
    values = (f"{name} {one[result.metric]:.4f}" for name, one in result.models.items())
    took = f"{result.seconds:.0f} s, load {result.load:.1f}"
    return f"{result.metric}: {', '.join(values)} ({took})"
