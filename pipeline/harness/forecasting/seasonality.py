"""What the step of a series suggests: lengths of patterns, how far to look, what dates say."""

import numpy as np
from frequency import DAY, EPOCH, HOUR, MINUTE, WEEK, YEAR, Grid
from metrics import Floats

SEASONS = 2  # whole ones that a history has to have
NEAR = 0.002  # of a season; what is this near to whole steps is whole
USUAL_DAYS = 14
USUAL_WEEKS = 13
MOST_UNSEASONAL = 10
SHARE = 5  # at most a fifth of the history is looked ahead
LONGEST = 2_000  # steps of a pattern; a longer one is left to the calendar
STRONG = 0.3  # autocorrelation that makes a pattern of plain numbers likely
GUESSED = (12, 7, 24, 4, 52, 5)


def seasons_of(grid: Grid, length: int) -> tuple[int, ...]:
    """Lengths of patterns in steps, shortest first, that fit a history of `length` steps."""
    if not grid.dated:
        wanted = [1 / grid.step] if grid.step < 1 else []
    elif grid.unit == "month":
        wanted = [12 / grid.step]
    elif grid.unit == "slot":
        week = len(grid.slots)
        days = len({int(slot // DAY) for slot in grid.slots})
        wanted = [week / days, float(week), week * 52.0]
    else:
        spans = [HOUR] if grid.step <= MINUTE else []
        spans += [DAY, WEEK] if grid.step < DAY else [WEEK, 52 * WEEK]
        wanted = [span / grid.step for span in spans]
    whole = [round(one) for one in wanted if abs(one - round(one)) <= NEAR * one]
    return tuple(one for one in whole if 1 < one <= min(LONGEST, length // SEASONS))


def guessed_season(values: list[Floats]) -> tuple[int, ...]:
    """A usual length at which series without dates repeat themselves, where one clearly does."""
    found: dict[int, list[float]] = {season: [] for season in GUESSED}
    for line in values[:50]:
        moved = np.diff(line[np.isfinite(line)])
        moved = moved - moved.mean() if len(moved) else moved
        power = float(moved @ moved)
        for season in GUESSED:
            if len(moved) >= 3 * season and power > 0:
                found[season].append(float(moved[season:] @ moved[:-season]) / power)
    strength = {season: float(np.median(told)) for season, told in found.items() if told}
    best = max(strength, key=lambda season: strength[season], default=0)
    return (best,) if best and strength[best] >= STRONG else ()


def usual_horizon(grid: Grid, seasons: tuple[int, ...], length: int) -> int:
    """Steps to look ahead where nobody said how far: a season, at most a fifth of the history."""
    if grid.dated and grid.unit != "month" and abs(grid.seconds - WEEK) < DAY:
        wanted = USUAL_WEEKS
    elif grid.dated and DAY <= grid.seconds < WEEK / 2:
        wanted = USUAL_DAYS if grid.unit == "second" else 2 * len(grid.slots)
    else:
        wanted = seasons[0] if seasons else MOST_UNSEASONAL
    return max(1, min(wanted, length // SHARE))


def calendar(grid: Grid, begin: int, count: int) -> Floats:
    """What the dates of `count` places from `begin` on say, (count, columns).

    Where in the year and in the month a step of at most a week is; longer steps say no more than
    their seasons.
    """
    if not grid.dated or grid.unit == "month" or grid.seconds > WEEK + 1:
        return np.zeros((count, 0))
    axis = grid.axis(np.arange(begin, begin + count))
    days = (EPOCH + np.floor(axis).astype("timedelta64[s]")).astype("datetime64[D]")
    month = days.astype("datetime64[M]")
    year = days.astype("datetime64[Y]")
    in_month = (days - month.astype("datetime64[D]")).astype(np.float64)
    in_year = (days - year.astype("datetime64[D]")).astype(np.float64)
    return np.stack([in_year, in_month], axis=1)


def years_of(grid: Grid, length: int) -> float:
    """How many years a history of so many steps is long; 0 without dates."""
    return length * grid.seconds / YEAR if grid.dated else 0.0


def wanted_calendar(grid: Grid, length: int, begin: int, count: int) -> Floats:
    """The calendar where the history is long enough to learn from it, else no columns."""
    columns = calendar(grid, begin, count)
    if years_of(grid, length) >= SEASONS:
        return columns
    months = years_of(grid, length) * 12
    return columns[:, 1:] if months >= 6 and columns.shape[1] else columns[:, :0]  # noqa: PLR2004 - half a year
