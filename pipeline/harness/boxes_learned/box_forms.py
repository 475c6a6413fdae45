"""Boxes on a picture as arrays: what was marked, and what a model found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from config import Json
from metrics import Codes, Floats

CORNERS = ("xmin", "ymin", "xmax", "ymax")
MOST_FOUND = 300  # boxes on one picture that are said and measured
_PIXEL_DIGITS = 2
_SCORE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Boxes:
    """The n boxes of one picture.

    `corners` are left, top, right and bottom in pixels, shape (n, 4); `scores` say how sure each
    one is, 1 for those that a person marked.
    """

    corners: Floats
    labels: tuple[str, ...]
    scores: Floats

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, places: Sequence[int] | Codes) -> "Boxes":
        """The boxes at these places, in that order."""
        at = np.asarray(places, dtype=np.int64)
        names = tuple(self.labels[place] for place in at)
        return Boxes(self.corners[at], names, self.scores[at])

    def above(self, threshold: float) -> "Boxes":
        """Those at least as sure as the threshold."""
        return self.take(np.flatnonzero(self.scores >= threshold))

    def scaled(self, across: float, down: float) -> "Boxes":
        """The same boxes on a picture of another size."""
        return replace(self, corners=self.corners * np.array([across, down] * 2))

    def inside(self, wide: float, high: float) -> "Boxes":
        """Cut at the edges of the picture; what has no area left is left out."""
        cut = np.clip(self.corners, 0.0, np.array([wide, high] * 2))
        fits = (cut[:, 2] > cut[:, 0]) & (cut[:, 3] > cut[:, 1])
        return replace(self, corners=cut).take(np.flatnonzero(fits))

    def rounded(self) -> "Boxes":
        """As finely as answers are written, the surest first."""
        corners = np.round(self.corners, _PIXEL_DIGITS) + 0.0  # no minus before zero
        scores = np.round(self.scores, _SCORE_DIGITS)
        kept = replace(self, corners=corners, scores=scores)
        order = sorted(
            range(len(self)), key=lambda at: (-scores[at], self.labels[at], *corners[at])
        )
        return kept.take(order)

    def marked(self) -> list[Json]:
        """As JSON without scores: what a person marked."""
        return [
            {**dict(zip(CORNERS, corners, strict=True)), "label": label}
            for corners, label in zip(self.corners.tolist(), self.labels, strict=True)
        ]

    def found(self) -> list[Json]:
        """As JSON with scores: what a model found."""
        return [
            {**dict(zip(CORNERS, corners, strict=True)), "label": label, "score": score}
            for corners, label, score in zip(
                self.corners.tolist(), self.labels, self.scores.tolist(), strict=True
            )
        ]


def boxes_of(
    corners: Sequence[Sequence[float]] | Floats,
    labels: Sequence[str],
    scores: Sequence[float] | Floats | None = None,
) -> Boxes:
    """Boxes from plain numbers; without scores they are certain."""
    known = np.ones(len(labels)) if scores is None else np.asarray(scores, dtype=np.float64)
    table = np.asarray(corners, dtype=np.float64).reshape(len(labels), 4)
    return Boxes(table, tuple(labels), known)


def from_json(told: Sequence[Mapping[str, float | str]]) -> Boxes:
    """Boxes that `marked` or `found` wrote."""
    corners = [[float(one[name]) for name in CORNERS] for one in told]
    return boxes_of(
        corners,
        [str(one["label"]) for one in told],
        [float(one.get("score", 1.0)) for one in told],
    )


def overlaps(ours: Floats, theirs: Floats) -> Floats:
    """The shared area of two boxes over that of both together; shapes (n, 4), (m, 4) to (n, m)."""
    least = np.minimum(ours[:, None, 2:], theirs[None, :, 2:])
    most = np.maximum(ours[:, None, :2], theirs[None, :, :2])
    shared = np.prod(np.clip(least - most, 0.0, None), axis=2)
    areas = [np.prod(some[:, 2:] - some[:, :2], axis=1) for some in (ours, theirs)]
    whole = areas[0][:, None] + areas[1][None, :] - shared
    return np.asarray(shared / np.where(whole > 0, whole, 1.0))
