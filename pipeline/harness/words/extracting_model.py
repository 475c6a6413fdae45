"""Writes a summary out of a text's own sentences, chosen by the words that summaries keep.

A folder holds model.json, words.json (how often which word was kept) and trees.txt (LightGBM's own
text format).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import lightgbm as lgb
import numpy as np
from extracting_choice import Chances, chosen, cut_short
from extracting_signs import TIMES, Known, signs_of
from extracting_units import Text, cut, told
from metrics import Floats
from pairs_model import Facts

AT_ONCE = 100  # texts whose words are judged together


@dataclass(frozen=True, slots=True)
class Extractor:
    """`trees` give each word's chance, `length` is (slope, offset) of words by the text's log.

    `cuts` says that a summary may be a part of a sentence.
    """

    trees: lgb.Booster
    known: Known
    length: tuple[float, float]
    stretch: float
    cuts: bool = False

    def write(self, texts: Sequence[str]) -> list[str]:
        """A summary for each text; a text of one sentence is its own."""
        cuts = [cut(text) for text in texts]
        return [self.summary(*pair) for pair in self.judged(cuts)]

    def summary(self, text: Text, chances: Chances) -> str:
        """The chosen sentences."""
        length = self.stretch * expected(text, self.length)
        units = chosen(text, chances, length)
        return told(cut_short(units, chances, length) if self.cuts else units)

    def judged(self, texts: Sequence[Text]) -> Iterator[tuple[Text, Chances]]:
        """Each text with the chances of its words."""
        for start in range(0, len(texts), AT_ONCE):
            some = texts[start : start + AT_ONCE]
            words = [signs_of(text, self.known) for text in some]
            every = np.vstack([one.signs for one in words])
            said = _chances(self.trees, every) if len(every) else np.zeros((0, TIMES))
            at = 0
            for text, one in zip(some, words, strict=True):
                rows = said[at : at + len(one.words)].tolist()
                at += len(one.words)
                yield text, dict(zip(one.words, rows, strict=True))

    @property
    def settings(self) -> Facts:
        """What model.json says of it."""
        slope, offset = self.length
        return {"slope": slope, "offset": offset, "stretch": self.stretch, "cuts": self.cuts}

    def save(self, folder: Path) -> None:
        """Write what model.json does not hold."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "trees.txt").write_text(self.trees.model_to_string(), "utf-8")
        words = {
            "texts": self.known.texts,
            "seen": dict(self.known.seen),
            "kept": [dict(one) for one in self.known.kept],
            "usual": list(self.known.usual),
        }
        (folder / "words.json").write_text(json.dumps(words), "ascii")


def load_extractor(folder: Path, settings: Facts) -> Extractor:
    """Read what `save` wrote."""
    told_words = json.loads((folder / "words.json").read_text("ascii"))
    known = Known(
        told_words["texts"],
        told_words["seen"],
        tuple(told_words["kept"]),
        tuple(told_words["usual"]),
    )
    trees = lgb.Booster(model_str=(folder / "trees.txt").read_text("utf-8"))
    slope, offset, stretch = (float(str(settings[name])) for name in ("slope", "offset", "stretch"))
    return Extractor(trees, known, (slope, offset), stretch, cuts=settings["cuts"] is True)


def expected(text: Text, length: tuple[float, float]) -> float:
    """How many words the summary of a text of this size usually has."""
    words = sum(len(unit.words) for unit in text.units)
    return max(1.0, length[0] * log(max(words, 1)) + length[1])


def _chances(trees: lgb.Booster, signs: Floats) -> Floats:
    said = np.asarray(trees.predict(signs, num_threads=1), dtype=np.float64)
    return said.reshape(-1, TIMES)
