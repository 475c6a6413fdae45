"""Pictures told in numbers: all views of them, each also of the picture in a mirror."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from picture_patches import Dictionary, learn_dictionary
from picture_pixels import AT_ONCE, Bytes, batches, halved
from picture_views import Seen, blobs, colours, layout, shape, texture

PLAIN: Mapping[str, tuple[int, Callable[[Bytes], Seen]]] = {
    "shape": (64, shape),
    "layout": (64, layout),
    "colours": (64, colours),
    "texture": (128, texture),
    "blobs": (64, blobs),
}
PATCHES = {"fine patches": 64, "coarse patches": 32}
WHOLE = " of the whole"  # without the quarters: where things lie does not count
VIEWS = (*PLAIN, *PATCHES, *(name + WHOLE for name in PATCHES))

Views = Mapping[str, Seen]


@dataclass(frozen=True, slots=True)
class Eye:
    """Which views are taken, and the dictionaries of patches that they need.

    With `mirrored` a picture and its mirror image are told alike.
    """

    views: tuple[str, ...]
    dictionaries: Mapping[int, Dictionary]
    mirrored: bool

    def see(
        self,
        paths: Sequence[Path],
        done: Callable[[int], None] = lambda _: None,
        until: float = np.inf,
    ) -> dict[str, Seen]:
        """Each view of the pictures, shape (n, d); `done` hears how many were told.

        After `until`, on the clock of time.monotonic, the others are not looked at any more.
        """
        found: list[dict[str, Seen]] = []
        for number, batch in enumerate(batches(paths)):
            if found and time.monotonic() > until:
                break
            told = self._told(batch)
            found.append(self._evened(told, batch) if self.mirrored else told)
            done(min(len(paths), (number + 1) * AT_ONCE))
        return self._joined(found)

    def see_both(self, paths: Sequence[Path]) -> tuple[dict[str, Seen], dict[str, Seen]]:
        """Each view of the pictures as they are, and told alike with their mirror images."""
        plain, evened = [], []
        for batch in batches(paths):
            plain.append(self._told(batch))
            evened.append(self._evened(plain[-1], batch))
        return self._joined(plain), self._joined(evened)

    def _joined(self, found: Sequence[Views]) -> dict[str, Seen]:
        return {name: np.concatenate([told[name] for told in found]) for name in self.views}

    def _evened(self, told: Views, batch: Bytes) -> dict[str, Seen]:
        turned = self._told(batch[:, :, ::-1])
        half = np.float32(0.5)
        return {name: (told[name] + turned[name]) * half for name in self.views}

    def _told(self, pictures: Bytes) -> dict[str, Seen]:
        half = halved(pictures)
        sized = {128: pictures, 64: half, 32: halved(half)}
        told = {n: see(sized[side]) for n, (side, see) in PLAIN.items() if n in self.views}
        for name, side in PATCHES.items():
            if name in self.views or name + WHOLE in self.views:
                dictionary = self.dictionaries[side]
                every, words = dictionary.told(sized[side]), len(dictionary.words)
                told |= {name + WHOLE: every[:, :words], name: every[:, words:]}
        return told


def open_eye(paths: Sequence[Path], seed: int, patches: int) -> Eye:
    """All views, with dictionaries learned from so many patches of some pictures."""
    halves = np.concatenate([halved(batch) for batch in batches(paths)])
    sized = {64: halves, 32: halved(halves)}
    found = {side: learn_dictionary(pictures, seed, patches) for side, pictures in sized.items()}
    return Eye(VIEWS, found, mirrored=False)
