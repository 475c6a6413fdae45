"""Whether the answers are honest: chance called chance, leaks left out, strong columns kept.

    make bench-honesty
    python tests/benchmarks/bench_honesty.py --seeds 5 chance

Every line comes from the recipes' own scripts on generated data, run as a job would run them.
`chance`: labels, numbers, series and groups with nothing to learn must get the verdict "none".
`leaks`: a near copy of the answer is left out and named, an honest strong column is kept.
`groups`: how far the found groups agree with the true ones, next to plain k-means.
"""

import argparse
import asyncio
import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.artifacts import Metrics  # noqa: E402
from pipeline.jobs import TaskType  # noqa: E402
from pipeline.recipe import requirements  # noqa: E402
from tests.contracts.bundles import TestBundle, assemble, training_python  # noqa: E402

Floats = npt.NDArray[np.float64]
Table = dict[str, list[str]]
CACHE = Path(os.environ.get("MLTRAINER_ENV_CACHE", ROOT / ".benchmarks" / "environments"))
DATA = Path(os.environ.get("DEV_DATA", ROOT.parent / "shared" / "data")) / "dev"
AGREEMENT = Path(__file__).with_name("agreement.py")
CLASSES, NUMBERS = TaskType("tabular_classification"), TaskType("tabular_regression")
SERIES, GROUPS = TaskType("time_series_forecasting"), TaskType("clustering")
SECONDS = 6.0


def main() -> None:
    """Run the named parts, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], default=[])
    parser.add_argument("--seeds", type=int, help="how many sets of each kind")
    told = parser.parse_args()
    for name in told.parts or PARTS:
        PARTS[name](told.seeds)


def chance(seeds: int | None) -> None:
    """Nothing to learn: the verdict has to say so."""
    for task, make, count in (
        (CLASSES, random_labels, 20),
        (NUMBERS, random_numbers, 20),
        (SERIES, random_walk, 10),
        (GROUPS, one_cloud, 10),
    ):
        levels = [trained(task, make(seed)).verdict_level for seed in range(seeds or count)]
        print(f"{task}: {levels.count('none')} of {len(levels)} told as none", flush=True)


def leaks(seeds: int | None) -> None:
    """A near copy goes, an honest strong column stays."""
    for task, make in ((CLASSES, leaky_labels), (NUMBERS, leaky_numbers)):
        left = [left_out(task, make(seed)) for seed in range(seeds or 10)]
        found = sum("copy" in names for names in left)
        kept = sum("strong" not in names for names in left)
        print(f"{task}: {found} copies left out, {kept} strong columns kept, of {len(left)} sets")


def groups(seeds: int | None) -> None:
    """Agreement with groups that the program never sees (adjusted Rand index)."""
    for name, (table, truth) in grouped(seeds or 1):
        with tempfile.TemporaryDirectory() as folder:
            bundle = prepared(GROUPS, table, Path(folder))
            bundle.baseline()
            bundle.train(bundle.folder / "model")
            bundle.must("predict.py", "--input", "rows.csv", "--output", "said.csv")
            (bundle.work / "truth.csv").write_text("\n".join(["truth", *truth]), "utf-8")
            ran = subprocess.run(
                [bundle.python, AGREEMENT, "rows.csv", "said.csv", "truth.csv"],
                cwd=bundle.work,
                capture_output=True,
                text=True,
                check=True,
            )
        print(f"{name}: {ran.stdout.strip()}", flush=True)


PARTS: dict[str, Callable[[int | None], None]] = {
    "chance": chance,
    "leaks": leaks,
    "groups": groups,
}


def trained(task: TaskType, table: Table) -> Metrics:
    """What the whole chain says of a table."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = prepared(task, table, Path(folder))
        bundle.baseline()
        bundle.train(bundle.folder / "model")
        return bundle.score()


def left_out(task: TaskType, table: Table) -> list[str]:
    """Columns that are not learned from, by the report or by the rows."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = prepared(task, table, Path(folder))
        (config,) = bundle.folder.glob("config.json")
        text = config.read_text("utf-8")
        return [name for name in table if f'"{name}"' in text.split('"ignored"')[1].split("}")[0]]


def prepared(task: TaskType, table: Table, folder: Path) -> TestBundle:
    """A bundle with the table read and cut."""
    python = asyncio.run(training_python(CACHE, requirements(task)))
    bundle = assemble(task, folder, python)
    rows = bundle.work / "rows.csv"
    with rows.open("w", encoding="utf-8", newline="") as file:
        written = csv.writer(file)
        written.writerow(table)
        written.writerows(zip(*table.values(), strict=True))
    report = bundle.report(rows)
    bundle.configure(report, budget_seconds=SECONDS)
    ended = bundle.prepare()
    if ended.code:
        sys.exit(f"{task}: {ended.output}{ended.errors}")
    return bundle


def cells(values: Floats) -> list[str]:
    """Numbers as a file holds them."""
    return [f"{value:.4f}" for value in values]


def _noise(draw: np.random.Generator, rows: int, columns: int = 6) -> Table:
    return {f"x{at}": cells(draw.normal(size=rows)) for at in range(columns)}


def random_labels(seed: int) -> Table:
    """Labels that have nothing to do with the columns."""
    draw = np.random.default_rng(seed)
    rows = int(draw.integers(150, 900))
    share = draw.uniform(0.2, 0.8)
    return {
        **_noise(draw, rows),
        "answer": list(draw.choice(["yes", "no"], rows, p=[share, 1 - share])),
    }


def random_numbers(seed: int) -> Table:
    """Numbers that have nothing to do with the columns."""
    draw = np.random.default_rng(seed)
    rows = int(draw.integers(150, 900))
    return {**_noise(draw, rows), "answer": cells(draw.gamma(2.0, 30.0, rows))}


def random_walk(seed: int) -> Table:
    """A series whose next step nobody knows."""
    draw = np.random.default_rng(seed)
    days = np.arange("2022-01-01", "2023-07-01", dtype="datetime64[D]")
    return {
        "day": [str(day) for day in days],
        "price": cells(100 + draw.normal(size=len(days)).cumsum()),
    }


def one_cloud(seed: int) -> Table:
    """Rows without groups."""
    draw = np.random.default_rng(seed)
    return _noise(draw, int(draw.integers(150, 600)), 4)


def _honest(seed: int) -> tuple[np.random.Generator, Table, Floats]:
    """Columns of which one is strong by right, and the score that they make up."""
    draw = np.random.default_rng(seed)
    rows = int(draw.integers(300, 1500))
    strong, others = draw.normal(size=rows), draw.normal(size=(rows, 4))
    table = {"strong": cells(strong)} | {f"x{at}": cells(others[:, at]) for at in range(4)}
    return draw, table, np.asarray(2.5 * strong + others @ draw.uniform(0.2, 0.8, 4))


def leaky_labels(seed: int) -> Table:
    """A class, an honest strong column, and the class again with a few slips."""
    draw, table, score = _honest(seed)
    truth = score + draw.normal(size=len(score)) > 0
    slips = draw.random(len(truth)) < draw.uniform(0.005, 0.03)
    return {
        **table,
        "copy": ["1" if one else "0" for one in truth ^ slips],
        "answer": ["high" if one else "low" for one in truth],
    }


def leaky_numbers(seed: int) -> Table:
    """A number, an honest strong column, and the number again in another unit with some noise."""
    draw, table, score = _honest(seed)
    truth = 50 + 10 * (score + draw.normal(size=len(score)))
    noise = draw.uniform(0.005, 0.05) * truth.std()
    copied = 1.8 * (truth + noise * draw.normal(size=len(truth))) + 32
    return {**table, "copy": cells(copied), "answer": cells(truth)}


def grouped(seeds: int) -> Iterator[tuple[str, tuple[Table, list[str]]]]:
    """Sets with known groups: the flowers of the development data, and generated ones."""
    flowers = DATA / "iris_unlabelled"
    if flowers.is_dir():
        with (flowers / "iris_measurements.csv").open(encoding="utf-8") as file:
            names, *rows = csv.reader(file)
        truth = (flowers / "_truth_for_scoring.csv").read_text("utf-8").split()[1:]
        columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
        yield "flowers", (columns, truth)
    for seed in range(seeds):
        for name, make in SHAPES.items():
            points, truth = make(np.random.default_rng(seed))
            columns = {f"m{at}": cells(points[:, at]) for at in range(points.shape[1])}
            yield f"{name} {seed}", (columns, truth)


def _clouds(
    draw: np.random.Generator, sizes: list[int], spreads: list[float], columns: int
) -> tuple[Floats, list[str]]:
    centres = draw.normal(size=(len(sizes), columns)) * 6
    parts = [
        centre + spread * draw.normal(size=(size, columns))
        for centre, size, spread in zip(centres, sizes, spreads, strict=True)
    ]
    return np.vstack(parts), [str(at) for at, size in enumerate(sizes) for _ in range(size)]


def _even(draw: np.random.Generator) -> tuple[Floats, list[str]]:
    return _clouds(draw, [120] * 4, [1.5] * 4, 3)


def _uneven(draw: np.random.Generator) -> tuple[Floats, list[str]]:
    return _clouds(draw, [300, 120, 40], [0.8, 2.0, 1.2], 4)


def _stretched(draw: np.random.Generator) -> tuple[Floats, list[str]]:
    points, truth = _clouds(draw, [150] * 3, [1.2] * 3, 2)
    return np.asarray(points @ np.array([[0.6, -0.64], [-0.4, 0.85]])), truth


def _scaled(draw: np.random.Generator) -> tuple[Floats, list[str]]:
    points, truth = _clouds(draw, [120] * 3, [1.5] * 3, 3)
    return np.asarray(points * np.array([1.0, 1000.0, 0.01])), truth


def _beside_noise(draw: np.random.Generator) -> tuple[Floats, list[str]]:
    points, truth = _clouds(draw, [150] * 3, [1.2] * 3, 3)
    return np.hstack([points, 3 * draw.normal(size=(len(points), 3))]), truth


SHAPES = {
    "even": _even,
    "uneven": _uneven,
    "stretched": _stretched,
    "scaled": _scaled,
    "beside noise": _beside_noise,
}


if __name__ == "__main__":
    main()
