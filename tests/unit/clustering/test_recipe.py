"""The recipe's scripts on made-up tables: what is cut, refused, answered and said."""

import csv
import json
import random
from pathlib import Path

import pytest

from pipeline.artifacts import Metrics
from pipeline.bundle import BundleConfig
from pipeline.jobs import TaskType
from pipeline.recipe import Evidence
from tests.contracts.bundles import TestBundle, assemble, config_for

TASK = TaskType("clustering")
HEADER = ("member", "age", "visits", "plan", "joined")
SETTINGS = {"clusters": None}


def members(count: int = 60, seed: int = 3) -> list[list[object]]:
    """Two sorts of members: young ones who come often, and others."""
    draw = random.Random(seed)  # noqa: S311 - made-up rows
    rows: list[list[object]] = []
    for number in range(count):
        young = number % 2
        age, visits = draw.gauss(24 if young else 61, 3), draw.gauss(14 if young else 3, 1)
        plan = draw.choice("aab" if young else "bbc")
        day = f"2024-{1 + number % 12:02d}-{1 + number % 28:02d}"
        rows.append([f"M{number:04d}", f"{age:.1f}", f"{visits:.1f}", plan, day])
    return rows


@pytest.fixture
def bundle(tmp_path: Path, python: Path) -> TestBundle:
    return assemble(TASK, tmp_path, python)


def given(
    bundle: TestBundle,
    rows: list[list[object]],
    header: tuple[str, ...] = HEADER,
    **changes: object,
) -> BundleConfig:
    """Report the rows and write config.json; every column but ids is compared."""
    path = bundle.work.parent / "data" / "rows.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    report = bundle.report(path)
    kept = [one.name for one in report.columns if one.kind != "id"]
    found = Evidence(score=1, reason="", roles={"features": tuple(kept)}, doubts={})
    config = config_for(TASK, report, found)
    config = config.model_copy(update={"budget_seconds": 20.0, **changes})
    (bundle.folder / "config.json").write_text(config.model_dump_json(), "utf-8")
    return config


def refused(bundle: TestBundle) -> str:
    ended = bundle.prepare()
    assert ended.code == 3, ended.errors
    told = ended.lines[-1]["problem"]
    assert isinstance(told, dict)
    return f"{told['message']} {told['hint']}"


def test_too_few_rows_are_refused(bundle: TestBundle) -> None:
    given(bundle, members(6))
    assert "only 6 usable rows" in refused(bundle)


def test_rows_that_all_say_the_same_are_refused(bundle: TestBundle) -> None:
    given(bundle, [["x", 1, 2, "a", "2024-01-01"]] * 30)
    assert "All 30 rows say the same" in refused(bundle)


def test_more_groups_than_different_rows_are_refused(bundle: TestBundle) -> None:
    rows: list[list[object]] = [[number % 3, "abc"[number % 3]] for number in range(30)]
    given(bundle, rows, ("size", "kind"), hyperparameters={"clusters": 9})
    assert "there are only 3 different rows" in refused(bundle)


def test_columns_that_cannot_be_compared_are_refused_by_name(bundle: TestBundle) -> None:
    rows: list[list[object]] = [[f"note {number * 7919} on a day", 7] for number in range(40)]
    given(bundle, rows, ("name", "kind"))
    assert "kind: the same value in every row" in refused(bundle)


def test_rows_without_any_value_are_left_out_and_said(bundle: TestBundle) -> None:
    rows = members()
    rows[3] = ["M0003", "", "?", "", ""]
    given(bundle, rows)
    assert bundle.prepare().code == 0
    told = json.loads((bundle.work / "prepared" / "prepared.json").read_text("utf-8"))
    assert "1 row has no value in any column that is compared." in told["warnings"]
    assert sum(told["rows"].values()) == len(rows) - 1


@pytest.fixture(scope="module")
def trained(
    python: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[TestBundle, Metrics, list[dict[str, str]]]:
    bundle = assemble(TASK, tmp_path_factory.mktemp("members"), python)
    given(bundle, members(150))
    assert bundle.prepare().code == 0
    bundle.baseline()
    bundle.train(bundle.folder / "model")
    metrics = bundle.score()
    with (bundle.work / "scored" / "predictions.csv").open(encoding="utf-8") as file:
        return bundle, metrics, list(csv.DictReader(file))


def test_every_group_is_told_in_words(
    trained: tuple[TestBundle, Metrics, list[dict[str, str]]],
) -> None:
    _, metrics, _ = trained
    groups = metrics.details["clusters"]
    assert isinstance(groups, list)
    told = [one for one in groups if isinstance(one, dict)]
    assert [one["cluster"] for one in told] == ["1", "2"]
    assert {"high age", "low age"} <= {
        part.strip().removeprefix("very ") for one in told for part in str(one["name"]).split(",")
    }
    assert any("against" in str(one["profile"]) for one in told)
    assert "is a choice" in str(metrics.details["reason"])
    assert metrics.verdict_level in {"good", "weak"}


def test_answers_name_the_group_first(
    trained: tuple[TestBundle, Metrics, list[dict[str, str]]],
) -> None:
    _, _, answers = trained
    assert list(answers[0]) == ["cluster", "name", "probability"]
    assert {row["cluster"] for row in answers} == {"1", "2"}


def test_the_heldout_file_holds_no_truth(
    trained: tuple[TestBundle, Metrics, list[dict[str, str]]],
) -> None:
    bundle, metrics, answers = trained
    lines = (bundle.work / "scored" / "heldout.csv").read_text("utf-8").splitlines()
    assert "__truth__" not in lines[0]
    assert len(lines) - 1 == len(answers) == metrics.metric.n


RECOUNT = """
import json
from pathlib import Path
from sklearn.metrics import silhouette_score
from predict import load
from serving import read_input
model = load(Path("model"))
rows = read_input(model, Path("../work/scored/heldout.csv").read_bytes(), "heldout.csv")
points = model.space.points(model.read(rows))
print(json.dumps(float(silhouette_score(points, model.predict(rows).labels))))
"""


def test_anybody_counts_the_same_silhouette_from_the_model_and_the_file(
    trained: tuple[TestBundle, Metrics, list[dict[str, str]]],
) -> None:
    bundle, metrics, _ = trained
    (bundle.folder / "recount.py").write_text(RECOUNT, "utf-8")
    counted = TestBundle(TASK, bundle.folder, bundle.folder, bundle.python).must("recount.py")
    assert json.loads(counted.output) == pytest.approx(metrics.metric.value, abs=1e-9)


def test_the_pictures_show_the_groups(
    trained: tuple[TestBundle, Metrics, list[dict[str, str]]],
) -> None:
    bundle, _, _ = trained
    figures = json.loads((bundle.work / "scored" / "figures.json").read_text("utf-8"))
    assert [one["name"] for one in figures] == ["clusters", "cluster_sizes", "scan"]
