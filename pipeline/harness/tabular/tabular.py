"""A trained model of tables, and how it is trained: encoder, views and ensemble together."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from belonging import apart_of
from blending import loss_of
from config import BundleConfig
from deciding import learn_favour, said_of
from ensemble import Course, Ensemble, Models, Tell, load_ensemble, train_ensemble
from features import Encoder, encode, load_encoder
from fitted import Linear
from inputs import inputs_of
from lessons import Lesson
from metrics import Classified, Floats, Measured, value_of
from progress import Problem, say
from serving import Answers
from shapes import CLASSES, learn_scale, unbound
from smooth import fit_linear
from tables import Table, label_of
from target_numbers import usual_range
from views import learn_views

SIMPLE_STRENGTH = 1.0
PLACES = 6


@dataclass(frozen=True, kw_only=True)
class TabularModel:
    """Answers for rows of a table; `classes` is empty where the answer is a number.

    The class that is said is the one with the largest probability times its `favour`; numbers
    are rounded to so many `decimals`, below which the order of the rows decides.
    """

    columns: tuple[str, ...]
    inputs: tuple[str, ...]
    classes: tuple[str, ...]
    encoder: Encoder
    ensemble: Ensemble
    favour: tuple[float, ...] = ()
    decimals: int = 0

    @property
    def reads_text(self) -> bool:
        """A row is more than one plain text."""
        return False

    def predict(self, rows: Table) -> Answers:
        """Answers for rows that have all `inputs`, in their order."""
        told = self.ensemble.predict(self.encoder.transform(rows))
        if not self.classes:
            rounded = np.round(told[:, 0], self.decimals)
            return Answers(rounded, (), np.empty((len(told), 0)))
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
            "decimals": self.decimals,
        }
        (folder / "model.json").write_text(json.dumps(content, indent=1), "utf-8")
        self.encoder.save(folder)
        self.ensemble.save(folder)


def load_tabular(folder: Path) -> TabularModel:
    """Read what `save` wrote."""
    content = json.loads((folder / "model.json").read_text("utf-8"))
    return TabularModel(
        decimals=content.pop("decimals"),
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
            decimals=0 if self.classes else decimals_of(self.target),
        )


def decimals_of(target: Floats) -> int:
    """Places behind the point (in front of it: negative) to a millionth of the usual spread."""
    low, high = np.quantile(target, (0.1, 0.9))
    spread = high - low or target.std() or 1.0
    return PLACES - int(np.floor(np.log10(spread)))


def matter_of_classes(table: Table, config: BundleConfig) -> Matter:
    """Rows for a classifier; classes are sorted by name."""
    labels = [label_of(cell) for cell in table.column(config.column("target"))]
    classes = tuple(sorted(set(labels)))
    code = {label: float(place) for place, label in enumerate(classes)}
    return Matter(
        table=table,
        inputs=inputs_of(config),
        classes=classes,
        target=np.array([code[label] for label in labels]),
        config=config,
    )


def matter_of_numbers(table: Table, config: BundleConfig) -> Matter:
    """Rows for a number; prepare.py left only plain numbers in the target.

    Those that are torn off from all others count as the ends of the rest.
    """
    numbers = [float(cell or "nan") for cell in table.column(config.column("target"))]
    return Matter(
        table=table,
        inputs=inputs_of(config),
        classes=(),
        target=np.clip(np.array(numbers), *usual_range(numbers)),
        config=config,
    )


def train_tabular(
    matter: Matter, members: Sequence[str], *, started: float, repeats: int | None = None
) -> TabularModel:
    """Train the named members for the config's budget, counted from `started` (monotonic)."""
    config = matter.config
    say("train", "reading the columns", done=0.01)
    encoder, matrix = _encoded(matter)
    for name, reason in encoder.dropped.items():
        say("train", f"{name} is not used: {reason}")
    rate = config.hyperparameters.get("learning_rate")
    ensemble = train_ensemble(
        Course(
            matrix=matrix,
            target=matter.target,
            classes=len(matter.classes),
            views=learn_views(matrix, encoder.categorical),
            loss=loss_of(config.metric, _positive(matter) if matter.classes else 0),
            deadline=started + config.budget_seconds,
            threads=config.threads,
            seed=config.seed,
            tell=_teller(matter, started),
            folds=int(config.number("folds")),
            repeats=repeats,
            patience=int(config.number("early_stopping_patience")),
            learning_rate=float(rate) if isinstance(rate, int | float) else None,
            apart=apart_of(matter.table, config),
            absolute=config.metric == "mae",
            speed=min(1.0, time.process_time() / max(time.monotonic() - started, 1e-3)),
        ),
        members,
    )
    model = matter.model(encoder, ensemble)
    if not matter.classes or ensemble.unseen is None:
        return model
    unseen = _answered(matter, ensemble.unseen)
    return replace(model, favour=learn_favour(config.metric, unseen, config.care))


def prior_model(matter: Matter) -> TabularModel:
    """Says the shares of the classes, or the mean (median for mae), whatever the row."""
    encoder = Encoder((), (), {})
    if matter.classes:
        share = np.bincount(matter.target.astype(int)) / len(matter.target)
        model = Linear(np.empty((0, len(share))), np.log(share), len(share))
    else:
        middle = np.median if matter.config.metric == "mae" else np.mean
        model = Linear(np.empty((0, 1)), np.array([middle(matter.target)]), 0)
    views = learn_views(np.empty((len(matter.target), 0)), [])
    models: Models = {"prior": ("scaled", (model,))}
    return matter.model(encoder, Ensemble(views, models, {"prior": 1.0}, {}, {"prior": CLASSES}))


def linear_model(matter: Matter) -> TabularModel:
    """Logistic regression (ridge for numbers) on plain numbers and categories."""
    encoder, matrix = _encoded(matter, simple=True)
    if not encoder.features:
        return prior_model(matter)
    views = learn_views(matrix, encoder.categorical)
    scale = CLASSES if matter.classes else unbound(learn_scale(matter.target, "plain"))
    lesson = Lesson(
        rows=views.show(matrix, "scaled"),
        target=scale.told(matter.target),
        classes=len(matter.classes),
        categories=(),
        deadline=time.monotonic() + matter.config.budget_seconds,
        threads=matter.config.threads,
        seed=matter.config.seed,
        patience=1,
        learning_rate=None,
    )
    models: Models = {"linear": ("scaled", (fit_linear(lesson, strength=SIMPLE_STRENGTH),))}
    return matter.model(encoder, Ensemble(views, models, {"linear": 1.0}, {}, {"linear": scale}))


def _encoded(matter: Matter, *, simple: bool = False) -> tuple[Encoder, Floats]:
    kinds = matter.config.kinds
    encoder, matrix = encode(matter.table, matter.inputs, kinds, simple=simple)
    if not encoder.features and not simple:
        raise Problem(
            "No column says anything that several rows share, so there is nothing to learn from.",
            "Send a file with more columns that describe the rows.",
        )
    return encoder, matrix


def _positive(matter: Matter) -> int:
    """The positive class, where none was named the rarest; scoring takes the same."""
    named = matter.config.positive
    if named in matter.classes:
        return matter.classes.index(named)
    return int(np.bincount(matter.target.astype(np.int64)).argmin())


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
