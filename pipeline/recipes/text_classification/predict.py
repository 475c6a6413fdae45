"""Say the label of texts; the only way in which this model ever answers.

    python predict.py --text "You won a prize, call now"
    python predict.py --input texts.csv --output answers.csv

A linear model is three files: model.json (labels and settings), terms.json (the known words and
character runs) and weights.npz (plain arrays). That of a network is model.json and a folder with
its weights (safetensors) and its tokenizer. Nothing in them can run code.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from labelling_contest import Network
from labelling_cuts import chances_of, said_of
from labelling_texts import clean
from metrics import Floats
from progress import run
from serving import Answers, serve
from sklearn.feature_extraction.text import TfidfVectorizer
from tables import Table

_DIGITS = re.compile(r"\d")
_DRAWN = re.compile(r"(?=[A-Za-z_]*[0-9])[A-Za-z0-9_]{16,}")  # a key or an id, and no word


@dataclass(frozen=True, slots=True)
class View:
    """One way to cut texts into terms: runs of `shortest` to `longest` words or characters."""

    unit: str
    shortest: int
    longest: int
    terms: tuple[str, ...] = ()
    rarity: Floats | None = None

    def vectorizer(self, least_rows: int = 1) -> TfidfVectorizer:
        """The same scikit-learn vectorizer in training and in use."""
        vectorizer = TfidfVectorizer(
            analyzer="word" if self.unit == "words" else "char_wb",
            preprocessor=_lower if self.unit == "words" else _lower_without_digits,
            ngram_range=(self.shortest, self.longest),
            sublinear_tf=True,  # the tenth "free" says little more than the second
            min_df=least_rows,
            vocabulary=self.terms or None,
            dtype=np.float32,
        )
        if self.rarity is not None:
            vectorizer.idf_ = self.rarity
        return vectorizer


@dataclass(frozen=True, slots=True)
class TextModel:
    """Linear scores of terms, or those of a network, made into probabilities.

    `weights` has shape (terms, k) and `offsets` (k,); with two labels k is 1, the score of the
    second. Probabilities are softmax(slope * scores + shift). Of two labels the second is said
    from probability `cut` on. `always` is the label of a model that has learned nothing else.
    """

    columns: tuple[str, ...]
    text: str
    labels: tuple[str, ...]
    views: tuple[View, ...]
    weights: Floats
    offsets: Floats
    slope: float = 1.0
    shift: float = 0.0
    cut: float = 0.5
    always: str | None = None
    reads_text: bool = True
    network: Network | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        """The one column that is read."""
        return (self.text,)

    def predict(self, rows: Table) -> Answers:
        """Labels and probabilities of texts; an empty text gets an answer too."""
        texts = clean(rows.column(self.text))
        chances = chances_of(self.scores(texts), self.slope, self.shift)
        if self.always is not None:
            return Answers([self.always] * len(texts), self.labels, chances)
        said = said_of(chances, self.cut)
        return Answers([self.labels[at] for at in said], self.labels, chances)

    def scores(self, texts: list[str]) -> Floats:
        """Scores of shape (texts, k)."""
        if self.network is not None:
            return self.network.scores(texts)
        if not self.views:
            return np.tile(self.offsets, (len(texts), 1))
        terms = sp.hstack([view.vectorizer().transform(texts) for view in self.views], "csr")
        return np.asarray(terms @ self.weights) + self.offsets


def save(model: TextModel, folder: Path) -> None:
    """Write a model folder."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "columns": model.columns,
        "text": model.text,
        "labels": model.labels,
        "views": [(view.unit, view.shortest, view.longest) for view in model.views],
        "slope": model.slope,
        "shift": model.shift,
        "cut": model.cut,
        "always": model.always,
    }
    if model.network is not None:
        told["length"] = model.network.length
        model.network.save(folder)
    (folder / "model.json").write_text(json.dumps(told, indent=1), "ascii")
    if model.network is None:
        _save_terms(model, folder)


def _save_terms(model: TextModel, folder: Path) -> None:
    (folder / "terms.json").write_text(json.dumps([view.terms for view in model.views]), "ascii")
    rarity = {f"rarity_{at}": view.rarity for at, view in enumerate(model.views)}
    arrays: Mapping[str, Floats] = {k: v for k, v in rarity.items() if v is not None}
    np.savez_compressed(
        folder / "weights.npz",
        weights=model.weights.astype(np.float32),
        offsets=model.offsets,
        allow_pickle=False,
        **arrays,
    )


def load(folder: Path) -> TextModel:
    """Read a model folder that `save` wrote."""
    told = json.loads((folder / "model.json").read_text("ascii"))
    told["columns"], told["labels"] = tuple(told["columns"]), tuple(told["labels"])
    views, length = told.pop("views"), told.pop("length", None)
    if length is not None:
        none = np.zeros(0)  # a network has no terms to weigh
        network = _network(folder, length)
        return TextModel(**told, views=(), weights=none, offsets=none, network=network)
    terms = json.loads((folder / "terms.json").read_text("ascii"))
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        known = tuple(
            View(unit, shortest, longest, tuple(known), arrays[f"rarity_{at}"])
            for at, ((unit, shortest, longest), known) in enumerate(zip(views, terms, strict=True))
        )
        weights, offsets = arrays["weights"], arrays["offsets"]
    return TextModel(**told, views=known, weights=weights, offsets=offsets)


def _network(folder: Path, length: int) -> Network:
    """A fine-tuned network; its libraries are only there where one is needed."""
    from deep_machine import deep_quiet  # noqa: PLC0415

    deep_quiet()
    from labelling_network import LabelNetwork  # noqa: PLC0415

    return LabelNetwork.load(folder, length)


def _lower(text: str) -> str:
    """Without what teaches nothing and must not leave with a model: somebody's key, for one."""
    return _DRAWN.sub(" ", text).lower()


def _lower_without_digits(text: str) -> str:
    """Any digit is a 0, so that numbers are known by their shape."""
    return _DIGITS.sub("0", text.lower())


if __name__ == "__main__":
    run(lambda: serve(load))
