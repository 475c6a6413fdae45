"""Forecasts for the times that are asked for: the only way in which this model predicts.

python predict.py --input rows.csv [--output answers.csv] [--model model/]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

from forecast_serving import read_rows
from forecasting import ForecastModel, load_forecaster
from progress import run
from serving import serve


def load(folder: Path) -> ForecastModel:
    """The model of a folder that train.py or baseline.py wrote."""
    return load_forecaster(folder)


if __name__ == "__main__":
    run(lambda: serve(load, read_rows))
