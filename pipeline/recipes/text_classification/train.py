"""Learn to tell texts apart: words and character runs (TF-IDF) with a calibrated linear SVM.

    python train.py --config config.json --fit PREPARED/fit --out model
    python train.py ... --rehearse      a few rows and seconds, the same steps

Each candidate setting is tried on texts it has not seen (cross-validation inside the fit rows);
the best learns from all of them. The same unseen scores give the probabilities and, for F1 of one
label, the probability from which that label is said.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine

import argparse
import itertools
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from config import BundleConfig, load_config
from deciding import careful_cut
from metrics import Classified, Codes, Floats, value_of
from predict import TextModel, View, chances_of, clean, said_of, save
from process_age import process_age
from progress import Problem, run, say
from scipy.optimize import minimize
from sklearn.svm import LinearSVC
from tables import Table, label_of, load_fit

REGULARIZATION = (1.0, 3.0, 0.3)  # C of the SVM, the likeliest first: time may end the search
WORD_NGRAMS = 2  # "not good" is not "good"
CHAR_NGRAMS = 5  # from 2: survives typos, and knows numbers and links by their shape
FOLDS = 5  # each fold's model sees 80 % of the rows, close to the final one
MOST_ROWS_TO_CHOOSE = 20_000  # settings differ too little to need more rows for the choice
MOST_CHARACTERS = 10_000_000  # of all texts; beyond, character runs need more memory than they give
MANY_ROWS = 1_000  # from here a term of a single text is noise
SHARE_TO_CHOOSE = 0.6  # of the time budget; the rest is for the final model
REHEARSAL_ROWS = 200
EQUAL = 1e-9  # sums of the same values in another order
CUTS = np.linspace(0.1, 0.9, 81)  # probabilities from which the positive label may be said
NEIGHBOURS = 20  # cuts to each side, 0.2 in probability, that are averaged before the best is taken


@dataclass(frozen=True, slots=True)
class Texts:
    """Labelled texts: `places` are places in `labels`; of two labels the positive is second."""

    columns: tuple[str, ...]
    text: str
    labels: tuple[str, ...]
    texts: list[str]
    places: Codes


@dataclass(frozen=True, slots=True)
class Candidate:
    """A setting of the SVM, and what it reached on unseen texts once it was tried."""

    regularization: float
    balanced: bool
    slope: float = 1.0
    shift: float = 0.0
    cut: float = 0.5
    value: float = 0.0


def main() -> None:
    """Choose the setting, learn from all fit rows, save."""
    parser = argparse.ArgumentParser(description="Train the text classifier.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true")
    told = parser.parse_args()
    config = load_config(told.config)
    started = time.monotonic() - process_age()
    rows = load_fit(told.fit)
    texts = labelled(config, sample(rows, REHEARSAL_ROWS, config.seed) if told.rehearse else rows)
    least = config.setting("min_rows_per_term", 2 if len(texts.texts) >= MANY_ROWS else 1)
    views, terms = fit_views(texts.texts, wanted_views(config, texts.texts), least)
    say("train", f"{len(texts.texts)} texts, {terms.shape[1]} terms", done=0.2)
    best = choose(config, texts, terms, started + config.budget_seconds * SHARE_TO_CHOOSE)
    say("train", "learning from all fit rows", done=0.8)
    weights, offsets = fit_svm(terms, texts.places, len(texts.labels), best, config.seed)
    model = TextModel(
        columns=texts.columns,
        text=texts.text,
        labels=texts.labels,
        views=views,
        weights=weights,
        offsets=offsets,
        slope=best.slope,
        shift=best.shift,
        cut=best.cut,
    )
    save(model, told.out)
    say("train", "model saved", done=1, numbers={config.metric: best.value})


def labelled(config: BundleConfig, rows: Table) -> Texts:
    """Texts and labels; Problem when fewer than two labels are left to learn."""
    target = config.column("target")
    labels = [label_of(cell) for cell in rows.column(target)]
    counts = Counter(labels)
    if len(counts) < 2:  # noqa: PLR2004 - telling apart takes two
        raise Problem(
            f"The training rows have only one value in {target}.",
            "Send rows of at least two classes.",
            field="target",
        )
    order = sorted(counts)
    if len(order) == 2:  # noqa: PLR2004 - the positive label, by default the rarer, is second
        positive = config.positive if config.positive in counts else min(order, key=counts.get)  # type: ignore[arg-type]
        order.sort(key=lambda label: label == positive)
    place = {label: at for at, label in enumerate(order)}
    return Texts(
        columns=rows.names,
        text=config.column("text"),
        labels=tuple(order),
        texts=clean(rows.column(config.column("text"))),
        places=np.array([place[label] for label in labels], dtype=np.int64),
    )


def sample(rows: Table, most: int, seed: int) -> Table:
    """At most so many rows, at random."""
    if len(rows) <= most:
        return rows
    return rows.take(sorted(random.Random(seed).sample(range(len(rows)), most)))  # noqa: S311


def wanted_views(config: BundleConfig, texts: Sequence[str]) -> list[View]:
    """Runs of words, and of characters where there is memory for them."""
    views = [View("words", 1, config.setting("word_ngrams", WORD_NGRAMS))]
    longest = config.setting("char_ngrams", CHAR_NGRAMS)
    if longest and sum(map(len, texts)) <= MOST_CHARACTERS:
        views.append(View("characters", min(2, longest), longest))
    return views


def fit_views(
    texts: Sequence[str], views: Sequence[View], least_rows: int
) -> tuple[tuple[View, ...], sp.csr_matrix]:
    """Learn the terms of each view; also the texts in terms, shape (texts, all terms)."""
    fitted, parts = [], []
    for view in views:
        vectorizer = view.vectorizer(least_rows)
        try:
            parts.append(vectorizer.fit_transform(texts))
        except ValueError:  # no term at all: one-letter words, or texts without letters
            continue
        terms = tuple(vectorizer.get_feature_names_out().tolist())
        fitted.append(replace(view, terms=terms, rarity=vectorizer.idf_))
    if not fitted:
        raise Problem("The texts hold no words to learn from.", "Name the text.", field="text")
    return tuple(fitted), sp.hstack(parts, "csr")


def choose(config: BundleConfig, texts: Texts, terms: sp.csr_matrix, deadline: float) -> Candidate:
    """The candidate that does best on texts it has not seen, as far as time allows."""
    chosen = np.random.default_rng(config.seed).permutation(len(texts.places))[:MOST_ROWS_TO_CHOOSE]
    few = replace(texts, texts=[], places=texts.places[chosen])
    tried: list[Candidate] = []
    wanted = candidates(config, texts.places)
    for candidate in wanted:
        started = time.monotonic()
        scores = unseen_scores(config, terms[chosen], few, candidate)
        tried.append(judged(config, few, scores, candidate))
        took = time.monotonic() - started
        say(
            "train",
            f"C={candidate.regularization:g}{', balanced' if candidate.balanced else ''}",
            done=0.2 + 0.6 * len(tried) / len(wanted),
            eta=took * (len(wanted) - len(tried)),
            numbers={config.metric: tried[-1].value},
        )
        if time.monotonic() + took > deadline:
            break
    sign = 1 if config.better == "higher" else -1
    return max(tried, key=lambda candidate: sign * candidate.value)


def candidates(config: BundleConfig, places: Codes) -> list[Candidate]:
    """What the person fixed is not tried otherwise; even classes need no balancing."""
    strengths: Sequence[float] = REGULARIZATION
    if config.hyperparameters.get("regularization") is not None:
        strengths = (config.setting("regularization", 1.0),)
    sizes = np.bincount(places)
    balances = (False, True) if sizes.max() > 1.5 * sizes.min() else (False,)
    if config.hyperparameters.get("balance_classes") is not None:
        balances = (config.setting("balance_classes", default=False),)
    return [Candidate(c, b) for c, b in itertools.product(strengths, balances)]


def unseen_scores(
    config: BundleConfig, terms: sp.csr_matrix, texts: Texts, candidate: Candidate
) -> Floats:
    """Scores of each text by a model that has not seen it; every label spread over the folds."""
    folds = config.setting("folds", FOLDS)
    order = np.argsort(texts.places, kind="stable")
    fold = np.empty(len(order), dtype=np.int64)
    fold[order] = np.arange(len(order)) % folds
    width = 1 if len(texts.labels) == 2 else len(texts.labels)  # noqa: PLR2004
    scores = np.zeros((len(order), width))
    for at in range(min(folds, len(order))):
        seen = fold != at
        weights, offsets = fit_svm(
            terms[seen], texts.places[seen], len(texts.labels), candidate, config.seed
        )
        scores[~seen] = terms[~seen] @ weights + offsets
    return scores


def fit_svm(
    terms: sp.csr_matrix, places: Codes, size: int, candidate: Candidate, seed: int
) -> tuple[Floats, Floats]:
    """Weights (terms, k) and offsets (k,); a label without rows here scores like a sure no."""
    width = 1 if size == 2 else size  # noqa: PLR2004 - two labels need one score
    present = np.unique(places)
    weights, offsets = np.zeros((terms.shape[1], width)), np.full(width, -1.0)
    if len(present) == 1:
        offsets[0 if width == 1 else present[0]] = 1.0 if width > 1 or present[0] else -1.0
        return weights, offsets
    svm = LinearSVC(
        C=candidate.regularization,
        class_weight="balanced" if candidate.balanced else None,
        random_state=seed,
        max_iter=3000,
    ).fit(terms, places)
    if len(present) == 2 < size:  # noqa: PLR2004 - scikit-learn scores the second of two only
        weights[:, present] = np.hstack([-svm.coef_.T, svm.coef_.T])
        offsets[present] = -svm.intercept_[0], svm.intercept_[0]
        return weights, offsets
    columns = np.arange(width) if width == 1 else present
    weights[:, columns], offsets[columns] = svm.coef_.T, svm.intercept_
    return weights, offsets


def judged(config: BundleConfig, texts: Texts, scores: Floats, candidate: Candidate) -> Candidate:
    """The candidate with its probabilities, its cut and its value on unseen texts."""
    slope, shift = calibrate(scores, texts.places)
    chances = chances_of(scores, slope, shift)
    cut = 0.5
    if config.metric in ("f1", "macro_f1") and len(texts.labels) == 2:  # noqa: PLR2004
        cut = best_cut([value_at(config, texts, chances, cut) for cut in CUTS])
    if config.care is not None and len(texts.labels) == 2:  # noqa: PLR2004
        cut = careful_cut(answered(texts, chances, cut), config.care, cut)
    value = value_at(config, texts, chances, cut)
    return replace(candidate, slope=slope, shift=shift, cut=cut, value=value)


def best_cut(values: Sequence[float]) -> float:
    """Where the neighbourhood is best: the single best cut is mostly luck of a few rows.

    Of equally good cuts the one nearest to a half, as where all texts are told apart any would do.
    """
    padded = np.pad(np.array(values), NEIGHBOURS, mode="edge")
    smooth = np.convolve(padded, np.ones(2 * NEIGHBOURS + 1), "valid")
    best = CUTS[smooth >= smooth.max() - EQUAL]
    return float(best[np.abs(best - 0.5).argmin()])


def value_at(config: BundleConfig, texts: Texts, chances: Floats, cut: float) -> float:
    """The headline metric when the positive label is said from this probability on."""
    return value_of(config.metric, answered(texts, chances, cut))


def answered(texts: Texts, chances: Floats, cut: float) -> Classified:
    """What is said with this cut, against what is true."""
    positive = 1 if len(texts.labels) == 2 else None  # noqa: PLR2004
    return Classified(texts.labels, texts.places, said_of(chances, cut), chances, positive)


def calibrate(scores: Floats, places: Codes) -> tuple[float, float]:
    """Slope and shift that make probabilities of unseen scores most likely (Platt scaling)."""

    def surprise(knobs: Floats) -> float:
        chances = chances_of(scores, float(np.exp(knobs[0])), float(knobs[1]))
        given = chances[np.arange(len(places)), places]
        return float(-np.log(np.maximum(given, 1e-12)).mean() + 1e-3 * (knobs**2).sum())

    found = minimize(surprise, np.array([1.0, 0.0]), method="Nelder-Mead", options={"maxiter": 200})
    return float(np.exp(found.x[0])), float(found.x[1])


if __name__ == "__main__":
    run(main)
