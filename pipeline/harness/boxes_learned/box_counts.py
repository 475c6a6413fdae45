"""Found boxes against marked ones, as pycocotools matches them, counted picture by picture.

A bootstrap draws pictures, so precision and recall are added up here for any weights of the
pictures. With all weights 1 the values are those of COCOeval.
"""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from box_forms import MOST_FOUND, Boxes
from metrics import Codes, Counted, Floats
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from tallies import ratio_of

OVERLAPS = np.linspace(0.5, 0.95, 10)  # from loosely around it to exact: COCO's ten
_RECALLS = np.linspace(0.0, 1.0, 101)
_AT_ONCE = 2_000_000  # numbers held in memory together
_ANY_SIZE = [[0.0, 1e10]]


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found of one class, the surest first, over all pictures.

    `there` counts the marked boxes of each picture; `picture` and `scores` are those of each found
    box, and `right` says at each of the ten overlaps whether it fits a marked one, shape (10, n).
    """

    label: str
    there: Floats
    picture: Codes
    scores: Floats
    right: npt.NDArray[np.bool_]

    def above(self, threshold: float) -> "Matches":
        """As if only boxes at least that sure had been found: surer ones choose first."""
        kept = self.scores >= threshold
        return replace(
            self,
            picture=self.picture[kept],
            scores=self.scores[kept],
            right=self.right[:, kept],
        )

    def precision(self, weights: Floats) -> Floats:
        """Average precision at each overlap for weights of shape (…, pictures), shape (…, 10).

        NaN where no picture with any weight has such a box.
        """
        flat = weights.reshape(-1, weights.shape[-1])
        step = max(1, _AT_ONCE // max(len(self.picture), 1))
        parts = [self._precision(flat[at : at + step]) for at in range(0, len(flat), step)]
        return np.concatenate(parts).reshape(*weights.shape[:-1], len(OVERLAPS))

    def _precision(self, weights: Floats) -> Floats:
        there = weights @ self.there
        drawn = weights[:, self.picture]
        found = np.cumsum(drawn, axis=1)
        return np.stack([_area(drawn, found, there, right) for right in self.right], axis=-1)


def matched(truth: Sequence[Boxes], said: Sequence[Boxes]) -> list[Matches]:
    """The matches of every class that is marked or found, by pycocotools."""
    labels = sorted({label for boxes in (*truth, *said) for label in boxes.labels})
    with contextlib.redirect_stdout(io.StringIO()):
        judge = COCOeval(_coco(truth, labels), _coco(said, labels), "bbox")
        judge.params.areaRng, judge.params.areaRngLbl = _ANY_SIZE, ["all"]
        judge.params.maxDets = [MOST_FOUND]
        judge.evaluate()
    pictures = len(truth)
    return [
        _matches(label, judge.evalImgs[at * pictures : (at + 1) * pictures])
        for at, label in enumerate(labels)
    ]


def counted(matches: Sequence[Matches], pictures: int) -> Counted:
    """Mean average precision over all ten overlaps, and at the loosest, as pictures are drawn.

    And there, which share of the marked boxes is found (recall), of the found ones right.
    """
    there, said, right = _sums(matches, pictures)
    return Counted(
        pictures,
        {
            "map": lambda weights: mean_precision(matches, weights, len(OVERLAPS)),
            "map50": lambda weights: mean_precision(matches, weights, 1),
            "recall": ratio_of(right, there),
            "precision": ratio_of(right, said),
        },
    )


def mean_precision(matches: Sequence[Matches], weights: Floats, overlaps: int) -> Floats:
    """The mean over the first `overlaps` and all classes that are there; NaN where none is."""
    each = [one.precision(weights)[..., :overlaps].mean(axis=-1) for one in matches]
    values = np.stack(each) if each else np.full((1, *weights.shape[:-1]), np.nan)
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    return np.asarray(total / np.where(count > 0, count, np.nan))


def _sums(matches: Sequence[Matches], pictures: int) -> tuple[Floats, Floats, Floats]:
    """The marked, the found and the rightly found boxes of each picture."""
    there, said, right = (np.zeros(pictures) for _ in range(3))
    for one in matches:
        there += one.there
        np.add.at(said, one.picture, 1.0)
        np.add.at(right, one.picture, one.right[0])
    return there, said, right


def _area(drawn: Floats, found: Floats, there: Floats, right: npt.NDArray[np.bool_]) -> Floats:
    """The mean of the best precision at 101 recalls; both change for the better at hits alone."""
    hits = np.flatnonzero(right)
    rightly = np.cumsum(drawn[:, hits], axis=1)
    precision = rightly / (found[:, hits] + np.spacing(1))
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    padded = np.pad(best, ((0, 0), (0, 1)))  # a recall that is never reached has none
    recall = rightly / np.where(there > 0, there, 1.0)[:, None]
    places = _first_places(recall)
    return np.where(there > 0, np.take_along_axis(padded, places, 1).mean(axis=1), np.nan)


def _first_places(recall: Floats) -> Codes:
    """In each row the first place where each of the 101 recalls is reached; (rows, 101).

    All rows are searched as one long sorted one, in which every next row lies above the last.
    """
    rows, hits = recall.shape
    above = 2.0 * np.arange(rows)[:, None]
    found = np.searchsorted((recall + above).ravel(), (_RECALLS + above).ravel())
    return np.asarray(found.reshape(rows, -1) - hits * np.arange(rows)[:, None])


def _matches(label: str, pictures: Sequence[dict[str, npt.NDArray[np.float64]] | None]) -> Matches:
    there = np.zeros(len(pictures))
    picture, scores = [np.empty(0, np.int64)], [np.empty(0)]
    right = [np.empty((len(OVERLAPS), 0), np.bool_)]
    for at, one in enumerate(pictures):
        if one is None:
            continue
        there[at] = len(one["gtIds"])
        picture.append(np.full(len(one["dtIds"]), at))
        scores.append(np.asarray(one["dtScores"], dtype=np.float64))
        right.append(one["dtMatches"] > 0)
    sure = np.concatenate(scores)
    order = np.argsort(-sure, kind="mergesort")  # as pycocotools: of equals the first comes first
    hits = np.concatenate(right, axis=1)
    return Matches(label, there, np.concatenate(picture)[order], sure[order], hits[:, order])


def _coco(pictures: Sequence[Boxes], labels: Sequence[str]) -> COCO:
    """The boxes as pycocotools wants them; ids begin at 1, since 0 means no match there."""
    place = {label: at for at, label in enumerate(labels, start=1)}
    told: list[dict[str, object]] = []
    for at, boxes in enumerate(pictures, start=1):
        for corners, label, score in zip(
            boxes.corners.tolist(), boxes.labels, boxes.scores.tolist(), strict=True
        ):
            left, top, right, bottom = corners
            one = {"id": len(told) + 1, "image_id": at, "category_id": place[label]}
            area = (right - left) * (bottom - top)
            box = [left, top, right - left, bottom - top]
            told.append({**one, "bbox": box, "area": area, "iscrowd": 0, "score": score})
    coco = COCO()
    coco.dataset = {
        "images": [{"id": at} for at in range(1, len(pictures) + 1)],
        "categories": [{"id": at, "name": label} for label, at in place.items()],
        "annotations": told,
    }
    coco.createIndex()
    return coco
