"""AutoGluon's predictor for tables, medium quality: python autogluon_tables.py trial.json."""

import sys
import tempfile
import time
from pathlib import Path

sys.path[:1] = [str(Path(__file__).resolve().parents[1] / "quality")]

from autogluon.tabular import TabularPredictor  # noqa: E402
from rows import numbers_and_words, read_trial, tell_classes, tell_numbers  # noqa: E402

METRICS = {"roc_auc": "roc_auc", "macro_f1": "f1_macro", "rmse": "root_mean_squared_error"}


def main() -> None:
    """Fit with the trial's metric and seconds, and tell how well it predicts."""
    trial = read_trial()
    fit, test, _ = numbers_and_words(trial)
    numeric = trial.told["task"] == "tabular_regression"
    fit["__target__"] = trial.fit[trial.target].map(float if numeric else _label)
    classes = fit["__target__"].nunique()
    kind = "regression" if numeric else "binary" if classes == 2 else "multiclass"
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor(
            "__target__",
            problem_type=kind,
            eval_metric=METRICS[trial.told["metric"]],
            path=folder,
            verbosity=1,
        ).fit(fit, presets="medium_quality", time_limit=trial.told["budget"], num_cpus=1)
        seconds = time.monotonic() - began
        told = {"fit_seconds": seconds, "best": predictor.model_best}
        if numeric:
            tell_numbers(trial, predictor.predict(test), **told)
            return
        chances = predictor.predict_proba(test)
        tell_classes(trial, predictor.predict(test), chances, chances.columns, **told)


def _label(cell: str) -> str:
    return str(cell).strip()


if __name__ == "__main__":
    main()
