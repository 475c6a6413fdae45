"""Numbers along an axis: few, short and all in one unit."""

from collections.abc import Sequence

import numpy as np
from drawing_told import Floats

_MINUS = "\u2212"
_UNITS = ((1e9, "bn"), (1e6, "M"), (1e4, "k"))
_LARGEST, _SMALLEST = 1e13, 1e-3


def spelled(values: Sequence[float]) -> list[str]:
    """Texts of evenly spaced numbers: 0, 0.5, 1.0; 20k, 40k; -1.5M; 2e-06."""
    known = [abs(value) for value in values if np.isfinite(value)]
    most = max(known, default=0.0)
    if not most:
        return ["0" for _ in values]
    if most >= _LARGEST or most < _SMALLEST:
        return ["0" if not value else _scientific(value) for value in values]
    over, unit = next(((size, unit) for size, unit in _UNITS if most >= size), (1.0, ""))
    divisor = 1e3 if unit == "k" else over
    scaled = [value / divisor for value in values]
    gaps = np.diff(np.unique(np.round(scaled, 9)))
    places = _places(float(gaps.min()) if len(gaps) else abs(scaled[0]))
    return [_signed(value, places) + (unit if round(value, places) else "") for value in scaled]


def spelled_alone(value: float) -> str:
    """One number in at most about six letters: 0.928, 57.3, 1,234, 12.3k, 4.57M."""
    size = abs(value)
    if not np.isfinite(value):
        return "?"
    if size >= _LARGEST or 0 < size < _SMALLEST:
        return _scientific(value)
    over, unit = next(((over, unit) for over, unit in _UNITS if size >= over), (1.0, ""))
    scaled = value / (1e3 if unit == "k" else over)
    if value == int(value) and not unit:
        return _signed(value, 0)
    digits = 0 if abs(scaled) >= 1e3 else 3  # noqa: PLR2004 - three digits, whole thousands
    text = np.format_float_positional(scaled, digits, fractional=False, trim="-") if digits else ""
    return (text.replace("-", _MINUS) or _signed(scaled, 0)) + unit


def room(values: Floats, spare: float = 0.06) -> tuple[float, float]:
    """Ends of an axis that holds all values with some room; never empty."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    span = high - low
    if span <= 1e-12 * max(abs(low), abs(high)):  # nothing to tell apart
        span = abs(high) or 1.0
    return low - spare * span, high + spare * span


def calm(values: Floats, reach: float = 1.5) -> tuple[float, float]:
    """Ends of an axis for what is usual: a few values far out do not flatten all others."""
    known = values[np.isfinite(values)]
    if not len(known):
        return room(known)
    low, high = np.quantile(known, (0.02, 0.98))
    span = high - low
    usual = known[(known >= low - reach * span) & (known <= high + reach * span)]
    return room(usual if span else known)


def _places(gap: float) -> int:
    """Decimals that tell numbers apart which lie `gap` from each other."""
    for places in range(7):
        if abs(gap - round(gap, places)) <= gap / 1e3:
            return places
    return 7


def _signed(value: float, places: int) -> str:
    rounded = round(value, places) + 0.0
    return f"{rounded:,.{places}f}".replace("-", _MINUS)


def _scientific(value: float) -> str:
    digits, _, power = f"{value:.1e}".partition("e")
    return f"{digits.removesuffix('.0')}e{int(power)}".replace("-", _MINUS)
