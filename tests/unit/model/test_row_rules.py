"""Rows that are no examples: what may be left out, and what a model may not take away."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.artifacts import ColumnReport, DataReport, FileReport
from pipeline.errors import Rejected
from pipeline.ports.runtime import StepResult
from pipeline.row_rules import RowRule, applied, check
from tests.fakes.models import ScriptedModel
from tests.unit.harness.modules import harness
from tests.unit.model.coding import Coding, Stagehand

script = harness("row_rules")
tables = harness("tables")

REPORT = DataReport(
    files=(FileReport(name="a.csv", format="csv", rows=9, kept=9, table="0.jsonl"),),
    rows=9,
    columns=(
        ColumnReport(name="text", kind="text", missing=0, unique=9),
        ColumnReport(name="label", kind="category", missing=0, unique=2),
    ),
    duplicates=0,
    sha256="0" * 64,
    roles={"text": "text", "target": "label"},
)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (RowRule(column="label", test="equal to", value="spam"), "is to be predicted"),
        (RowRule(column="mood", test="missing"), "no column"),
        (RowRule(column="text", test="shorter than", value="few"), "number of letters"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule: RowRule, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        check([rule], REPORT)


def test_too_many_rules_are_refused() -> None:
    with pytest.raises(Rejected, match="at most"):
        check([RowRule(column="text", test="missing")] * 6, REPORT)


def test_a_good_rule_is_said_in_words() -> None:
    rule = RowRule(column="text", test="shorter than", value="3")
    check([rule], REPORT)
    assert rule.said == "text is shorter than 3 letters"


def test_rows_are_left_out_but_not_of_a_test_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("ok text", "a"), ("", "a"), ("TEST", "b"), ("x", "b"), (None, "b")]
    for name in ("0.jsonl", "1.jsonl"):
        tables.save_table(tables.Table(("text", "label"), rows), tmp_path / "in" / name)
    rules = [
        {"column": "text", "test": "missing", "value": ""},
        {"column": "text", "test": "equal to", "value": "test"},
        {"column": "text", "test": "shorter than", "value": "2"},
        {"column": "other", "test": "missing", "value": ""},
    ]
    files = [{"table": "0.jsonl", "split": None}, {"table": "1.jsonl", "split": "test"}]
    wanted = {"rules": rules, "files": files, "answers": ["label"]}
    (tmp_path / "rules.json").write_text(json.dumps(wanted), "utf-8")
    out = tmp_path / "out"
    given = ("--tables", tmp_path / "in", "--rules", tmp_path / "rules.json", "--out", out)
    monkeypatch.setattr(sys, "argv", ["row_rules.py", *map(str, given)])
    script.main()
    assert tables.load_table(out / "0.jsonl").rows == [("ok text", "a")]
    assert len(tables.load_table(out / "1.jsonl")) == 5
    told = json.loads((out / "left_out.json").read_text("utf-8"))
    assert told == {"counts": [2, 1, 1, 0], "rows": 5, "least": 0.0}


@pytest.mark.anyio
@pytest.mark.parametrize(
    "end",
    [
        StepResult("timeout", None, 300.0, ()),
        StepResult("failed", 1, 1.0, ("ValueError: x",)),
        lambda work: (work / "left_out.json").write_text("[]"),
        lambda work: (work / "left_out.json").write_text('{"counts": [9], "rows": 9, "least": 1}'),
        lambda work: (work / "left_out.json").write_text('{"counts": [1], "rows": 90, "least": 0}'),
    ],
)
async def test_rules_that_come_to_nothing_leave_all_rows(
    tmp_path: Path, end: StepResult | Callable[[Path], object]
) -> None:
    coding = Coding(tmp_path, Stagehand(does={"row rules": end}))  # type: ignore[dict-item]
    context = await coding.cut()
    coding.model = ScriptedModel([""])
    with pytest.raises(Rejected):
        await applied(context, coding.ports, REPORT, [RowRule(column="text", test="missing")])
    assert not coding.folder.kept.exists()
