"""An ensemble of tabular models within an exact time budget: folds, honest weights, repeats.

Every member is trained on each fold's other rows and scored on the fold, so its score is
out-of-fold; the blend is chosen on those scores. While time is left and the rows are few, the
members that count are trained again on other folds, and all their models are averaged.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from blending import Loss, choose_weights, mix
from fitted import Fitted, load_fitted
from lessons import Lesson, spread_folds
from metrics import Floats
from views import View, Views, load_views
from zoo import Member, members

FEW_FOLDS = 3
MANY_ROWS = 20_000  # from here at most FEW_FOLDS, as each is slow and each says enough
REPEATS = ((1_500, 5), (5_000, 3), (10_000, 2))  # rows below which so many repeats are worth it
SURE_REPEATS = 2  # after so many more, training ends as soon as another changed next to nothing
SETTLED = 0.01  # share of the loss that is next to nothing
CLOSING = 0.04  # share of the budget kept for the weights and the files
WRITING = 5e-5  # seconds a row and class, as the forests' files grow with both
MOST_CLOSING = 0.25

Tell = Callable[[str, Floats], None]
Models = Mapping[str, tuple[View, tuple[Fitted, ...]]]


@dataclass(frozen=True, kw_only=True)
class Course:
    """What the whole ensemble learns from; `classes` 0 means values, any scale."""

    matrix: Floats
    target: Floats
    classes: int
    views: Views
    loss: Loss
    deadline: float
    threads: int
    seed: int
    tell: Tell
    folds: int = 5
    repeats: int | None = None
    patience: int = 50
    learning_rate: float | None = None


@dataclass
class Progress:
    """A member while it trains: its models, the sum of their out-of-fold answers, its time."""

    member: Member
    told: Floats
    repeats: int = 0
    models: list[Fitted] = field(default_factory=list)
    seconds: float = 0.0

    def keep(self, told: Floats, models: Sequence[Fitted], seconds: float) -> None:
        """Add what one repeat gave."""
        self.told += told
        self.models += models
        self.repeats += 1
        self.seconds += seconds

    @property
    def out_of_fold(self) -> Floats:
        """The mean answer for each row by models that never saw it."""
        return self.told / self.repeats


@dataclass(frozen=True)
class Ensemble:
    """The models of each member that counts; `scale` maps values back (mean, spread).

    `unseen` holds the answers for the training rows by models that never saw them, (rows,
    outputs); it is not saved.
    """

    views: Views
    models: Models
    weights: Mapping[str, float]
    losses: Mapping[str, float]
    scale: tuple[float, float]
    unseen: Floats | None = None

    def predict(self, matrix: Floats) -> Floats:
        """Class probabilities (rows, classes), or values (rows, 1), of an encoded matrix."""
        told = {}
        shown = {view: self.views.show(matrix, view) for view, _ in self.models.values()}
        for name, (view, models) in self.models.items():
            total = sum(model.predict(shown[view]) for model in models)
            told[name] = np.asarray(total) / len(models)
        mean, spread = self.scale
        return mix(told, self.weights) * spread + mean

    def save(self, folder: Path) -> None:
        """Write ensemble.json, views.npz and one file a model."""
        self.views.save(folder / "views.npz")
        content = {
            "weights": dict(self.weights),
            "losses": dict(self.losses),
            "scale": self.scale,
            "views": {name: view for name, (view, _) in self.models.items()},
        }
        (folder / "ensemble.json").write_text(json.dumps(content, indent=1), "utf-8")
        for name, (_, models) in self.models.items():
            (folder / name).mkdir(exist_ok=True)
            for index, model in enumerate(models):
                model.save(folder / name / str(index))


def load_ensemble(folder: Path) -> Ensemble:
    """Read what `save` wrote."""
    content = json.loads((folder / "ensemble.json").read_text("utf-8"))
    models = {}
    for name, view in content["views"].items():
        paths = sorted((folder / name).iterdir(), key=lambda path: int(path.name.split(".")[0]))
        models[name] = (view, tuple(load_fitted(path) for path in paths))
    mean, spread = content["scale"]
    views = load_views(folder / "views.npz")
    return Ensemble(views, models, content["weights"], content["losses"], (mean, spread))


def train_ensemble(course: Course, names: Sequence[str]) -> Ensemble:
    """Train the named members until all repeats are done or the time is over.

    The first member is always trained, however little time there is.
    """
    scale = (0.0, 1.0)
    if not course.classes:
        scale = (float(course.target.mean()), float(course.target.std()) or 1.0)
    course = replace(course, target=(course.target - scale[0]) / scale[1])
    end = course.deadline - _closing(course, course.deadline - time.monotonic())
    track = _first_round([_begin(member, course) for member in members(names)], course, scale, end)
    weights = _weigh(track, course)
    loss = np.inf
    for repeat in range(1, _repeats(course)):
        chosen = [one for one in track if one.member.name in weights]
        if not _next_round(chosen, course, repeat, end):
            break
        weights = _weigh(chosen, course)
        mixed = _mixed(chosen, weights)
        course.tell(f"repeat {repeat + 1}", mixed * scale[1] + scale[0])
        before, loss = loss, course.loss(course.target, mixed)
        if repeat >= SURE_REPEATS and abs(before - loss) < SETTLED * max(loss, 0.1):
            break
    losses = {one.member.name: course.loss(course.target, one.out_of_fold) for one in track}
    kept = {one.member.name: (one.member.view, tuple(one.models)) for one in track}
    models = {name: kept[name] for name in weights}
    chosen = [one for one in track if one.member.name in weights]
    unseen = _mixed(chosen, weights) * scale[1] + scale[0]
    return Ensemble(course.views, models, weights, losses, scale, unseen)


def _closing(course: Course, budget: float) -> float:
    """Seconds of the budget to keep for the weights and the files."""
    writing = WRITING * len(course.target) * max(course.classes, 1)
    return min(CLOSING * budget + writing, MOST_CLOSING * budget)


def _begin(member: Member, course: Course) -> Progress:
    rows = len(course.target)
    return Progress(member, np.zeros((rows, max(course.classes, 1))))


def _repeats(course: Course) -> int:
    if course.repeats is not None:
        return course.repeats
    return next((times for rows, times in REPEATS if len(course.target) < rows), 1)


def _first_round(
    track: Sequence[Progress], course: Course, scale: tuple[float, float], end: float
) -> list[Progress]:
    """Train members once, each in at most twice its even share of what is left of the time."""
    for index, one in enumerate(track):
        now = time.monotonic()
        if now >= end and index:
            return list(track[:index])
        share = (end - now) / (len(track) - index)
        _train(one, course, 0, min(now + 2.0 * share, end))
        course.tell(one.member.name, one.out_of_fold * scale[1] + scale[0])
    return list(track)


def _next_round(track: Sequence[Progress], course: Course, repeat: int, end: float) -> bool:
    """Train all members on other folds; False when there is no time for all of them."""
    needed = sum(one.seconds / one.repeats for one in track)
    if time.monotonic() + needed > end:
        return False
    return all(_train(one, course, repeat, end) for one in track)


def _train(one: Progress, course: Course, repeat: int, end: float) -> bool:
    """Train a member on every fold's other rows; False when a repeat came too late to be kept."""
    started = time.monotonic()
    many = len(course.target) >= MANY_ROWS
    count = min(course.folds, FEW_FOLDS) if many else course.folds
    fold = spread_folds(course.target, count, course.seed + repeat)
    shown = course.views.show(course.matrix, one.member.view)
    told, models = np.zeros_like(one.told), []
    for part in range(count):
        now = time.monotonic()
        deadline = end if repeat else now + (end - now) / (count - part)
        lesson = _lesson(course, shown, fold != part, deadline, 1000 * repeat + part)
        models.append(one.member.fit(lesson))
        if repeat and lesson.late:
            return False
        told[fold == part] = models[-1].predict(shown[fold == part])
    one.keep(told, models, time.monotonic() - started)
    return True


def _lesson(
    course: Course, shown: Floats, others: npt.NDArray[np.bool_], deadline: float, number: int
) -> Lesson:
    return Lesson(
        rows=shown[others],
        target=course.target[others],
        classes=course.classes,
        categories=tuple(int(column) for column in course.views.categories),
        deadline=deadline,
        threads=course.threads,
        seed=course.seed + number,
        patience=course.patience,
        learning_rate=course.learning_rate,
    )


def _weigh(track: Sequence[Progress], course: Course) -> dict[str, float]:
    told = {one.member.name: one.out_of_fold for one in track}
    return choose_weights(told, course.target, course.loss, course.seed)


def _mixed(track: Sequence[Progress], weights: Mapping[str, float]) -> Floats:
    return mix({one.member.name: one.out_of_fold for one in track}, weights)
