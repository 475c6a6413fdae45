"""How good the tabular ensemble is, against a default LightGBM and a linear model, seed by seed.

    make bench-quality
    python tests/benchmarks/bench_quality.py --budget 15 --seeds 3 titanic
    python tests/benchmarks/bench_quality.py --file wine.csv --words "which class?" --seeds 3

Every number comes from the recipe's own scripts, run as a job would run them; the rivals see the
same rows. Reads the data sets below DEV_DATA, or any file, and prints one table a data set.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
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
FILE_SEEDS = 3
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
SETS = {
    "titanic": ("titanic/titanic.csv", "who survived?", 10),
    "adult": ("adult_income_10k/adult_10k.csv", "who has the higher income?", 3),
    "penguins": ("penguins/penguins.csv", "which species?", 3),
}


OURS, RIVAL_NAMES = "ours", ("LightGBM", "linear", "own linear")


@dataclass(frozen=True)
class Line:
    """One seed: the metric's values and log losses by model, and the seconds of train.py."""

    seed: int
    values: Mapping[str, float]
    losses: Mapping[str, float]
    verdict: str
    seconds: float


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", help=f"of {', '.join(SETS)}; all when nothing is named")
    parser.add_argument("--file", type=Path, action="append", default=[], help="any other data set")
    parser.add_argument("--words", default="", help="the request that comes with each --file")
    parser.add_argument("--budget", type=float, default=60, help="seconds of train.py")
    parser.add_argument("--seeds", type=int, help="how many, from 0")
    parser.add_argument("--backbone", default="light_ensemble")
    told = parser.parse_args()
    python = training_python(told.backbone)
    for name, file, words, seeds in chosen(told):
        if not file.is_file():
            sys.exit(f"no data in {file}: set DEV_DATA or name a --file")
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(
                python,
                Path(folder),
                file.resolve(),
                words=words,
                backbone=told.backbone,
                budget=told.budget,
            )
            show(name, [bench.run(seed) for seed in range(told.seeds or seeds)])


def chosen(told: argparse.Namespace) -> Iterator[tuple[str, Path, str, int]]:
    """Name, file, words and number of seeds of each data set to run."""
    for name in told.sets or ([] if told.file else SETS):
        file, words, seeds = SETS[name]
        yield name, DATA / file, words, seeds
    for file in told.file:
        yield file.stem, file, told.words, FILE_SEEDS


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
        self.python, self.folder = python, folder
        for name, source in sources(TASK).items():
            shutil.copy(source, folder / name)
        told = [{"name": data.name, "split": None}]
        (folder / "files.json").write_text(json.dumps(told), "utf-8")
        given = ("--data", str(data.parent), "--files", "files.json")
        self.script(
            str(HARNESS / "report.py"), *given, "--out", "report.json", "--tables", "tables"
        )
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
        self.script("prepare.py", *fit[:2], "--data", "tables", "--out", "prepared")
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
        own = {OURS: metrics["metric"]["value"], "own linear": metrics["baselines"][-1]["value"]}
        return Line(
            seed,
            own | {name: told["value"] for name, told in rivals.items()},
            {OURS: metrics["metrics"]["log_loss"]}
            | {name: told["log_loss"] for name, told in rivals.items()},
            metrics["verdict_level"],
            seconds,
        )

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
    heads = "".join(f"{model:>12}" for model in (OURS, *RIVAL_NAMES))
    print(f"\n{name:<12}{heads}  log loss {', '.join(lines[0].losses)}; train s, verdict")
    for line in lines:
        values = "".join(f"{line.values[model]:12.4f}" for model in (OURS, *RIVAL_NAMES))
        told = " ".join(f"{loss:9.4f}" for loss in line.losses.values())
        print(f"seed {line.seed:<7}{values} {told} {line.seconds:8.1f} {line.verdict}")
    means = (mean(line.values[model] for line in lines) for model in (OURS, *RIVAL_NAMES))
    losses = (mean(line.losses[model] for line in lines) for model in lines[0].losses)
    print(f"mean        {''.join(f'{value:12.4f}' for value in means)}", end=" ")
    print(" ".join(f"{loss:9.4f}" for loss in losses))
    for rival in RIVAL_NAMES:
        won = sum(line.values[OURS] > line.values[rival] for line in lines)
        even = sum(line.values[OURS] == line.values[rival] for line in lines)
        print(f"beats {rival} in {won} of {len(lines)}" + (f", even in {even}" if even else ""))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"largest process so far {peak} MB", flush=True)


if __name__ == "__main__":
    main()
