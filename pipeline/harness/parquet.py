"""Read a Parquet file batch by batch, so that a large one never lies in memory whole."""

import base64
import io
import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from class_names import Names, class_names, named
from gathering import Asked, Gathered, check_width
from headers import clean_names, originals
from progress import Problem
from refusing import AGAIN, AS_CSV
from sampling import Known, Sample, shared
from tables import Cell, Row, Table

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 4096


def read_parquet(source: Path | bytes, asked: Asked) -> Gathered:
    """All rows, or an even sample of many. Problem without its library."""
    _check_end(source, asked.name)
    try:
        import pyarrow as pa  # noqa: PLC0415 - only where there are Parquet files
        import pyarrow.parquet as pq  # noqa: PLC0415 - the same
    except ImportError as error:
        raise Problem(
            f"{asked.name} is a Parquet file, and Parquet cannot be read here.", f"{AS_CSV}."
        ) from error
    sample: Sample[Row] = Sample(asked.budget)
    try:
        file = pq.ParquetFile(source if isinstance(source, Path) else io.BytesIO(source))
        check_width(len(file.schema_arrow), asked.name)
        raw = _spread(file.schema_arrow.empty_table()).column_names
        check_width(len(raw), asked.name)
        classes = class_names(file.schema_arrow.metadata)
        for batch in file.iter_batches(_BATCH):
            _keep(sample, _spread(pa.Table.from_batches([batch])), classes)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise Problem(
            f"{asked.name} is a Parquet file that looks cut off or damaged.", f"{AGAIN}."
        ) from error
    names, notes = clean_names(raw)
    total = None if sample.complete else sample.seen
    table = Table(names, sample.items)
    return Gathered(table, notes=notes, total=total, originals=originals(raw, names))


def _check_end(source: Path | bytes, name: str) -> None:
    """Problem where the end is missing, which tells what the file holds."""
    if isinstance(source, bytes):
        end = source[-4:]
    else:
        with source.open("rb") as file:
            file.seek(max(0, source.stat().st_size - 4))
            end = file.read()
    if end != b"PAR1":
        raise Problem(f"{name} looks cut off: its end is missing.", f"{AGAIN}.")


def _spread(table: "pa.Table") -> "pa.Table":
    """Fields of a structure as columns named a.b."""
    while any(str(field.type).startswith("struct") for field in table.schema):
        table = table.flatten()
    return table


def _keep(sample: Sample[Row], table: "pa.Table", classes: Mapping[str, Names]) -> None:
    at, count = 0, table.num_rows
    known: Known = {}
    columns = None
    while at < count:
        at += sample.skip(count - at)
        if at == count:
            return
        columns = columns or [
            _column(column, classes.get(name, ()))
            for name, column in zip(table.column_names, table.columns, strict=True)
        ]
        sample.add(*shared([column[at] for column in columns], known))
        at += 1


def _column(column: "pa.ChunkedArray", names: Names) -> list[Cell]:
    values = _values(column)
    return [_cell(named(value, names) if names else value) for value in values]


def _values(column: "pa.ChunkedArray") -> Iterable[object]:
    """Python values; times too fine or too far for Python as they are written."""
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError):
        return list(column.cast("string").to_pylist())


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else repr(value)
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, default=_inner)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return _readable(value) if isinstance(value, bytes) else str(value)


def _inner(value: object) -> Cell:
    """A value inside a list that JSON does not know."""
    return str(value) if isinstance(value, tuple | set) else _cell(value)


def _readable(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(value).decode("ascii")
