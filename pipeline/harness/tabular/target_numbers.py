"""The number to predict, out of however people write it, and what is odd about its values."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence

from config import Split
from measures import notation_of, several_units, to_number
from progress import Problem
from tables import Row, Table

FURTHEST = 1e100  # the squares of larger numbers overflow
RANGES = 40  # of values that are spread evenly over the parts, but no fewer than
ROWS_A_RANGE = 5
FEW_VALUES = 3  # fewer different numbers are rather classes
FAR_SHARE = 0.005  # the farthest of the rows, at most this share of them
FAR_WEIGHT = 0.5  # and together so much of all squared distance from the middle
TORN_OFF = 5.0  # times as far from the middle as the next, or as three of four rows

Given = dict[Split | None, Table]


def as_numbers(given: Mapping[Split | None, Table], target: str) -> tuple[Given, list[str]]:
    """Tables whose target is a plain number; rows where it cannot be read are left out.

    Also a warning where there were such rows. Problem when the column as a whole is no number.
    """
    counts = Counter(
        (cell or "").strip() for table in given.values() for cell in table.column(target)
    )
    notation = notation_of(counts)
    if notation is None:
        raise _no_number(counts, target)
    numbers = {cell: to_number(cell, notation.decimal, notation.unit) for cell in counts}
    written = {cell: _plain(number) for cell, number in numbers.items() if abs(number) < FURTHEST}
    kept: Given = {}
    for split, table in given.items():
        at = table.names.index(target)
        cells = [(row[at] or "").strip() for row in table.rows]
        rows = [
            (*row[:at], written[cell], *row[at + 1 :])
            for row, cell in zip(table.rows, cells, strict=True)
            if cell in written
        ]
        kept[split] = Table(table.names, rows)
    lost = sum(times for cell, times in counts.items() if cell not in written)
    told = f"{lost:,} rows are left out: what stands in {target} is no number that can be read."
    return kept, [told] if lost else []


def check_numbers(values: Sequence[float], target: str, least_rows: int) -> list[str]:
    """Warnings about the numbers; Problem where nothing can be learned."""
    different = len(set(values))
    if different < 2:  # noqa: PLR2004
        raise Problem(
            f"Every usable row has the same number in {target}, so there is nothing to learn.",
            "Name another column to predict, or send rows with other values as well.",
            field="target",
        )
    if len(values) < least_rows:
        raise Problem(
            f"There are only {len(values)} usable rows; at least {least_rows} are needed.",
            "Send more rows.",
        )
    told = []
    if different < FEW_VALUES:
        told.append(
            f"{target} has only {different} different numbers: if they are kinds rather than"
            " amounts, ask for a classification."
        )
    return told + _far_values(values, target)


def ranges_of(values: Sequence[float]) -> list[float]:
    """Inner bounds of ranges that hold about the same number of rows each."""
    ordered = sorted(values)
    count = min(RANGES, max(1, len(ordered) // ROWS_A_RANGE))
    return sorted({ordered[len(ordered) * at // count] for at in range(1, count)})


def range_of(row: Row, place: int, bounds: Sequence[float]) -> str:
    """Name of the range in which a row's number lies; names sort as the ranges do."""
    return f"{bisect_right(bounds, float(row[place] or 0)):02}"


def _plain(number: float) -> str:
    """The number as any program reads it; whole numbers have no fraction."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)  # noqa: PLR2004


def _no_number(counts: Mapping[str, int], target: str) -> Problem:
    units = several_units(counts)
    if units:
        return Problem(
            f"{target} is given in different units ({', '.join(units[:5])}), which cannot be"
            " compared as they are.",
            "Send a file in which all values have the same unit.",
            field="data",
        )
    return Problem(
        f"The column {target} does not hold numbers throughout, so there is no amount to predict.",
        "Name a column of numbers, or ask for a classification.",
        field="target",
    )


def usual_range(values: Sequence[float]) -> tuple[float, float]:
    """Smallest and largest of the values that are not torn off from all others.

    Torn off are at most a few: far outside, with nothing between them and the rest. They are
    mostly mistakes, and one of them would decide all that is learned by squared errors.
    """
    ordered = sorted(values)
    middle = ordered[len(ordered) // 2]
    near = sorted(values, key=lambda value: abs(value - middle))
    usual = abs(near[len(near) * 3 // 4] - middle)
    most = max(1, int(FAR_SHARE * len(near)))
    for place in range(len(near) - most, len(near)):
        reach = max(abs(near[place - 1] - middle), usual)
        if abs(near[place] - middle) > TORN_OFF * reach > 0:
            return min(near[:place]), max(near[:place])
    return ordered[0], ordered[-1]


def _far_values(values: Sequence[float], target: str) -> list[str]:
    """A warning where a handful of rows is so far off that they decide every squared error."""
    low, high = usual_range(values)
    torn = sum(not low <= value <= high for value in values)
    if torn:
        what = f"{_rows(torn)} in {target} torn off from all others: look whether they are right."
        return [f"{what} For learning they count as {low:.6g} or {high:.6g}, the ends of the rest."]
    middle = sorted(values)[len(values) // 2]
    squares = sorted(((value - middle) / (high - low)) ** 2 for value in values)
    most = max(1, int(FAR_SHARE * len(values)))
    if sum(squares[-most:]) < FAR_WEIGHT * sum(squares):
        return []
    what = f"{_rows(most)} in {target} so far from the others that they decide the squared error"
    return [f"{what}: to let them count less, --set metric=mae"]


def _rows(count: int) -> str:
    return "One row has a value" if count == 1 else f"{count:,} rows have values"
