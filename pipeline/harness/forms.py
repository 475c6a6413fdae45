"""The different cells of a column, and how many of all its cells are of one sort."""

from collections.abc import Callable, Mapping

MOST_FORMS = 20_000  # different cells looked at: more say the same about how a column is written
_FIRST = 100


def some(counts: Mapping[str, int], most: int = MOST_FORMS) -> Mapping[str, int]:
    """All different cells with their times, or evenly chosen ones of very many."""
    step = -(-len(counts) // most)
    return dict(list(counts.items())[::step]) if step > 1 else counts


def share(counts: Mapping[str, int], test: Callable[[str], bool]) -> float:
    """Share of the cells that pass, by evenly chosen ones; 0 where hardly one of the first does."""
    forms = some(counts)
    passing = seen = 0
    for place, (cell, times) in enumerate(forms.items()):
        if place == _FIRST and not passing:
            return 0.0
        passing += times if test(cell) else 0
        seen += times
    return passing / seen if seen else 0.0
