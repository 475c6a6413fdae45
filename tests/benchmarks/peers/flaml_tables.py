"""FLAML's AutoML for tables: python flaml_tables.py trial.json."""

import sys
import time
from pathlib import Path

sys.path[:1] = [str(Path(__file__).resolve().parents[1] / "quality")]

from flaml import AutoML  # noqa: E402
from rows import numbers_and_words, read_trial, tell_classes, tell_numbers  # noqa: E402

METRICS = {"roc_auc": "roc_auc", "macro_f1": "macro_f1", "rmse": "rmse"}


def main() -> None:
    """Fit with the trial's metric, seconds and seed, and tell how well it predicts."""
    trial = read_trial()
    fit, test, numbers = numbers_and_words(trial)
    words = [name for name in trial.features if name not in numbers]
    for frame in (fit, test):
        frame[words] = frame[words].astype("category")
    numeric = trial.told["task"] == "tabular_regression"
    truth = trial.fit[trial.target].map(float if numeric else _label)
    began = time.monotonic()
    automl = AutoML()
    automl.fit(
        fit,
        truth,
        task="regression" if numeric else "classification",
        metric=METRICS[trial.told["metric"]],
        time_budget=trial.told["budget"],
        n_jobs=1,
        seed=trial.told["seed"],
        verbose=0,
    )
    told = {"fit_seconds": time.monotonic() - began, "best": automl.best_estimator}
    if numeric:
        tell_numbers(trial, automl.predict(test), **told)
        return
    chances = automl.predict_proba(test)
    tell_classes(trial, automl.predict(test), chances, automl.classes_, **told)


def _label(cell: str) -> str:
    return str(cell).strip()


if __name__ == "__main__":
    main()
