"""Make a table of records: its rows in one width, each line that is left out counted and told."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from collected import Rows, lines_of, take_all
from delimited import Record, Records, with_numbers
from framing import HEAD, TAIL, Line, fits, is_comment, is_note, is_rule, is_total, lead_in, padded
from headers import clean_names, columns_typed, has_header, numbered, originals
from progress import Problem
from sampling import BUDGET, Sample, step_for
from tables import Row, Table

MOST_COLUMNS = 50_000
FEW_BAD = 0.05
LEAVE_OUT = "leave them out"
_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known before a file is read; `headers` are names that prove a first line to be one.

    `header` False: each line is a row as it stands, so that none is taken for a note.
    """

    name: str
    header: bool | None = None
    headers: Sequence[str] = ()
    leave_out_bad: bool = False
    budget: int = BUDGET


@dataclass(frozen=True, slots=True)
class Gathered:
    """A table, how many rows the file has when these are a sample, and what the person is told."""

    table: Table
    header: bool = True
    notes: tuple[str, ...] = ()
    total: int | None = None
    originals: dict[str, str] = field(default_factory=dict)


def gather(
    found: Iterable[Record], width: int, asked: Asked, sign: str | None = None, size: int = 0
) -> Gathered:
    """The table in records of mostly `width` cells.

    `sign` is what separates them in a text; `size` is that of the text if it is a large one.
    """
    check_width(width, asked.name)
    rows = Rows(width, sign, None, Sample(asked.budget))
    with _nothing_to_collect():
        return _gathered(iter(found), rows, asked, size)


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Millions of rows make the search for cyclic garbage slow, and none is in them."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _gathered(numbers: Iterator[Record], rows: Rows, asked: Asked, size: int) -> Gathered:
    width = rows.width
    head = list(lines_of(islice(numbers, HEAD), rows))
    if size:
        cells = [line.cells for line in head]
        part = sum(len(cell) + 1 for line in cells for cell in line)
        rows.sample = Sample(asked.budget, step_for(cells, part / size, asked.budget))
    start = 0 if asked.header is False or not head else lead_in(head, width)
    for line in head[:start]:
        rows.lead.add(line.number)
    header, names = _names(head[start:], rows, asked)
    body = head[start + rows.second.count + header :]
    _finish(rows, *_fill(rows, body, numbers), notes_below=asked.header is not False)
    return _finished(rows, asked, names, header=header)


def check_width(width: int, name: str) -> None:
    """Problem for more columns than anything here can work with."""
    if width > MOST_COLUMNS:
        raise Problem(
            f"{name} has more than {MOST_COLUMNS:,} columns, which is too many to be used.",
            "Please send a file with fewer columns.",
        )


def _names(lines: Sequence[Line], rows: Rows, asked: Asked) -> tuple[bool, list[str] | None]:
    """Whether the first of the lines holds names, and those names in the table's width."""
    if not lines:
        return False, None
    width, first = rows.width, lines[0].cells
    below = [padded(line.cells, width) for line in lines[1:] if fits(line.cells, width)]
    if len(first) == width - 1 and asked.header is not False and fits(lines[-1].cells, width):
        last_empty = not any((row[-1] or "").strip() for row in below)
        return True, [*first, ""] if last_empty else ["", *first]
    if not fits(first, width):
        return False, None
    names = [cell or "" for cell in padded(first, width)]
    known = bool(asked.headers) and set(asked.headers) <= set(clean_names(names)[0])
    guess = has_header([tuple(names), *below]) if asked.header is None else asked.header
    if not known and not guess:
        return False, None
    if is_comment(names):
        names[0] = names[0].strip().lstrip("#/-% ")
    rows.names = first
    return True, _second(lines[1:], rows, names, below)


def _second(lines: Sequence[Line], rows: Rows, names: list[str], below: Sequence[Row]) -> list[str]:
    """Names when a second line of them, or of units, follows: the better ones."""
    if not lines or len(below) < 3 or not fits(lines[0].cells, rows.width):  # noqa: PLR2004
        return names
    row = below[0]
    typed, named = columns_typed(row, below[1:])
    if is_rule(lines[0].cells):
        rows.second.add(lines[0].number)
    elif typed == named > 1:
        rows.second.add(lines[0].number)
        better = [(cell or "").strip() for cell in row]
        bare = [name.strip() for name in names]
        poor = len(set(bare)) < len(bare) or not all(bare)
        if poor and all(better) and len(set(better)) == len(better):
            return better
    return names


def _fill(rows: Rows, body: list[Line], found: Iterator[Record]) -> tuple[list[Line], int]:
    """All lines below the names but the last few, and the number of the last that was taken."""
    last = body[0].number - 1 if body else 0
    waiting = body
    while True:
        if isinstance(found, Records):
            above, batch, apart = found.bulk(_BATCH)
            if apart and rows.plain(batch):
                take_all(rows, waiting, last)
                rows.keep_all(batch[:-TAIL])
                last = above + len(batch) - TAIL
                waiting = list(lines_of(with_numbers(last, batch[-TAIL:]), rows))
                continue
            some = list(with_numbers(above, batch))
        else:
            some = list(islice(found, _BATCH))
        if not some:
            return waiting, last
        waiting += lines_of(some, rows)
        last = take_all(rows, waiting[:-TAIL], last)
        waiting = waiting[-TAIL:]


def _finish(rows: Rows, waiting: list[Line], last: int, *, notes_below: bool) -> None:
    """The last few lines: what is below the table is left out."""
    end = len(waiting)
    while notes_below and end > 1 and _below(rows, waiting[:end]):
        end -= 1
    for line in waiting[end:]:
        rows.tail.add(line.number)
    take_all(rows, waiting[:end], last)


def _below(rows: Rows, lines: Sequence[Line]) -> bool:
    """Whether the last of the lines is no row."""
    line = lines[-1]
    if is_note(line, rows.width, last=True):
        return True
    above = [tuple(other.cells) for other in lines[:-1] if len(other.cells) == rows.width]
    return is_total(line, [*rows.sample.items[-1000:], *above], rows.width)


def _finished(rows: Rows, asked: Asked, raw: list[str] | None, *, header: bool) -> Gathered:
    told = _told(rows, asked)
    kept = rows.sample.items
    width = rows.width - _hollow_ends(rows, raw)
    if width < rows.width:
        kept = [row[:width] for row in kept]
    raw = raw[:width] if raw is not None else None
    names, renamed = clean_names(raw) if raw is not None else (numbered(width), ())
    changed = originals(raw, names) if raw is not None else {}
    total = None if rows.sample.complete else rows.sample.seen
    return Gathered(Table(names, kept), header, (*told, *renamed), total, changed)


def _hollow_ends(rows: Rows, raw: Sequence[str] | None) -> int:
    """How many columns at the end are only there because lines end in delimiters."""
    count = 0
    while count < rows.width - 1 and rows.sample.items:
        at = rows.width - 1 - count
        if raw is not None and raw[at].strip():
            break
        if any((row[at] or "").strip() for row in rows.sample.items):
            break
        count += 1
    return count


def _told(rows: Rows, asked: Asked) -> tuple[str, ...]:
    """What happened to lines that are no rows as they stand; Problem for too many too long ones."""
    name, bad, count = asked.name, rows.long, rows.sample.seen + rows.long.count
    if bad.count > count * FEW_BAD and not asked.leave_out_bad:
        raise Problem(
            f"{name}: {bad.count} of {count} lines have more than {rows.width} cells: {bad}.",
            "Please put texts that contain the separator in double quotes and send it again, or"
            " have those lines left out.",
            field="dataset.bad_rows",
            options=(LEAVE_OUT,),
        )
    said = (
        (rows.lead, "above the table read like notes and were left out"),
        (rows.second, "read like a second line of names or units and were left out"),
        (rows.notes, "among the rows read like comments and were left out"),
        (rows.tail, "below the table read like notes or totals and were left out"),
        (rows.again, "repeat the names of the columns and were left out"),
        (rows.hollow, "hold separators only and were left out"),
        (bad, f"with more than {rows.width} cells were left out"),
        (rows.short, f"have fewer than {rows.width} cells; the others were taken as empty"),
    )
    return tuple(
        f"{name}: {lines.count} line{'s' * (lines.count > 1)} {what}: {lines}."
        for lines, what in said
        if lines.count
    )
