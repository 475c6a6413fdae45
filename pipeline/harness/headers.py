"""Whether a first line names the columns, and names that are clean and different."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from kinds import is_number
from tables import Cell, Row

_LONGEST_NAME = 80
_LOOKED_AT = 1000
_MOST_WORDS = 6


def numbered(width: int) -> tuple[str, ...]:
    """Names for columns that have none."""
    return tuple(f"column_{number}" for number in range(1, width + 1))


def clean_names(raw: Sequence[Cell]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Printable, distinct names, and a note when some had to change to be distinct."""
    names: list[str] = []
    again: list[str] = []
    for number, cell in enumerate(raw, start=1):
        name = _printable(cell or "") or f"column_{number}"
        if name in names:
            again.append(name)
            name = _free(name, names)
        names.append(name)
    told = f"Several columns are called {', '.join(dict.fromkeys(again))}; they got numbers."
    return tuple(names), ((told,) if again else ())


def has_header(rows: Sequence[Row]) -> bool:
    """Guess from the first row: names are short, differ, and do not look like the cells below."""
    first, rest = rows[0], rows[1 : _LOOKED_AT + 1]
    filled = [cell.strip() for cell in first if cell and cell.strip()]
    if not filled or any(is_number(cell) for cell in filled):
        return _years_as_names(filled, rest)
    if not rest:
        return True
    columns = [[row[at] for row in rest if row[at]] for at in range(len(first))]
    if any(_numeric(column) for column in columns):
        return True
    if len(set(filled)) < len(filled) or any(len(cell.split()) > _MOST_WORDS for cell in filled):
        return False
    return not any(cell in column for cell, column in zip(first, columns, strict=True) if cell)


def _years_as_names(filled: Sequence[str], rest: Sequence[Row]) -> bool:
    """Numbers are names only after a word of their own, and each one more than the one before."""
    first, *others = filled or [""]
    if len(others) < 2 or not all(re.fullmatch(r"\d{1,4}", cell) for cell in others):  # noqa: PLR2004
        return False
    steps = {int(after) - int(before) for before, after in pairwise(others)}
    return steps == {1} and not is_number(first) and first not in [row[0] for row in rest]


def _numeric(column: Sequence[Cell]) -> bool:
    return bool(column) and sum(is_number(cell or "") for cell in column) >= len(column) * 0.9


def _printable(name: str) -> str:
    seen = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    return " ".join(seen.split())[:_LONGEST_NAME]


def _free(name: str, taken: Sequence[str]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
