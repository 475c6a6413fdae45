"""Cut lines of text into cells as a dialect says, also where quotes are broken."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import _csv

SEPARATED = "\x1f"  # stands for a delimiter of several signs, and for none
_MOST_LINES = 100  # a quoted text of more lines has lost its closing quote
LONGEST_CELL = 64 << 20

_BREAK = re.compile(r"\r\n|\n|\r")

Record = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are told apart; `delimiter` None for one cell a line, " " for runs of spaces.

    `quote` encloses cells and is doubled inside, or escaped by a backslash; None: a sign like any.
    """

    delimiter: str | None
    quote: str | None = '"'
    escaped: bool = False
    spaced: bool = False

    @property
    def sign(self) -> str:
        """The single sign that the csv module splits at."""
        one = self.delimiter is not None and len(self.delimiter) == 1 and self.delimiter != " "
        return (self.delimiter or SEPARATED) if one else SEPARATED


class BrokenQuotesError(Exception):
    """Quotes do not close, or close more than a cell."""


class Records(Iterator[Record]):
    """Each record with the number of its last line, [] for a blank one.

    BrokenQuotesError when the quotes are not those of the dialect.
    """

    def __init__(self, lines: Iterable[str], dialect: Dialect) -> None:
        csv.field_size_limit(LONGEST_CELL)
        self._reader = _reader(_prepared(lines, dialect), dialect)

    def __next__(self) -> Record:
        """The next record."""
        try:
            record = next(self._reader)
        except csv.Error as error:
            raise BrokenQuotesError from error
        return self._reader.line_num, record

    def bulk(self, count: int) -> tuple[int, list[list[str]], bool]:
        """Up to `count` records, the number of the line above, whether each has a line to itself.

        Faster than one by one.
        """
        above = self._reader.line_num
        try:
            batch = list(islice(self._reader, count))
        except csv.Error as error:
            raise BrokenQuotesError from error
        return above, batch, self._reader.line_num - above == len(batch)


def with_numbers(above: int, batch: Iterable[list[str]]) -> Iterator[Record]:
    """Records with the number of the last line of each, counted from the line above."""
    for cells in batch:
        above += 1 + sum(
            len(_BREAK.findall(cell)) for cell in cells if "\n" in cell or "\r" in cell
        )
        yield above, cells


def mended(lines: Iterable[str], dialect: Dialect, width: int) -> Iterator[Record]:
    """The same where quotes are broken: a line that is a whole record without its quotes is one."""
    waiting: list[str] = []
    number = 0
    source = _prepared(lines, dialect)
    ended = False
    while waiting or not ended:
        while len(waiting) < _MOST_LINES and not ended:
            line = next(source, None)
            ended = line is None
            waiting += [] if line is None else [line]
        if not waiting:
            return
        taken, record = _first(waiting, dialect, width)
        del waiting[:taken]
        number += taken
        yield number, record


def _first(waiting: list[str], dialect: Dialect, width: int) -> tuple[int, list[str]]:
    """How many of the lines make the first record, and its cells."""
    alone = _strictly(waiting[:1], dialect)
    if alone is not None:
        return 1, alone
    raw = [_split(line, dialect) for line in waiting]
    for count in range(2, len(waiting) + 1):
        joined = _strictly(waiting[:count], dialect)
        if joined is not None:
            whole = all(len(cells) == width for cells in raw[:count])
            if len(joined) != width or whole:
                break
            return count, joined
    lenient: list[str] = next(iter(_reader(waiting[:1], dialect, strict=False)), [])
    return 1, raw[0] if len(raw[0]) == width else lenient


def _strictly(lines: list[str], dialect: Dialect) -> list[str] | None:
    """The one record that these lines are, None when they are not exactly one."""
    try:
        found = list(_reader(lines, dialect))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _reader(lines: Iterable[str], dialect: Dialect, *, strict: bool = True) -> "_csv.Reader":
    return csv.reader(
        lines,
        delimiter=dialect.sign,
        quotechar=dialect.quote,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        doublequote=not dialect.escaped,
        escapechar="\\" if dialect.escaped else None,
        skipinitialspace=dialect.spaced,
        strict=strict,
    )


def _split(line: str, dialect: Dialect) -> list[str]:
    bare = line.rstrip("\r\n")
    return bare.split(dialect.sign) if bare.strip() else []


def _prepared(lines: Iterable[str], dialect: Dialect) -> Iterator[str]:
    """Lines in which a delimiter of several signs is one sign."""
    if dialect.delimiter is None or dialect.delimiter == dialect.sign:
        return iter(lines)
    if not dialect.delimiter.isspace():
        several = dialect.delimiter
        return (line.replace(several, SEPARATED) for line in lines)
    wide = r"[ \t]+" if dialect.delimiter == " " else r"[ \t]{2,}"
    quote = dialect.quote
    if quote is None:
        gap = re.compile(wide)
        return (gap.sub(SEPARATED, line.strip()) + "\n" for line in lines)
    kept = re.compile(rf"({quote}(?:[^{quote}]|{quote}{quote})*{quote})|{wide}")
    return (kept.sub(lambda found: found[1] or SEPARATED, line.strip()) + "\n" for line in lines)
