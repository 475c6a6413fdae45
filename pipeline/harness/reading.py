"""Read a stranger's file into a table, or say in plain words why it is none.

Looks at content, never trusts a name, executes and unpickles nothing. The same bytes always give
the same table.
"""

import gzip
import io
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from delimited import Dialect, parse, sniff_dialect
from headers import clean_names, has_header, numbered
from progress import Problem
from tables import Cell, Row, Table

MOST_BYTES = 1 << 30
_FEW_BAD = 0.05
_FEW_SIGNS = 8
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_AGAIN = "Please send it again"
_AS_CSV = "Please save it as CSV, TSV, JSON or JSONL and send that"

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "is an archive or an Excel workbook, not a table of text", f"{_AS_CSV}."),
    (b"PK\x05\x06", "is an empty archive", f"{_AS_CSV}."),
    (b"PAR1", "is a Parquet file, which cannot be read here", f"{_AS_CSV}."),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook", f"{_AS_CSV}."),
    (b"%PDF", "is a PDF", f"{_AS_CSV}."),
    (b"\x89PNG", "is an image", "Please send a table, or name a task that reads images."),
    (b"\xff\xd8\xff", "is an image", "Please send a table, or name a task that reads images."),
    (b"SQLite format 3", "is a database", f"{_AS_CSV}."),
)
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_PAGE = re.compile(rb"\s*(<!doctype\s+html|<html|<head|<\?xml[^>]*>\s*<html)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """A table and how it was read; `notes` are warnings for the person."""

    table: Table
    format: str
    encoding: str
    delimiter: str | None = None
    header: bool = True
    notes: tuple[str, ...] = ()


def read_file(path: Path, *, header: bool | None = None) -> Reading:
    """Read a file; `header` overrules the guess. Problem says what is wrong and what to do."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Problem(
                f"{path.name} is larger than {MOST_BYTES >> 20} MB.", "Please send a sample of it."
            )
        content = path.read_bytes()
    except OSError as error:
        raise Problem(f"{path.name} cannot be opened: {error.strerror}.", f"{_AGAIN}.") from error
    return read_bytes(content, path.name, header=header)


def read_bytes(
    content: bytes, name: str, *, header: bool | None = None, headers: Sequence[str] = ()
) -> Reading:
    """Read a file's bytes; `headers` are names that prove a first line to be one."""
    content = _unpacked(content, name)
    _refuse(content, name)
    text, encoding, notes = _decoded(content, name)
    reading = _objects(text, name) if text.lstrip()[:1] in ("{", "[") else None
    reading = reading or _delimited(text, name, header=header, headers=headers)
    if not reading.table.rows:
        raise Problem(
            f"{name} has column names but no rows.", "Please send a file that also has the rows."
        )
    return replace(reading, encoding=encoding, notes=(*notes, *reading.notes))


def _unpacked(content: bytes, name: str) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            unpacked = file.read(MOST_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise Problem(
            f"{name} is a gzip file that looks cut off or damaged.", f"{_AGAIN}."
        ) from error
    if len(unpacked) > MOST_BYTES:
        raise Problem(
            f"{name} expands to more than {MOST_BYTES >> 20} MB.", "Please send a sample of it."
        )
    return unpacked


def _refuse(content: bytes, name: str) -> None:
    """Problem for what is not a table of text."""
    if not content.strip():
        raise Problem(f"{name} is empty.", "Please send another file.")
    for magic, what, hint in _MAGIC:
        if content.startswith(magic):
            cut = magic == b"PAR1" and not content.endswith(b"PAR1")
            raise Problem(
                f"{name} looks cut off: its end is missing." if cut else f"{name} {what}.",
                f"{_AGAIN}." if cut else hint,
            )
    if _PICKLE.match(content):
        raise Problem(
            f"{name} is a Python pickle, which can run code and is never opened.", f"{_AS_CSV}."
        )
    if _PAGE.match(content):
        raise Problem(
            f"{name} is a web page, not data.",
            "Please download the data file itself and send that.",
        )


def _decoded(content: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Text, its encoding, and a note where lines did not fit it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), "utf-16", ()
    start = content[: 1 << 16]
    if len(_CONTROL.findall(start)) > max(_FEW_SIGNS, len(start) * _FEW_BAD):
        raise Problem(f"{name} is a binary file, not a table of text.", f"{_AS_CSV}.")
    try:
        bom = content.startswith(b"\xef\xbb\xbf")
        return content.decode("utf-8-sig"), "utf-8-sig" if bom else "utf-8", ()
    except UnicodeDecodeError:
        return _line_by_line(content, name)


def _line_by_line(content: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Not UTF-8 throughout: each line that is not is taken as Windows-1252."""
    texts, wrong, right = [], 0, 0
    for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        try:
            texts.append(line.decode("utf-8"))
            right += not line.isascii()
        except UnicodeDecodeError:
            texts.append(line.decode("cp1252", errors="replace"))
            wrong += 1
    if not right:
        return "\n".join(texts), "cp1252", ()
    note = (
        f"{name} mixes encodings: {wrong} lines are not UTF-8 and were read as Windows-1252, so"
        " some characters may be wrong. Save it as UTF-8 to be sure."
    )
    return "\n".join(texts), "utf-8", (note,)


def _delimited(text: str, name: str, *, header: bool | None, headers: Sequence[str]) -> Reading:
    dialect = sniff_dialect(text)
    records = parse(text, dialect)
    if len(records[0]) == 1 and _wrapped(records):
        inner = "\n".join(record[0] for record in records)
        told = f"{name}: every line was one quoted cell; the quotes were taken off."
        found = _delimited(inner, name, header=header, headers=headers)
        return replace(found, notes=(told, *found.notes))
    width = _width(records)
    rows, notes = _fitted(records, width, name)
    known = bool(headers) and set(headers) <= set(clean_names(rows[0])[0])
    first = known or (has_header(rows) if header is None else header)
    names, renamed = clean_names(rows[0]) if first else (numbered(width), ())
    return Reading(
        table=Table(names, rows[1:] if first else rows),
        format="tsv" if dialect.delimiter == "\t" else "csv",
        encoding="",
        delimiter=dialect.delimiter,
        header=first,
        notes=(*notes, *renamed),
    )


def _wrapped(records: list[list[str]]) -> bool:
    """One cell a line, and inside it a table with more columns."""
    inner = "\n".join(record[0] for record in records[:1000])
    dialect: Dialect = sniff_dialect(inner)
    lines = parse(inner, dialect)
    return len(lines[0]) > 2 and all(len(line) == len(lines[0]) for line in lines)  # noqa: PLR2004


def _width(records: list[list[str]]) -> int:
    """The header's width, unless most rows have another."""
    widths = [len(record) for record in records]
    return max(set(widths), key=lambda width: (widths.count(width), width == widths[0]))


def _fitted(records: list[list[str]], width: int, name: str) -> tuple[list[Row], tuple[str, ...]]:
    """Rows of one width: short ones are filled with None, long ones left out and reported."""
    rows: list[Row] = []
    long: list[int] = []
    for number, record in enumerate(records, start=1):
        if len(record) > width:
            long.append(number)
        else:
            rows.append((*record, *(None,) * (width - len(record))))
    if len(long) > len(records) * _FEW_BAD:
        raise Problem(
            f"{name}: {len(long)} of {len(records)} lines have more than {width} cells, first"
            f" line {long[0]}.",
            "Please put texts that contain the separator in double quotes and send it again.",
        )
    told = f"{name}: {len(long)} lines with more than {width} cells were left out: {_some(long)}."
    return rows, ((told,) if long else ())


def _objects(text: str, name: str) -> Reading | None:
    """JSON or JSON lines; None when the text only looks like it."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return _json_lines(text, name)
    for candidate in (whole, *(whole.values() if isinstance(whole, dict) else ())):
        if (
            isinstance(candidate, list)
            and candidate
            and all(isinstance(row, dict) for row in candidate)
        ):
            return Reading(_from_objects(candidate), "json", "")
    if (
        isinstance(whole, dict)
        and whole
        and all(isinstance(cells, list) for cells in whole.values())
    ):
        rows = [
            dict(zip(whole, cells, strict=False)) for cells in zip(*whole.values(), strict=False)
        ]
        return Reading(_from_objects(rows), "json", "")
    if isinstance(whole, dict):
        return Reading(_from_objects([whole]), "jsonl", "")
    raise Problem(f"{name} is JSON, but no list of objects.", "Please send one object per row.")


def _json_lines(text: str, name: str) -> Reading | None:
    good: list[dict[str, object]] = []
    bad: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            row = json.loads(line) if line.strip() else {}
        except json.JSONDecodeError:
            row = None
        if not isinstance(row, dict):
            bad.append(number)
        elif row:
            good.append(row)
    if not good:
        return None
    if len(bad) > (len(good) + len(bad)) * _FEW_BAD:
        raise Problem(
            f"{name}: {len(bad)} lines are no JSON objects, {len(good)} are. First: {_some(bad)}.",
            "Please mend or remove those lines and send it again.",
        )
    told = f"{name}: {len(bad)} lines are no JSON objects and were left out: {_some(bad)}."
    return Reading(_from_objects(good), "jsonl", "", notes=(told,) if bad else ())


def _from_objects(objects: Sequence[dict[str, object]]) -> Table:
    keys = list(dict.fromkeys(key for row in objects for key in row))
    names, _ = clean_names(keys)
    return Table(names, [tuple(_cell(row.get(key)) for key in keys) for row in objects])


def _cell(value: object) -> Cell:
    """Texts as they are but for halves of signs, null as None, anything else as its JSON."""
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8")


def _some(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:5])
    return f"lines {shown}" + (", …" if len(numbers) > 5 else "")  # noqa: PLR2004
