"""What is reached without a real model, in the format of one: guesses, then a line on colours."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from config import BundleConfig
from metrics import Floats
from picture_answers import Sayer
from picture_model import PictureModel
from picture_plain import Colours, colours_of, same_for_all
from picture_rows import Lesson
from progress import say
from sklearn.linear_model import LogisticRegression, Ridge

MOST_PICTURES = 2_000  # a simple model learns no more from further ones


def make_baselines(config: BundleConfig, lesson: Lesson, out: Path) -> None:
    """Write each as a model folder, and their titles."""
    titles: dict[str, str] = {}
    for name, title, model in _guesses(lesson):
        model.save(out / name)
        titles[name] = title
    say("baseline", "guesses made", done=0.2)
    few = lesson.some(MOST_PICTURES, config.seed)
    _on_colours(few).save(out / "simple_colours")
    titles["simple_colours"] = (
        "logistic regression on colours" if lesson.labels else "ridge regression on colours"
    )
    (out / "baselines.json").write_text(json.dumps(titles, indent=1), "utf-8")
    say("baseline", f"{len(titles)} baselines", done=1)


def _guesses(lesson: Lesson) -> Iterator[tuple[str, str, PictureModel]]:
    if not lesson.labels:
        for what, value in (("median", float(np.median(lesson.truth))), ("mean", lesson.middle)):
            scorer = same_for_all(np.array([value]))
            yield f"trivial_{what}", f"always the {what}", _model(lesson, scorer, Sayer())
        return
    counts = np.bincount(lesson.places, minlength=len(lesson.labels))
    shares, scorer = counts / counts.sum(), same_for_all(np.zeros(len(counts)))
    order = [int(at) for at in np.argsort(-counts, kind="stable")]
    for at in order if len(order) == 2 else order[:1]:  # noqa: PLR2004 - of two also the other
        label = lesson.labels[at]
        sayer = Sayer(labels=lesson.labels, shares=_list(shares), lean=1.0, always=label)
        name = "trivial_commonest" if at == order[0] else "trivial_other"
        yield name, f"always {label}", _model(lesson, scorer, sayer)


def _on_colours(lesson: Lesson) -> PictureModel:
    """Logistic regression, or ridge regression for numbers."""
    seen = colours_of(lesson.paths).astype(np.float64)
    if not lesson.labels:
        line = Ridge(alpha=1.0).fit(seen, lesson.truth)
        scorer = Colours(line.coef_[:, None], np.array([line.intercept_]))
        low, high = float(lesson.truth.min()), float(lesson.truth.max())
        return _model(lesson, scorer, Sayer(bounds=(low, high)))
    found = LogisticRegression(C=10.0, max_iter=500).fit(seen, lesson.places)
    weights, offsets = found.coef_.T, found.intercept_
    if len(lesson.labels) == 2:  # noqa: PLR2004 - scikit-learn scores the second of two alone
        weights = np.hstack([np.zeros_like(weights), weights])
        offsets = np.array([0.0, *offsets])
    even = np.full(len(lesson.labels), 1 / len(lesson.labels))
    sayer = Sayer(labels=lesson.labels, shares=_list(even))
    return _model(lesson, Colours(weights, offsets), sayer)


def _model(lesson: Lesson, scorer: Colours, sayer: Sayer) -> PictureModel:
    return PictureModel(lesson.column, scorer, sayer)


def _list(values: Floats) -> tuple[float, ...]:
    return tuple(float(one) for one in values)
