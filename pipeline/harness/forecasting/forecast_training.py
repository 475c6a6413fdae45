"""Training of a forecaster within its budget: members tried, mixed and fitted on all history."""

import time
from collections.abc import Sequence
from pathlib import Path

from backtest import Schedule, Tell, run_trial
from bands import learn_bands
from config import BundleConfig
from crossed import GUESSES, completed, crossed, tried
from forecasting import ForecastModel
from members import LOG, Member, learn
from metrics import Floats
from outline import Outline, load_outline, panel_of
from panels import Panel
from progress import say
from shares import shares
from tables import Table

TRIALS = 0.8  # of the budget for trying; the rest is for the last fit and for saving


def train_forecaster(
    config: BundleConfig,
    fit: Path,
    table: Table,
    names: Sequence[str],
    *,
    started: float,
    windows: int = 10,
) -> ForecastModel:
    """Try the members on the end of the history, mix them, and fit them on all of it."""
    outline = load_outline(fit)
    panel = panel_of(outline, table)
    mixed = _sensible(names, panel)
    watched = [name for name in GUESSES if name not in mixed and windows]
    schedule = Schedule(
        started=started,
        deadline=started + TRIALS * config.budget_seconds,
        windows=windows,
        threads=config.threads,
        seed=config.seed,
    )
    tell = _teller(config, started)
    whole = run_trial(panel, [*mixed, *watched], outline.horizon, schedule, tell)
    trial = completed(whole, mixed) if windows else whole
    mixed = list(trial.names)
    parts = shares(trial.flat(), mixed)
    said = crossed(trial)
    tell("mixed the members", 0.8)
    end = started + config.budget_seconds
    kept, members = _fitted(panel, mixed, parts, outline, config=config, end=end)
    return ForecastModel(
        outline=outline,
        columns=tuple(config.kinds),
        lines=panel.lines,
        members=members,
        parts=kept,
        bands=learn_bands(panel, trial, said, outline.horizon),
        trial=tried(whole, said, whole.overlap).told(),
    )


def _sensible(names: Sequence[str], panel: Panel) -> list[str]:
    """Without members that would repeat another here: logarithms of nothing positive, no season."""
    positive = any(float(line.values.min()) > 0 for line in panel.lines)
    one = len(panel.seasons) < 2  # noqa: PLR2004 - the longest is the shortest
    unneeded = {"last_long_season"} if one else set()
    if not panel.seasons:
        unneeded |= {"last_season", "level_smoothing", "autoregression"}
    kept = [name for name in names if positive or not name.startswith(LOG)]
    return [name for name in kept if name not in unneeded] or list(names)


def _fitted(
    panel: Panel,
    names: Sequence[str],
    parts: Floats,
    outline: Outline,
    *,
    config: BundleConfig,
    end: float,
) -> tuple[Floats, tuple[Member, ...]]:
    """Members with a share, fitted on everything, and their shares."""
    pasts = [past for _, past in panel.pasts([len(line) for line in panel.lines], outline.horizon)]
    used = [place for place in range(len(names)) if parts[:, place].any()]
    members: list[Member] = []
    for count, place in enumerate(used):
        left = max(0.0, end - time.monotonic())
        member = learn(
            names[place],
            pasts,
            outline.horizon,
            seed=config.seed,
            threads=config.threads,
            deadline=time.monotonic() + 0.8 * left / (len(used) - count),
            keep=True,
        )
        members.append(member or Member("last_season"))
    return parts[:, used], tuple(members)


def _teller(config: BundleConfig, started: float) -> Tell:
    def tell(message: str, done: float) -> None:
        eta = max(config.budget_seconds - (time.monotonic() - started), 0.0)
        say("train", message, done=done, eta=eta if done < 1 else None)

    return tell
