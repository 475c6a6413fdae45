"""What columns have to do with each other: which say the same, which are known only afterwards."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
from columns import Column
from measures import to_number
from tables import Cell, Table, is_missing

SAMPLE = 2_000  # rows looked at, evenly chosen
MOST_COLUMNS = 60  # compared with each other: half from the front, half from the end
MOST_NUMBERS = 200
MOST_TOLD = 50
FEW_VALUES = 50
FEWEST_ROWS = 20
SURE = 0.99
_COPY = 0.9999  # correlation of numbers that are the same up to rounding and scale
_RARE = 0.95  # of the rows without the commonest value
_FURTHEST = 1e100  # squares of larger numbers overflow
_BY_CHANCE = 1e-4
_SOME = 0.2
_FEW_CLASSES = 10

Codes = list[str | None]


def same(table: Table, columns: Sequence[Column]) -> list[tuple[str, str]]:
    """Pairs of columns of which each tells the other; none is constant."""
    rows = table.rows[:: -(-len(table) // SAMPLE)] if table.rows else []
    if len(rows) < FEWEST_ROWS:
        return []
    at = {name: place for place, name in enumerate(table.names)}

    def cells(column: Column) -> list[Cell]:
        return [row[at[column.name]] for row in rows]

    numbers = [c for c in columns if c.kind in ("number", "integer") and c.unique > FEW_VALUES]
    found = _same_numbers(_ends(numbers, MOST_NUMBERS), cells)
    for several, test in ((_few(columns), _tell_each_other), (_many(columns), _are_equal)):
        codes = {c.name: _codes(c, cells(c)) for c in _ends(several, MOST_COLUMNS)}
        found += [(a, b) for a, b in combinations(codes, 2) if test(codes[a], codes[b])]
    return sorted(set(found), key=lambda pair: (at[pair[0]], at[pair[1]]))[:MOST_TOLD]


def afterwards(table: Table, columns: Sequence[Column]) -> list[tuple[str, str]]:
    """Columns that are filled only for one value of another: a reason of what happened."""
    rows = table.rows[:: -(-len(table) // SAMPLE)] if table.rows else []
    at = {name: place for place, name in enumerate(table.names)}
    gaps = [c for c in columns if 0 < c.missing < c.rows and c.kind != "empty"]
    few = [c for c in columns if 2 <= c.unique <= _FEW_CLASSES and c.kind != "constant"]  # noqa: PLR2004
    codes = {c.name: _codes(c, [row[at[c.name]] for row in rows]) for c in _ends(few, MOST_COLUMNS)}
    found = []
    for column in _ends(gaps, MOST_COLUMNS):
        filled = [not is_missing(row[at[column.name]], column.absent) for row in rows]
        found += [
            (column.name, name)
            for name, values in codes.items()
            if name != column.name and _only_for_one(filled, values)
        ]
    return found[:MOST_TOLD]


def _ends(columns: Sequence[Column], most: int) -> list[Column]:
    """All, or as many from the front as from the end, where the answer often stands."""
    if len(columns) <= most:
        return list(columns)
    return [*columns[: most // 2], *columns[-(most // 2) :]]


def _few(columns: Sequence[Column]) -> list[Column]:
    kinds = ("category", "boolean", "integer", "number", "date")
    return [c for c in columns if c.kind in kinds and 2 <= c.unique <= FEW_VALUES]  # noqa: PLR2004


def _many(columns: Sequence[Column]) -> list[Column]:
    kinds = ("category", "id", "date", "text")
    return [c for c in columns if c.kind in kinds and c.unique > FEW_VALUES]


def _codes(column: Column, cells: Sequence[Cell]) -> Codes:
    return [
        None if cell is None or is_missing(cell, column.absent) else cell.strip().casefold()
        for cell in cells
    ]


def _tell_each_other(one: Codes, other: Codes) -> bool:
    """Both ways the commonest partner is right nearly always, beyond what the commonest gives."""
    pairs = Counter(
        (a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None
    )
    rows = pairs.total()
    values = len({a for a, _ in pairs}), len({b for _, b in pairs})
    if rows < max(FEWEST_ROWS, len(one) / 2) or min(values) < 2 or max(values) > rows / 5:  # noqa: PLR2004
        return False
    return _tells(pairs) and _tells(Counter({(b, a): n for (a, b), n in pairs.items()}))


def _tells(pairs: Counter[tuple[str, str]]) -> bool:
    best: dict[str, int] = {}
    share: Counter[str] = Counter()
    for (value, other), times in pairs.items():
        best[value] = max(best.get(value, 0), times)
        share[other] += times
    rows, right = pairs.total(), sum(best.values())
    commonest = share.most_common(1)[0][1]
    return right >= SURE * rows and right - commonest >= _RARE * (rows - commonest)


def _are_equal(one: Codes, other: Codes) -> bool:
    both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    equal = sum(a == b for a, b in both)
    return len(both) >= max(FEWEST_ROWS, len(one) / 2) and equal >= SURE * len(both)


def _same_numbers(
    columns: Sequence[Column], cells: Callable[[Column], list[Cell]]
) -> list[tuple[str, str]]:
    """Pairs of columns of numbers that are copies of each other, or one in another unit."""
    if len(columns) < 2:  # noqa: PLR2004
        return []
    values = np.clip([_read(column, cells(column)) for column in columns], -_FURTHEST, _FURTHEST)
    known = (~np.isnan(values)).astype(float)
    counted = np.maximum(known.sum(axis=1, keepdims=True), 1.0)
    filled = np.nan_to_num(values)
    around = np.where(known > 0, filled - filled.sum(axis=1, keepdims=True) / counted, 0.0)
    spread = np.sqrt((around**2).sum(axis=1, keepdims=True) / counted)
    scaled = around / np.where(spread > 0, spread, 1.0)
    enough = np.maximum(known @ known.T, FEWEST_ROWS)
    copies = np.triu(np.abs(scaled @ scaled.T) >= _COPY * enough, 1)
    return [(columns[one].name, columns[other].name) for one, other in np.argwhere(copies)]


def _read(column: Column, cells: Sequence[Cell]) -> list[float]:
    decimal, unit = column.notation.decimal, column.notation.unit
    return [
        float("nan") if is_missing(cell, column.absent) else to_number(cell, decimal, unit)
        for cell in cells
    ]


def _only_for_one(filled: Sequence[bool], values: Codes) -> bool:
    """Whether the filled rows have one value, far beyond chance, and that value fills often."""
    counts = Counter(value for value in values if value is not None)
    inside = Counter(v for v, full in zip(values, filled, strict=True) if full and v is not None)
    if not inside or len(counts) < 2:  # noqa: PLR2004
        return False
    value, times = inside.most_common(1)[0]
    by_chance = (counts[value] / counts.total()) ** times
    return (
        times >= SURE * inside.total() and by_chance < _BY_CHANCE and times >= _SOME * counts[value]
    )
