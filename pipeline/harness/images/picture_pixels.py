"""Pictures as arrays of one small size, read a few at a time: thousands never lie in memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from picture_files import opened
from PIL import Image

SIDE = 128  # pixels; larger ones tell hand-made features no more, and take four times as long
AT_ONCE = 32
KEPT = 320  # of the longer side: what networks look at, and more than is read here

Bytes: TypeAlias = npt.NDArray[np.uint8]


def batches(paths: Sequence[Path]) -> Iterator[Bytes]:
    """Pictures of shape (n, SIDE, SIDE, 3), a few at a time, in order; Problem for a bad one."""
    for start in range(0, len(paths), AT_ONCE):
        yield np.stack([_square(path) for path in paths[start : start + AT_ONCE]])


def halved(pictures: Bytes) -> Bytes:
    """The same pictures at half the size, each pixel the mean of four."""
    count, side = pictures.shape[:2]
    fours = pictures.reshape(count, side // 2, 2, side // 2, 2, 3)
    return np.asarray(fours.mean(axis=(2, 4)) + 0.5, dtype=np.uint8)


def _square(path: Path) -> Bytes:
    """Squeezed into a square: cut off, the thing itself might be gone.

    First made as small as pictures are kept, so that one is read alike before and after that.
    """
    picture = opened(path)
    picture.thumbnail((KEPT, KEPT))
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC), dtype=np.uint8)
