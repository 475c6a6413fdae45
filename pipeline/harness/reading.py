"""Read a stranger's file into a table, or say in plain words why it is none.

Looks at content, never trusts a name, executes and unpickles nothing. The same bytes always give
the same table.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from compressed import opened, packing_of
from decoding import decoded
from delimited import BrokenQuotesError, Dialect, Records, mended
from gathering import Asked, Gathered, check_width, gather
from large import LONGEST_LINE, SMALL, LargeText, survey
from objects import looks_like_json, read_json, read_lines, read_pieces
from parquet import read_parquet
from progress import Problem
from refusing import AGAIN, AS_CSV, Holder, holder, refuse
from sniffing import USUAL, Trial, sample_of, sniff
from tables import Table
from workbook import read_workbook

_PLAIN = (".txt", ".text", ".md", ".log")
_FIXED = re.compile(r"sep=.\r?\n", re.IGNORECASE)
_LARGEST_HELD = 256 << 20

Lines = Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A table and how it was read; `notes` are warnings for the person.

    `total` counts the rows of the file where `table` holds a sample of them; `originals` has the
    file's own name of each column that had to be called otherwise.
    """

    table: Table
    format: str
    encoding: str
    delimiter: str | None = None
    header: bool = True
    notes: tuple[str, ...] = ()
    total: int | None = None
    originals: dict[str, str] = field(default_factory=dict)


def read_file(path: Path, *, header: bool | None = None, leave_out_bad: bool = False) -> Reading:
    """Read a file; `header` overrules the guess. Problem says what is wrong and what to do."""
    asked = Asked(path.name, header, leave_out_bad=leave_out_bad)
    try:
        with path.open("rb") as file:
            stream = opened(file, path.name)
            head = stream.read(SMALL + 1)
            if len(head) <= SMALL:
                return _of_bytes(head, asked)
            if kind := holder(head):
                return _held(_source(path, head, stream, kind), kind, asked)
        return _large(survey(path), asked)
    except OSError as error:
        raise Problem(f"{path.name} cannot be opened: {error.strerror}.", f"{AGAIN}.") from error


def read_bytes(
    content: bytes,
    name: str,
    *,
    header: bool | None = None,
    headers: Sequence[str] = (),
    leave_out_bad: bool = False,
) -> Reading:
    """Read a file's bytes; `headers` are names that prove a first line to be one."""
    asked = Asked(name, header, headers, leave_out_bad)
    unpacked = opened(io.BytesIO(content), name).read() if packing_of(content) else content
    return _of_bytes(unpacked, asked)


def _of_bytes(content: bytes, asked: Asked) -> Reading:
    if kind := holder(content):
        return _held(content, kind, asked)
    refuse(content[: 1 << 17] if content[: 1 << 17].strip() else content, asked.name)
    text, encoding, notes = decoded(content, asked.name)
    if looks_like_json(text[: 1 << 16]) and (found := read_json(text, asked)):
        reading = _reading(found[0], found[1], asked)
    else:
        _check_lines(content, asked.name)
        reading = _delimited(text, lambda: io.StringIO(text, newline=""), asked)
    return replace(reading, encoding=encoding, notes=(*notes, *reading.notes))


def _source(path: Path, head: bytes, stream: BinaryIO, kind: Holder) -> bytes | Path:
    """What a library is to read: the file itself, or its bytes where it is packed or must be."""
    with path.open("rb") as file:
        if kind == "parquet" and file.read(4) == head[:4]:
            return path
    whole = head + stream.read(_LARGEST_HELD)
    if len(whole) > _LARGEST_HELD:
        raise Problem(
            f"{path.name} holds more than {_LARGEST_HELD >> 20} MB.", f"{AS_CSV}, or as Parquet."
        )
    return whole


def _held(source: bytes | Path, kind: Holder, asked: Asked) -> Reading:
    if kind == "parquet":
        return _reading(read_parquet(source, asked), "parquet", asked, encoding="binary")
    content = source if isinstance(source, bytes) else source.read_bytes()
    return _reading(read_workbook(content, asked), "xlsx", asked, encoding="binary")


def _large(text: LargeText, asked: Asked) -> Reading:
    """A text that is read as a stream, once to look and once for its rows."""
    if not looks_like_json(text.start):
        reading = _delimited(text.start, text.lines, asked, text.size)
    elif (found := _json_lines(text, asked)) is not None:
        reading = _reading(found, "jsonl", asked)
    else:
        reading = _reading(read_pieces(text.pieces, asked), "json", asked)
    return replace(reading, encoding=text.encoding, notes=(*text.notes, *reading.notes))


def _json_lines(text: LargeText, asked: Asked) -> Gathered | None:
    """Objects a line, if the first lines are; a list over many lines is none of that."""
    first = text.start.splitlines()[:3]
    several = len(first) > 1 and all(line.strip().startswith("{") for line in first if line.strip())
    return read_lines(text.lines, asked) if several else None


def _check_lines(content: bytes, name: str) -> None:
    """Problem for a line so long that it can be no row."""
    ends = (b"\n", b"\r")
    if len(content) > LONGEST_LINE // 2 and not any(
        end in content[: LONGEST_LINE // 2] for end in ends
    ):
        raise Problem(
            f"{name} has a line of more than {LONGEST_LINE >> 21} MB, so it is no table.",
            "Please check how it was saved, and send it with one row a line.",
        )


def _delimited(start: str, lines: Lines, asked: Asked, size: int = 0) -> Reading:
    """A text of separated cells, or of one a line; `start` is enough of it to tell how."""
    first = re.split(r"[\r\n]", start.lstrip(), maxsplit=1)[0]
    check_width(max(map(first.count, USUAL)) + 1, asked.name)
    trial = sniff(start)
    check_width(trial.width, asked.name)
    if _FIXED.match(start):
        return _separated(lambda: islice(lines(), 1, None), trial, asked, size)
    if trial.width == 1 and trial.dialect.quote and _wrapped(start, trial.dialect):
        told = f"{asked.name}: every line was one quoted cell; the quotes were taken off."
        inner = partial(_unwrapped, lines, trial.dialect)
        found = _delimited(
            "".join(_unwrapped(lambda: _start(start), trial.dialect)), inner, asked, size
        )
        return replace(found, notes=(told, *found.notes))
    return _separated(lines, trial, asked, size)


def _separated(lines: Lines, trial: Trial, asked: Asked, size: int) -> Reading:
    dialect, width = trial.dialect, max(trial.width, 1)
    try:
        found = gather(Records(lines(), dialect), width, asked, dialect.sign, size)
    except BrokenQuotesError:
        found = gather(mended(lines(), dialect, width), width, asked, None, size)
        told = f"{asked.name}: some quotes never close; lines with such were read as they stand."
        found = replace(found, notes=(told, *found.notes))
    plain = dialect.delimiter is None and asked.name.lower().endswith(_PLAIN)
    kind = "text" if plain else "tsv" if dialect.delimiter == "\t" else "csv"
    return replace(_reading(found, kind, asked), delimiter=dialect.delimiter)


def _start(text: str) -> Iterable[str]:
    return io.StringIO(sample_of(text), newline="")


def _wrapped(start: str, dialect: Dialect) -> bool:
    """One cell a line, and inside it a table with more columns."""
    inner = "".join(_unwrapped(lambda: _start(start), dialect))
    trial = sniff(inner)
    return trial.width > 2 and trial.even == trial.cover == 1  # noqa: PLR2004 - no mere comma


def _unwrapped(lines: Lines, dialect: Dialect) -> Iterator[str]:
    for _, cells in Records(lines(), dialect):
        yield (cells[0] if cells else "") + "\n"


def _reading(found: Gathered, kind: str, asked: Asked, *, encoding: str = "") -> Reading:
    """Problem where there are no rows; a note where they are a sample of the file's."""
    if not found.table.rows:
        raise Problem(
            f"{asked.name} has column names but no rows.",
            "Please send a file that also has the rows.",
        )
    told = (
        f"{asked.name} has {found.total:,} rows, more than fit in memory: {len(found.table):,} of"
        " them, taken evenly from all of it, stand for the rest."
        if found.total
        else ""
    )
    return Reading(
        table=found.table,
        format=kind,
        encoding=encoding,
        header=found.header,
        notes=(*((told,) if told else ()), *found.notes),
        total=found.total,
        originals=found.originals,
    )
