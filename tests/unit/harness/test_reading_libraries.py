"""Parquet files and workbooks, read in an environment that has their libraries."""

import io
import json
import os
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.jobs import TaskType
from pipeline.recipe import HARNESS, harness_shelves, requirements
from tests.contracts.bundles import training_python

_READ = """
import json, sys
from pathlib import Path
from progress import Problem
from reading import read_file
try:
    found = read_file(Path(sys.argv[1]))
    print(json.dumps([found.table.names, found.table.rows, found.format, found.notes, found.total]))
except Problem as problem:
    print(json.dumps(problem.message))
"""
_WRITE = """
import sys, datetime, decimal
import pyarrow as pa, pyarrow.parquet as pq
pq.write_table(pa.table({
    "n": [1, None, 3],
    "x": [1.5, float("nan"), -2.0],
    "text": ["a, b", "", "ü"],
    "ok": [True, False, None],
    "day": [datetime.date(2024, 1, 31)] * 3,
    "at": [datetime.datetime(2024, 1, 31, 12, 30)] * 3,
    "place": [{"city": "Rome", "zip": 1}] * 3,
    "tags": [["a", "b"], [], None],
    "money": [decimal.Decimal("1.20")] * 3,
}), sys.argv[1], row_group_size=2)
"""
_MANY = """
import sys
import pyarrow as pa, pyarrow.parquet as pq
pq.write_table(pa.table({"n": list(range(200_000))}), sys.argv[1])
"""
_CLASSES = """
import json, sys
import pyarrow as pa, pyarrow.parquet as pq
kind = {"names": ["ham", "spam"], "_type": "ClassLabel"}
features = {"kind": kind, "tags": {"feature": kind, "_type": "List"}, "n": {"_type": "Value"}}
told = {"huggingface": json.dumps({"info": {"features": features}})}
table = pa.table({"kind": [0, 1, -1, 7], "tags": [[1, 0], [], None, [1]], "n": [0, 1, 2, 3]})
pq.write_table(table.replace_schema_metadata(told), sys.argv[1])
"""
_FEW = """
import json, sys
from pathlib import Path
from gathering import Asked
from parquet import read_parquet
found = read_parquet(Path(sys.argv[1]), Asked("rows", budget=1 << 20))
values = [int(row[0]) for row in found.table.rows]
gaps = [after - before for before, after in zip(values, values[1:])]
print(json.dumps([found.total, len(values), min(gaps), max(gaps), values[-1]]))
"""


@pytest.fixture(scope="module")
async def reader(environments: Path, anyio_backend: str) -> Path:
    del anyio_backend
    lines = (HARNESS / "readers.txt").read_text("utf-8").splitlines()
    pins = [line.split()[1] for line in lines]
    task = TaskType("text_classification")
    return await training_python(environments, (*requirements(task), *pins))


def run(python: Path, code: str, file: Path) -> Any:  # noqa: ANN401 - whatever the lines print
    done = subprocess.run(
        [python, "-c", code, file],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, harness_shelves()))},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout else None


def test_a_parquet_file_gives_texts(reader: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    run(reader, _WRITE, file)
    names, rows, form, _, total = run(reader, _READ, file)
    assert form == "parquet"
    assert total is None
    assert dict(zip(names, rows[0], strict=True)) == {
        "n": "1",
        "x": "1.5",
        "text": "a, b",
        "ok": "true",
        "day": "2024-01-31",
        "at": "2024-01-31 12:30:00",
        "place.city": "Rome",
        "place.zip": "1",
        "tags": '["a", "b"]',
        "money": "1.20",
    }
    assert rows[1][:4] == [None, None, "", "false"]


def test_numbers_of_classes_are_read_as_their_names(reader: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    run(reader, _CLASSES, file)
    names, rows, *_ = run(reader, _READ, file)
    assert names == ["kind", "tags", "n"]
    assert rows == [
        ["ham", '["spam", "ham"]', "0"],
        ["spam", "[]", "1"],
        [None, None, "2"],
        ["7", '["spam"]', "3"],
    ]


def test_a_large_parquet_file_is_sampled_evenly(reader: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    run(reader, _MANY, file)
    total, kept, least, most, last = run(reader, _FEW, file)
    assert total == 200_000
    assert 3_000 < kept < 20_000
    assert least >= 1
    assert most < 200_000 / kept * 4
    assert last > 190_000


def test_a_damaged_parquet_file_is_said_to_be_so(reader: Path, tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    run(reader, _WRITE, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + b"PAR1")
    assert "cut off or damaged" in run(reader, _READ, file)


def test_the_largest_sheet_of_a_workbook_is_read(reader: Path, tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    rows: list[list[str | float]] = [["Report"], [], ["name", "size"], ["Ann", 5], ["Bob", 6.5]]
    file.write_bytes(workbook({"About": [["made by hand"]], "Figures": rows}))
    names, cells, form, notes, _ = run(reader, _READ, file)
    assert form == "xlsx"
    assert names == ["name", "size"]
    assert cells == [["Ann", "5"], ["Bob", "6.5"]]
    assert any("left aside: About" in note for note in notes)


def test_a_workbook_that_expands_too_far_is_refused(reader: Path, tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "0" * (80 << 20))
    assert "expands to 80 MB" in run(reader, _READ, file)


def test_a_damaged_workbook_is_said_to_be_so(reader: Path, tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    file.write_bytes(workbook({"One": [["a"], [1]]})[:300])
    assert "damaged" in run(reader, _READ, file)


def workbook(sheets: dict[str, list[list[str | float]]]) -> bytes:
    """The few parts that a workbook must have."""
    spread = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    linked = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    numbers = range(1, len(sheets) + 1)
    entries = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    ties = "".join(
        f'<Relationship Id="r{n}" Type="{linked}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1"'
            f' Type="{linked}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{spread}" xmlns:r="{linked}"><sheets>{entries}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{ties}</Relationships>',
        )
        for n, rows in zip(numbers, sheets.values(), strict=True):
            archive.writestr(
                f"xl/worksheets/sheet{n}.xml",
                f'<worksheet xmlns="{spread}"><sheetData>{_lines(rows)}</sheetData></worksheet>',
            )
    return file.getvalue()


def _lines(rows: Sequence[Sequence[str | float]]) -> str:
    return "".join(
        f'<row r="{line}">{"".join(_cell(cell, line, at) for at, cell in enumerate(row))}</row>'
        for line, row in enumerate(rows, start=1)
    )


def _cell(cell: str | float, line: int, at: int) -> str:
    place = f"{'ABCDEF'[at]}{line}"
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'
