"""The rows of a table as they come in, and an account of each line that is none."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from delimited import BrokenQuotesError, Record
from framing import TAIL, Line, fits, is_note, padded
from sampling import Known, Sample, shared
from sniffing import SURELY
from tables import Cell, Row

_SHOWN = 5
# So may begin what is no row.
_ODD = re.compile("\n(?:[ \t\ufeff]|#|//|--|%%|==|\\+[-=]|:-)")


@dataclass(slots=True)
class Lines:
    """How many lines something was said of, and the numbers of the first."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """One more line."""
        self.count += 1
        if len(self.first) < _SHOWN or number < self.first[-1]:
            self.first = sorted([*self.first, number])[:_SHOWN]

    def __str__(self) -> str:
        shown = ", ".join(str(number) for number in self.first)
        return f"line{'s' * (self.count > 1)} {shown}" + ", …" * (self.count > _SHOWN)


@dataclass(slots=True)
class Rows:
    """What has been read so far, and the lines that were not taken as they were."""

    width: int
    sign: str | None
    names: list[str] | None
    sample: Sample[Row]
    shared: Known = field(default_factory=dict)
    lead: Lines = field(default_factory=Lines)
    tail: Lines = field(default_factory=Lines)
    notes: Lines = field(default_factory=Lines)
    hollow: Lines = field(default_factory=Lines)
    again: Lines = field(default_factory=Lines)
    long: Lines = field(default_factory=Lines)
    short: Lines = field(default_factory=Lines)
    second: Lines = field(default_factory=Lines)
    after_blank: bool = False

    def take(self, line: Line) -> None:
        """Put a line where it belongs."""
        if is_note(line, self.width, last=False):
            self.notes.add(line.number)
        elif not fits(line.cells, self.width) and len(line.cells) > self.width:
            self.long.add(line.number)
        elif line.cells == self.names:
            self.again.add(line.number)
        else:
            if len(line.cells) < self.width:
                self.short.add(line.number)
            self.keep(padded(line.cells, self.width))

    def plain(self, batch: Sequence[list[str]]) -> bool:
        """Whether all of these are rows as they stand, so that none needs a look."""
        if len(batch) <= TAIL or set(map(len, batch)) != {self.width}:
            return False
        firsts = list(map(itemgetter(0), batch))
        named = self.names is not None and self.names[0] in firsts
        return not named and all(firsts) and not _ODD.search("\n" + "\n".join(firsts))

    def keep_all(self, batch: Sequence[list[str]]) -> None:
        """Keep plain rows."""
        at = 0
        while at < len(batch):
            at += self.sample.skip(len(batch) - at)
            if at < len(batch):
                self.sample.add(*shared(batch[at], self.shared))
                at += 1

    def keep(self, cells: Sequence[Cell]) -> None:
        """Keep a row, or count it where the sample is full."""
        if not self.sample.skip(1):
            self.sample.add(*shared(cells, self.shared))


def lines_of(found: Iterable[Record], rows: Rows) -> Iterator[Line]:
    """Records that hold anything; of one cell also an empty one, for which quotes stood."""
    for number, cells in found:
        if not any(map(str.strip, cells)) and not (rows.width == 1 and cells == [""]):
            rows.after_blank = True
            if len(cells) > 1:
                rows.hollow.add(number)
            continue
        yield Line(number, cells, rows.after_blank)
        rows.after_blank = False


def take_all(rows: Rows, lines: Sequence[Line], last: int) -> int:
    """Take lines below the one numbered `last`; the number of the last of them."""
    for line in lines:
        if line.number - last > 1 and _swallowed(line.cells, rows):
            raise BrokenQuotesError
        last = line.number
        rows.take(line)
    return last


def _swallowed(cells: Sequence[str], rows: Rows) -> bool:
    """Whether quotes that belong to no cell have made one record of several whole lines."""
    sure = rows.width >= SURELY or (rows.sign == "\t" and rows.width > 1)
    if rows.sign is None or not sure or not any("\n" in cell for cell in cells):
        return False
    lines = rows.sign.join(cells).split("\n")
    return all(line.count(rows.sign) == rows.width - 1 for line in lines)
