"""What there is to beat: the same answer for every picture, and a straight line on its colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from metrics import Floats
from picture_pixels import batches, halved
from picture_views import Seen, colours

WEIGHTS = "weights.npz"


@dataclass(frozen=True, slots=True)
class Colours:
    """Scores that are linear in how much there is of each colour.

    `weights` has shape (d, k) and `offsets` (k,); without weights every picture is scored alike.
    """

    weights: Floats
    offsets: Floats

    def scores(self, paths: Sequence[Path]) -> Floats:
        """Scores of shape (n, k)."""
        if not len(self.weights):
            return np.tile(self.offsets, (len(paths), 1))
        rows = [colours_of([path]).astype(np.float64) @ self.weights for path in paths]
        return np.concatenate([*rows, np.zeros((0, len(self.offsets)))]) + self.offsets

    def save(self, folder: Path) -> None:
        """Write plain arrays."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / WEIGHTS, weights=self.weights, offsets=self.offsets, allow_pickle=False)


def load_colours(folder: Path) -> Colours:
    """What `save` wrote."""
    with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
        return Colours(arrays["weights"], arrays["offsets"])


def same_for_all(offsets: Floats) -> Colours:
    """The same scores for every picture."""
    return Colours(np.zeros((0, len(offsets))), offsets)


def colours_of(paths: Sequence[Path]) -> Seen:
    """How much there is of each colour on each picture, shape (n, d)."""
    return np.concatenate([colours(halved(batch)) for batch in batches(paths)])
