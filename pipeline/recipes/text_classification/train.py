"""Learn to tell texts apart: words and character runs (TF-IDF) with a calibrated linear SVM.

    python train.py --config config.json --fit PREPARED/fit --out model
    python train.py ... --rehearse      a few rows and seconds, the same steps

Each candidate setting is tried on texts it has not seen (cross-validation inside the fit rows);
the best learns from all of them. The same unseen scores give the probabilities and, for F1 of one
label, the probability from which that label is said. Where the config names weights, a network
is fine-tuned as well, and kept if it does better on texts that neither has seen.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine

import argparse
import itertools
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from config import BundleConfig, load_config
from labelling_contest import RECORD, Tried, Winner, contest, too_few
from labelling_cuts import UNSCALED, Scale, reached, scale_of
from labelling_texts import PAIR, Texts, clean, folded, joined, parted, sample
from metrics import Codes, Floats
from predict import TextModel, View, save
from process_age import process_age
from progress import Problem, run, say
from sklearn.svm import LinearSVC
from tables import Table, label_of, load_fit, load_table

LINEAR = "tfidf_svc"
REGULARIZATION = (1.0, 3.0, 0.3)  # C of the SVM, the likeliest first: time may end the search
WORD_NGRAMS = 2  # "not good" is not "good"
CHAR_NGRAMS = 5  # from 2: survives typos, and knows numbers and links by their shape
FOLDS = 5  # each fold's model sees 80 % of the rows, close to the final one
MOST_ROWS_TO_CHOOSE = 20_000  # settings differ too little to need more rows for the choice
MOST_CHARACTERS = 10_000_000  # of all texts; beyond, character runs need more memory than they give
MANY_ROWS = 1_000  # from here a term of a single text is noise
SHARE_TO_CHOOSE = 0.6  # of the time budget; the rest is for the final model
SHARE_BESIDE = 0.2  # the same where a network comes after
LEAST_TO_JUDGE = 30  # validation rows; where they are fewer, others are put aside
ALONE, BESIDE = 1.0, 0.1  # of the progress, what is said of the linear model
REHEARSAL_ROWS = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A setting of the SVM, and what it reached on unseen texts once it was tried."""

    regularization: float
    balanced: bool
    scale: Scale = UNSCALED


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
    share = SHARE_TO_CHOOSE if config.weights is None else SHARE_BESIDE
    model, best = linear(config, texts, started + config.budget_seconds * share)
    value, record = best.scale.value, None
    if config.weights is not None:
        spent = Tried(LINEAR, time.monotonic() - started, value)
        found = challenged(config, texts, best, spent, told)
        model, record = with_winner(model, found), found.record
        value = found.scale.value if found.network else value
    save(model, told.out)
    if record is not None:
        (told.out / RECORD).write_text(json.dumps(record, indent=1), "utf-8")
    say("train", "model saved", done=1, numbers={config.metric: value})


def labelled(config: BundleConfig, rows: Table) -> Texts:
    """Texts and labels; Problem when fewer than two labels are left to learn."""
    target = config.column("target")
    labels = [label_of(cell) for cell in rows.column(target)]
    counts = Counter(labels)
    if len(counts) < PAIR:
        raise Problem(
            f"The training rows have only one value in {target}.",
            "Send rows of at least two classes.",
            field="target",
        )
    order = sorted(counts)
    if len(order) == PAIR:  # the positive label, by default the rarer, is second
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


def linear(config: BundleConfig, texts: Texts, deadline: float) -> tuple[TextModel, Candidate]:
    """The linear model of all texts, with the setting that does best as far as time allows."""
    views, terms = known_terms(config, texts)
    say("train", f"{len(texts.texts)} texts, {terms.shape[1]} terms", done=0.2 * part(config))
    best = choose(config, texts, terms, deadline)
    say("train", "learning from all fit rows", done=0.8 * part(config))
    return fitted(config, texts, views, terms, best), best


def part(config: BundleConfig) -> float:
    """Of the whole progress, that until the linear model is there."""
    return ALONE if config.weights is None else BESIDE


def fitted(
    config: BundleConfig,
    texts: Texts,
    views: tuple[View, ...],
    terms: sp.csr_matrix,
    best: Candidate,
) -> TextModel:
    """A linear model that learned from these texts with this setting."""
    weights, offsets = fit_svm(terms, texts.places, len(texts.labels), best, config.seed)
    return TextModel(
        columns=texts.columns,
        text=texts.text,
        labels=texts.labels,
        views=views,
        weights=weights,
        offsets=offsets,
        slope=best.scale.slope,
        shift=best.scale.shift,
        cut=best.scale.cut,
    )


def challenged(
    config: BundleConfig, texts: Texts, best: Candidate, spent: Tried, told: argparse.Namespace
) -> Winner:
    """A network against the linear model of the same setting, both new to what judges them."""
    if not told.rehearse and (few := too_few(config, spent, len(texts.texts))) is not None:
        return few
    last = len(load_table(told.fit / "validation.jsonl"))
    parts = parted(texts, last if last >= LEAST_TO_JUDGE and not told.rehearse else 0)
    known = joined(parts.learned, parts.looked)
    scores = fitted(config, known, *known_terms(config, known), best).scores(parts.judged.texts)

    def judge(places: Codes) -> float:
        return reached(config, parts.judged.take(places), scores[places], best.scale)

    return contest(config, parts, spent, judge, told.out, rehearse=told.rehearse)


def with_winner(model: TextModel, found: Winner) -> TextModel:
    """The linear model, or one that asks the network that beat it."""
    if found.network is None:
        return model
    return replace(
        model,
        views=(),
        weights=np.zeros(0),
        offsets=np.zeros(0),
        network=found.network,
        slope=found.scale.slope,
        shift=found.scale.shift,
        cut=found.scale.cut,
    )


def known_terms(config: BundleConfig, texts: Texts) -> tuple[tuple[View, ...], sp.csr_matrix]:
    """The terms of the texts, in the views that are wanted."""
    least = config.setting("min_rows_per_term", 2 if len(texts.texts) >= MANY_ROWS else 1)
    return fit_views(texts.texts, wanted_views(config, texts.texts), least)


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
        tried.append(replace(candidate, scale=scale_of(config, few, scores)))
        took = time.monotonic() - started
        say(
            "train",
            f"C={candidate.regularization:g}{', balanced' if candidate.balanced else ''}",
            done=(0.2 + 0.6 * len(tried) / len(wanted)) * part(config),
            eta=took * (len(wanted) - len(tried)),
            numbers={config.metric: tried[-1].scale.value},
        )
        if time.monotonic() + took > deadline:
            break
    sign = 1 if config.better == "higher" else -1
    return max(tried, key=lambda candidate: sign * candidate.scale.value)


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
    fold = folded(texts.places, folds)
    width = 1 if len(texts.labels) == PAIR else len(texts.labels)
    scores = np.zeros((len(fold), width))
    for at in range(min(folds, len(fold))):
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
    width = 1 if size == PAIR else size  # two labels need one score
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
    if len(present) == PAIR < size:  # scikit-learn scores the second of two only
        weights[:, present] = np.hstack([-svm.coef_.T, svm.coef_.T])
        offsets[present] = -svm.intercept_[0], svm.intercept_[0]
        return weights, offsets
    columns = np.arange(width) if width == 1 else present
    weights[:, columns], offsets[columns] = svm.coef_.T, svm.intercept_
    return weights, offsets


if __name__ == "__main__":
    run(main)
