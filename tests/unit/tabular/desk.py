"""A recipe's scripts on made-up tables: files written, settings chosen, what came out read."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from pipeline.artifacts import DataReport
from pipeline.recipe import Evidence
from tests.contracts.bundles import Ended, TestBundle, config_for

Rows = Sequence[Sequence[object]]


def write(path: Path, rows: Rows, header: Sequence[str]) -> Path:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def configured(
    bundle: TestBundle,
    *files: Path,
    target: str,
    roles: Mapping[str, str] | None = None,
    **changes: object,
) -> DataReport:
    """Report the files and write config.json: all other columns are features."""
    report = bundle.report(*files)
    aside = {target, *(name for role, name in (roles or {}).items() if role == "group")}
    features = tuple(
        column.name
        for column in report.columns
        if column.name not in aside and column.kind not in {"id", "constant", "empty"}
    )
    played: dict[str, str | tuple[str, ...]] = {"target": target, "features": features}
    found = Evidence(score=1, reason="", roles=played | dict(roles or {}), doubts={})
    config = config_for(bundle.task, report, found)
    config = config.model_copy(update={"budget_seconds": 4.0, **changes})
    (bundle.folder / "config.json").write_text(config.model_dump_json(), "utf-8")
    return report


def prepared(bundle: TestBundle) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = json.loads(
        (bundle.work / "prepared" / "prepared.json").read_text("utf-8")
    )
    return told


def part(bundle: TestBundle, name: str) -> list[dict[str, str | None]]:
    """The rows of a part by column: "fit/train", "heldout/test"."""
    lines = (bundle.work / "prepared" / f"{name}.jsonl").read_text("ascii").splitlines()
    names, *rows = (json.loads(line) for line in lines)
    return [dict(zip(names, row, strict=True)) for row in rows]


def problem(ended: Ended) -> Mapping[str, JsonValue]:
    assert ended.code == 3, ended.errors
    told = ended.lines[-1]["problem"]
    assert isinstance(told, dict)
    return told


def answers(bundle: TestBundle, rows: Rows, header: Sequence[str]) -> list[dict[str, str]]:
    asked = write(bundle.work / "asked.csv", rows, header)
    bundle.must("predict.py", "--input", asked, "--output", "answers.csv")
    with (bundle.work / "answers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
