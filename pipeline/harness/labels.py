"""Labels as people write them: one class often has several spellings."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from kinds import is_number, is_truth, to_number
from tables import Cell, is_missing, label_of

_SHOWN = 5


def spellings(cells: Sequence[Cell]) -> dict[str, str]:
    """Each label and how it is written from here on: as the commonest of those that say the same.

    `Yes` and `yes` say the same, and `1` and `1.0`; single letters are codes, where case counts.
    """
    counts = Counter(label_of(cell) for cell in cells if not is_missing(cell))
    truths = is_truth(counts)
    same: dict[object, list[str]] = defaultdict(list)
    for label in counts:
        same[_meaning(label, fold=truths or len(label) > 1)].append(label)
    return {
        label: max(group, key=lambda one: (counts[one], one))
        for group in same.values()
        for label in group
    }


def told(written: Mapping[str, str], target: str) -> list[str]:
    """A warning where labels of the target were spelled in several ways."""
    others = [label for label, kept in written.items() if label != kept]
    if not others:
        return []
    shown = ", ".join(f"'{label[:40]}' as '{written[label][:40]}'" for label in others[:_SHOWN])
    more = ", …" if len(others) > _SHOWN else ""
    return [f"Labels in {target} that say the same are taken as one: {shown}{more}."]


def _meaning(label: str, *, fold: bool) -> object:
    if is_number(label):
        return to_number(label)
    return label.casefold() if fold else label
