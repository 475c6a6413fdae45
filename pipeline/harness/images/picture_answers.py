"""From scores to answers: probabilities to be believed, the class that is said, or a number."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from config import BundleConfig, Json
from deciding import DECIDED, learn_favour, said_of
from metrics import Classified, Codes, Floats
from scipy.optimize import minimize
from serving import Answers

BEYOND = 0.1  # of the range that was seen, by which an answer may leave it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayer:
    """What scores mean: `labels` of classes, none for numbers.

    Probabilities are softmax(slope * scores + lean * log(shares)); `favour` are factors on them
    before the likeliest class is said. A number is line[0] + line[1] * score, within `bounds`.
    `always` is the label of a model that has learned nothing else.
    """

    labels: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    slope: float = 1.0
    lean: float = 0.0
    favour: tuple[float, ...] = ()
    line: tuple[float, float] = (0.0, 1.0)
    bounds: tuple[float, float] = (-np.inf, np.inf)
    always: str | None = None

    def answers(self, scores: Floats) -> Answers:
        """Answers for scores of shape (n, labels), or (n, 1) for numbers."""
        if not self.labels:
            numbers = self.line[0] + self.line[1] * scores[:, 0]
            return Answers(np.clip(numbers, *self.bounds), (), np.zeros((len(scores), 0)))
        chances = self.chances(scores)
        if self.always is not None:
            return Answers([self.always] * len(scores), self.labels, chances)
        said = [self.labels[at] for at in said_of(chances, self.favour)]
        return Answers(said, self.labels, chances)

    def chances(self, scores: Floats) -> Floats:
        """Probabilities of shape (n, labels)."""
        powers = self.slope * scores + self.lean * np.log(self.shares)
        raised = np.exp(powers - powers.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    def to_json(self) -> dict[str, Json]:
        """As model.json keeps it."""
        bounds = [None if np.isinf(one) else one for one in self.bounds]
        return {
            "labels": list(self.labels),
            "shares": list(self.shares),
            "slope": self.slope,
            "lean": self.lean,
            "favour": list(self.favour),
            "line": list(self.line),
            "bounds": list(bounds),
            "always": self.always,
        }


def sayer_of(told: Mapping[str, Any]) -> Sayer:
    """What `to_json` kept."""
    known: dict[str, Any] = {
        key: tuple(one) if isinstance(one, list) else one for key, one in told.items()
    }
    low, high = told["bounds"]
    known["bounds"] = (-np.inf if low is None else low, np.inf if high is None else high)
    return Sayer(**known)


def sayer_of_classes(
    labels: tuple[str, ...], truth: Codes, unseen: Floats, config: BundleConfig
) -> Sayer:
    """Learn from scores of rows that the model had not seen; shape (n, labels)."""
    counts = np.maximum(np.bincount(truth, minlength=len(labels)), 1)  # each may still come
    start = Sayer(labels=labels, shares=tuple((counts / counts.sum()).tolist()))

    def surprise(knobs: Floats) -> float:
        said = replace(start, slope=float(np.exp(knobs[0])), lean=float(knobs[1]))
        given = said.chances(unseen)[np.arange(len(truth)), truth]
        drawn = 1e-3 * float((knobs[0] - np.log(4.0)) ** 2 + knobs[1] ** 2)
        return float(-np.log(np.maximum(given, 1e-12)).mean()) + drawn

    found = minimize(surprise, np.array([np.log(4.0), 0.0]), method="Nelder-Mead")
    calm = replace(start, slope=float(np.exp(found.x[0])), lean=float(found.x[1]))
    if config.metric not in DECIDED and config.care is None:
        return calm
    chances = calm.chances(unseen)
    positive = _positive(labels, truth, config)
    rows = Classified(labels, truth, chances.argmax(axis=1), chances, positive)
    return replace(calm, favour=learn_favour(config.metric, rows, config.care))


def sayer_of_numbers(truth: Floats, unseen: Floats, middle: float, spread: float) -> Sayer:
    """Learn the line from scores of unseen rows to the truth that errs least in the mean.

    Scores are standardised by `middle` and `spread`. A model that knows nothing gets a flat line:
    the median, which no mean can beat by absolute error.
    """
    known = middle + spread * unseen
    centre = float(np.median(truth))

    def error(knobs: Floats) -> float:
        return float(np.abs(centre + knobs[0] + knobs[1] * (known - middle) - truth).mean())

    found = minimize(error, np.array([middle - centre, 1.0]), method="Nelder-Mead")
    shift, slope = (float(one) for one in found.x)
    return Sayer(line=(centre + shift, slope * spread), bounds=bounds_around(truth))


def bounds_around(truth: Floats) -> tuple[float, float]:
    """Between which numbers an answer may lie: those that were seen, and a little beyond."""
    low, high = float(truth.min()), float(truth.max())
    width = (high - low) * BEYOND
    return low - width, high + width


def _positive(labels: tuple[str, ...], truth: Codes, config: BundleConfig) -> int | None:
    """Of two classes the one that matters: as told, else the rarer."""
    if len(labels) != 2:  # noqa: PLR2004 - two classes
        return None
    if config.positive in labels:
        return labels.index(config.positive)
    return int(np.bincount(truth, minlength=2).argmin())
