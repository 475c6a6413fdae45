"""A model of hand-made views: kernel ridge regression and, where they help, boosted trees."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np
from metrics import Floats
from picture_features import Eye
from picture_patches import dictionary_of
from picture_ridge import Ridge, Scale, side_by_side
from picture_trees import answers_of

ARRAYS = "arrays.npz"
TREES = "trees.txt"
SETTINGS = "sight.json"


@dataclass(frozen=True, slots=True)
class Sight:
    """Scores of pictures; `share` is how much the trees count beside the ridge."""

    eye: Eye
    ridge: Ridge
    trees: lgb.Booster | None
    share: float

    def scores(self, paths: Sequence[Path]) -> Floats:
        """Scores of shape (n, k); each picture is looked at alone, so others change nothing."""
        if not paths:
            return np.zeros((0, len(self.ridge.offsets)))
        return np.concatenate([self._scores(path) for path in paths])

    def _scores(self, path: Path) -> Floats:
        seen = self.eye.see([path])
        scores = self.ridge.answer(seen)
        if self.trees is None:
            return scores
        rows = side_by_side(seen, self.ridge.scales, self.ridge.views)
        grown = answers_of(self.trees, rows, scores.shape[1])
        return (1 - self.share) * scores + self.share * grown

    def save(self, folder: Path) -> None:
        """Write JSON, plain arrays and LightGBM's own text."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {
            "views": self.ridge.views,
            "sides": list(self.eye.dictionaries),
            "mirrored": self.eye.mirrored,
            "width": self.ridge.width,
            "share": self.share,
        }
        (folder / SETTINGS).write_text(json.dumps(told, indent=1), "ascii")
        arrays: dict[str, np.ndarray] = {
            "landmarks": self.ridge.landmarks,
            "weights": self.ridge.weights,
            "offsets": self.ridge.offsets,
        }
        for name, scale in self.ridge.scales.items():
            arrays |= {f"middle {name}": scale.middle, f"factor {name}": scale.factor}
        for dictionary in self.eye.dictionaries.values():
            arrays |= dictionary.arrays
        np.savez_compressed(folder / ARRAYS, allow_pickle=False, **arrays)
        if self.trees is not None:
            self.trees.save_model(folder / TREES)


def load_sight(folder: Path) -> Sight:
    """What `save` wrote."""
    told = json.loads((folder / SETTINGS).read_text("ascii"))
    with np.load(folder / ARRAYS, allow_pickle=False) as packed:
        arrays: Mapping[str, np.ndarray] = {name: packed[name] for name in packed.files}
    views = tuple(told["views"])
    scales = {name: Scale(arrays[f"middle {name}"], arrays[f"factor {name}"]) for name in views}
    ridge = Ridge(
        views, scales, arrays["landmarks"], told["width"], arrays["weights"], arrays["offsets"]
    )
    eye = Eye(
        views, {side: dictionary_of(side, arrays) for side in told["sides"]}, told["mirrored"]
    )
    trees = folder / TREES
    return Sight(
        eye, ridge, lgb.Booster(model_file=trees) if trees.is_file() else None, told["share"]
    )
