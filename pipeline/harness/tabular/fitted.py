"""Trained models as plain numbers, and their files: .npz and LightGBM's and CatBoost's own.

Each has `predict((rows, inputs) matrix) -> (rows, outputs)`: class probabilities, or one column
of values. Nothing is pickled, so opening a stranger's model runs none of the stranger's code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from lessons import Pace
from metrics import Codes, Floats

TRAINING_ONLY = ("impurity", "n_node_samples", "weighted_n_node_samples")
Arrays = dict[str, np.ndarray[Any, Any]]


class Fitted(Protocol):
    """A trained model."""

    def predict(self, rows: Floats) -> Floats:
        """Outputs of each row, (rows, outputs)."""

    def save(self, path: Path) -> None:
        """Write the model to `path`, which has no suffix yet."""


def link(scores: Floats, *, classes: int) -> Floats:
    """Scores as probabilities of `classes` classes; with 0 classes the scores themselves."""
    if classes == 0:
        return scores
    if scores.shape[1] == 1:
        positive = 1.0 / (1.0 + np.exp(-np.clip(scores, -500, 500)))
        return np.hstack([1.0 - positive, positive])
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Linear:
    """A linear model: scores = rows · weights + bias, then the link for `classes`."""

    weights: Floats
    bias: Floats
    classes: int

    def predict(self, rows: Floats) -> Floats:
        """Outputs of each row."""
        return link(rows @ self.weights + self.bias, classes=self.classes)

    def save(self, path: Path) -> None:
        """Write one .npz file."""
        np.savez(path.with_suffix(".linear.npz"), **vars(self))


@dataclass(frozen=True)
class Kernel:
    """A linear model on the closeness (Gaussian, `gamma`) to a few training rows."""

    landmarks: Floats
    gamma: float
    weights: Floats
    bias: Floats
    classes: int

    def predict(self, rows: Floats) -> Floats:
        """Outputs of each row."""
        near = closeness(rows, self.landmarks, self.gamma)
        return link(near @ self.weights + self.bias, classes=self.classes)

    def save(self, path: Path) -> None:
        """Write one .npz file."""
        np.savez(path.with_suffix(".kernel.npz"), **vars(self))


def closeness(rows: Floats, landmarks: Floats, gamma: float) -> Floats:
    """Gaussian kernel, (rows, landmarks)."""
    squares = (rows**2).sum(axis=1)[:, None] + (landmarks**2).sum(axis=1)
    return np.asarray(np.exp(-gamma * np.maximum(squares - 2.0 * rows @ landmarks.T, 0.0)))


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron with ReLU: `layers` are (weights, bias) in order."""

    layers: tuple[tuple[Floats, Floats], ...]
    classes: int

    def predict(self, rows: Floats) -> Floats:
        """Outputs of each row."""
        for weights, bias in self.layers[:-1]:
            rows = np.maximum(rows @ weights + bias, 0.0)
        weights, bias = self.layers[-1]
        return link(rows @ weights + bias, classes=self.classes)

    def save(self, path: Path) -> None:
        """Write one .npz file."""
        arrays: Arrays = {"classes": np.array(self.classes)}
        for index, (weights, bias) in enumerate(self.layers):
            arrays |= {f"w{index}": weights, f"b{index}": bias}
        np.savez(path.with_suffix(".network.npz"), allow_pickle=False, **arrays)


@dataclass(frozen=True)
class Forest:
    """The mean of scikit-learn's trees; `places` maps their outputs to ours."""

    trees: tuple[Any, ...]
    places: Codes
    outputs: int

    def predict(self, rows: Floats) -> Floats:
        """Outputs of each row."""
        small = np.ascontiguousarray(rows, dtype=np.float32)
        total = np.zeros((len(rows), len(self.places)))
        for tree in self.trees:
            total += tree.predict(small).reshape(len(rows), -1)
        spread = np.zeros((len(rows), self.outputs))
        spread[:, self.places] = total / len(self.trees)
        return spread

    def save(self, path: Path) -> None:
        """Write the trees end to end into one .npz file."""
        states = [tree.__getstate__() for tree in self.trees]
        nodes = np.concatenate([state["nodes"] for state in states])
        nodes[list(TRAINING_ONLY)] = 0  # less to write and to carry
        np.savez_compressed(
            path.with_suffix(".forest.npz"),
            nodes=nodes,
            values=np.concatenate([state["values"] for state in states]),
            sizes=np.array([state["node_count"] for state in states]),
            depths=np.array([state["max_depth"] for state in states]),
            shape=np.array([self.trees[0].n_features, self.outputs]),
            places=self.places,
        )


@dataclass(frozen=True)
class Boosted:
    """A LightGBM booster; its outputs are probabilities or values. `pace` is not saved."""

    booster: Any
    classes: int
    pace: Pace | None = None

    def predict(self, rows: Floats) -> Floats:
        """Outputs of each row."""
        told = np.asarray(self.booster.predict(rows, num_threads=1), dtype=float)
        if self.classes == 2:  # noqa: PLR2004 - LightGBM gives the second class alone
            return np.column_stack([1.0 - told, told])
        return told.reshape(len(rows), -1)

    def save(self, path: Path) -> None:
        """Write LightGBM's own text."""
        self.booster.save_model(path.with_suffix(f".lightgbm{self.classes}.txt"))


@dataclass(frozen=True)
class CatBoosted:
    """A CatBoost model; `categories` are the columns it takes as text."""

    model: Any
    categories: tuple[int, ...]
    classes: int

    def predict(self, rows: Floats) -> Floats:
        """Outputs of each row."""
        table = as_cells(rows, self.categories)
        kind = "Probability" if self.classes else "RawFormulaVal"
        told = self.model.predict(table, prediction_type=kind, thread_count=1)
        return np.asarray(told, dtype=float).reshape(len(rows), -1)

    def save(self, path: Path) -> None:
        """Write CatBoost's own format."""
        self.model.save_model(str(path.with_suffix(f".catboost{self.classes}.cbm")))


def as_cells(rows: Floats, categories: Sequence[int]) -> np.ndarray[Any, Any]:
    """Rows as CatBoost takes them: categories as text, in an object array."""
    cells = rows.astype(object)
    for column in categories:
        codes = np.nan_to_num(rows[:, column], nan=-1).astype(int)
        cells[:, column] = codes.astype(str)
    return cells
