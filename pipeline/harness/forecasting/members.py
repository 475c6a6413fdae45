"""The members of the forecasting ensemble by their names: what each learns and how it forecasts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from auto_models import AUTO, Foretold, automatic, foretell
from autoregression import autoregress, autoregress_changes, autoregress_levels
from harmonics import waves
from histories import Forecaster, Past, bounded, in_logs, out_of_logs
from lagged_trees import Trees, learn_trees
from metrics import Floats
from pooled_lags import LinearMap, learn_map
from repeats import (
    grown_season,
    last_long_season,
    last_season,
    last_value,
    middle_season,
    recent_level,
)
from smoothing import smooth, smooth_level
from theta import theta

LOG = "log_"
LOCAL: Mapping[str, Forecaster] = MappingProxyType(
    {
        "last_value": last_value,
        "last_season": last_season,
        "last_long_season": last_long_season,
        "middle_season": middle_season,
        "grown_season": grown_season,
        "recent_level": recent_level,
        "smoothing": smooth,
        "level_smoothing": smooth_level,
        "theta": theta,
        "autoregression": autoregress,
        "autoregression_of_levels": autoregress_levels,
        "autoregression_of_changes": autoregress_changes,
        "waves": waves,
        **{name: automatic(name) for name in AUTO},
    }
)
POOLED = ("linear_lags", "trees")
Learned = LinearMap | Trees | Foretold
IN_LOGS = ("grown_season", "smoothing", "theta", "autoregression_of_changes", "waves", *POOLED)
LIGHT = (
    *(name for name in LOCAL if name not in AUTO),
    *(f"{LOG}{name}" for name in IN_LOGS if name != "trees"),
    *POOLED,
    f"{LOG}trees",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A member that is ready to forecast: `learned` is None for those that look at a row alone."""

    name: str
    learned: Learned | None = None

    def forecast(self, past: Past, steps: int) -> Floats:
        """Shape (N, steps), kept within reason."""
        plain = self.name.removeprefix(LOG)
        told = self.learned.forecast if self.learned else LOCAL[plain]
        if plain == self.name:
            return bounded(past, told(past, steps))
        logs = in_logs(past)
        return bounded(past, out_of_logs(past, bounded(logs, told(logs, steps), far=1.5)))


def learn(
    name: str,
    pasts: Sequence[Past],
    horizon: int,
    *,
    seed: int,
    threads: int,
    deadline: float,
    keep: bool = False,
) -> Member | None:
    """A member that learned from all these histories; None where they are too few or too short.

    With `keep` a slow one is asked now what comes after each of them, to be looked up later.
    """
    plain = name.removeprefix(LOG)
    if keep and name in AUTO:
        return Member(name, foretell(name, list(pasts), horizon))
    if plain in LOCAL:
        return Member(name)
    seen = [in_logs(past) for past in pasts] if name != plain else list(pasts)
    learned: Learned | None
    if plain == "trees":
        learned = learn_trees(seen, horizon, seed, threads=threads, deadline=deadline)
    else:
        learned = learn_map(seen, horizon, seed)
    return Member(name, learned) if learned else None
