"""Boosted trees that also see sums and differences of the numbers that work together.

A tree cuts along one column at a time, so a slanted border, as between two places on a map, costs
it many cuts. Turned by 45 degrees, the same border is one. See `turning.py` for its training.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from fitted import Boosted
from lessons import Pace
from metrics import Codes, Floats


@dataclass(frozen=True)
class Turned:
    """A booster on its columns and on the sums and differences of the `pairs` among them."""

    pairs: Codes
    mean: Floats
    spread: Floats
    booster: Boosted

    @property
    def pace(self) -> Pace | None:
        """How far boosting went."""
        return self.booster.pace

    def predict(self, rows: Floats) -> Floats:
        """Outputs of each row."""
        return self.booster.predict(turn(rows, self.pairs, self.mean, self.spread))

    def save(self, path: Path) -> None:
        """Write one .npz file; the booster's own text lies in it as bytes."""
        text = self.booster.booster.model_to_string().encode("utf-8")
        np.savez_compressed(
            path.with_suffix(".turned.npz"),
            pairs=self.pairs,
            mean=self.mean,
            spread=self.spread,
            classes=np.array(self.booster.classes),
            text=np.frombuffer(text, dtype=np.uint8),
        )


def turn(rows: Floats, pairs: Codes, mean: Floats, spread: Floats) -> Floats:
    """The columns and, for each pair, the sum and the difference of both in units of spread."""
    scaled = (rows - mean) / spread
    one, other = scaled[:, pairs[:, 0]], scaled[:, pairs[:, 1]]
    return np.hstack([rows, one + other, one - other])


def open_turned(arrays: Mapping[str, Any]) -> Turned:
    """Build what `save` wrote."""
    import lightgbm  # noqa: PLC0415 - only where the model has one

    booster = lightgbm.Booster(model_str=arrays["text"].tobytes().decode("utf-8"))
    boosted = Boosted(booster, int(arrays["classes"]))
    return Turned(arrays["pairs"], arrays["mean"], arrays["spread"], boosted)
