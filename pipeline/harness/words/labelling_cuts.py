"""What scores of texts mean: probabilities, and from which of them on a label is said."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from config import BundleConfig
from deciding import careful_cut
from labelling_texts import PAIR, Texts
from metrics import Classified, Codes, Floats, value_of
from scipy.optimize import minimize

EQUAL = 1e-9  # sums of the same values in another order
CUTS = np.linspace(0.1, 0.9, 81)  # probabilities from which the positive label may be said
NEIGHBOURS = 20  # cuts to each side, 0.2 in probability, that are averaged before the best is taken


@dataclass(frozen=True, slots=True)
class Scale:
    """Probabilities are softmax(slope * scores + shift); of two labels, the cut of the second.

    `value` is the headline metric that this reached on unseen texts.
    """

    slope: float = 1.0
    shift: float = 0.0
    cut: float = 0.5
    value: float = 0.0


UNSCALED = Scale()


def scale_of(config: BundleConfig, texts: Texts, scores: Floats) -> Scale:
    """The probabilities, the cut and the value of scores of unseen texts."""
    slope, shift = calibrate(scores, texts.places)
    chances = chances_of(scores, slope, shift)
    cut = 0.5
    if config.metric in ("f1", "macro_f1") and len(texts.labels) == PAIR:
        cut = best_cut([_value_at(config, texts, chances, cut) for cut in CUTS])
    if config.care is not None and len(texts.labels) == PAIR:
        cut = careful_cut(_answered(texts, chances, cut), config.care, cut)
    return Scale(slope, shift, cut, _value_at(config, texts, chances, cut))


def reached(config: BundleConfig, texts: Texts, scores: Floats, scale: Scale) -> float:
    """The headline metric of scores on other texts than those that set the scale."""
    chances = chances_of(scores, scale.slope, scale.shift)
    return _value_at(config, texts, chances, scale.cut)


def chances_of(scores: Floats, slope: float, shift: float) -> Floats:
    """Probabilities of shape (n, labels) from scores of shape (n, k)."""
    if scores.shape[1] == 1:
        scores = np.hstack([np.zeros_like(scores), scores + shift / slope])
    powers = np.exp(slope * (scores - scores.max(axis=1, keepdims=True)))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def said_of(chances: Floats, cut: float) -> Codes:
    """Places of the labels that are said; of two labels the second is said from the cut on."""
    if chances.shape[1] == PAIR:
        return (chances[:, 1] >= cut).astype(np.int64)
    return np.asarray(chances.argmax(axis=1), dtype=np.int64)


def best_cut(values: Sequence[float]) -> float:
    """Where the neighbourhood is best: the single best cut is mostly luck of a few rows.

    Of equally good cuts the one nearest to a half, as where all texts are told apart any would do.
    """
    padded = np.pad(np.array(values), NEIGHBOURS, mode="edge")
    smooth = np.convolve(padded, np.ones(2 * NEIGHBOURS + 1), "valid")
    best = CUTS[smooth >= smooth.max() - EQUAL]
    return float(best[np.abs(best - 0.5).argmin()])


def calibrate(scores: Floats, places: Codes) -> tuple[float, float]:
    """Slope and shift that make probabilities of unseen scores most likely (Platt scaling)."""

    def surprise(knobs: Floats) -> float:
        chances = chances_of(scores, float(np.exp(knobs[0])), float(knobs[1]))
        given = chances[np.arange(len(places)), places]
        return float(-np.log(np.maximum(given, 1e-12)).mean() + 1e-3 * (knobs**2).sum())

    found = minimize(surprise, np.array([1.0, 0.0]), method="Nelder-Mead", options={"maxiter": 200})
    return float(np.exp(found.x[0])), float(found.x[1])


def _value_at(config: BundleConfig, texts: Texts, chances: Floats, cut: float) -> float:
    """The headline metric when the positive label is said from this probability on."""
    return value_of(config.metric, _answered(texts, chances, cut))


def _answered(texts: Texts, chances: Floats, cut: float) -> Classified:
    """What is said with this cut, against what is true."""
    positive = 1 if len(texts.labels) == PAIR else None
    return Classified(texts.labels, texts.places, said_of(chances, cut), chances, positive)
