"""What there is to say about one column; a personal one keeps its values to itself."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from config import Json, Kind
from days import day_first_of, moment_of
from forms import some
from instructions import count_instructions, is_instruction
from kinds import Seen, kind_seen, see, signs_of, words_of
from labels import spellings
from layouts import Layout
from measures import PLAIN, Notation, notation_of, several_units, to_number
from personal import Found, find_personal, kinds_in
from tables import Cell
from tongues import language_of

SHOWN_VALUES = 50  # commonest values told per column, enough to name every usual class
LONGEST_NUMBER = 40
LONGEST_VALUE = 200  # longer cells are text, not values to list
MOST_CLASSES = 5_000  # with more values a column is no label, and its spellings stay apart
_PICTURE = re.compile(
    r"\.(jpe?g|jpe|jfif|png|gif|bmp|webp|tiff?|p[pgbn]m|avif|hei[cf])$", re.IGNORECASE
)
_LISTED = frozenset(("category", "boolean", "constant", "integer"))
_NUMBERS = frozenset(("number", "integer", "boolean"))
_SPOKEN = frozenset(("text", "category", "id", "nested", "constant"))
_SHORTEST_ORDER = 12  # a shorter cell can hold no instruction


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The facts about one column: those of report.json, and below them what other facts rest on.

    `absent` are the cells that mean "not known", in lower case, `marked` counts those among them
    that look like values; `mentioned` are kinds of personal data that a few cells hold.
    """

    name: str
    kind: Kind
    missing: int
    unique: int
    top: tuple[tuple[str, int], ...] = ()
    mean_words: float | None = None
    mean_signs: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    original: str | None = None
    unit: str | None = None
    marks: tuple[str, ...] = ()
    language: str | None = None
    ordered: bool = False
    frequency: str | None = None
    personal: tuple[str, ...] = ()

    rows: int
    absent: frozenset[str]
    notation: Notation
    day_first: bool = False
    marked: int = 0
    mentioned: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    instructions: int = 0

    def to_json(self) -> dict[str, Json]:
        """What report.json says of it."""
        plain: dict[str, Json] = {name: getattr(self, name) for name in _TOLD}
        top: list[Json] = [[value, times] for value, times in self.top]
        return {**plain, "top": top, "marks": list(self.marks), "personal": list(self.personal)}


_TOLD = (
    *("name", "kind", "missing", "unique", "mean_words", "mean_signs", "minimum", "maximum"),
    *("mean", "original", "unit", "language", "ordered", "frequency"),
)


def describe(
    name: str, cells: Sequence[Cell], layout: Layout = "table", original: str | None = None
) -> Column:
    """Look at all cells of a column."""
    seen = see(name, cells)
    found = notation_of(seen.counts) if seen.counts else None
    kind = _kind_by_layout(seen, layout) or kind_seen(seen, found)
    notation = found if found and kind in _NUMBERS | {"id"} else PLAIN
    personal = _personal(seen, kind)
    shown = not personal.personal
    values = _by_spelling(seen.counts) if kind in _LISTED else seen.counts
    day_first = kind == "date" and day_first_of(some(seen.counts))
    numbers = _numbers(seen.counts, notation) if kind in _NUMBERS else {}
    low, high, mean = _range(seen.counts, numbers) if shown else (None, None, None)
    spoken = kind in _SPOKEN
    return Column(
        name=name,
        kind=kind,
        missing=len(cells) - seen.known,
        unique=len(values),
        top=_top(values) if kind in _LISTED and shown else (),
        mean_words=round(words_of(seen.counts), 2) if kind in ("text", "category") else None,
        mean_signs=round(signs_of(seen.counts), 2) if spoken else None,
        minimum=low,
        maximum=high,
        mean=mean,
        original=original,
        unit=notation.unit,
        marks=seen.marks,
        language=language_of(seen.counts) if kind == "text" else None,
        ordered=_is_ordered(seen, kind, numbers, day_first=day_first),
        personal=personal.personal,
        rows=len(cells),
        absent=seen.missing,
        notation=notation,
        day_first=day_first,
        marked=seen.marked,
        mentioned=personal.mentioned,
        units=several_units(seen.counts) if kind == "category" else (),
        instructions=count_instructions(_long(seen.counts)) if spoken else 0,
    )


def _kind_by_layout(seen: Seen, layout: Layout) -> Kind | None:
    """What the columns of a known layout are, whatever they look like."""
    if not seen.counts:
        return None
    if layout in ("images", "boxes") and _are_pictures(seen.counts):
        return "image"
    if layout == "tagged":
        return "nested"
    return "text" if layout in ("pairs", "text") else None


def _are_pictures(counts: Counter[str]) -> bool:
    """Paths of pictures: the layout has already found the files."""
    return all(_PICTURE.search(cell) for cell in counts)


def _personal(seen: Seen, kind: Kind) -> Found:
    if kind not in _SPOKEN and kind != "integer":
        return Found()
    return find_personal(seen.name, seen.counts, text=kind in ("text", "nested"))


def _by_spelling(counts: Counter[str]) -> Counter[str]:
    """How often each value occurs; a label's spellings are one value where it could be a class."""
    if len(counts) > MOST_CLASSES:
        return counts
    written = spellings(counts)
    said: Counter[str] = Counter()
    for cell, times in counts.items():
        said[written[cell]] += times
    return said


def _top(values: Counter[str]) -> tuple[tuple[str, int], ...]:
    """The commonest values but those that name a person or give orders."""
    common = values.most_common(SHOWN_VALUES)
    plain = [(v, n) for v, n in common if not kinds_in(v) and not is_instruction(v)]
    return tuple((value[:LONGEST_VALUE], times) for value, times in plain)


def _numbers(counts: Mapping[str, int], notation: Notation) -> dict[str, float]:
    """The number of each different cell that is one."""
    decimal, unit = notation.decimal, notation.unit
    read = ((cell, to_number(cell, decimal, unit)) for cell in counts)
    return {cell: number for cell, number in read if math.isfinite(number)}


def _range(
    counts: Mapping[str, int], numbers: Mapping[str, float]
) -> tuple[float | None, float | None, float | None]:
    """Smallest, largest and mean number."""
    if not numbers:
        return None, None, None
    known = sum(counts[cell] for cell in numbers)
    parts = (number * (counts[cell] / known) for cell, number in numbers.items())
    return min(numbers.values()), max(numbers.values()), math.fsum(parts)


def _is_ordered(seen: Seen, kind: Kind, numbers: Mapping[str, float], *, day_first: bool) -> bool:
    """Whether values never decrease in file order, and do grow."""
    if kind not in ("number", "integer", "date", "id") or len(seen.counts) < 2:  # noqa: PLR2004
        return False
    known = (cell.strip() for cell in seen.cells if cell is not None)
    kept = (cell for cell in known if cell.lower() not in seen.missing)
    if kind == "date":
        times = (moment_of(cell, day_first=day_first) for cell in kept)
        return all(a <= b for a, b in pairwise(time for time in times if time))
    if kind == "id":
        plain = all(cell.isdecimal() and len(cell) <= LONGEST_NUMBER for cell in seen.counts)
        return plain and all(int(a) <= int(b) for a, b in pairwise(kept))
    return all(a <= b for a, b in pairwise(numbers[cell] for cell in kept if cell in numbers))


def _long(counts: Mapping[str, int]) -> Iterator[str]:
    """Cells that are long enough to hold an instruction, as often as they occur."""
    for cell, times in some(counts).items():
        if len(cell) >= _SHORTEST_ORDER:
            yield from [cell] * min(times, 1000)
