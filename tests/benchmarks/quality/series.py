"""The series of a forecasting trial: their history, what came next, and what an error weighs.

Everyone's forecasts are measured here against the same held-out values, with the same scale: the
mean step from one value to that a season later, over the series' history.
"""

from dataclasses import dataclass
from typing import Any

import measuring
import numpy as np
import pandas as pd
from rows import Trial

ONE = "series"  # the name of a series that has none


@dataclass(frozen=True)
class Histories:
    """`past` and `future` with the columns unique_id, ds (times) and y (floats), by series."""

    past: pd.DataFrame
    future: pd.DataFrame
    season: int

    def scales(self) -> dict[str, float]:
        """What an error is divided by, for each series."""
        return {
            name: float(np.abs(values[self.season :] - values[: -self.season]).mean())
            for name, values in self.values().items()
        }

    def values(self) -> dict[str, Any]:
        """The history of each series in order of time."""
        return {str(name): part["y"].to_numpy() for name, part in self.past.groupby("unique_id")}

    def measure(self, forecasts: pd.DataFrame) -> dict[str, float]:
        """Metrics of forecasts with the columns unique_id, ds and said; ValueError for a gap."""
        both = self.future.merge(forecasts, how="left", on=["unique_id", "ds"])
        if both["said"].isna().any():
            raise ValueError(f"{both['said'].isna().sum()} of {len(both)} values were not forecast")
        scales = both["unique_id"].map(self.scales())
        return measuring.of_forecasts(both["y"].tolist(), both["said"].tolist(), scales.tolist())


def histories(trial: Trial) -> Histories:
    """What the trial's rows say."""
    past, future = (_plain(trial, frame) for frame in (trial.fit, trial.test))
    return Histories(past, future, trial.told["season"])


def _plain(trial: Trial, frame: pd.DataFrame) -> pd.DataFrame:
    name = trial.told["series"]
    plain = pd.DataFrame(
        {
            "unique_id": frame[name].astype(str) if name else ONE,
            "ds": pd.to_datetime(frame[trial.told["time"]]),
            "y": pd.to_numeric(frame[trial.target]).astype(float),
        }
    )
    return plain.dropna().sort_values(["unique_id", "ds"]).reset_index(drop=True)
