"""Every member put to the test inside the history: it forecasts from earlier ends, and is measured.

Members that learn from all series do so anew at each end where time allows, else at an older one:
never from what they are then measured on.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from auto_models import AUTO
from histories import Past
from lagged_trees import MOST_LESSONS
from members import Member, learn
from metrics import Floats
from panels import Panel

MOST_WINDOWS = 10
FAR = 6  # horizons of free history from which on the windows do not overlap
MOST_NUMBERS = 30_000_000  # that are held at once
LOCAL_SHARE = 0.45  # of the budget for members that are quickly ready
TREES_SHARE = 0.75  # of the rest for those that are not, the last fit included
AUTO_SHARE = 0.6  # of what is left, for models that take seconds for each series
TREES_PLANNED = 0.25  # of the budget, were the machine a usual one and otherwise idle
FIT_SECONDS = 0.1
LESSON_SECONDS = 4e-5
SLOW = 0.5  # seconds for one series; with more, many take as much each
PILOT = 40  # series on which the time for all is estimated
LEAST_SERIES = 20  # that are tried also where time is short
LEAST_WINDOWS = 2
ROUND = (2, 3, 5, 7, 10)  # windows; few numbers, so that a busier machine seldom takes another
Flags = npt.NDArray[np.bool_]
Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What S series, W windows and M members gave: `told` (S, W, M, H) and `truth` (S, W, H).

    NaN where nothing was tried or measured. `lively` is the unit of errors then, (S, W), and
    `overlap` a horizon by the steps from one window to the next.
    """

    names: tuple[str, ...]
    told: Floats
    truth: Floats
    lively: Floats
    overlap: float = 1.0

    @property
    def away(self) -> Floats:
        """Errors in usual moves, (S, W, M, H)."""
        return (self.told - self.truth[:, :, None]) / self.lively[:, :, None, None]

    def only(self, names: Sequence[str]) -> "Trial":
        """The same of some members alone."""
        places = [self.names.index(name) for name in names]
        return replace(self, names=tuple(names), told=self.told[:, :, places])

    def complete(self) -> list[str]:
        """Members that were tried wherever any was."""
        known: Flags = np.asarray(np.isfinite(self.told).all(axis=3))
        tried: Flags = np.asarray(known.any(axis=2))
        kept = np.asarray((known | ~tried[:, :, None]).all(axis=(0, 1))).tolist()
        return [name for name, whole in zip(self.names, kept, strict=True) if whole]

    def flat(self, windows: Sequence[int] | None = None) -> Floats:
        """Errors of some windows side by side, (S, M, n)."""
        away = self.away if windows is None else self.away[:, list(windows)]
        moved = np.moveaxis(away, 1, 2)
        return moved.reshape(*moved.shape[:2], -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When training began and must end (time.monotonic), and how many windows at most."""

    started: float
    deadline: float
    windows: int = MOST_WINDOWS
    threads: int = 1
    seed: int = 0

    @property
    def left(self) -> float:
        """Seconds to go."""
        return max(0.0, self.deadline - time.monotonic())


def ends_of(length: int, horizon: int, season: int, most: int) -> list[int]:
    """Steps before the end of a history at which a window begins, the latest first.

    None where too little would be left to learn from: two seasons, or half of what there is.
    """
    least = max(4, min(2 * season, length - horizon))
    free = length - horizon - least
    if free < 0 or length - horizon < 2 * season:
        return []
    stride = horizon if free >= FAR * horizon else max(1, horizon // 2)
    return [horizon + place * stride for place in range(min(most, 1 + free // stride))]


def run_trial(
    panel: Panel, names: Sequence[str], horizon: int, schedule: Schedule, tell: Tell
) -> Trial:
    """Try all members on as many windows and series as the time allows."""
    trees = [name for name in names if name.endswith("trees")]
    quick = [name for name in names if name not in {*trees, *AUTO}]
    chosen, windows = set[int](), 0
    if schedule.windows:
        chosen, windows = _affordable(panel, quick, len(names), horizon, schedule)
    season = panel.seasons[0] if panel.seasons else 1
    plans = [
        ends_of(len(line), horizon, season, windows) if at in chosen else []
        for at, line in enumerate(panel.lines)
    ]
    count = max((len(plan) for plan in plans), default=0)
    told = np.full((len(panel.lines), count, len(names), horizon), np.nan)
    lively = np.ones((len(panel.lines), count))
    untils = [_until(panel, plans, window) for window in range(count)]
    for window, until in enumerate(untils):
        groups = panel.pasts(until, horizon)
        for name in quick:
            member = _learned(name, [past for _, past in groups], horizon, schedule, None)
            _write(told[:, window, names.index(name)], groups, member, horizon)
        for rows, past in groups:
            lively[rows, window] = past.lively
        tell(f"tried the last {window + 1} of {count} stretches", 0.05 + 0.3 * (window + 1) / count)
    for name in trees:
        here = told[:, :, names.index(name)]
        _try_trees(panel, name, untils, here, horizon, schedule=schedule, slow=len(trees))
        tell(f"tried {name.replace('_', ' ')}", 0.5)
    wanted = [name for name in AUTO if name in names]
    for place, name in enumerate(wanted):
        ends = time.monotonic() + AUTO_SHARE * schedule.left / (len(wanted) - place)
        _try_auto(panel, name, untils, told[:, :, names.index(name)], horizon, ends=ends)
        tell(f"tried {name.replace('_', ' ')}", 0.7)
    truth = _truths(panel, untils, horizon)
    stride = min((plan[1] - plan[0] for plan in plans if len(plan) > 1), default=horizon)
    return Trial(
        names=tuple(names), told=told, truth=truth, lively=lively, overlap=horizon / stride
    )


def _affordable(
    panel: Panel, names: Sequence[str], members: int, horizon: int, schedule: Schedule
) -> tuple[set[int], int]:
    """The series to try and the windows for each, from the time that a few of them take."""
    count = len(panel.lines)
    order = np.random.default_rng(schedule.seed).permutation(count).tolist()
    begun = _seconds(panel, names, order[:1], horizon, schedule)
    some = order[: min(PILOT, count)]
    each = begun
    if len(some) > 1 and begun < SLOW:
        taken = _seconds(panel, names, some, horizon, schedule)
        each = max(0.0, taken - begun) / (len(some) - 1)
    time_for = LOCAL_SHARE * schedule.left
    most = max(1, MOST_NUMBERS // (members * horizon))
    windows = min(time_for / (begun + each * count), most / count, schedule.windows)
    if windows >= LEAST_WINDOWS:
        return set(order), max(one for one in ROUND if one <= windows)
    series = int(min((time_for / LEAST_WINDOWS - begun) / max(each, 1e-9), most / LEAST_WINDOWS))
    return set(order[: max(LEAST_SERIES, series)]), min(LEAST_WINDOWS, schedule.windows)


def _seconds(
    panel: Panel, names: Sequence[str], some: Sequence[int], horizon: int, schedule: Schedule
) -> float:
    """How long all of the quick members take for these series."""
    began = time.monotonic()
    until = [len(line) if at in some else 0 for at, line in enumerate(panel.lines)]
    groups = panel.pasts(until, horizon)
    for name in names:
        member = _learned(name, [past for _, past in groups], horizon, schedule, None)
        for _, past in groups:
            member.forecast(past, horizon)
    return time.monotonic() - began


def _until(panel: Panel, plans: Sequence[Sequence[int]], window: int) -> list[int]:
    """Steps of each series before a window; 0 where it has no such window."""
    return [
        len(line) - plan[window] if window < len(plan) else 0
        for line, plan in zip(panel.lines, plans, strict=True)
    ]


def _truths(panel: Panel, untils: Sequence[Sequence[int]], horizon: int) -> Floats:
    """What came in all windows, (S, W, H)."""
    found = [_truth(panel, until, horizon) for until in untils]
    nothing = np.empty((len(panel.lines), 0, horizon))
    return np.stack(found, axis=1) if found else nothing


def _truth(panel: Panel, until: Sequence[int], horizon: int) -> Floats:
    """What came in a window, (S, H); NaN where it was not measured."""
    found = np.full((len(panel.lines), horizon), np.nan)
    for at, (line, end) in enumerate(zip(panel.lines, until, strict=True)):
        if end:
            came = line.values[end : end + horizon]
            found[at, : len(came)] = np.where(line.seen[end : end + horizon], came, np.nan)
    return found


def _write(
    told: Floats, groups: Sequence[tuple[list[int], Past]], member: Member, horizon: int
) -> None:
    for rows, past in groups:
        told[rows] = member.forecast(past, horizon)


def _try_trees(
    panel: Panel,
    name: str,
    untils: Sequence[Sequence[int]],
    told: Floats,
    horizon: int,
    *,
    schedule: Schedule,
    slow: int,
) -> None:
    """Fit at the oldest window first, and again at later ones, as often as was planned.

    The plan follows from the budget and the size of the data, so that it is the same each time;
    only where that proves too slow are fits left out.
    """
    ends = time.monotonic() + TREES_SHARE * schedule.left / slow
    cost = FIT_SECONDS + LESSON_SECONDS * min(MOST_LESSONS, sum(map(len, panel.lines)) * horizon)
    fits = max(1, int(TREES_PLANNED * (schedule.deadline - schedule.started) / slow / cost))
    stride = max(1, -(-len(untils) // fits))
    member, taken = None, 0.0
    for window in range(len(untils) - 1, -1, -1):
        groups = panel.pasts(untils[window], horizon)
        late = time.monotonic() + 2 * taken > ends  # twice: the last fit is still to come
        if member is None or ((len(untils) - 1 - window) % stride == 0 and not late):
            began = time.monotonic()
            stop = began + max(ends - began, 0.0) / 3
            member = _learned(name, [past for _, past in groups], horizon, schedule, stop)
            taken = max(taken, time.monotonic() - began)
        _write(told[:, window], groups, member, horizon)


def _try_auto(
    panel: Panel,
    name: str,
    untils: Sequence[Sequence[int]],
    told: Floats,
    horizon: int,
    *,
    ends: float,
) -> None:
    """Try a model that is slow for each series on the latest windows that there is time for."""
    member, each = Member(name), 0.0
    for window, until in enumerate(untils):
        count = sum(end > 0 for end in until)
        if not each:
            began = time.monotonic()
            lone = [end if end == max(until) else 0 for end in until]
            for _, past in panel.pasts(lone, horizon)[:1]:
                member.forecast(past.rows([0]), horizon)
            each = time.monotonic() - began
        if time.monotonic() + 2 * count * each > ends:  # twice: it is asked again in the end
            return
        _write(told[:, window], panel.pasts(until, horizon), member, horizon)


def _learned(
    name: str, pasts: Sequence[Past], horizon: int, schedule: Schedule, stop: float | None
) -> Member:
    """A member that is ready; the last season stands in for one that finds too little to learn."""
    found = learn(
        name,
        pasts,
        horizon,
        seed=schedule.seed,
        threads=schedule.threads,
        deadline=stop or schedule.deadline,
    )
    return found or Member("last_season")
