"""Labels as people write them: one class often has several spellings."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from kinds import truth_of
from measures import is_number, to_number
from tables import label_of


def spellings(known: Sequence[str] | Mapping[str, int]) -> dict[str, str]:
    """Each label and how it is written from here on: as the commonest of those that say the same.

    `Yes` and `yes` say the same, `1` and `1.0`, and `Y` and `yes` where all labels are such words;
    other single letters are codes, where case counts.
    """
    counts = Counter(known) if isinstance(known, Mapping) else Counter(map(label_of, known))
    truths = truth_of(counts) or {}
    same: dict[object, list[str]] = defaultdict(list)
    for label in counts:
        same[_meaning(label, truths)].append(label)
    return {
        label: max(group, key=lambda one: (counts[one], one))
        for group in same.values()
        for label in group
    }


def told(written: Mapping[str, str], target: str) -> list[str]:
    """A warning where labels of the target were spelled in several ways; none is quoted."""
    others = {kept for label, kept in written.items() if label != kept}
    if not others:
        return []
    many = f"{len(others)} label is" if len(others) == 1 else f"{len(others)} labels are"
    ways = "(case, spaces, 1 and 1.0)"
    return [f"{many} written in several ways in {target} {ways}; those that say the same are one."]


def _meaning(label: str, truths: Mapping[str, bool]) -> object:
    if label.lower() in truths:
        return truths[label.lower()]
    if is_number(label):
        return to_number(label)
    return label.casefold() if len(label) > 1 else label
