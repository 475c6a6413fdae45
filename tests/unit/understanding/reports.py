"""Data reports made by hand, for rules that read nothing else."""

from typing import Any

from pipeline.artifacts import ColumnKind, ColumnReport, DataReport, FileReport, Layout

ROWS = 200


def column(name: str, kind: ColumnKind = "number", unique: int = 150, **more: Any) -> ColumnReport:
    return ColumnReport(name=name, kind=kind, missing=0, unique=unique, **more)


def category(name: str, *values: str) -> ColumnReport:
    return column(name, "category", len(values), top=tuple((value, 50) for value in values))


def text(name: str, words: float = 12, **more: Any) -> ColumnReport:
    return column(name, "text", 195, mean_words=words, mean_signs=6 * words, **more)


def report(
    *columns: ColumnReport,
    layout: Layout = "table",
    file: str = "data.csv",
    **more: Any,
) -> DataReport:
    return DataReport(
        layout=layout,
        files=(FileReport(name=file, format="csv", rows=ROWS, kept=ROWS, table="0.jsonl"),),
        rows=ROWS,
        columns=columns,
        duplicates=0,
        sha256="0" * 64,
        **more,
    )
