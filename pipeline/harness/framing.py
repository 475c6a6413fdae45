"""Tell a table's rows from what people write around it: titles, notes, sources, totals."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from headers import has_header, typed_below
from kinds import is_number
from tables import Row, is_missing

HEAD = 1000  # records in which a table must have begun
TAIL = 30
_MOST_NOTES = 30
_COMMENT = re.compile(r"\s*(#|//|--|%%)")
_NOTE = re.compile(
    r"\W*(source|sources|note|notes|remark|remarks|footnote|footnotes|legend|copyright|exported"
    r"|generated|created|updated|quelle|quellen|anmerkung|hinweis|stand|fuente|nota|notas|fonte"
    r"|bron|źródło|zdroj|источник|примечание)\b|\W*(\*|©|¹|\(\d\)|\[\d\])",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\W*(grand\s+|sub)?(total|totals|sum|gesamt|gesamtsumme|summe|insgesamt|somme|suma|totale"
    r"|totaal|razem|итого|всего|mean|average|mittelwert|durchschnitt)\W*",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[:+]?[-=+]{2,}:?\s*")


class Line(NamedTuple):
    """A record with its last line's number and whether a blank line stands before it."""

    number: int
    cells: list[str]
    after_blank: bool = False

    @property
    def filled(self) -> int:
        """How many cells hold anything."""
        return sum(bool(cell.strip()) for cell in self.cells)


def is_comment(cells: Sequence[str]) -> bool:
    """Whether a record starts with what starts a comment in some language."""
    return bool(cells) and _COMMENT.match(cells[0]) is not None


def lead_in(head: Sequence[Line], width: int) -> int:
    """How many of the first records are no part of the table."""
    if width == 1:
        count = 0
        while count < len(head) - 1 and is_comment(head[count].cells):
            count += 1
        return count if not is_comment(head[count].cells) else 0
    start = next((at for at in range(len(head)) if _starts(head, at, width)), 0)
    start = _after_lone(head, start, width)
    return start if start > _MOST_NOTES else _after_title(head, start, width)


def _starts(head: Sequence[Line], at: int, width: int) -> bool:
    """Whether the table may begin here: names or cells of its width, and more such below."""
    line = head[at]
    below = head[at + 1 : at + 4]
    if _lone(line, width) and not (width == 2 and _short_by_one(line, below, width)):  # noqa: PLR2004
        return False
    if _titled(line, below, width) or not line.filled:
        return False
    if is_comment(line.cells) and not _commented_names(line, below, width):
        return False
    if _NOTE.match(line.cells[0]) and not _NOTE.fullmatch(line.cells[0].strip()):
        return False
    return fits(line.cells, width) or _short_by_one(line, below, width)


def _lone(line: Line, width: int) -> bool:
    """Words stand in the first cell and in no other, where there should be several."""
    if width == 1 or line.filled > 1 or not line.cells[0].strip():
        return False
    return len(line.cells) == 1 or (width > 2 and _wordy(line))  # noqa: PLR2004 - half is no gap


def _wordy(line: Line) -> bool:
    return " " in line.cells[0].strip() or line.cells[0].strip().endswith(":")


def _titled(line: Line, below: Sequence[Line], width: int) -> bool:
    """A word alone above what are names beyond doubt."""
    rows = [padded(other.cells, width) for other in below if fits(other.cells, width)]
    return line.filled <= 1 and width > 2 and len(rows) > 1 and typed_below(rows[0], rows[1:])  # noqa: PLR2004


def _commented_names(line: Line, below: Sequence[Line], width: int) -> bool:
    """Names behind a comment sign, directly above the first row."""
    if not fits(line.cells, width) or not below or not fits(below[0].cells, width):
        return False
    rest = [padded(other.cells, width) for other in below if fits(other.cells, width)]
    return not is_comment(below[0].cells) and not has_header([*rest, rest[-1]])


def _short_by_one(line: Line, below: Sequence[Line], width: int) -> bool:
    """Names for all columns but the first, which only tells the rows apart, or but an empty end."""
    cells = [cell.strip() for cell in line.cells]
    if len(cells) != width - 1 or not below or not all(len(b.cells) == width for b in below):
        return False
    if not all(cells) or len(set(cells)) < len(cells) or any(is_number(cell) for cell in cells):
        return False
    rows = [tuple(other.cells) for other in below]
    named = len(rows) > 1 and typed_below(rows[0], rows[1:])
    if not any(row[-1].strip() for row in rows):
        return True
    first = [row[0] for row in rows]
    counted = len(set(first)) == len(first) and (width > 2 or all(map(is_number, first)))  # noqa: PLR2004
    most = 1 if width == 2 else 3  # noqa: PLR2004 - a title has more words
    return counted and not named and all(len(cell.split()) <= most for cell in cells)


def _after_lone(head: Sequence[Line], start: int, width: int) -> int:
    """Past lines of the table's width by chance that stand above a blank line and a short one."""
    for at in range(min(start + 5, len(head) - 2), start, -1):
        apart = head[at].after_blank or head[at + 1].after_blank
        if apart and _lone(head[at], width) and _starts(head, at + 1, width):
            names = padded(head[start].cells, width)
            below = [padded(one.cells, width) for one in head[at + 1 :]]
            lone = padded(head[at].cells, width)
            return start if typed_below(names, below) and not typed_below(lone, below) else at + 1
    return start


def _after_title(head: Sequence[Line], start: int, width: int) -> int:
    """Past a few lines that have the table's width by chance and a blank line below them."""
    for at in range(start + 1, min(start + 5, len(head) - 1)):
        if not head[at].after_blank or not fits(head[at].cells, width):
            continue
        below = [padded(one.cells, width) for one in head[at + 1 :] if fits(one.cells, width)]
        above = [padded(one.cells, width) for one in head[start:at]]
        names = padded(head[at].cells, width)
        if names not in above and len(below) > 1 and typed_below(names, below):
            return at
    return start


def fits(cells: Sequence[str], width: int) -> bool:
    """Whether a record has the table's width, but for delimiters at its end."""
    return len(cells) == width or (len(cells) > width and not any(map(str.strip, cells[width:])))


def padded(cells: Sequence[str], width: int) -> Row:
    """A row of that width; cells that were not there are None."""
    return (*cells[:width], *(None,) * (width - len(cells)))


def is_rule(cells: Sequence[str]) -> bool:
    """A line drawn under names, as in Markdown."""
    drawn = [cell for cell in cells if cell.strip()]
    return bool(drawn) and all(_RULE.fullmatch(cell) for cell in drawn)


def is_note(line: Line, width: int, *, last: bool) -> bool:
    """Whether a record below the table, or among its rows, is a note on it."""
    if width == 1:
        return False
    short = len(line.cells) != width or _lone(line, width)
    if short and (is_comment(line.cells) or is_rule(line.cells)):
        return True
    if not last:
        return False
    if _NOTE.match(line.cells[0]) and (short or line.after_blank):
        return True
    if not short:
        return False
    return line.after_blank or (_lone(line, width) and (width > 2 or _wordy(line)))  # noqa: PLR2004


def is_total(line: Line, rows: Sequence[Row], width: int) -> bool:
    """A last line that adds the others up: so it says, and leaves empty what cannot be added."""
    first = next((cell for cell in line.cells if cell.strip()), "")
    if not fits(line.cells, width) or not rows or not _TOTAL.fullmatch(first):
        return False
    if any(_TOTAL.fullmatch(row[0] or "") for row in rows):
        return False
    empty = [at for at, cell in enumerate(line.cells[:width]) if not cell.strip()]
    unusual = any(not any(is_missing(row[at]) for row in rows) for at in empty)
    numbers = any(is_number(cell) for cell in line.cells)
    return numbers and (line.after_blank or unusual or _adds_up(line, rows))


def _adds_up(line: Line, rows: Sequence[Row]) -> bool:
    for at, cell in enumerate(line.cells):
        try:
            whole = sum(float(row[at] or "x") for row in rows)
            if abs(float(cell) - whole) <= abs(whole) * 1e-6 and len(rows) > 1:
                return True
        except (ValueError, IndexError):
            continue
    return False
