"""Little patches as words: a dictionary learned from the pictures, and how much each holds of it.

After Coates and Ng, "Learning feature representations with k-means" (2012): patches are evened
out and whitened, k-means finds the typical ones, and a picture is told by how near its patches are
to each of them, in all and in each quarter. No label is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from picture_pixels import Bytes
from picture_views import Seen, pooled
from sklearn.cluster import MiniBatchKMeans

PATCH = 6  # pixels a side
WORDS = 160
STEPS = {32: 1, 64: 2}  # side of the pictures: pixels between patches
LEAST_CONTRAST = 10.0  # added to the variance: flat patches stay flat
LEAST_SPREAD = 0.1
FEW = 8  # pictures told at once: their patches are many


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Typical patches, shape (words, d); `middle` and `whiten` make patches comparable."""

    side: int
    middle: Seen
    whiten: Seen
    words: Seen

    def told(self, pictures: Bytes) -> Seen:
        """How much there is of each word: in all, then in each quarter; shape (n, 5 * words)."""
        starts = range(0, len(pictures), FEW)
        return np.concatenate([self._told(pictures[at : at + FEW]) for at in starts])

    def _told(self, pictures: Bytes) -> Seen:
        patches = _patches(pictures, STEPS[self.side])
        flat = (patches.reshape(-1, patches.shape[-1]) - self.middle) @ self.whiten
        squares = (flat**2).sum(axis=1)[:, None] + (self.words**2).sum(axis=1)
        away = np.sqrt(np.maximum(squares - 2 * flat @ self.words.T, 0))
        near = np.maximum(away.mean(axis=1, keepdims=True) - away, 0)
        where = near.reshape(*patches.shape[:3], -1)
        return np.concatenate([pooled(where, 1), pooled(where, 2)], axis=1)

    @property
    def arrays(self) -> Mapping[str, Seen]:
        """What has to be kept, by name."""
        names = ("middle", "whiten", "words")
        return {f"patches_{self.side}_{name}": getattr(self, name) for name in names}


def dictionary_of(side: int, arrays: Mapping[str, Seen]) -> Dictionary:
    """What `arrays` kept."""
    names = ("middle", "whiten", "words")
    return Dictionary(side, *(arrays[f"patches_{side}_{name}"] for name in names))


def learn_dictionary(pictures: Bytes, seed: int, patches: int) -> Dictionary:
    """The typical ones of so many patches of square pictures."""
    draw, side = np.random.default_rng(seed), pictures.shape[1]
    each = max(1, patches // len(pictures))
    some = []
    for picture in pictures:
        every = _patches(picture[None], 1)
        flat = every.reshape(-1, every.shape[-1])
        some.append(flat[draw.choice(len(flat), min(each, len(flat)), replace=False)])
    known = np.concatenate(some)
    middle = known.mean(axis=0)
    spread, turn = np.linalg.eigh(np.cov((known - middle).T))
    whiten = np.asarray((turn / np.sqrt(np.maximum(spread, 0) + LEAST_SPREAD)) @ turn.T, np.float32)
    found = MiniBatchKMeans(
        min(WORDS, len(known)), random_state=seed, batch_size=4096, n_init=1, max_iter=20
    ).fit((known - middle) @ whiten)
    return Dictionary(side, middle, whiten, found.cluster_centers_.astype(np.float32))


def _patches(pictures: Bytes, step: int) -> Seen:
    """Patches of shape (n, down, right, d), each with mean 0 and about the same contrast."""
    windows = np.lib.stride_tricks.sliding_window_view(pictures, (PATCH, PATCH), axis=(1, 2))
    chosen = windows[:, ::step, ::step]
    flat = chosen.reshape(*chosen.shape[:3], -1).astype(np.float32)
    flat -= flat.mean(axis=-1, keepdims=True)
    return np.asarray(flat / np.sqrt(flat.var(axis=-1, keepdims=True) + LEAST_CONTRAST))
