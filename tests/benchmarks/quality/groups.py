"""What a grouping is worth: how well separated its groups are, and how they agree with the truth.

Everyone is measured on all rows of the file and in the same plain space, that of standardised
numbers and one-hot words.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from rows import Trial, numbers_and_words_of
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.preprocessing import OneHotEncoder, StandardScaler

Floats = npt.NDArray[np.float64]


def numbers_of(trial: Trial) -> pd.DataFrame:
    """The numbers of the file as they are, unknown ones replaced by the column's median."""
    frame, numbers = numbers_and_words_of(_whole(trial), trial.features)
    return frame[numbers].fillna(frame[numbers].median())


def space_of(trial: Trial) -> Floats:
    """Coordinates of the rows, shape (n, d)."""
    frame, numbers = numbers_and_words_of(_whole(trial), trial.features)
    plain = [StandardScaler().fit_transform(numbers_of(trial))] if numbers else []
    words = frame.drop(columns=numbers).fillna("")
    marks = [OneHotEncoder(sparse_output=False).fit_transform(words)] if len(words.columns) else []
    return np.hstack([*plain, *marks])


def worth(trial: Trial, labels: Sequence[object]) -> dict[str, float]:
    """Metrics of one label a row of the file; agreement where the truth is known."""
    said = [str(label) for label in labels]
    points = space_of(trial)
    metrics = {"silhouette": silhouette_of(euclidean_distances(points), said)}
    if trial.told["truth"]:
        truth = pd.read_csv(trial.told["truth"], dtype=str).iloc[:, 0]
        metrics["agreement"] = adjusted_rand_score(truth, said)
    return {name: float(value) for name, value in metrics.items()}


def silhouette_of(distances: Floats, labels: Sequence[str]) -> float:
    """Mean silhouette by distances of shape (n, n); 0 where there is nothing to tell apart."""
    several = 1 < len(set(labels)) < len(labels)
    return float(silhouette_score(distances, labels, metric="precomputed")) if several else 0.0


def _whole(trial: Trial) -> pd.DataFrame:
    return pd.read_csv(Path(trial.told["file"]), dtype=str, keep_default_na=False)
