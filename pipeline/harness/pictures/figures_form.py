"""What a figure is: a finding as title, alt text that states the numbers, and small plain data.

Whoever makes a figure counts; whoever draws it (draw.py, elsewhere) only lays out what is here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from config import Json
from metrics import Codes, Floats

MOST_POINTS = 800
_IN_TITLE = 28  # letters of a name
_IN_ALT = 60
_DIGITS = 4  # of the spread of what is drawn: finer than a pixel
_ROUNDS = 300  # places that numpy can round to
_WIDEST = 1e300
_THOUSAND = 1e3
_WORDS = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
_LARGEST, _SMALLEST = 1e15, 1e-4
_ROUGH = 0.0095  # from both ends, where whole percents would say none or all
_LEAST = 0.001


@dataclass(frozen=True, slots=True)
class Figure:
    """One picture to be. `name` becomes the file's; `kind` says how `data` is drawn."""

    name: str
    kind: str
    title: str
    alt: str
    data: Mapping[str, Json]


def number(value: float) -> str:
    """Three digits that count: 0.928, 57.3, 1,234, 4.57 million, 2.5e-7."""
    size = abs(value)
    if not np.isfinite(value):
        return "unknown"
    if size >= _LARGEST or 0 < size < _SMALLEST:
        digits, _, power = f"{value:.2e}".partition("e")
        return f"{_three(float(digits))}e{int(power)}"
    over, word = next(((over, word) for over, word in _WORDS if size >= over), (1.0, ""))
    scaled = value / over
    if not word and (round(size, 1) >= _THOUSAND or value == int(value)):
        return f"{value + 0.0:,.0f}"  # no minus before zero
    return _three(scaled) + word


def _three(value: float) -> str:
    return str(np.format_float_positional(value, precision=3, fractional=False, trim="-"))


def times(count: int) -> str:
    """1 time, 12 times."""
    return f"{count:,} time" if count == 1 else f"{count:,} times"


def share(value: float) -> str:
    """A part of one as percent; only nothing is 0% and only all is 100%."""
    if not np.isfinite(value):
        return "unknown"
    if 0 < value < _ROUGH or 1 - _ROUGH < value < 1:
        return f"{min(max(value, _LEAST), 1 - _LEAST):.1%}"
    return f"{value:.0%}"


def rows_of(count: int) -> str:
    """1 row, 1,200 rows."""
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def quoted(name: str) -> str:
    """A name as it stands in a title."""
    return f"“{shortened(name, _IN_TITLE)}”"


def told(name: str) -> str:
    """A name as it stands in an alt text."""
    return shortened(name, _IN_ALT)


def shortened(name: str, letters: int) -> str:
    """On one line, and cut with … where it is too long."""
    flat = " ".join("".join(one if one.isprintable() else " " for one in name).split()) or "(blank)"
    return flat if len(flat) <= letters else f"{flat[: letters - 1].rstrip()}…"


def listed(parts: Sequence[str], most: int) -> str:
    """As many as `most`, and how many more there are."""
    shown = ", ".join(parts[:most])
    return f"{shown} and {len(parts) - most:,} more" if len(parts) > most else shown


def drawn(values: Iterable[float]) -> list[Json]:
    """Numbers as JSON keeps them: as fine as a picture of them is, None for what is no number."""
    flat = np.array(list(values), np.float64)
    known = flat[np.isfinite(flat)].tolist()
    if not known:
        return [None] * len(flat)
    width = (max(known) - min(known)) or abs(known[0]) or 1.0
    digits = _DIGITS - int(np.floor(np.log10(min(width, _WIDEST))))
    rounded = np.round(flat, digits) if digits < _ROUNDS else flat
    return [float(value) if np.isfinite(value) else None for value in rounded]


def thinned(count: int, most: int, kept: npt.NDArray[np.bool_] | None = None) -> Codes:
    """Places of at most `most` of `count` rows, in order, the same each time.

    Rows marked in `kept` stay as long as there is room.
    """
    if count <= most:
        return np.arange(count, dtype=np.int64)
    first = np.flatnonzero(kept)[:most] if kept is not None else np.empty(0, np.int64)
    others = np.setdiff1d(np.arange(count), first, assume_unique=True)
    drawn_ones = np.random.default_rng(0).choice(others, most - len(first), replace=False)
    return np.sort(np.concatenate([first, drawn_ones])).astype(np.int64)


def parts_by_size(values: Floats, parts: int) -> Codes:
    """Number of the part that each value falls in: parts as full as each other, ties together."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, parts + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right").astype(np.int64)
