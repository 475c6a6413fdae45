"""A trained model of tables, and how it is trained: encoder, views and ensemble together."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from blending import loss_of
from config import BundleConfig
from deciding import learn_favour, said_of
from ensemble import Course, Ensemble, Models, Tell, load_ensemble, train_ensemble
from features import Encoder, learn_encoder, load_encoder
from fitted import Linear
from lessons import Lesson
from metrics import Classified, Floats, Measured, value_of
from progress import Problem, say
from serving import Answers
from smooth import fit_linear
from tables import Table, label_of
from views import learn_views

SIMPLE_STRENGTH = 1.0


@dataclass(frozen=True, kw_only=True)
class TabularModel:
    """Answers for rows of a table; `classes` is empty where the answer is a number.

    The class that is said is the one with the largest probability times its `favour`.
    """

    columns: tuple[str, ...]
    inputs: tuple[str, ...]
    classes: tuple[str, ...]
    encoder: Encoder
    ensemble: Ensemble
    favour: tuple[float, ...] = ()

    @property
    def reads_text(self) -> bool:
        """A row is more than one plain text."""
        return False

    def predict(self, rows: Table) -> Answers:
        """Answers for rows that have all `inputs`, in their order."""
        told = self.ensemble.predict(self.encoder.transform(rows))
        if not self.classes:
            return Answers(told[:, 0], (), np.empty((len(told), 0)))
        said = [self.classes[place] for place in said_of(told, self.favour)]
        return Answers(said, self.classes, told)

    def save(self, folder: Path) -> None:
        """Write model.json, the encoder's files and the ensemble's."""
        folder.mkdir(parents=True, exist_ok=True)
        content = {
            "columns": self.columns,
            "inputs": self.inputs,
            "classes": self.classes,
            "favour": self.favour,
        }
        (folder / "model.json").write_text(json.dumps(content, indent=1), "utf-8")
        self.encoder.save(folder)
        self.ensemble.save(folder)


def load_tabular(folder: Path) -> TabularModel:
    """Read what `save` wrote."""
    content = json.loads((folder / "model.json").read_text("utf-8"))
    return TabularModel(
        **{name: tuple(values) for name, values in content.items()},
        encoder=load_encoder(folder),
        ensemble=load_ensemble(folder),
    )


@dataclass(frozen=True, kw_only=True)
class Matter:
    """The rows of a training: codes of `classes`, or numbers where it is empty."""

    table: Table
    inputs: tuple[str, ...]
    classes: tuple[str, ...]
    target: Floats
    config: BundleConfig

    def model(self, encoder: Encoder, ensemble: Ensemble) -> TabularModel:
        """The finished model."""
        return TabularModel(
            columns=self.table.names,
            inputs=self.inputs,
            classes=self.classes,
            encoder=encoder,
            ensemble=ensemble,
        )


def matter_of_classes(table: Table, config: BundleConfig) -> Matter:
    """Rows for a classifier; classes are sorted by name."""
    labels = [label_of(cell) for cell in table.column(config.column("target"))]
    classes = tuple(sorted(set(labels)))
    code = {label: float(place) for place, label in enumerate(classes)}
    return Matter(
        table=table,
        inputs=config.columns_of("features"),
        classes=classes,
        target=np.array([code[label] for label in labels]),
        config=config,
    )


def train_tabular(
    matter: Matter, members: Sequence[str], *, started: float, repeats: int | None = None
) -> TabularModel:
    """Train the named members for the config's budget, counted from `started` (monotonic)."""
    config = matter.config
    say("train", "reading the columns", done=0.01)
    encoder = _encoder(matter)
    for name, reason in encoder.dropped.items():
        say("train", f"{name} is not used: {reason}")
    matrix = encoder.transform(matter.table, training=True)
    rate = config.hyperparameters.get("learning_rate")
    ensemble = train_ensemble(
        Course(
            matrix=matrix,
            target=matter.target,
            classes=len(matter.classes),
            views=learn_views(matrix, encoder.categorical),
            loss=loss_of(config.metric, _positive(matter)),
            deadline=started + config.budget_seconds,
            threads=config.threads,
            seed=config.seed,
            tell=_teller(matter, started),
            folds=int(config.number("folds")),
            repeats=repeats,
            patience=int(config.number("early_stopping_patience")),
            learning_rate=float(rate) if isinstance(rate, int | float) else None,
        ),
        members,
    )
    model = matter.model(encoder, ensemble)
    if not matter.classes or ensemble.unseen is None:
        return model
    unseen = _answered(matter, ensemble.unseen)
    return replace(model, favour=learn_favour(config.metric, unseen))


def prior_model(matter: Matter) -> TabularModel:
    """Says the shares of the classes, or the mean, whatever the row."""
    encoder = Encoder((), (), {})
    if matter.classes:
        share = np.bincount(matter.target.astype(int)) / len(matter.target)
        model = Linear(np.empty((0, len(share))), np.log(share), len(share))
    else:
        model = Linear(np.empty((0, 1)), np.array([matter.target.mean()]), 0)
    views = learn_views(np.empty((len(matter.target), 0)), [])
    models: Models = {"prior": ("scaled", (model,))}
    return matter.model(encoder, Ensemble(views, models, {"prior": 1.0}, {}, (0.0, 1.0)))


def linear_model(matter: Matter) -> TabularModel:
    """Logistic regression (ridge for numbers) on plain numbers and categories."""
    encoder = _encoder(matter, simple=True)
    if not encoder.features:
        return prior_model(matter)
    matrix = encoder.transform(matter.table)
    views = learn_views(matrix, encoder.categorical)
    mean, spread = (0.0, 1.0) if matter.classes else _scale(matter.target)
    lesson = Lesson(
        rows=views.show(matrix, "scaled"),
        target=(matter.target - mean) / spread,
        classes=len(matter.classes),
        categories=(),
        deadline=time.monotonic() + matter.config.budget_seconds,
        threads=matter.config.threads,
        seed=matter.config.seed,
        patience=1,
        learning_rate=None,
    )
    models: Models = {"linear": ("scaled", (fit_linear(lesson, strength=SIMPLE_STRENGTH),))}
    return matter.model(encoder, Ensemble(views, models, {"linear": 1.0}, {}, (mean, spread)))


def _scale(values: Floats) -> tuple[float, float]:
    return float(values.mean()), float(values.std()) or 1.0


def _encoder(matter: Matter, *, simple: bool = False) -> Encoder:
    encoder = learn_encoder(matter.table.select(matter.inputs), matter.config.kinds, simple=simple)
    if not encoder.features and not simple:
        raise Problem(
            "No column says anything that several rows share, so there is nothing to learn from.",
            "Send a file with more columns that describe the rows.",
        )
    return encoder


def _positive(matter: Matter) -> int:
    named = matter.config.positive
    return matter.classes.index(named) if named in matter.classes else len(matter.classes) - 1


def _teller(matter: Matter, started: float) -> Tell:
    """Tells each step with the out-of-fold value of the reported metric."""

    def tell(message: str, told: Floats) -> None:
        past = time.monotonic() - started
        budget = matter.config.budget_seconds
        numbers = {matter.config.metric: value_of(matter.config.metric, _outcome(matter, told))}
        done, eta = min(past / budget, 0.99), max(budget - past, 0.0)
        say("train", message, done=done, eta=eta, numbers=numbers)

    return tell


def _outcome(matter: Matter, told: Floats) -> Classified | Measured:
    return _answered(matter, told) if matter.classes else Measured(matter.target, told[:, 0])


def _answered(matter: Matter, told: Floats) -> Classified:
    """The likeliest class of each row against the true one."""
    positive = _positive(matter) if len(matter.classes) == 2 else None  # noqa: PLR2004 - one of two
    said = told.argmax(axis=1)
    return Classified(matter.classes, matter.target.astype(np.int64), said, told, positive)
