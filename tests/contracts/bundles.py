"""A bundle put together from a recipe, and its whole chain run as plain processes."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from adapters.environments import Environments, variables
from pipeline.artifacts import DataReport, Metrics
from pipeline.bundle import BundleConfig
from pipeline.jobs import TaskType
from pipeline.recipe import (
    HARNESS,
    SCRIPTS,
    Backbone,
    Evidence,
    Recipe,
    find_recipe,
    recipe_folder,
)

STEP_SECONDS = 240
BUDGET_SECONDS = 8.0
DEEP_BUDGET_SECONDS = 40.0  # a network takes longer to be loaded than a light model to be trained
SEED = 42


@dataclass(frozen=True, slots=True)
class Ended:
    """How a script ended."""

    code: int
    output: str
    errors: str

    @property
    def lines(self) -> list[dict[str, JsonValue]]:
        """What it said as JSON lines."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]


@dataclass(frozen=True)
class TestBundle:
    """A flat folder of one recipe's scripts; `work` is where they run and write."""

    __test__ = False
    task: TaskType
    folder: Path
    work: Path
    python: Path

    def run(self, script: str, *arguments: str | Path, stdin: str = "") -> Ended:
        """Run one script to its end."""
        done = subprocess.run(
            [self.python, self.folder / script, *arguments],
            cwd=self.work,
            capture_output=True,
            check=False,
            encoding="utf-8",
            input=stdin,
            timeout=STEP_SECONDS,
            env={
                **os.environ,
                **variables(self.python),
                "OMP_NUM_THREADS": "1",
                "HF_HUB_OFFLINE": "1",
            },
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def must(self, script: str, *arguments: str | Path) -> Ended:
        """Run one script that has to succeed."""
        ended = self.run(script, *arguments)
        assert ended.code == 0, f"{script}: {ended.output[-2000:]}\n{ended.errors[-4000:]}"
        return ended

    def report(self, *files: Path) -> DataReport:
        """The data report of some files or folders of one folder; their tables lie in tables/."""
        told = [{"name": file.name, "split": None} for file in files]
        (self.work / "files.json").write_text(json.dumps(told), "utf-8")
        self._data.unlink(missing_ok=True)
        self._data.symlink_to(files[0].parent.resolve())
        given = ("--data", self._data, "--files", "files.json")
        self.must("report.py", *given, "--out", "report.json", "--tables", "tables")
        return DataReport.model_validate_json((self.work / "report.json").read_text("utf-8"))

    def evidence(self, report: DataReport) -> Evidence:
        """What the recipe makes of a report when the words ask for what it finds likeliest."""
        recipe = find_recipe(self.task)
        target = recipe.evidence(report, "").roles.get("target", "")
        return recipe.evidence(report, f"{recipe.words[0]} {target}")

    def configure(self, report: DataReport, **changes: object) -> BundleConfig:
        """Write config.json as the bot would for this report, with changes."""
        config = config_for(self.task, report, self.evidence(report)).model_copy(update=changes)
        (self.folder / "config.json").write_text(config.model_dump_json(), "utf-8")
        return config

    def prepare(self, out: str = "prepared") -> Ended:
        """Cut the tables of the report into parts; leaks that it found are no features then."""
        given = ("--data", "tables", "--files", self._data)
        ended = self.run("prepare.py", *self._config, *given, "--out", out)
        if ended.code == 0:
            self._leave_out(self.work / out / "prepared.json")
        return ended

    def _leave_out(self, told: Path) -> None:
        leaks = json.loads(told.read_text("utf-8")).get("left_out", {})
        path = self.folder / "config.json"
        config = json.loads(path.read_text("utf-8"))
        for role, names in config["columns"].items():
            if isinstance(names, list):
                config["columns"][role] = [name for name in names if name not in leaks]
        config["ignored"] |= leaks
        path.write_text(json.dumps(config), "utf-8")

    def baseline(self) -> Ended:
        """Make the baselines."""
        return self.must("baseline.py", *self._config, *FIT, "--out", "baselines")

    def train(self, out: str | Path, *more: str) -> Ended:
        """Train into a folder."""
        return self.must("train.py", *self._config, *FIT, "--out", out, *more)

    def score(self, out: str = "scored") -> Metrics:
        """Score the model and read what it got."""
        heldout = ("--heldout", "prepared/heldout")
        told = ("--model", self.folder / "model", "--baselines", "baselines", "--out", out)
        self.must("score.py", *self._config, *FIT, *heldout, *told)
        written = (self.work / out / "metrics.json").read_text("utf-8")
        return Metrics.model_validate_json(written)

    @property
    def _data(self) -> Path:
        """The folder of the person's files, below which those lie that tables name."""
        return self.work / "given"

    @property
    def _config(self) -> tuple[str | Path, ...]:
        return ("--config", self.folder / "config.json")


FIT = ("--fit", "prepared/fit")


async def training_python(cache: Path, requirements: tuple[str, ...]) -> Path:
    """Python with these requirements: MLTRAINER_TEST_PYTHON, else made once and kept in `cache`."""
    given = os.environ.get("MLTRAINER_TEST_PYTHON")
    if given:
        return Path(given)

    async def quiet(line: str) -> None:
        del line

    return await Environments(cache).prepare(requirements, quiet)


def assemble(task: TaskType, folder: Path, python: Path) -> TestBundle:
    """Copy harness and recipe flat into one folder, with an empty work folder beside."""
    bundle, work = folder / "bundle", folder / "work"
    for made in (bundle, work):
        made.mkdir(parents=True)
    files = [*HARNESS.rglob("*.py"), *(recipe_folder(task) / name for name in SCRIPTS)]
    for file in files:
        shutil.copy(file, bundle)
    return TestBundle(task, bundle, work, python)


def sample_files(task: TaskType) -> list[Path]:
    """The recipe's own few rows: a file, or a folder of several."""
    folder = recipe_folder(task) / "sample"
    files = sorted(folder.iterdir())
    return files if len(files) == 1 else [folder]


def trained_here(recipe: Recipe) -> Backbone:
    """What can be trained without weights of anybody else's: light where there is such a thing."""
    own = [backbone for backbone in recipe.backbones if not backbone.hub]
    return min(own, key=lambda backbone: (backbone.asked_only, bool(backbone.requirements)))


def config_for(task: TaskType, report: DataReport, evidence: Evidence) -> BundleConfig:
    """The settings that the bot would choose by rules."""
    recipe = find_recipe(task)
    target = report.column(str(evidence.roles.get("target", "")))
    classes = target.unique if target and target.kind != "number" else 0
    metric = recipe.headline(classes)
    backbone = trained_here(recipe)
    rarest = min(target.top, key=lambda pair: pair[1])[0] if target and classes == 2 else None
    settings: Mapping[str, JsonValue] = recipe.settings().model_dump(mode="json")
    return BundleConfig(
        task_type=task,
        backbone=backbone.name,
        columns=evidence.roles,
        ignored={},
        kinds={column.name: column.kind for column in report.columns},
        metric=metric.name,
        better=metric.better,
        positive=rarest,
        seed=SEED,
        budget_seconds=DEEP_BUDGET_SECONDS if backbone.requirements else BUDGET_SECONDS,
        threads=1,
        split={"train": 0.7, "validation": 0.1, "test": 0.2},
        files=report.files,
        hyperparameters=settings,
    )
