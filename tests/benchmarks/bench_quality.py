"""How good the tabular ensemble is, against a default LightGBM and a linear model, seed by seed.

    make bench-quality
    python tests/benchmarks/bench_quality.py --budget 15 --seeds 3 titanic

Every number comes from the recipe's own scripts, run as a job would run them; the rivals see the
same rows. Reads the data sets below DEV_DATA and prints one table a data set.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from adapters.environments import Environments, variables  # noqa: E402
from pipeline.artifacts import BundleConfig, DataReport  # noqa: E402
from pipeline.bundle import sources  # noqa: E402
from pipeline.jobs import TaskType  # noqa: E402
from pipeline.recipe import HARNESS, find_recipe, requirements  # noqa: E402

TASK = TaskType("tabular_classification")
DATA = Path(os.environ.get("DEV_DATA", ROOT.parent / "shared" / "data")) / "dev"
RIVALS = Path(__file__).with_name("tabular_rivals.py")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
SETS = {
    "titanic": ("titanic/titanic.csv", "who survived?", 10),
    "adult": ("adult_income_10k/adult_10k.csv", "who has the higher income?", 3),
    "penguins": ("penguins/penguins.csv", "which species?", 3),
}


@dataclass(frozen=True)
class Line:
    """One seed: the metric's values and the seconds of train.py."""

    seed: int
    ours: float
    lightgbm: float
    linear: float
    own_linear: float
    seconds: float


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=list(SETS), help=f"of {', '.join(SETS)}")
    parser.add_argument("--budget", type=float, default=60, help="seconds of train.py")
    parser.add_argument("--seeds", type=int, help="how many, from 0")
    parser.add_argument("--backbone", default="light_ensemble")
    told = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"no data in {DATA}: set DEV_DATA")
    python = training_python(told.backbone)
    for name in told.sets:
        file, words, seeds = SETS[name]
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(
                python,
                Path(folder),
                DATA / file,
                words=words,
                backbone=told.backbone,
                budget=told.budget,
            )
            show(name, [bench.run(seed) for seed in range(told.seeds or seeds)])


def training_python(backbone: str) -> Path:
    """Python of the training environment, made once and kept."""
    chosen = next(one for one in find_recipe(TASK).backbones if one.name == backbone)
    lines = tuple(sorted({*requirements(TASK), *chosen.requirements}))
    cache = Path(os.environ.get("MLTRAINER_ENV_CACHE", ROOT / ".benchmarks" / "environments"))

    async def told(line: str) -> None:
        print(line, file=sys.stderr)

    return asyncio.run(Environments(cache).prepare(lines, told))


class Bench:
    """One data set: its bundle, and a run of all scripts for each seed."""

    def __init__(
        self, python: Path, folder: Path, data: Path, *, words: str, backbone: str, budget: float
    ) -> None:
        self.python, self.folder, self.data = python, folder, data
        for name, source in sources(TASK).items():
            shutil.copy(source, folder / name)
        self.script(str(HARNESS / "report.py"), "--out", "report.json", str(data))
        report = DataReport.model_validate_json((folder / "report.json").read_bytes())
        recipe = find_recipe(TASK)
        roles = recipe.evidence(report, words).roles
        target = report.column(str(roles["target"]))
        if target is None:
            sys.exit(f"no target found in {data}")
        self.two = target.unique == 2
        self.settings = {
            "task_type": TASK,
            "backbone": backbone,
            "columns": roles,
            "ignored": {},
            "kinds": {column.name: column.kind for column in report.columns},
            "metric": recipe.headline(target.unique).name,
            "better": recipe.headline(target.unique).better,
            "positive": target.top[-1][0] if self.two else None,
            "budget_seconds": budget,
            "threads": 1,
            "split": {"train": 0.8, "validation": 0.1, "test": 0.1},
            "files": report.files,
            "hyperparameters": recipe.settings().model_dump(mode="json"),
        }

    def run(self, seed: int) -> Line:
        """Prepare, train and score with one seed."""
        config = BundleConfig.model_validate({**self.settings, "seed": seed})
        (self.folder / "config.json").write_text(config.model_dump_json(), "utf-8")
        fit = ("--config", "config.json", "--fit", "prepared/fit")
        data = str(self.data.parent)
        self.script("prepare.py", *fit[:2], "--data", data, "--out", "prepared")
        self.script("baseline.py", *fit, "--out", "baselines")
        shutil.rmtree(self.folder / "model", ignore_errors=True)
        began = time.monotonic()
        self.script("train.py", *fit, "--out", "model")
        seconds = time.monotonic() - began
        held = ("--heldout", "prepared/heldout", "--model", "model", "--baselines", "baselines")
        self.script("score.py", *fit, *held, "--out", "out")
        metrics = json.loads((self.folder / "out" / "metrics.json").read_text("utf-8"))
        target, features = config.columns["target"], config.columns["features"]
        rivals = json.loads(self.script(str(RIVALS), "prepared", str(target), *features))
        ours, own_linear = metrics["metric"]["value"], metrics["baselines"][-1]["value"]
        return Line(seed, ours, rivals["lightgbm"], rivals["linear"], own_linear, seconds)

    def script(self, name: str, *arguments: str) -> str:
        """Run one script; its last line of output. Ends the benchmark when it fails."""
        ran = subprocess.run(
            [self.python, name, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **variables(self.python), **ONE_THREAD},
        )
        if ran.returncode:
            sys.exit(f"{name} ended with {ran.returncode}\n{ran.stdout}{ran.stderr}")
        return (ran.stdout.splitlines() or [""])[-1]


def show(name: str, lines: list[Line]) -> None:
    """Print the table of one data set."""
    print(
        f"\n{name:10} {'ours':>8} {'LightGBM':>9} {'linear':>8} {'own linear':>11} {'train s':>8}"
    )
    for line in lines:
        print(
            f"seed {line.seed:<5} {line.ours:8.4f} {line.lightgbm:9.4f} {line.linear:8.4f}"
            f" {line.own_linear:11.4f} {line.seconds:8.1f}"
        )
    ours = [line.ours for line in lines]
    rivals = {
        "LightGBM": [line.lightgbm for line in lines],
        "linear": [line.linear for line in lines],
        "own linear": [line.own_linear for line in lines],
    }
    print(
        f"mean {mean(ours):14.4f}", *(f"{key} {mean(values):.4f}" for key, values in rivals.items())
    )
    for rival, values in rivals.items():
        won = sum(a > b for a, b in zip(ours, values, strict=True))
        even = sum(a == b for a, b in zip(ours, values, strict=True))
        print(f"beats {rival} in {won} of {len(lines)}" + (f", even in {even}" if even else ""))


if __name__ == "__main__":
    main()
