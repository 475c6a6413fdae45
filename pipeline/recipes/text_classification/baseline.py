"""What is reached without a real model, in the format of one: guesses, then a simple model.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from config import load_config
from labelling_texts import Texts, clean
from predict import TextModel, View, save
from progress import run, say
from sklearn.naive_bayes import ComplementNB
from tables import load_fit
from train import fit_views, labelled

MOST_ROWS = 50_000  # a simple model learns no more from further rows


def main() -> None:
    """Write each baseline as a model folder, and their titles."""
    parser = argparse.ArgumentParser(description="Make the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config = load_config(told.config)
    texts = labelled(config, load_fit(told.fit))
    titles: dict[str, str] = {}
    for name, title, model in _guesses(texts):
        save(model, told.out / name)
        titles[name] = title
    say("baseline", "guesses made", done=0.5)
    save(_bag_of_words(texts), told.out / "simple_words")
    titles["simple_words"] = "naive Bayes on single words"
    (told.out / "baselines.json").write_text(json.dumps(titles, indent=1), "utf-8")
    say("baseline", f"{len(titles)} baselines", done=1)


def _guesses(texts: Texts) -> list[tuple[str, str, TextModel]]:
    """Always the commonest label; of two labels also always the other one."""
    counts = Counter(texts.places)
    chances = np.array([counts[at] / len(texts.places) for at in range(len(texts.labels))])
    scores = np.log(chances)
    offsets = scores[1:] - scores[0] if len(scores) == 2 else scores  # noqa: PLR2004
    commonest = texts.labels[counts.most_common(1)[0][0]]
    said = [commonest, *(label for label in texts.labels if label != commonest)]
    return [
        (
            "trivial_commonest" if label == commonest else "trivial_other",
            f"always {label}",
            TextModel(
                columns=texts.columns,
                text=texts.text,
                labels=texts.labels,
                views=(),
                weights=np.zeros((0, len(offsets))),
                offsets=offsets,
                always=label,
            ),
        )
        for label in said[: 2 if len(texts.labels) == 2 else 1]  # noqa: PLR2004
    ]


def _bag_of_words(texts: Texts) -> TextModel:
    known = clean(texts.texts[:MOST_ROWS])
    views, terms = fit_views(known, [View("words", 1, 1)], least_rows=1)
    bayes = ComplementNB().fit(terms, texts.places[:MOST_ROWS])
    weights = bayes.feature_log_prob_.T
    offsets = np.zeros(weights.shape[1])
    if len(texts.labels) == 2:  # noqa: PLR2004 - one score, of the second label
        weights, offsets = weights[:, 1:] - weights[:, :1], offsets[1:]
    return TextModel(
        columns=texts.columns,
        text=texts.text,
        labels=texts.labels,
        views=views,
        weights=weights,
        offsets=offsets,
    )


if __name__ == "__main__":
    run(main)
