"""The headline number beside its baselines on one drawn scale."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bot.report.wording import metric_title, number
from pipeline.artifacts import Metrics

_MARGIN = 0.1  # of a step: nearer to an end of the scale no mark may come
_LARGEST = 1e300  # beyond, the scale itself would overflow
_FROM_ZERO_TO_ONE = frozenset(
    (
        *("accuracy", "macro_f1", "f1", "roc_auc", "map", "map50", "span_f1"),
        *("rouge1", "rouge2", "rougeL"),
    )
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the scale. `at`, `low` and `high` are percent of its width, None off it."""

    name: str
    value: str
    at: float | None
    low: float | None = None
    high: float | None = None
    ours: bool = False

    @property
    def span(self) -> float:
        """Width of the interval, in percent of the scale."""
        return max(0.0, (self.high or 0.0) - (self.low or 0.0))


@dataclass(frozen=True, slots=True)
class Headline:
    """The number a job is about, in words and on a scale from `first` to `last`."""

    name: str
    code: str
    value: str
    interval: str
    rows: str
    better: str
    positive: str
    marks: tuple[Mark, ...]
    first: str
    last: str


def headline(metrics: Metrics) -> Headline:
    """The metric with its interval, then the baselines in the order of metrics.json."""
    found = metrics.metric
    ends = found.ci95 or ()
    first, last = _ends(found.name, (found.value, *ends, *(b.value for b in metrics.baselines)))

    def place(value: float) -> float | None:
        within = math.isfinite(value) and last > first
        return round(100 * (value - first) / (last - first), 2) if within else None

    low, high = (place(end) for end in found.ci95) if found.ci95 else (None, None)
    ours = Mark("This model", number(found.value), place(found.value), low, high, ours=True)
    others = (Mark(base.name, number(base.value), place(base.value)) for base in metrics.baselines)
    return Headline(
        name=metric_title(found.name),
        code=found.name,
        value=number(found.value),
        interval=f"{number(ends[0])} to {number(ends[1])}" if ends else "",
        rows=f"{found.n:,} {'held-out' if found.split == 'test' else found.split} rows",
        better=found.better,
        positive=found.positive or "",
        marks=(ours, *others),
        first=number(first),
        last=number(last),
    )


def _ends(name: str, values: Iterable[float]) -> tuple[float, float]:
    """Round ends of a scale that holds all values; equal ones where there is nothing to draw."""
    known = [value for value in values if math.isfinite(value)]
    if not known or max(map(abs, known)) > _LARGEST:
        return 0.0, 0.0
    low, high = min(known), max(known)
    wide = next((one for one in (high - low, abs(low)) if one > 1 / _LARGEST), 1.0)
    step = _step(wide)
    first = _floor(low, step) - (step if low - _floor(low, step) < _MARGIN * step else 0)
    last = -_floor(-high, step) + (step if -_floor(-high, step) - high < _MARGIN * step else 0)
    if name in _FROM_ZERO_TO_ONE and low >= 0 and high <= 1:
        last = min(last, 1.0)
    return (max(first, 0.0) if low >= 0 else first), last


def _step(span: float) -> float:
    """A round part of a span: 1, 2 or 5 of some power of ten, at most a quarter of it."""
    power = 10.0 ** math.floor(math.log10(span / 4))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= span / 4)


def _floor(value: float, step: float) -> float:
    return float(f"{math.floor(value / step + 1e-9) * step:.9g}")
