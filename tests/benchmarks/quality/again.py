"""The metrics of our model counted anew: python again.py trial.json metrics.json.

Reads heldout.csv and the answers.csv that predict.py gave for it in a process of its own, and
tells by how much the metric differs from the one in metrics.json.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import measuring
import numpy as np
import pandas as pd
from groups import silhouette_of, worth
from rows import Trial, read_trial
from series import histories

PROBABILITY = "probability_"
TRUTH = "__truth__"


def main() -> None:
    """Count again and print."""
    trial = read_trial()
    scored = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    held, answers = _read("heldout.csv"), _read("answers.csv")
    more: dict[str, object] = {}
    again: float | None = None  # where the benchmark's own metric is another one
    match trial.told["task"]:
        case "tabular_regression":
            metrics = _numbers(trial, held, answers)
        case "time_series_forecasting":
            metrics = _forecasts(trial, answers)
        case "clustering":
            labels = _read("whole.csv")["cluster"].tolist()
            metrics, more = worth(trial, labels), {"groups": len(set(labels))}
            again = silhouette_of(np.load("distances.npy"), answers["cluster"].tolist())
        case _:
            metrics = _classes(trial, scored, held, answers)
    name, value = scored["metric"]["name"], scored["metric"]["value"]
    counted = metrics[name] if again is None else again
    print(json.dumps({"metrics": metrics, "difference": abs(counted - value), **more}))


def _classes(
    trial: Trial, scored: Mapping[str, Any], held: pd.DataFrame, answers: pd.DataFrame
) -> dict[str, float]:
    truth = _as_held(trial, held)
    names = [name for name in answers if name.startswith(PROBABILITY)]
    chances = answers[names].astype(float).to_numpy() if names else None
    classes = [name.removeprefix(PROBABILITY) for name in names]
    said, positive = answers["prediction"].tolist(), scored["metric"]["positive"]
    return measuring.of_classes(truth, said, chances, classes, positive)


def _numbers(trial: Trial, held: pd.DataFrame, answers: pd.DataFrame) -> dict[str, float]:
    truth = [float(one) for one in _as_held(trial, held)]
    return measuring.of_numbers(truth, answers["prediction"].astype(float).tolist())


def _forecasts(trial: Trial, answers: pd.DataFrame) -> dict[str, float]:
    told = histories(trial)
    said = pd.DataFrame(
        {
            "unique_id": answers["unique_id"] if trial.told["series"] else told.future["unique_id"],
            "ds": pd.to_datetime(answers["ds"]),
            "said": answers["prediction"].astype(float),
        }
    )
    return told.measure(said)


def _as_held(trial: Trial, held: pd.DataFrame) -> list[str]:
    """The truth in heldout.csv; ValueError where it is not that of the rows held out."""
    truth = held[TRUTH].tolist()
    if Counter(truth) != Counter(trial.truth):
        raise ValueError("heldout.csv does not hold the rows that were held out")
    return truth


def _read(file: str) -> pd.DataFrame:
    return pd.read_csv(file, dtype=str, keep_default_na=False)


if __name__ == "__main__":
    main()
