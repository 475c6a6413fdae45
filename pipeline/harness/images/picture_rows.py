"""The pictures to learn from, with what is true of each as numbers a model can be fitted to."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from config import BundleConfig
from metrics import Codes, Floats
from progress import Problem
from tables import Table, label_of, load_table
from target_numbers import usual_range

CLASSES = "image_classification"


@dataclass(frozen=True, slots=True)
class Lesson:
    """Pictures and what is true of them.

    `truth` has the places of `labels`, or the numbers themselves where there are none.
    """

    column: str
    paths: tuple[Path, ...]
    labels: tuple[str, ...]
    truth: Floats

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def places(self) -> Codes:
        """The place of each picture's label."""
        return self.truth.astype(np.int64)

    @property
    def middle(self) -> float:
        """The mean of the numbers."""
        return float(self.truth.mean())

    @property
    def spread(self) -> float:
        """Their standard deviation, never 0."""
        return float(self.truth.std()) or 1.0

    @property
    def targets(self) -> Floats:
        """What to fit, shape (n, k): 1 for the right class, or the standardised number."""
        if self.labels:
            return np.eye(len(self.labels))[self.places]
        return ((self.truth - self.middle) / self.spread)[:, None]

    def take(self, places: Sequence[int]) -> "Lesson":
        """The pictures at these places."""
        paths = tuple(self.paths[at] for at in places)
        return replace(self, paths=paths, truth=self.truth[np.asarray(places, dtype=np.int64)])

    def some(self, most: int, seed: int) -> "Lesson":
        """At most so many, at random, of every class one at least where so many are taken."""
        if len(self) <= most:
            return self
        return self.take(sorted(self._mixed(seed)[:most]))

    def mixed(self, seed: int) -> "Lesson":
        """All in random order, one of every class first."""
        return self.take(self._mixed(seed))

    def _mixed(self, seed: int) -> list[int]:
        order = list(range(len(self)))
        random.Random(seed).shuffle(order)  # noqa: S311 - no secret
        if self.labels:
            first = {int(self.truth[at]): at for at in reversed(order)}
            order = [*first.values(), *(at for at in order if first[int(self.truth[at])] != at)]
        return order


def lesson_of(config: BundleConfig, folder: Path) -> Lesson:
    """All pictures of PREPARED/fit; Problem where there is nothing to tell apart."""
    parts = [load_table(folder / f"{part}.jsonl") for part in ("train", "validation")]
    return _lesson(config, folder, parts[0].join(parts[1]))


def two_lessons(config: BundleConfig, folder: Path) -> tuple[Lesson, Lesson]:
    """The pictures to train on, and those to look at meanwhile; they know the same labels."""
    whole = lesson_of(config, folder)
    trained = len(load_table(folder / "train.jsonl"))
    return whole.take(range(trained)), whole.take(range(trained, len(whole)))


def _lesson(config: BundleConfig, folder: Path, rows: Table) -> Lesson:
    column, target = config.column("image"), config.column("target")
    paths = tuple(folder / (cell or "") for cell in rows.column(column))
    told = [label_of(cell) for cell in rows.column(target)]
    if config.task_type != CLASSES:
        numbers = [float(cell) for cell in told]
        return Lesson(column, paths, (), np.clip(numbers, *usual_range(numbers)))
    labels = tuple(sorted(set(told)))
    if len(labels) < 2:  # noqa: PLR2004 - telling apart takes two
        raise Problem(
            f"The pictures to learn from have only one value in {target}.",
            "Send pictures of at least two classes.",
            field="target",
        )
    place = {label: at for at, label in enumerate(labels)}
    return Lesson(column, paths, labels, np.array([float(place[label]) for label in told]))
