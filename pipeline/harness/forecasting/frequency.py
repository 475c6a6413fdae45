"""The step of a series: found from its times, and times turned into places on a regular grid.

Times are seconds since 2000 where they are dates, else plain numbers; both are called the axis.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from config import Json
from metrics import Codes, Floats

Unit = Literal["second", "month", "slot", "number"]
_UNITS: dict[str, Unit] = {unit: unit for unit in get_args(Unit)}
MINUTE, HOUR, DAY, WEEK = 60.0, 3600.0, 86_400.0, 604_800.0
YEAR = 365.25 * DAY
EPOCH = np.datetime64("2000-01-01T00:00:00", "s")
MONDAY = 5 * DAY  # the first day of 2000 was a Saturday; this is the second Monday after it, less 7
NICE = (
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(MINUTE * times for times in (1, 2, 3, 5, 6, 10, 12, 15, 20, 30)),
    *(HOUR * times for times in (1, 2, 3, 4, 6, 8, 12)),
    *(DAY, 2 * DAY, WEEK, 2 * WEEK, 4 * WEEK),
)
MONTHLY = 26.5 * DAY  # from this gap on, steps are counted in months
CLEAR = 0.5  # share of the gaps that makes one of them the step
NEAR = 0.06  # of a step; a time this far from the grid is still on it
REGULAR = 0.7  # share of the times on the grid
FEW_SLOTS = 0.8  # of a whole week; with more of them the rest are gaps
OFTEN = 0.4  # share of the weeks in which a slot has to occur
MOST_SLOTS = 700
LEAST_WEEKS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Places 0, 1, 2 … on the axis.

    `second` and `number` grids go on by `step` from `anchor`; a `month` grid by `step` months
    from month `anchor` after January 2000 on, each told as its `day`, 31 for the last. A `slot`
    grid has the same `slots` in each week, in seconds after Monday: working days, opening hours.
    """

    unit: Unit
    step: float
    anchor: float = 0.0
    slots: tuple[float, ...] = ()
    day: int = 1

    def places(self, axis: Floats) -> Codes:
        """The nearest place of each time, (n,)."""
        if self.unit == "month":
            months = _month_of(axis)
            return np.floor_divide(months - int(self.anchor), int(self.step))
        if self.unit == "slot":
            return self._slot_of(axis)
        return np.rint((axis - self.anchor) / self.step).astype(np.int64)

    def axis(self, places: Codes) -> Floats:
        """The time of each place."""
        if self.unit == "month":
            months = (places * int(self.step) + int(self.anchor)).astype("timedelta64[M]")
            first = np.datetime64("2000-01", "M") + months
            days = (first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")
            late = np.minimum(days.astype(np.int64), self.day) - 1
            moments = first.astype("datetime64[D]") + late.astype("timedelta64[D]")
            return np.asarray((moments.astype("datetime64[s]") - EPOCH).astype(float))
        if self.unit == "slot":
            week, slot = np.divmod(places, len(self.slots))
            return np.asarray(week * WEEK + np.array(self.slots)[slot] + MONDAY - WEEK)
        return np.asarray(places * self.step + self.anchor, dtype=np.float64)

    @property
    def dated(self) -> bool:
        """Whether the axis is time and not numbers."""
        return self.unit != "number"

    @property
    def seconds(self) -> float:
        """Mean length of a step; for a grid of numbers the step itself."""
        if self.unit == "month":
            return self.step * YEAR / 12
        return WEEK / len(self.slots) if self.unit == "slot" else self.step

    @property
    def name(self) -> str:
        """The step in words: hour, 15 minutes, working day, month, quarter."""
        return _name(self)

    def told(self) -> dict[str, Json]:
        """The grid as JSON."""
        slots: list[Json] = list(self.slots)
        return {
            "unit": self.unit,
            "step": self.step,
            "anchor": self.anchor,
            "slots": slots,
            "day": self.day,
        }

    def _slot_of(self, axis: Floats) -> Codes:
        week, rest = np.divmod(axis - MONDAY + WEEK, WEEK)
        slots = np.array(self.slots)
        edges = (slots[1:] + slots[:-1]) / 2
        return np.asarray(week * len(slots) + np.searchsorted(edges, rest, side="right"), np.int64)


@dataclass(frozen=True, slots=True)
class Found:
    """A grid, and the share of the times that lie on it."""

    grid: Grid
    regular: float

    @property
    def irregular(self) -> bool:
        """Whether too many times lie between the steps."""
        return self.regular < REGULAR


def load_grid(told: Mapping[str, Json]) -> Grid:
    """What Grid.told gave; ValueError for anything else."""
    slots, unit = told["slots"], next((one for one in get_args(Unit) if one == told["unit"]), None)
    if unit is None or not isinstance(slots, list):
        raise ValueError("not a grid")
    step, anchor = float(str(told["step"])), float(str(told["anchor"]))
    return Grid(
        unit=unit,
        step=step,
        anchor=anchor,
        slots=tuple(float(str(one)) for one in slots),
        day=int(str(told["day"])),
    )


def find_grid(series: Sequence[Floats], *, dated: bool) -> Found:
    """The grid on which most times of all series lie; each series sorted, without repeats."""
    gaps = np.concatenate([np.diff(one) for one in series] or [np.empty(0)])
    times = np.concatenate([*series, np.empty(0)])
    if not len(gaps):
        return Found(Grid(unit="second" if dated else "number", step=DAY if dated else 1.0), 1.0)
    typical = float(np.median(gaps))
    if not dated:
        return _of_numbers(times, gaps)
    if typical >= MONTHLY and not _is_counted(gaps):
        return _of_months(times, gaps)
    step = _usual(gaps) or min(NICE, key=lambda nice: abs(np.log(nice / typical)))
    anchor = _anchor(times, step)
    found = Found(grid := Grid(unit="second", step=step, anchor=anchor), _on(grid, times))
    return _coarser(series, found) if found.irregular else _of_slots(times, grid) or found


def _coarser(series: Sequence[Floats], found: Found) -> Found:
    """For times without a step: the first usual one that leaves few places empty."""
    for step in (nice for nice in NICE if nice >= found.grid.step):
        grid = Grid(unit="second", step=step, anchor=_anchor(series[0][:1], step))
        places = [np.unique(grid.places(one)) for one in series]
        spans = sum(int(one[-1] - one[0]) + 1 for one in places if len(one))
        if sum(map(len, places)) >= CLEAR * spans:
            return Found(grid, found.regular)
    return found


def _usual(gaps: Floats) -> float | None:
    """The gap that most are, in whole seconds; None where there is none."""
    gap, times = Counter(np.rint(gaps).tolist()).most_common(1)[0]
    return float(gap) if times >= CLEAR * len(gaps) and gap >= 1 else None


def _is_counted(gaps: Floats) -> bool:
    """Steps of four weeks or 30 days: three months on end are never of one length."""
    whole = np.rint(gaps / DAY)
    alike = len(gaps) > 2 and len(set(whole.tolist())) == 1  # noqa: PLR2004 - two months may be
    return alike and whole[0] < 32  # noqa: PLR2004 - quarters and years may be


def _of_months(times: Floats, gaps: Floats) -> Found:
    counts = Counter(np.maximum(1, np.rint(gaps / (YEAR / 12))).astype(int).tolist())
    step = counts.most_common(1)[0][0]
    months = _month_of(times)
    anchor = Counter((months % step).tolist()).most_common(1)[0][0]
    on = float(np.mean(months % step == anchor))
    fitting = sum(times for months_, times in counts.items() if months_ % step == 0)
    grid = Grid(unit="month", step=float(step), anchor=float(anchor), day=_day_of(times))
    return Found(grid, min(on, fitting / counts.total()))


def _day_of(times: Floats) -> int:
    """The day of the month that most times are, 31 where most are the last one."""
    days = (EPOCH + np.floor(times).astype("timedelta64[s]")).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    last = np.mean((days + 1).astype("datetime64[M]") != months) >= CLEAR
    number = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    return 31 if last else int(Counter(number.tolist()).most_common(1)[0][0])


def _of_numbers(times: Floats, gaps: Floats) -> Found:
    """Counted steps, or years with fractions: 1949.083 is February."""
    typical = float(np.median(gaps))
    usual = Counter(np.round(gaps, 9).tolist()).most_common(1)[0]
    step = float(usual[0]) if usual[1] >= CLEAR * len(gaps) else typical
    if 1000 < times.min() <= times.max() < 2200 and step < 1:  # noqa: PLR2004 - years
        step = 1 / round(1 / step)
    grid = Grid(unit="number", step=step, anchor=float(times[0] % step))
    return Found(grid, _on(grid, times))


def _of_slots(times: Floats, grid: Grid) -> Found | None:
    """A grid of the hours or days of the week at which there is anything at all."""
    if grid.step > DAY or WEEK % grid.step or WEEK / grid.step > 7 * 24 * 60:
        return None
    at = np.unique(grid.axis(grid.places(times)) - MONDAY + WEEK)
    whole = int((at[-1] + grid.step - at[0]) // WEEK)
    if whole < LEAST_WEEKS:
        return None
    within = at[at < at[0] + whole * WEEK]
    counts = Counter(np.rint(within % WEEK).tolist())
    slots = sorted(slot for slot, often in counts.items() if often >= OFTEN * whole)
    if not 2 <= len(slots) <= min(MOST_SLOTS, FEW_SLOTS * WEEK / grid.step + 1):  # noqa: PLR2004 - one is weekly
        return None
    kept = sum(counts[slot] for slot in slots)
    if len(slots) >= WEEK / grid.step or kept < REGULAR * max(len(within), len(slots) * whole):
        return None
    found = Grid(unit="slot", step=grid.step, slots=tuple(slots))
    return Found(found, _on(grid, times))


def _anchor(times: Floats, step: float) -> float:
    """Where in a step the times lie, by the commonest; weeks by their weekday."""
    phase = np.rint(times % step)
    return float(Counter(phase.tolist()).most_common(1)[0][0])


def _on(grid: Grid, times: Floats) -> float:
    """Share of the times that are near a place."""
    away = np.abs(times - grid.axis(grid.places(times)))
    return float(np.mean(away <= NEAR * grid.step))


def _month_of(axis: Floats) -> Codes:
    """Months since January 2000."""
    moments = EPOCH + np.floor(axis).astype("timedelta64[s]")
    return np.asarray(moments.astype("datetime64[M]").astype(np.int64) - 30 * 12)


def _name(grid: Grid) -> str:
    if grid.unit == "number":
        return f"{grid.step:g}" if grid.step != 1 else "step"
    if grid.unit == "month":
        months = int(grid.step)
        known = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}
        return known.get(months) or f"{months} months"
    if grid.unit == "slot" and grid.step == DAY:
        return "working day"
    for name, length in (("week", WEEK), ("day", DAY), ("hour", HOUR), ("minute", MINUTE)):
        if grid.step % length == 0:
            times = round(grid.step / length)
            told = name if times == 1 else f"{times} {name}s"
            return f"{told} of opening times" if grid.unit == "slot" else told
    return f"{grid.step:g} seconds"
