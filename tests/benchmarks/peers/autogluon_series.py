"""AutoGluon's forecaster, medium quality: python autogluon_series.py trial.json."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # its pretrained models need weights of another site
sys.path[:1] = [str(Path(__file__).resolve().parents[1] / "quality")]

from autogluon.timeseries import TimeSeriesDataFrame, TimeSeriesPredictor  # noqa: E402
from rows import read_trial  # noqa: E402
from series import histories  # noqa: E402


def main() -> None:
    """Fit for the trial's seconds and tell how well it forecasts."""
    trial = read_trial()
    told = histories(trial)
    names = {"id_column": "unique_id", "timestamp_column": "ds"}
    past = TimeSeriesDataFrame.from_data_frame(told.past, **names)
    horizon = int(told.future.groupby("unique_id").size().max())
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        predictor = TimeSeriesPredictor(
            target="y",
            prediction_length=horizon,
            freq=past.infer_frequency(),
            eval_metric="MASE",
            eval_metric_seasonal_period=told.season,
            path=folder,
            verbosity=1,
        ).fit(
            past,
            presets="medium_quality",
            time_limit=int(trial.told["budget"]),
            random_seed=trial.told["seed"],
        )
        seconds = time.monotonic() - began
        said = predictor.predict(past)["mean"].rename("said").reset_index()
    said = said.rename(columns={"item_id": "unique_id", "timestamp": "ds"})
    answers = said["said"].tolist()
    best = predictor.model_best
    line = {"metrics": told.measure(said), "fit_seconds": seconds, "best": best, "said": answers}
    print(json.dumps(line))


if __name__ == "__main__":
    main()
