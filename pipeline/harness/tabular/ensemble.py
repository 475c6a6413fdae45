"""An ensemble of tabular models within an exact time budget: folds, honest weights, repeats.

Every member is trained on each fold's other rows and scored on the fold, so its score is
out-of-fold; the blend is chosen on those scores. While time is left and the rows are few, the
members that count are trained again on other folds, and all their models are averaged.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from blending import Loss, choose_weights, mix
from fitted import Boosted, Fitted
from lessons import Apart, Lesson, Pace, spread_folds
from metrics import Floats
from opening import load_fitted
from shapes import CLASSES, Scale, corrected, is_skewed, learn_scale, unbound
from turned import Turned
from views import View, Views, load_views
from zoo import Member, members

FEW_FOLDS = 3
MANY_ROWS = 20_000  # from here at most FEW_FOLDS, as each is slow and each says enough
REPEATS = ((1_500, 5), (5_000, 3), (50_000, 2))  # rows below which so many repeats are worth it
SURE_REPEATS = 2  # after so many more, training ends as soon as another changed next to nothing
REUSED = 3_000  # rows from which a repeat takes over how far boosting goes
SETTLED = 0.01  # share of the loss that is next to nothing
CLOSING = 0.04  # share of the budget kept for the weights and the files
WRITING = 2e-5  # seconds a row and class, as the forests' files grow with both
MOST_CLOSING = 0.25

Tell = Callable[[str, Floats], None]
Models = Mapping[str, tuple[View, tuple[Fitted, ...]]]


@dataclass(frozen=True, kw_only=True)
class Course:
    """What the whole ensemble learns from; `classes` 0 means values, any scale.

    `loss` is of values in units of their spread; `absolute` where it is of absolute errors;
    `speed` is the share of a processor that this process has got so far.
    """

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
    apart: Apart | None = None
    absolute: bool = False
    speed: float = 1.0

    def lost(self, told: Floats) -> float:
        """The loss of answers for all rows."""
        if self.classes:
            return self.loss(self.target, told)
        mean, spread = self.target.mean(), self.target.std() or 1.0
        return self.loss((self.target - mean) / spread, (told - mean) / spread)


@dataclass
class Progress:
    """A member while it trains: its models, the sum of their out-of-fold answers, its time."""

    member: Member
    scale: Scale
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
    """The models of each member that counts; `scales` turn their answers into values.

    `unseen` holds the answers for the training rows by models that never saw them, (rows,
    outputs); it is not saved.
    """

    views: Views
    models: Models
    weights: Mapping[str, float]
    losses: Mapping[str, float]
    scales: Mapping[str, Scale]
    unseen: Floats | None = None

    def predict(self, matrix: Floats) -> Floats:
        """Class probabilities (rows, classes), or values (rows, 1), of an encoded matrix."""
        told = {}
        shown = {view: self.views.show(matrix, view) for view, _ in self.models.values()}
        for name, (view, models) in self.models.items():
            values = self.scales[name].values
            total = sum(values(model.predict(shown[view])) for model in models)
            told[name] = np.asarray(total) / len(models)
        return mix(told, self.weights)

    def save(self, folder: Path) -> None:
        """Write ensemble.json, views.npz and one file a model."""
        self.views.save(folder / "views.npz")
        content = {
            "weights": dict(self.weights),
            "losses": dict(self.losses),
            "scales": {name: asdict(scale) for name, scale in self.scales.items()},
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
    scales = {name: Scale(**scale) for name, scale in content["scales"].items()}
    views = load_views(folder / "views.npz")
    return Ensemble(views, models, content["weights"], content["losses"], scales)


def train_ensemble(course: Course, names: Sequence[str]) -> Ensemble:
    """Train the named members until all repeats are done or the time is over.

    The first member is always trained, however little time there is.
    """
    end = course.deadline - _closing(course, course.deadline - time.monotonic())
    begun = [_begin(member, course) for member in _members(names, course, end)]
    track = _first_round(begun, course, end)
    weights = _weigh(track, course)
    loss = np.inf
    for repeat in range(1, _repeats(course)):
        chosen = _chosen(track, weights)
        if not _next_round(chosen, course, repeat, end):
            break
        weights = _weigh(chosen, course)
        mixed = _mixed(chosen, weights)
        course.tell(f"repeat {repeat + 1}", mixed)
        before, loss = loss, course.lost(mixed)
        if repeat >= SURE_REPEATS and abs(before - loss) < SETTLED * max(loss, 0.1):
            break
    chosen = _chosen(track, weights)
    return Ensemble(
        views=course.views,
        models={one.member.name: (one.member.view, tuple(one.models)) for one in chosen},
        weights=weights,
        losses={one.member.name: course.lost(one.out_of_fold) for one in track},
        scales={one.member.name: one.scale for one in chosen},
        unseen=_mixed(chosen, weights),
    )


def _closing(course: Course, budget: float) -> float:
    """Seconds of the budget to keep for the weights and the files."""
    writing = WRITING * len(course.target) * max(course.classes, 1)
    return min(CLOSING * budget + writing, MOST_CLOSING * budget)


def _members(names: Sequence[str], course: Course, end: float) -> tuple[Member, ...]:
    """The members for these rows and this time, of which a loaded machine gives only a share."""
    skewed = not course.classes and is_skewed(course.target)
    seconds = (end - time.monotonic()) * course.speed
    pace = seconds / (course.matrix.size * max(course.classes / 2, 1) / 1e6 + 1e-9)
    rows = len(course.target)
    return members(names, rows, pace=pace, skewed=skewed, absolute=course.absolute)


def _begin(member: Member, course: Course) -> Progress:
    told = np.zeros((len(course.target), max(course.classes, 1)))
    scale = CLASSES if course.classes else learn_scale(course.target, member.shape)
    return Progress(member, scale, told)


def _repeats(course: Course) -> int:
    if course.repeats is not None:
        return course.repeats
    return next((times for rows, times in REPEATS if len(course.target) < rows), 1)


def _first_round(track: Sequence[Progress], course: Course, end: float) -> list[Progress]:
    """Train members once, each in at most twice its share of what is left of the time."""
    for index, one in enumerate(track):
        now = time.monotonic()
        if now >= end and index:
            return list(track[:index])
        parts = [other.member.share for other in track[index:]]
        share = (end - now) * parts[0] / sum(parts)
        _train(one, course, 0, min(now + 2.0 * share, end))
        course.tell(one.member.name, one.out_of_fold)
    return list(track)


def _chosen(track: Sequence[Progress], weights: Mapping[str, float]) -> list[Progress]:
    """The members that count, the weightiest first."""
    known = {one.member.name: one for one in track}
    return [known[name] for name in weights if name in known]


def _next_round(chosen: Sequence[Progress], course: Course, repeat: int, end: float) -> bool:
    """Train on other folds those members for which there is time; whether there was any."""
    trained = False
    for one in chosen:
        if time.monotonic() + one.seconds / one.repeats <= end:
            trained |= _train(one, course, repeat, end)
    return trained


def _train(one: Progress, course: Course, repeat: int, end: float) -> bool:
    """Train a member on every fold's other rows; False when a repeat came too late to be kept."""
    started = time.monotonic()
    count = _fold_count(course)
    fold = spread_folds(course.target, count, course.seed + repeat, course.apart)
    whole = _lesson(course, one)
    told = np.zeros_like(one.told)
    models: list[Fitted] = []
    for part in range(count):
        now = time.monotonic()
        pace = _pace_of(models, one, course)
        cost = 1.0 if pace else 1.0 + one.member.search(len(course.target))
        deadline = end if repeat else now + (end - now) * cost / (cost + count - part - 1)
        lesson = whole.part(fold != part, deadline, 1000 * repeat + part, pace)
        models.append(one.member.fit(lesson))
        if repeat and lesson.late:
            return False
        told[fold == part] = models[-1].predict(whole.rows[fold == part])
    if not repeat and not course.classes:
        one.scale = _settled(one.scale, course, told)
    one.keep(one.scale.values(told), models, time.monotonic() - started)
    return True


def _fold_count(course: Course) -> int:
    many = len(course.target) >= MANY_ROWS
    return min(course.folds, FEW_FOLDS) if many else course.folds


def _pace_of(models: Sequence[Fitted], one: Progress, course: Course) -> Pace | None:
    """What the first fold's booster found; with many rows also that of an earlier repeat."""
    known = [*models, *(one.models if len(course.target) >= REUSED else ())]
    return known[0].pace if known and isinstance(known[0], Boosted | Turned) else None


def _settled(scale: Scale, course: Course, told: Floats) -> Scale:
    """The scale corrected by answers for unseen rows, and without bounds where these do harm."""
    scale = corrected(scale, course.target, told[:, 0], absolute=course.absolute)
    free = unbound(scale)
    return free if course.lost(free.values(told)) < course.lost(scale.values(told)) else scale


def _lesson(course: Course, one: Progress) -> Lesson:
    """All rows, as a member sees them."""
    return Lesson(
        rows=course.views.show(course.matrix, one.member.view),
        target=course.target if course.classes else one.scale.told(course.target),
        classes=course.classes,
        categories=tuple(int(column) for column in course.views.categories),
        deadline=course.deadline,
        threads=course.threads,
        seed=course.seed,
        patience=course.patience,
        learning_rate=course.learning_rate,
        apart=course.apart,
    )


def _weigh(track: Sequence[Progress], course: Course) -> dict[str, float]:
    told = {one.member.name: one.out_of_fold for one in track}
    return choose_weights(told, course.target, course.loss, course.seed)


def _mixed(track: Sequence[Progress], weights: Mapping[str, float]) -> Floats:
    return mix({one.member.name: one.out_of_fold for one in track}, weights)
