"""The usual places: where things of each label often are, said alike for every picture."""

from collections.abc import Sequence

import numpy as np
from box_forms import Boxes, boxes_of, overlaps
from box_rows import Shown
from metrics import Codes, Floats
from sklearn.cluster import KMeans

MOST_PLACES = 12  # of one label
MOST_BOXES = 20_000  # more of a label move its usual places no further
FITS = 0.5


def usual_boxes(pictures: Sequence[Shown], labels: Sequence[str], seed: int) -> Boxes:
    """As many mean boxes of each label as a picture has, as shares of its sides.

    The score of a place is the share of pictures that have such a box there.
    """
    known = [one.shares() for one in pictures]
    corners: list[Floats] = []
    names: list[str] = []
    scores: list[float] = []
    for label in labels:
        given = [_of(boxes, label) for boxes in known]
        for place in _places(given, seed):
            corners.append(place)
            names.append(label)
            scores.append(float(np.mean([_is_there(place, some) for some in given])))
    return boxes_of(np.array(corners).reshape(-1, 4), names, scores)


def _places(given: Sequence[Floats], seed: int) -> Floats:
    """The mean boxes of as many groups as a picture usually has boxes, shape (groups, 4)."""
    every = np.concatenate(given)
    usually = round(len(every) / max(len(given), 1))
    if len(every) > MOST_BOXES:
        every = every[np.random.default_rng(seed).choice(len(every), MOST_BOXES, replace=False)]
    different = len(np.unique(every, axis=0))
    groups = min(max(usually, 1), MOST_PLACES, different)
    code: Codes = KMeans(groups, n_init=3, random_state=seed).fit_predict(every)
    return np.array([every[code == at].mean(axis=0) for at in range(groups)])


def _is_there(place: Floats, boxes: Floats) -> bool:
    return bool(len(boxes)) and bool(overlaps(place[None, :], boxes).max() >= FITS)


def _of(boxes: Boxes, label: str) -> Floats:
    return boxes.corners[[one == label for one in boxes.labels]]
