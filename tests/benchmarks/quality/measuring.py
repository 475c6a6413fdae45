"""The metrics of every model in the benchmark, by scikit-learn and numpy and by nothing of ours."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

Floats = npt.NDArray[np.float64]


def of_classes(
    truth: Sequence[str],
    said: Sequence[str],
    chances: Floats | None,
    classes: Sequence[str],
    positive: str | None,
) -> dict[str, float]:
    """Metrics of n answers; `chances` of shape (n, len(classes)), None where there are none."""
    metrics = {
        "accuracy": accuracy_score(truth, said),
        "macro_f1": f1_score(truth, said, average="macro"),
    }
    if positive is not None:
        hits = [label == positive for label in truth]
        metrics["f1"] = f1_score(hits, [label == positive for label in said])
    if chances is not None:
        metrics |= _of_chances(truth, chances, classes, positive)
    return {name: float(value) for name, value in metrics.items()}


def of_numbers(truth: Sequence[float], said: Sequence[float]) -> dict[str, float]:
    """Metrics of n predicted numbers."""
    return {
        "rmse": float(root_mean_squared_error(truth, said)),
        "mae": float(mean_absolute_error(truth, said)),
        "r2": float(r2_score(truth, said)),
    }


def of_forecasts(
    truth: Sequence[float], said: Sequence[float], scales: Sequence[float]
) -> dict[str, float]:
    """Metrics of n forecast values; `scales` is each row's mean seasonal step in its history."""
    true, given = np.asarray(truth, float), np.asarray(said, float)
    miss, size = np.abs(true - given), np.abs(true) + np.abs(given)
    return {
        "mase": float(np.mean(miss / np.asarray(scales, float))),
        "smape": float(np.mean(np.divide(2 * miss, size, out=np.zeros_like(miss), where=size > 0))),
        "mae": float(miss.mean()),
        "rmse": float(np.sqrt(np.mean(miss**2))),
    }


def _of_chances(
    truth: Sequence[str], chances: Floats, classes: Sequence[str], positive: str | None
) -> dict[str, float]:
    unseen = sorted(set(truth) - set(classes))
    known = (*classes, *unseen)
    padded = np.pad(chances, ((0, 0), (0, len(unseen))))
    at = {label: place for place, label in enumerate(known)}
    codes = np.array([at[label] for label in truth])
    least = np.finfo(np.float64).eps
    given = np.clip(padded[np.arange(len(codes)), codes], least, 1 - least)
    areas = [
        roc_auc_score(codes == place, padded[:, place])
        for place, label in enumerate(known)
        if (positive is None or label == positive) and 0 < (codes == place).sum() < len(codes)
    ]
    loss = float(-np.log(given).mean())
    return {"log_loss": loss, **({"roc_auc": float(np.mean(areas))} if areas else {})}
