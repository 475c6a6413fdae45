"""Whether the cells of a class column hold several labels at once: `red; round`."""

from collections import Counter
from collections.abc import Mapping, Sequence

from measures import is_number
from progress import Problem

SEPARATORS = (";", "|", ",")
LEAST_SHARE = 0.05  # of the rows have several labels
AGAIN = 0.8  # of their parts also stand in other cells, alone or among others


def check_single_labels(counts: Mapping[str, int], target: str) -> None:
    """Problem where rows have several labels at once; `counts` is how often each cell occurs."""
    for separator in SEPARATORS:
        cut = {cell: _parts(cell, separator) for cell in counts}
        if _are_several(cut, counts):
            raise Problem(
                f"The cells of {target} hold several labels at once, separated by “{separator}”:"
                " that is multi-label classification, which I do not train.",
                "Make one column for each label with yes or no in it and name the one to predict,"
                f" or leave only the main label in {target}.",
                field="target",
            )


def _parts(cell: str, separator: str) -> tuple[str, ...]:
    bare = cell.strip().removeprefix("[").removesuffix("]")
    parts = (part.strip().strip("'\"").casefold() for part in bare.split(separator))
    return tuple(part for part in parts if part)


def _are_several(cut: Mapping[str, Sequence[str]], counts: Mapping[str, int]) -> bool:
    """Parts that come again in other cells and at other places: a list, not one composed name."""
    several = {cell: parts for cell, parts in cut.items() if len(parts) > 1}
    rows = sum(counts[cell] for cell in several)
    if len(several) < 2 or rows < LEAST_SHARE * sum(counts.values()):  # noqa: PLR2004
        return False
    if all(is_number(part) for parts in several.values() for part in parts):
        return False
    cells = Counter(part for parts in cut.values() for part in set(parts))
    parts = Counter(part for parts in several.values() for part in set(parts))
    again = sum(times for part, times in parts.items() if cells[part] > 1)
    places = {(part, at) for parts in cut.values() for at, part in enumerate(parts)}
    moved = len(places) > len(cells)
    return moved and again >= AGAIN * parts.total() and len(cells) <= len(cut)
