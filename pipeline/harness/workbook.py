"""Read the largest table of an Excel or OpenDocument workbook."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from delimited import Record
from gathering import Asked, Gathered, gather
from progress import Problem
from refusing import AGAIN, AS_CSV

MOST_UNPACKED = 512 << 20
_MOST_RATIO = 300
_FREE = 32 << 20


def read_workbook(content: bytes, asked: Asked) -> Gathered:
    """The sheet with most cells; a note names the others. Problem without its library."""
    try:
        import python_calamine as calamine  # noqa: PLC0415 - only where there are workbooks
    except ImportError as error:
        raise Problem(
            f"{asked.name} is a workbook, which cannot be read here.", f"{AS_CSV}."
        ) from error
    _check_size(content, asked.name)
    try:
        book = calamine.CalamineWorkbook.from_object(io.BytesIO(content))
        sheets = {
            name: _rows(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names
        }
    except (calamine.CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise Problem(
            f"{asked.name} is a workbook that looks damaged or is locked by a password.",
            f"{AS_CSV}.",
        ) from error
    filled = {name: sum(map(_filled, rows)) for name, rows in sheets.items()}
    largest = max(filled, key=lambda name: filled[name], default="")
    if not filled.get(largest):
        raise Problem(f"{asked.name} is a workbook without any cells.", "Please send another file.")
    width = _width(sheets[largest])
    found = gather(_records(sheets[largest]), width, asked)
    left = [name for name, count in filled.items() if count and name != largest]
    told = f"{asked.name}: the sheet {largest} was read; left aside: {', '.join(left[:10])}."
    notes = (*((told,) if left else ()), *found.notes)
    return replace(found, notes=notes)


def _check_size(content: bytes, name: str) -> None:
    """Problem before anything is unpacked that would be too large."""
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            inside = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Problem(
            f"{name} is a workbook that looks cut off or damaged.", f"{AGAIN}."
        ) from error
    if not any(entry.startswith(("xl/", "content.xml")) for entry in inside):
        raise Problem(f"{name} is an Office document or archive, not a table.", f"{AS_CSV}.")
    if size > MOST_UNPACKED or (size > _FREE and size > len(content) * _MOST_RATIO):
        raise Problem(
            f"{name} expands to {size >> 20} MB, which is too much for a workbook.", f"{AS_CSV}."
        )


def _rows(cells: Sequence[Sequence[object]]) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in cells]


def _text(cell: object) -> str:  # noqa: PLR0911 - a line for each type
    """A cell as a person would have written it in a text."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004
        case datetime():
            midnight = cell.time() == time()
            return cell.date().isoformat() if midnight else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case None:
            return ""
        case _:
            return str(cell)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _width(rows: Sequence[Sequence[str]]) -> int:
    """Up to the last column that holds something in more than a few stray rows."""
    ends = [
        max(at for at, cell in enumerate(row, 1) if cell.strip()) for row in rows if _filled(row)
    ]
    ends.sort()
    return ends[int(len(ends) * 0.98)] if ends else 1


def _records(rows: Sequence[Sequence[str]]) -> Iterator[Record]:
    for number, row in enumerate(rows, start=1):
        yield number, list(row)
