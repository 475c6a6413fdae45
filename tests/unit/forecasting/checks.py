"""What the forecaster's parts promise; runs inside the training environment, beside the bundle.

Run by tests/unit/apart.py.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from backtest import Schedule, ends_of, run_trial
from bands import learn_bands
from crossed import crossed, tried
from frequency import DAY, HOUR, Grid, find_grid, load_grid
from gaps import absurd, filled
from histories import Past, liveliness
from members import LIGHT, LOCAL, learn
from members_kept import load_members, save_members
from metrics import Floats
from panels import Line, Panel
from quantities import learn_driver, learn_quantity, load_driver, load_quantity
from seasonality import seasons_of, usual_horizon
from shares import shares
from timeline import learn_clock, load_clock

BEGIN = datetime(2000, 1, 1)  # noqa: DTZ001 - made-up times


def monthly(count: int = 96, seed: int = 0, noise: float = 1.0) -> Floats:
    at = np.arange(count)
    wave = 8 * np.sin(2 * np.pi * at / 12)
    return 60 + 0.3 * at + wave + noise * np.random.default_rng(seed).normal(size=count)


def panel(lines: Sequence[Floats], seasons: tuple[int, ...] = (12,)) -> Panel:
    made = tuple(
        Line(str(at), 0, values, np.ones(len(values), bool), np.zeros((len(values), 0)))
        for at, values in enumerate(lines)
    )
    return Panel(made, seasons, np.zeros((1, 0)), 0)


def past(lines: Sequence[Floats], steps: int = 12, seasons: tuple[int, ...] = (12,)) -> Past:
    ((_, found),) = panel(lines, seasons).pasts([len(line) for line in lines], steps)
    return found


def axis(step: timedelta, count: int, keep: Callable[[datetime], bool] = lambda _: True) -> Floats:
    moments = [BEGIN + timedelta(days=60) + step * at for at in range(count)]
    return np.array([(at - BEGIN).total_seconds() for at in moments if keep(at)])


def check_steps_are_found_and_read_back() -> None:
    for step, count, name in (
        (timedelta(minutes=15), 300, "15 minutes"),
        (timedelta(hours=1), 300, "hour"),
        (timedelta(days=1), 60, "day"),
        (timedelta(days=7), 30, "week"),
    ):
        times = axis(step, count)
        found = find_grid([times], dated=True)
        assert found.grid.name == name, found
        assert not found.irregular
        places = found.grid.places(times)
        assert set(np.diff(places).tolist()) == {1}
        assert np.array_equal(load_grid(found.grid.told()).axis(places), times)


def check_months_quarters_and_years_are_counted() -> None:
    for cells, name in (
        (["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30", "2020-05-31"], "month"),
        (["2019Q4", "2020Q1", "2020Q2", "2020Q3", "2021Q1"], "quarter"),
        (["2001-01-01", "2002-01-01", "2003-01-01", "2005-01-01"], "year"),
    ):
        clock = learn_clock(cells)
        found = find_grid([clock.axis(cells)], dated=clock.dated)
        assert found.grid.name == name, found
        places = found.grid.places(clock.axis(cells))
        assert [clock.write(float(at)) for at in found.grid.axis(places)] == cells


def check_working_days_and_opening_hours_have_no_gaps() -> None:
    days = axis(timedelta(days=1), 120, lambda at: at.weekday() < 5)
    found = find_grid([days], dated=True)
    assert found.grid.name == "working day"
    assert set(np.diff(found.grid.places(days)).tolist()) == {1}
    assert seasons_of(found.grid, 90) == (5,)
    hours = axis(timedelta(hours=1), 24 * 60, lambda at: at.weekday() < 5 and 9 <= at.hour < 17)
    grid = find_grid([hours], dated=True).grid
    assert set(np.diff(grid.places(hours)).tolist()) == {1}
    assert seasons_of(grid, 300) == (8, 40)


def check_times_without_a_step_get_a_regular_one() -> None:
    times = np.sort(np.random.default_rng(0).random(400) * 100 * DAY)
    found = find_grid([times], dated=True)
    assert found.irregular
    places = np.unique(found.grid.places(times))
    assert len(places) > 0.5 * (places[-1] - places[0])


def check_times_are_written_as_they_were_read() -> None:
    for cells in (
        ["1949-01", "1949-02"],
        ["31.01.2020", "01.02.2020"],
        ["1/31/2020", "2/1/2020"],
        ["2020-01-01T00:00:00Z", "2020-01-01T01:00:00Z"],
        ["202001", "202012"],
        ["1580000000", "1580003600"],
        ["Jan 2020", "Feb 2020"],
        ["1990", "1991"],
        ["1.5", "2.0"],
    ):
        clock = load_clock(learn_clock(cells).told())
        assert [clock.write(float(at)) for at in clock.axis(cells)] == cells, cells


def check_numbers_are_read_as_people_write_them() -> None:
    assert learn_quantity(["1.234,5", "2.000,0", "3,5"]).read(["1.234,5"])[0] == 1234.5
    assert learn_quantity(["$1,200.00", "$30.50"]).read(["$1,200.00"])[0] == 1200
    assert learn_quantity(["yes", "no"]).read(["no", "yes"]).tolist() == [0, 1]
    again = load_quantity(learn_quantity(["1", "?", "3"]).told())
    assert np.isnan(again.read(["?"])[0])


def check_words_known_ahead_become_flags() -> None:
    driver = learn_driver("sale", ["none", "half", "none", "half", "half", "none", "full"])
    assert driver.labels == ("half", "none")
    again = load_driver(driver.told())
    assert again.columns(["half", None]).tolist() == [[1, 0], [0, 0]]


def check_gaps_follow_the_season() -> None:
    whole = monthly(noise=0)
    torn = whole.copy()
    torn[37:43] = np.nan
    assert np.abs(filled(torn, 12) - whole).max() < 2.0
    assert np.abs(filled(torn, 1) - whole).max() > 3.0


def check_only_absurd_values_are_mistakes() -> None:
    values = monthly(150)
    assert not absurd(values, 12).any()
    values[70] = 1e6
    assert np.flatnonzero(absurd(values, 12)).tolist() == [70]
    rare = np.where(np.random.default_rng(1).random(200) < 0.2, 9.0, 0.0)
    assert not absurd(rare, 7).any()


def check_the_usual_horizon_is_at_most_a_fifth() -> None:
    month = Grid(unit="month", step=1.0)
    assert usual_horizon(month, (12,), 144) == 12
    assert usual_horizon(month, (), 12) == 2
    assert usual_horizon(Grid(unit="second", step=HOUR), (24,), 1000) == 24


def check_a_constant_series_has_a_unit() -> None:
    assert liveliness(np.full(30, 5.0), 7) == 5.0
    assert liveliness(np.zeros(30), 7) == 1.0
    assert liveliness(np.array([1.0, 2.0, 4.0]), 7) == 1.5


def check_every_member_follows_a_clear_pattern() -> None:
    lines = [monthly(120, seed) for seed in range(4)]
    seen = past([line[:-12] for line in lines])
    truth = np.stack([line[-12:] for line in lines])
    naive = np.abs(LOCAL["last_season"](seen, 12) - truth).mean()
    for name in LIGHT:
        member = learn(name, [seen], 12, seed=0, threads=1, deadline=time.monotonic() + 30)
        assert member is not None, name
        told = member.forecast(seen, 12)
        assert told.shape == (4, 12), name
        assert np.isfinite(told).all(), name
        if name in {"smoothing", "log_smoothing", "theta", "waves", "linear_lags"}:
            assert np.abs(told - truth).mean() < naive, name


def check_short_and_plain_histories_break_no_member() -> None:
    for values in (np.array([3.0]), np.array([1.0, 2.0]), np.zeros(9), np.full(40, 7.0)):
        seen = past([values])
        for name in LIGHT:
            member = learn(name, [seen], 12, seed=0, threads=1, deadline=time.monotonic() + 30)
            if member is not None:
                told = member.forecast(seen, 30)
                assert told.shape == (1, 30), name
                assert np.isfinite(told).all(), name


def check_positive_series_stay_positive() -> None:
    falling = np.exp(np.linspace(5, 0, 60)) + 0.01
    seen = past([falling], seasons=())
    for name in LIGHT:
        member = learn(name, [seen], 12, seed=0, threads=1, deadline=time.monotonic() + 30)
        assert member is None or member.forecast(seen, 40).min() >= 0, name


def check_saved_members_say_the_same() -> None:
    seen = past([monthly(120, seed) for seed in range(3)])
    made = [
        learn(name, [seen], 6, seed=0, threads=1, deadline=time.monotonic() + 30)
        for name in ("theta", "linear_lags", "log_linear_lags", "trees", "log_trees")
    ]
    members = [member for member in made if member is not None]
    folder = Path(tempfile.mkdtemp())
    save_members(members, folder)
    for one, other in zip(members, load_members(folder), strict=True):
        assert np.array_equal(one.forecast(seen, 20), other.forecast(seen, 20)), one.name


def check_windows_end_before_the_history_does() -> None:
    assert ends_of(132, 12, 12, 10)[:2] == [12, 24]
    assert ends_of(60, 12, 12, 10)[:2] == [12, 18]
    assert ends_of(30, 12, 12, 10) == []
    assert ends_of(12, 2, 1, 10)[0] == 2


def trial_of(lines: Sequence[Floats], names: Sequence[str], seasons: tuple[int, ...] = (12,)):  # type: ignore[no-untyped-def] # noqa: ANN201 - a pair of parts
    made = panel(lines, seasons)
    now = time.monotonic()
    schedule = Schedule(started=now, deadline=now + 20)
    return made, run_trial(made, names, 12, schedule, lambda *_: None)


def check_the_trial_never_sees_what_it_foretells() -> None:
    values = monthly(120)
    changed = values.copy()
    changed[-12:] += 1000
    names = ("smoothing", "linear_lags")
    _, before = trial_of([values], names)
    _, after = trial_of([changed], names)
    assert np.array_equal(before.told[:, 0], after.told[:, 0])
    assert not np.array_equal(before.truth[:, 0], after.truth[:, 0])


def check_shares_go_to_what_foretold_best() -> None:
    draw = np.random.default_rng(0)
    away = draw.normal(size=(3, 4, 60)) * np.array([0.1, 1.0, 1.0, 3.0])[None, :, None]
    parts = shares(away, ("a", "b", "smoothing", "d"))
    assert np.allclose(parts.sum(axis=1), 1)
    assert (parts[:, 0] > 0.7).all()
    assert (parts[:, 3] < 0.05).all()


def check_a_series_that_was_not_tried_takes_the_shares_of_all() -> None:
    draw = np.random.default_rng(0)
    away = draw.normal(size=(5, 2, 60)) * np.array([0.1, 2.0])[None, :, None]
    away[4] = np.nan
    assert shares(away, ("a", "b"))[4, 0] > 0.8
    untried = shares(np.full((2, 3, 5), np.nan), ("a", "smoothing", "theta"))
    assert untried.tolist() == [[0, 0.5, 0.5]] * 2


def check_bands_hold_about_nine_of_ten() -> None:
    lines = [monthly(132, seed, noise=3.0) for seed in range(30)]
    known = [line[:-12] for line in lines]
    made, trial = trial_of(known, ("smoothing", "theta", "waves"))
    bands = learn_bands(made, trial, crossed(trial), 12)
    said = LOCAL["smoothing"](past(known), 12)
    steps = np.tile(np.arange(1.0, 13.0), len(lines))
    low, high = bands.around(said.ravel(), np.repeat(np.arange(30), 12).tolist(), steps)
    truth = np.stack([line[-12:] for line in lines]).ravel()
    assert 0.8 < np.mean((low <= truth) & (truth <= high)) < 0.99
    far, near = (
        bands.around(said[0, :1], [0], np.array([48.0])),
        bands.around(said[0, :1], [0], np.array([12.0])),
    )
    assert far[1] - far[0] > near[1] - near[0]


def check_a_random_walk_is_not_surely_foretold() -> None:
    sure = 0
    for seed in range(8):
        walk = np.cumsum(np.random.default_rng(seed).normal(size=200))
        names = ("last_value", "last_season", "smoothing", "theta", "waves", "linear_lags")
        _, trial = trial_of([walk], names, seasons=(7,))
        sure += tried(trial, crossed(trial), trial.overlap).surely
    assert sure <= 1
    _, trial = trial_of([monthly(150)], ("last_value", "last_season", "smoothing", "theta"))
    assert tried(trial, crossed(trial), trial.overlap).surely
