"""Which rows a bootstrap draws: as weights, the same ones for everything that is compared."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

MOST_WORK = 200_000_000  # rows times draws: a bootstrap of many rows needs fewer draws
LEAST_DRAWS = 200
AT_ONCE = 1_000_000  # numbers held in memory together


def resampled(
    rows: int, seed: int, draws: int, blocks: npt.NDArray[np.int64] | None = None
) -> Iterator[npt.NDArray[np.float64]]:
    """How often each of n rows is drawn, several draws at a time, shape (some draws, n).

    The same for the same seed. Rows of one block, whatever its number, are drawn together: rows
    that are alike tell less than as many that are not.
    """
    draw = np.random.default_rng(seed)
    block, size = _places(rows, blocks)
    left = min(draws, max(LEAST_DRAWS, MOST_WORK // max(rows, 1)))
    while left > 0:
        some = min(left, max(1, AT_ONCE // max(rows, 1)))
        taken = draw.integers(size, size=(some, size)) + size * np.arange(some)[:, None]
        times = np.bincount(taken.ravel(), minlength=some * size).reshape(some, size)
        yield (times if block is None else times[:, block]).astype(np.float64)
        left -= some


def count_of_blocks(rows: int, blocks: npt.NDArray[np.int64] | None) -> int:
    """How many things are drawn: blocks, or rows where there are none."""
    return _places(rows, blocks)[1]


def _places(
    rows: int, blocks: npt.NDArray[np.int64] | None
) -> tuple[npt.NDArray[np.int64] | None, int]:
    if blocks is None:
        return None, rows
    _, block = np.unique(blocks, return_inverse=True)
    return block.astype(np.int64), int(block.max()) + 1
