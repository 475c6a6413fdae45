"""Whether rows held out look like the rows learned from: by name, the strongest differences.

Cut at random they do. A file of its own, or later rows, may not, and then its score says how the
model does there.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from absent import missing_among
from config import BundleConfig, Kind, Split
from days import day_first_of, moment_of
from inputs import inputs_of
from measures import PLAIN, notation_of, to_number
from metrics import Floats
from shifts import HALF, Shift, of_categories, of_gaps, of_numbers, of_words
from tables import Cell, Table, is_missing, label_of

MOST_TOLD = 3
MOST_ROWS = 20_000  # of each side: more show nothing that these do not
FEWEST = 20  # rows of each side
BY_CHANCE = 0.001  # that any of all columns seems to differ
MOST_CATEGORIES = 0.5  # of the rows may have a value of their own; else it is a name or a text
NUMBERS: tuple[Kind, ...] = ("number", "integer")
NO_CONTENT: tuple[Kind, ...] = ("id", "constant", "empty", "nested")


def is_given(config: BundleConfig, part: Split = "test") -> bool:
    """Whether the person sent this part as a file of its own."""
    return any(file.split == part for file in config.files)


def differing(config: BundleConfig, fit: Table, heldout: Table) -> list[Shift]:
    """The strongest differences, a few at most; none are looked for where the cut was at random."""
    times = config.columns_of("time")
    if not is_given(config) and not times:
        return []
    leave_out = () if is_given(config) else times
    names = [name for name in _read(config) if name not in leave_out]
    found = differences(fit, heldout, names, config.kinds, config.columns.get("target"))
    return found[:MOST_TOLD]


def told(config: BundleConfig, shifts: Sequence[Shift]) -> list[str]:
    """A sentence for each."""
    where = "In the test file" if is_given(config) else "In the latest rows, which are held out"
    return [f"{where}, {shift.told}." for shift in shifts]


def differences(
    fit: Table,
    heldout: Table,
    inputs: Sequence[str],
    kinds: Mapping[str, Kind],
    target: str | tuple[str, ...] | None = None,
) -> list[Shift]:
    """The strongest shift of each column that differs beyond chance, the strongest first."""
    answers = [target] if isinstance(target, str) else []
    columns = [name for name in dict.fromkeys((*answers, *inputs)) if _comparable(kinds, name)]
    if min(len(fit), len(heldout)) < FEWEST:
        return []
    known, asked = _some(fit), _some(heldout)
    strongest = []
    for name in columns:
        kind = kinds.get(name, "category")
        found = _shifts(name, kind, known.column(name), asked.column(name), answer=name in answers)
        beyond = [shift for shift in found if shift.chance < BY_CHANCE / (3 * len(columns))]
        strongest += sorted(beyond, key=lambda shift: -shift.size)[:1]
    return sorted(strongest, key=lambda shift: -shift.size)


def _read(config: BundleConfig) -> tuple[str, ...]:
    return inputs_of(config) or config.columns_of("text")


def _comparable(kinds: Mapping[str, Kind], name: str) -> bool:
    return kinds.get(name) not in NO_CONTENT


def _some(table: Table) -> Table:
    if len(table) <= MOST_ROWS:
        return table
    draw = random.Random(0)  # noqa: S311 - a sample is no secret
    return table.take(sorted(draw.sample(range(len(table)), MOST_ROWS)))


def _shifts(
    name: str, kind: Kind, known: Sequence[Cell], asked: Sequence[Cell], *, answer: bool
) -> list[Shift]:
    """All shifts of one column, also where its gaps differ."""
    missing = missing_among(Counter(label_of(cell) for cell in (*known, *asked)))
    before = [label_of(cell) for cell in known if not is_missing(cell, missing)]
    now = [label_of(cell) for cell in asked if not is_missing(cell, missing)]
    gaps = of_gaps(
        name, (len(known) - len(before), len(known)), (len(asked) - len(now), len(asked))
    )
    if min(len(before), len(now)) < FEWEST:
        return gaps
    if kind in NUMBERS:
        numbers = _numbers(before, now)
        if numbers is not None:
            return gaps + of_numbers(name, *numbers)
    if kind == "date":
        times = _times(before), _times(now)
        if min(len(one) for one in times) > HALF * min(len(before), len(now)):
            return gaps + of_numbers(name, *times, said=_day, more=("later", "earlier"))
    if kind == "text" or len(set(before)) > MOST_CATEGORIES * len(before):
        lengths = [np.array([len(text) for text in texts], float) for texts in (before, now)]
        longer = of_numbers(f"length of {name}", *lengths)
        return gaps + (of_words(name, before, now) or longer)
    return gaps + of_categories(name, before, now, answer=answer)


def _numbers(known: Sequence[str], asked: Sequence[str]) -> tuple[Floats, Floats] | None:
    """Both as numbers, in one notation; None where the known ones are none."""
    notation = notation_of(Counter(known))
    if notation is None:
        return None
    both = notation_of(Counter((*known, *asked))) or notation or PLAIN
    first, second = (
        np.array([to_number(cell, both.decimal, both.unit) for cell in cells], float)
        for cells in (known, asked)
    )
    return first[np.isfinite(first)], second[np.isfinite(second)]


def _times(cells: Sequence[str]) -> Floats:
    """Seconds since 1970 of the cells that are dates."""
    day_first = day_first_of(cells)
    moments = [moment_of(cell, day_first=day_first) for cell in cells]
    seconds = [np.datetime64(moment, "s").astype(float) for moment in moments if moment]
    return np.array(seconds, float)


def _day(seconds: float) -> str:
    return str(np.datetime64(int(seconds), "s").astype("datetime64[D]"))
