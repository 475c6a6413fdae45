"""What can be seen on a picture without having learned to see: shape, colour, texture, blobs.

Every view takes pictures of shape (n, side, side, 3) and gives (n, d) numbers.
"""

from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from picture_pixels import Bytes
from scipy.ndimage import gaussian_filter, maximum_filter

Seen: TypeAlias = npt.NDArray[np.float32]

CELL = 8  # pixels of a cell whose edges are counted together
DIRECTIONS = 9  # of edges, without sign
MOST_IN_A_BLOCK = 0.2  # one strong edge must not drown the others
LEAST_EDGE = 0.01
TONES = 5  # steps of each of three colour channels
GRID = 8  # patches a side of the coarse picture
RINGS = (1, 3)  # pixels to the neighbours that texture compares with
LEAST_STEP = 2.0  # of 255 between neighbours: less is noise
BLOB_SIZES = (1.0, 1.4, 2.0, 2.8, 4.0, 5.6)
BLOB_STRENGTHS = (0.005, 0.015, 0.04)
_AROUND = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))


def shape(pictures: Bytes) -> Seen:
    """Directions of edges in cells, evened out over blocks of four (HOG)."""
    strength, direction = _edges(_unit(pictures))
    count, side = strength.shape[:2]
    cells = side // CELL
    low = np.floor(direction).astype(np.int64)
    part = direction - low
    down, right = np.arange(side) // CELL, np.arange(side) // CELL
    place = (np.arange(count)[:, None, None] * cells + down[:, None]) * cells + right
    size = count * cells * cells * DIRECTIONS
    summed = np.zeros(size)
    for turn, share in ((low, 1 - part), (low + 1, part)):
        where = place * DIRECTIONS + turn % DIRECTIONS
        summed += np.bincount(where.ravel(), (strength * share).ravel(), minlength=size)
    found = summed.reshape(count, cells, cells, DIRECTIONS)
    corners = (found[:, :-1, :-1], found[:, 1:, :-1], found[:, :-1, 1:], found[:, 1:, 1:])
    blocks = np.concatenate(corners, axis=-1)
    lengths = np.sqrt((blocks**2).sum(axis=-1, keepdims=True) + LEAST_EDGE)
    even = np.minimum(blocks / lengths, MOST_IN_A_BLOCK)
    return np.asarray(even.reshape(count, -1), dtype=np.float32)


def layout(pictures: Bytes) -> Seen:
    """The picture itself, very small."""
    return pooled(_opponents(pictures), GRID)


def colours(pictures: Bytes) -> Seen:
    """How much there is of each colour, in all and in each quarter."""
    steps = np.minimum((_opponents(pictures) * TONES).astype(np.int64), TONES - 1)
    codes = (steps[..., 0] * TONES + steps[..., 1]) * TONES + steps[..., 2]
    return np.sqrt(_counted(codes, TONES**3))


def texture(pictures: Bytes) -> Seen:
    """How pixels differ from those around them (local binary patterns), near and a bit further."""
    grey = pictures.astype(np.float32).mean(axis=-1)
    side = grey.shape[1]
    found = []
    for ring in RINGS:
        middle = grey[:, ring:-ring, ring:-ring] + LEAST_STEP
        code = np.zeros(middle.shape, dtype=np.int64)
        for bit, (down, right) in enumerate(_AROUND):
            y, x = ring + down * ring, ring + right * ring
            other = grey[:, y : side - 2 * ring + y, x : side - 2 * ring + x]
            code |= (other >= middle).astype(np.int64) << bit
        found.append(_counted(_uniform()[code], int(_uniform().max()) + 1))
    return np.sqrt(np.concatenate(found, axis=1))


def blobs(pictures: Bytes) -> Seen:
    """How many bright and dark spots there are of each size: things to count are often such."""
    seen = _opponents(pictures)
    found = []
    for channel in range(3):
        level = seen[..., channel] - np.median(seen[..., channel], axis=(1, 2), keepdims=True)
        before = level
        for size in BLOB_SIZES:
            after = gaussian_filter(level, (0, size, size))
            for spots in (before - after, after - before):
                peaks = maximum_filter(spots, (1, 3, 3)) == spots
                found += [
                    np.sqrt((peaks & (spots > least)).sum(axis=(1, 2))) for least in BLOB_STRENGTHS
                ]
                found.append((spots > BLOB_STRENGTHS[1]).mean(axis=(1, 2)))
            found.append(np.abs(before - after).mean(axis=(1, 2)))
            before = after
    return np.stack(found, axis=1).astype(np.float32)


def pooled(values: Seen, parts: int) -> Seen:
    """Means over a grid of parts by parts; values of shape (n, h, w, d), result (n, parts² d)."""
    count, height, width = values.shape[:3]
    down = np.linspace(0, height, parts + 1).astype(int)[:-1]
    right = np.linspace(0, width, parts + 1).astype(int)[:-1]
    summed = np.add.reduceat(np.add.reduceat(values, down, axis=1), right, axis=2)
    tall, wide = np.diff([*down, height]), np.diff([*right, width])
    return np.asarray(summed / np.outer(tall, wide)[..., None]).reshape(count, -1)


def _edges(pictures: Seen) -> tuple[Seen, Seen]:
    """Strength and direction (0 to DIRECTIONS) of each pixel's strongest channel's edge."""
    down, right = np.zeros_like(pictures), np.zeros_like(pictures)
    down[:, 1:-1] = pictures[:, 2:] - pictures[:, :-2]
    right[:, :, 1:-1] = pictures[:, :, 2:] - pictures[:, :, :-2]
    squares = down**2 + right**2
    best = squares.argmax(axis=-1)[..., None]
    down, right = (np.take_along_axis(one, best, axis=-1)[..., 0] for one in (down, right))
    turned = np.arctan2(down, right) % np.pi / np.pi * DIRECTIONS
    return np.sqrt(down**2 + right**2), np.asarray(turned, dtype=np.float32)


def _opponents(pictures: Bytes) -> Seen:
    """Light, red against green, and yellow against blue, each from 0 to 1."""
    red, green, blue = np.moveaxis(_unit(pictures), -1, 0)
    light = (red + green + blue) / 3
    redness = np.clip((red - green) * 0.75 + 0.5, 0, 1)
    yellowness = np.clip((red + green - 2 * blue) * 0.375 + 0.5, 0, 1)
    return np.stack([light, redness, yellowness], axis=-1)


def _unit(pictures: Bytes) -> Seen:
    """The same from 0 to 1."""
    return np.asarray(pictures, dtype=np.float32) / np.float32(255)


def _counted(codes: npt.NDArray[np.int64], size: int) -> Seen:
    """Shares of each code in each quarter, and in all; shape (n, 5 * size)."""
    count, height, width = codes.shape
    half = (2 * np.arange(height) // height)[:, None] * 2 + 2 * np.arange(width) // width
    place = (np.arange(count)[:, None, None] * 4 + half) * size + codes
    counts = np.bincount(place.ravel(), minlength=count * 4 * size).reshape(count, 4, size)
    quarters = counts / np.maximum(counts.sum(axis=2, keepdims=True), 1)
    whole = counts.sum(axis=1) / (height * width)
    return np.concatenate([whole, quarters.reshape(count, -1)], axis=1).astype(np.float32)


@cache
def _uniform() -> npt.NDArray[np.int64]:
    """A number for each pattern with at most two changes around the ring, one for all others."""
    turned = [pattern ^ ((pattern >> 1) | ((pattern & 1) << 7)) for pattern in range(256)]
    smooth = np.array([code.bit_count() <= 2 for code in turned])  # noqa: PLR2004
    return np.where(smooth, np.cumsum(smooth) - 1, smooth.sum()).astype(np.int64)
