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
    import pyarrow.parquet as pq

_BATCH = 4096
# A value that repeats takes next to no room: a small file may stand for more than any memory holds.
_MOST_TEXT = 256 << 20  # bytes of the texts of one batch
_VALUES_PER_BYTE, _FEW_VALUES = 20, 10_000_000


def read_parquet(source: Path | bytes, asked: Asked) -> Gathered:
    """All rows, or an even sample of many. Problem without its library."""
    _check_end(source, asked.name)
    try:
        import pyarrow as pa  # noqa: PLC0415 - only where there are Parquet files
        import pyarrow.parquet  # noqa: PLC0415 - the same
    except ImportError as error:
        raise Problem(
            f"{asked.name} is a Parquet file, and Parquet cannot be read here.", f"{AS_CSV}."
        ) from error
    sample: Sample[Row] = Sample(asked.budget)
    try:
        file = _folded(source)
        _check_count(file.metadata, _size(source), asked.name)
        check_width(len(file.schema_arrow), asked.name)
        raw = _spread(file.schema_arrow.empty_table()).column_names
        check_width(len(raw), asked.name)
        classes = class_names(file.schema_arrow.metadata)
        for batch in file.iter_batches(_BATCH):
            _keep(sample, _spread(_unfolded(batch, asked.name)), classes)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise Problem(
            f"{asked.name} is a Parquet file that looks cut off or damaged.", f"{AGAIN}."
        ) from error
    names, notes = clean_names(raw)
    total = None if sample.complete else sample.seen
    table = Table(names, sample.items)
    return Gathered(table, notes=notes, total=total, originals=originals(raw, names))


def _folded(source: Path | bytes) -> "pq.ParquetFile":
    """The file, whose texts are read without what repeats."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only where there are Parquet files

    def again() -> Path | io.BytesIO:
        return source if isinstance(source, Path) else io.BytesIO(source)

    kinds = _text_types()
    texts = [field.name for field in pq.read_schema(again()) if field.type in kinds]
    return pq.ParquetFile(again(), read_dictionary=texts)


def _text_types() -> "set[pa.DataType]":
    """What has a length of its own in each cell."""
    import pyarrow as pa  # noqa: PLC0415 - only where there are Parquet files

    return {pa.string(), pa.large_string(), pa.binary(), pa.large_binary()}


def _unfolded(batch: "pa.RecordBatch", name: str) -> "pa.Table":
    """The rows with their texts; Problem before they would take too much memory."""
    import pyarrow as pa  # noqa: PLC0415 - only where there are Parquet files
    import pyarrow.compute as pc  # noqa: PLC0415 - the same

    columns, size, kinds = [], 0, _text_types()
    for column in batch.columns:
        folded = isinstance(column, pa.DictionaryArray)
        if folded and column.type.value_type in kinds:
            lengths = pc.take(pc.binary_length(column.dictionary), column.indices)
            size += pc.sum(lengths.cast("int64")).as_py() or 0
        if size > _MOST_TEXT:
            raise Problem(
                f"{name} is a Parquet file with more than {_MOST_TEXT >> 20} MB of text in "
                f"{_BATCH:,} rows.",
                "Please leave out the columns with long texts, or cut them.",
            )
        columns.append(column.dictionary_decode() if folded else column)
    return pa.table(columns, names=batch.schema.names)


def _check_count(told: "pq.FileMetaData", size: int, name: str) -> None:
    """Problem for more values than a file of this size can hold in earnest."""
    groups = [told.row_group(number) for number in range(told.num_row_groups)]
    values = sum(one.column(at).num_values for one in groups for at in range(one.num_columns))
    if values > _FEW_VALUES + _VALUES_PER_BYTE * size:
        raise Problem(
            f"{name} is a Parquet file that expands to {values:,} cells.",
            "Please send a part of it, or leave out what repeats.",
        )


def _size(source: Path | bytes) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


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
