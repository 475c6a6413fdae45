"""The recipe's scripts on made-up series: what is cut, what is refused, what is answered."""

import csv
import json
import math
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from pipeline.artifacts import DataReport, Metrics
from pipeline.recipe import Evidence
from tests.contracts.bundles import Ended, TestBundle, config_for

Rows = Sequence[Sequence[object]]
Roles = Mapping[str, str | tuple[str, ...]]
DAILY: Roles = {"time": "day", "target": "sold"}


def sold(count: int, *, seed: int = 3, size: float = 1.0, start: str = "2022-01-03") -> list[list]:  # type: ignore[type-arg]
    """Days, and what was sold: a week's pattern and noise."""
    draw = random.Random(seed)  # noqa: S311 - made-up rows
    first = date.fromisoformat(start)
    return [
        [
            (first + timedelta(days=at)).isoformat(),
            round(size * (20 + 6 * math.sin(2 * math.pi * at / 7) + draw.gauss(0, 1)), 3),
        ]
        for at in range(count)
    ]


def write(path: Path, rows: Rows, header: Sequence[str] = ("day", "sold")) -> Path:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def configured(
    bundle: TestBundle,
    *files: Path,
    roles: Roles = DAILY,
    horizon: int | None = None,
    **more: object,
) -> DataReport:
    report = bundle.report(*files)
    found = Evidence(score=1, reason="", roles=dict(roles), doubts={})
    changes = {"budget_seconds": 3.0, "hyperparameters": {"horizon": horizon}, **more}
    config = config_for(bundle.task, report, found).model_copy(update=changes)
    (bundle.folder / "config.json").write_text(config.model_dump_json(), "utf-8")
    return report


def prepared(bundle: TestBundle) -> dict[str, JsonValue]:
    ended = bundle.prepare()
    assert ended.code == 0, ended.output + ended.errors
    told: dict[str, JsonValue] = json.loads(
        (bundle.work / "prepared" / "prepared.json").read_text("utf-8")
    )
    return told


def problem(ended: Ended) -> Mapping[str, JsonValue]:
    assert ended.code == 3, ended.errors
    told = ended.lines[-1]["problem"]
    assert isinstance(told, dict)
    return told


def trained(bundle: TestBundle) -> Metrics:
    """The chain to its end; heldout.csv then lies beside the model, as in a model folder."""
    bundle.baseline()
    bundle.train(bundle.folder / "model")
    metrics = bundle.score()
    (bundle.folder / "heldout.csv").write_bytes(
        (bundle.work / "scored" / "heldout.csv").read_bytes()
    )
    return metrics


def answers(bundle: TestBundle, rows: Rows, header: Sequence[str]) -> list[dict[str, str]]:
    asked = write(bundle.work / "asked.csv", rows, header)
    bundle.must("predict.py", "--input", asked, "--output", "told.csv")
    with (bundle.work / "told.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def held(bundle: TestBundle) -> list[list[str | None]]:
    lines = (bundle.work / "prepared" / "heldout" / "test.jsonl").read_text("ascii").splitlines()
    return [json.loads(line) for line in lines[1:]]


def test_the_end_of_each_series_is_held_out(bundle: TestBundle, tmp_path: Path) -> None:
    rows = [[name, *row] for name in ("a", "b") for row in sold(90)]
    random.Random(1).shuffle(rows)  # noqa: S311 - made-up rows
    roles = {**DAILY, "series_id": "shop"}
    path = write(tmp_path / "data" / "sold.csv", rows, ("shop", "day", "sold"))
    configured(bundle, path, roles=roles, horizon=10)
    assert prepared(bundle)["rows"] == {"train": 160, "validation": 0, "test": 20}
    assert {row[1] for row in held(bundle)} == {row[0] for row in sold(90)[-10:]}


def test_duplicates_gaps_and_missing_values_are_told(bundle: TestBundle, tmp_path: Path) -> None:
    rows = sold(120)
    rows += [[row[0], row[1] + 2] for row in rows[:5]]
    rows[40][1] = "n/a"
    del rows[60:65]
    configured(bundle, write(tmp_path / "data" / "sold.csv", rows))
    told = prepared(bundle)
    assert told["duplicates_removed"] == 5
    assert "5 rows have the time of another row" in str(told["warnings"])
    assert "1 times have no value in sold" in str(told["warnings"])
    assert "6 gaps filled" in str(told["steps"])


def test_irregular_times_and_absurd_values_are_told(bundle: TestBundle, tmp_path: Path) -> None:
    draw = random.Random(5)  # noqa: S311 - made-up rows
    first = date(2022, 1, 1)
    rows: list[list[object]] = []
    for _ in range(300):
        at = draw.random() * 200
        clock = f"{int(at % 1 * 24):02d}:{int(at % 1 * 1440 % 60):02d}"
        rows.append([f"{first + timedelta(days=int(at))} {clock}", 5 + draw.random()])
    rows[100][1] = 9e9
    configured(bundle, write(tmp_path / "data" / "sold.csv", rows))
    told = str(prepared(bundle)["warnings"])
    assert "irregular times" in told
    assert "absurdly far" in told


@pytest.mark.parametrize(
    ("count", "horizon", "said"),
    [
        (3, None, "only 3 points of history"),
        (60, 100, "You ask for 100 steps ahead, and the history has 60"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    bundle: TestBundle, tmp_path: Path, count: int, horizon: int | None, said: str
) -> None:
    configured(bundle, write(tmp_path / "data" / "sold.csv", sold(count)), horizon=horizon)
    assert said in str(problem(bundle.prepare())["message"])


def test_numbers_that_are_none_and_times_that_are_none_are_refused(
    bundle: TestBundle, tmp_path: Path
) -> None:
    words = [[row[0], "many"] for row in sold(40)]
    configured(bundle, write(tmp_path / "data" / "sold.csv", words))
    assert problem(bundle.prepare())["field"] == "target"
    words = [[f"then {at}", at] for at in range(40)]
    configured(bundle, write(tmp_path / "data" / "sold.csv", words))
    assert problem(bundle.prepare())["field"] == "time"


def test_a_test_file_is_measured_on_and_never_learned_from(
    bundle: TestBundle, tmp_path: Path
) -> None:
    rows = sold(100)
    files = [
        write(tmp_path / "data" / "train.csv", rows[:85]),
        write(tmp_path / "data" / "test.csv", rows[80:]),
    ]
    report = configured(bundle, *files)
    parts = zip(report.files, ("train", "test"), strict=True)
    split = [one.model_copy(update={"split": part}) for one, part in parts]
    config = json.loads((bundle.folder / "config.json").read_text("utf-8"))
    config["files"] = [one.model_dump(mode="json") for one in split]
    (bundle.folder / "config.json").write_text(json.dumps(config), "utf-8")
    told = prepared(bundle)
    assert told["rows"] == {"train": 80, "validation": 0, "test": 20}


def test_twelve_rows_are_forecast_with_a_warning(bundle: TestBundle, tmp_path: Path) -> None:
    rows = [[f"2020-{month + 1:02d}", 10 + month] for month in range(12)]
    configured(bundle, write(tmp_path / "data" / "sold.csv", rows))
    prepared(bundle)
    metrics = trained(bundle)
    assert metrics.verdict_level in {"none", "weak"}
    assert metrics.warnings
    told = answers(bundle, [["2021-03"], ["2021-01"]], ["day"])
    assert [row["ds"] for row in told] == ["2021-03", "2021-01"]
    assert float(told[0]["prediction"]) > 12


def test_a_clear_pattern_is_found_and_goes_on_from_newer_values(
    bundle: TestBundle, tmp_path: Path
) -> None:
    rows = sold(200)
    configured(bundle, write(tmp_path / "data" / "sold.csv", rows[:186]), horizon=14)
    prepared(bundle)
    metrics = trained(bundle)
    assert metrics.metric.value < 0.8 * min(one.value for one in metrics.baselines[:2])
    assert metrics.details["coverage"] >= 0.7  # type: ignore[operator]
    ahead = [[row[0]] for row in rows[186:]]
    later = answers(bundle, ahead, ["day"])
    fed = answers(
        bundle, [[*row] for row in rows[172:186]] + [[*one, ""] for one in ahead], ["day", "sold"]
    )
    assert [row["prediction"] for row in later] == [row["prediction"] for row in fed]
    truth = [float(row[1]) for row in rows[186:]]
    away = [abs(float(one["prediction"]) - true) for one, true in zip(later, truth, strict=True)]
    assert sum(away) / len(away) < 1.5
    assert all(
        float(one["lower"]) < float(one["prediction"]) < float(one["upper"]) for one in later
    )


def test_only_filled_rows_ask_for_the_next_steps(bundle: TestBundle, tmp_path: Path) -> None:
    rows = [[f"{row[0][8:]}/{row[0][5:7]}/{row[0][:4]}", row[1]] for row in sold(100)]
    configured(bundle, write(tmp_path / "data" / "sold.csv", rows), horizon=5)
    prepared(bundle)
    trained(bundle)
    told = answers(bundle, rows, ["day", "sold"])
    assert [row["ds"] for row in told] == [
        f"{one.day:02d}/{one.month:02d}/{one.year}"
        for one in (date(2022, 4, 13) + timedelta(days=at) for at in range(5))
    ]
    early = write(bundle.work / "early.csv", [[row[0]] for row in rows[:3]], ["day"])
    refused = bundle.run("predict.py", "--input", early)
    assert refused.code == 2
    assert "3 rows ask for times that are not after the end" in refused.errors


def test_far_times_are_answered_less_surely_and_it_is_noted(
    bundle: TestBundle, tmp_path: Path
) -> None:
    configured(bundle, write(tmp_path / "data" / "sold.csv", sold(120)), horizon=7)
    prepared(bundle)
    trained(bundle)
    days = [["2022-05-04"], ["2022-09-01"]]
    asked = write(bundle.work / "asked.csv", days, ["day"])
    ended = bundle.must("predict.py", "--input", asked)
    near, far = list(csv.DictReader(ended.output.splitlines()))
    assert "less sure" in ended.errors
    assert float(far["upper"]) - float(far["lower"]) > float(near["upper"]) - float(near["lower"])


def test_wide_tables_are_answered_for_every_column(bundle: TestBundle, tmp_path: Path) -> None:
    pairs = zip(sold(100), sold(100, seed=4, size=50), strict=True)
    rows = [[one[0], one[1], f"{other[1]:,.2f}"] for one, other in pairs]
    header = ("day", "tea", "coffee")
    roles: Roles = {"time": "day", "target": ("tea", "coffee")}
    configured(bundle, write(tmp_path / "data" / "sold.csv", rows, header), roles=roles, horizon=7)
    assert prepared(bundle)["rows"] == {"train": 186, "validation": 0, "test": 14}
    trained(bundle)
    both = answers(bundle, [["2022-04-13"], ["2022-04-14"]], ["day"])
    assert [row["unique_id"] for row in both] == ["tea", "coffee"] * 2
    assert 10 < float(both[0]["prediction"]) < 30
    assert 500 < float(both[1]["prediction"]) < 1500
    one = answers(bundle, [["coffee", "2022-04-13"]], ["unique_id", "day"])
    assert one[0]["prediction"] == both[1]["prediction"]


def test_what_is_known_ahead_is_used(bundle: TestBundle, tmp_path: Path) -> None:
    draw = random.Random(2)  # noqa: S311 - made-up rows
    rows = []
    for day, value in sold(240):
        offer = draw.random() < 0.2
        rows.append([day, "yes" if offer else "no", value + 25 * offer])
    roles = {**DAILY, "known": ("offer",)}
    path = write(tmp_path / "data" / "sold.csv", rows, ("day", "offer", "sold"))
    configured(bundle, path, roles=roles, horizon=14)
    prepared(bundle)
    metrics = trained(bundle)
    assert metrics.metric.value < 0.5 * metrics.baselines[-1].value
    told = answers(bundle, [["2022-09-02", "no"], ["2022-09-03", "yes"]], ["day", "offer"])
    assert float(told[1]["prediction"]) - float(told[0]["prediction"]) > 12


def test_a_random_walk_is_not_called_good(bundle: TestBundle, tmp_path: Path) -> None:
    draw, at = random.Random(9), 100.0  # noqa: S311 - made-up rows
    rows = []
    for day, _ in sold(300):
        at += draw.gauss(0, 1)
        rows.append([day, at])
    configured(bundle, write(tmp_path / "data" / "sold.csv", rows), horizon=40)
    prepared(bundle)
    assert trained(bundle).verdict_level == "none"
