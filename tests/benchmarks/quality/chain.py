"""One trial of a data set: the recipe's scripts, run one after another as the bot runs them."""

import csv
import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import JsonValue

from pipeline.artifacts import DataReport
from pipeline.bundle import BundleConfig, needed, sources
from pipeline.recipe import find_recipe, harness_file, harness_shelves, recipe_folder
from tests.benchmarks.quality.processes import Ran, run
from tests.benchmarks.quality.sets import DEV, GROUPS, SERIES, DataSet
from tests.benchmarks.quality.store import rows_mark

LEARNT = ("prepare.py", "train.py", "predict.py")  # what decides the answers
DISTANCES = Path(__file__).with_name("distances.py")
CONFIG = ("--config", "config.json")
FIT = (*CONFIG, "--fit", "prepared/fit")


@dataclass(frozen=True)
class Chain:
    """The bundle of one trial in `folder`, run with `python`; `bundles` has a package's tables."""

    chosen: DataSet
    trial: int
    budget: float
    folder: Path
    python: Path
    bundled: Path
    told: dict[str, JsonValue] = field(default_factory=dict)

    def prepare(self) -> None:
        """Read the files, cut the rows, and leave out the columns that give the answer away."""
        for name, source in sources(self.chosen.task).items():
            shutil.copy(source, self.folder / name)
        report = self._report()
        config = self._config(report)
        self._write(config)
        self.script("prepare.py", *CONFIG, "--data", "tables", "--out", "prepared")
        prepared = json.loads((self.folder / "prepared" / "prepared.json").read_text("utf-8"))
        self._write(_without(config, prepared.get("left_out", {})))

    def train(self) -> Ran:
        """Train; model/ is made anew."""
        shutil.rmtree(self.folder / "model", ignore_errors=True)
        return self.script("train.py", *FIT, "--out", "model")

    def score(self) -> dict[str, JsonValue]:
        """Make the baselines, score all of them, and read metrics.json."""
        self.script("baseline.py", *FIT, "--out", "baselines")
        held = ("--heldout", "prepared/heldout", "--model", "model", "--baselines", "baselines")
        self.script("score.py", *FIT, *held, "--out", "out")
        told: dict[str, JsonValue] = json.loads(
            (self.folder / "out/metrics.json").read_text("utf-8")
        )
        return told

    def predict(self) -> None:
        """Answer heldout.csv in a new process, from a folder that holds only what is published.

        Groups are also told for the whole file, of which the truth may be known.
        """
        published = self.folder / "published"
        shutil.rmtree(published, ignore_errors=True)
        shutil.copytree(self.folder / "model", published / "model")
        folders = (recipe_folder(self.chosen.task), *harness_shelves())
        for name, source in needed(("predict.py",), folders).items():
            shutil.copy(source, published / name)
        shutil.copy(self.folder / "config.json", published)
        shutil.copy(self.folder / "out" / "heldout.csv", published)
        self._answer(published, "heldout.csv", "answers.csv")
        if self.chosen.task == GROUPS:
            whole = next((self.folder / "given").iterdir())
            self._answer(published, str(whole), "whole.csv")
            run(self.python, DISTANCES, folder=published)

    def _answer(self, published: Path, rows: str, answers: str) -> None:
        told = ("--input", rows, "--output", answers)
        run(self.python, "predict.py", *told, folder=published)

    def script(self, name: str, *arguments: str) -> Ran:
        """Run one of the bundle's scripts."""
        return run(self.python, name, *arguments, folder=self.folder)

    @property
    def config(self) -> BundleConfig:
        """config.json as it is now."""
        return BundleConfig.model_validate_json((self.folder / "config.json").read_bytes())

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that anyone may learn from or has to predict."""
        named = self.config.columns.values()
        return tuple(n for names in named for n in ((names,) if isinstance(names, str) else names))

    @property
    def rows(self) -> str:
        """Mark of the rows and columns of this trial."""
        return rows_mark(self.folder / "prepared", self.columns)

    @cached_property
    def code(self) -> str:
        """Mark of everything of ours that decides the answers."""
        folders = (recipe_folder(self.chosen.task), *harness_shelves())
        files = needed(LEARNT, folders)
        whole = b"".join(file.read_bytes() for file in files.values())
        return hashlib.sha256(whole).hexdigest()[:16]

    def tell(self, groups: JsonValue = None) -> Path:
        """Write trial.json, from which a comparison or a peer learns what to do.

        `groups` is how many to find.
        """
        config = self.config
        told: dict[str, object] = {
            "task": self.chosen.task,
            "prepared": str(self.folder / "prepared"),
            "target": config.columns.get("target"),
            "features": config.columns.get("features", ()),
            "text": config.columns.get("text"),
            "metric": config.metric,
            "positive": config.positive,
            "seed": config.seed,
            "budget": self.budget,
            "time": self.chosen.time,
            "series": self.chosen.series,
            "horizon": self.chosen.horizon,
            "season": self.chosen.season,
            "longer": self.chosen.longer,
            "groups": groups,
            "file": str(next((self.folder / "given").iterdir())),
            "truth": str(DEV / self.chosen.truth) if self.chosen.truth else None,
        }
        file = self.folder / "trial.json"
        file.write_text(json.dumps(told), "utf-8")
        return file

    def _report(self) -> DataReport:
        given = self.folder / "given"
        given.mkdir()
        files = [(DEV / file, part) for file, part in self.chosen.files] or [(self.bundled, None)]
        for file, _ in files:
            shutil.copy(file, given)
            if self.chosen.task == SERIES and self.trial:
                _cut(given / file.name, self.chosen, self.trial)
        told = [{"name": file.name, "split": part} for file, part in files]
        (self.folder / "files.json").write_text(json.dumps(told), "utf-8")
        words = ("--data", "given", "--files", "files.json")
        reporter = str(harness_file("report.py"))
        self.script(reporter, *words, "--out", "report.json", "--tables", "tables")
        return DataReport.model_validate_json((self.folder / "report.json").read_bytes())

    def _config(self, report: DataReport) -> BundleConfig:
        recipe, chosen = find_recipe(self.chosen.task), self.chosen
        words = chosen.words or f"{recipe.words[0]} {chosen.target or ''}"
        roles = recipe.evidence(report, words).roles
        target = str(roles.get("target", ""))
        if chosen.target not in {None, target}:
            raise ValueError(f"{chosen.name}: {target} was taken for {chosen.target}")
        column = report.column(target)
        classes = column.unique if column and column.kind != "number" else 0
        headline = recipe.headline(classes)
        settings = recipe.settings().model_dump(mode="json")
        if chosen.horizon and "horizon" in settings:
            settings["horizon"] = chosen.horizon
        return BundleConfig(
            task_type=chosen.task,
            backbone=recipe.backbones[0].name,
            columns=roles,
            ignored={},
            kinds={one.name: one.kind for one in report.columns},
            metric=headline.name,
            better=headline.better,
            positive=column.top[-1][0] if column and classes == 2 else None,
            seed=self.trial,
            budget_seconds=self.budget,
            threads=1,
            split={"train": 0.8, "validation": 0.1, "test": 0.1},
            files=report.files,
            hyperparameters=settings,
        )

    def _write(self, config: BundleConfig) -> None:
        (self.folder / "config.json").write_text(config.model_dump_json(), "utf-8")


def _without(config: BundleConfig, left_out: Mapping[str, str]) -> BundleConfig:
    """The settings with these columns moved from the features to the ignored ones."""
    kept = tuple(name for name in config.columns.get("features", ()) if name not in left_out)
    columns = {**config.columns, **({"features": kept} if left_out else {})}
    return config.model_copy(update={"columns": columns, "ignored": {**config.ignored, **left_out}})


def _cut(file: Path, chosen: DataSet, origin: int) -> None:
    """Leave out the last `origin` horizons of every series."""
    with file.open(encoding="utf-8", newline="") as opened:
        names, *rows = list(csv.reader(opened))
    of = names.index(chosen.series) if chosen.series else None
    series: dict[str, list[list[str]]] = defaultdict(list)
    for row in rows:
        series["" if of is None else row[of]].append(row)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(names)
        for kept in series.values():
            writer.writerows(kept[: len(kept) - origin * chosen.horizon])
