"""What every writer can do: tell what a text costs it, and write on."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from config import Json
from metrics import Counted, Floats
from serving import Objects
from tables import Table
from tallies import perplexity_of, ratio_of
from texts_alike import ENDS

METRICS = ("nats_per_char", "perplexity")
LONGEST_BEGINNING = 2_000  # characters that are read of a beginning
LONGEST = 200  # characters that are written on
FULL_STOPS = ENDS + "\n"
KEPT = 0.5  # of what was written stays at least, where it is cut back to a sentence's end


@dataclass(frozen=True, slots=True)
class Measure:
    """For each text: what it costs in nats, its tokens (its end counts as one), its characters.

    `lossy` texts could not be read exactly as they are: what was left out of them costs nothing.
    """

    nats: Floats
    tokens: Floats
    characters: Floats
    lossy: int = 0

    def outcome(self) -> Counted:
        """As metrics: nats of all characters, and how many tokens seem equally likely."""
        by = {
            "nats_per_char": ratio_of(self.nats, self.characters),
            "perplexity": perplexity_of(self.nats, self.tokens),
        }
        return Counted(len(self.nats), by)

    @property
    def nats_per_char(self) -> float:
        """Of all texts together."""
        return float(self.nats.sum() / max(self.characters.sum(), 1.0))


class Writer(Protocol):
    """A language model."""

    def measure(self, texts: Sequence[str]) -> Measure:
        """What each whole text costs, exactly."""
        ...

    def write_on(
        self, beginnings: Sequence[str], seeds: Sequence[int], *, longest: int, temperature: float
    ) -> list[str]:
        """How each may go on, at most `longest` characters; the same for the same seed."""
        ...


@dataclass(frozen=True, slots=True)
class TextWriter:
    """What predict.load returns; `ends` says whether a text has an end of its own."""

    columns: tuple[str, ...]
    text: str
    ends: bool
    writer: Writer
    seed: int = 0
    longest: int = LONGEST
    temperature: float = 0.7
    reads_text: bool = True

    @property
    def inputs(self) -> tuple[str, ...]:
        """The one column that is read."""
        return (self.text,)

    def predict(self, rows: Table) -> Objects:
        """How each text may go on."""
        texts = [cell or "" for cell in rows.column(self.text)]
        said = self.write_on(texts)
        told: list[dict[str, Json]] = [
            {"input": text, "output": more} for text, more in zip(texts, said, strict=True)
        ]
        return Objects(told)

    def write_on(self, texts: Sequence[str]) -> list[str]:
        """How each text may go on; the same text always goes on in the same way."""
        last = [text[-LONGEST_BEGINNING:] for text in texts]
        once = list(dict.fromkeys(last))
        seeds = [_seed(text, self.seed) for text in once]
        written = self.writer.write_on(
            once, seeds, longest=self.longest, temperature=self.temperature
        )
        found = dict(zip(once, written, strict=True))
        return [rounded(found[text], self.longest) for text in last]


def rounded(text: str, longest: int) -> str:
    """A text that was cut off, back to where a sentence or a line ends, if that is not far."""
    if len(text) < longest:
        return text
    last = max(text.rfind(one) for one in FULL_STOPS)
    return text[: last + 1] if last >= KEPT * len(text) else text


def draws(seeds: Sequence[int], steps: int) -> Iterator[Floats]:
    """For each step a number from 0 to 1 for each seed, whatever other seeds there are."""
    every = np.stack([np.random.default_rng(seed).random(steps) for seed in seeds], axis=1)
    yield from every


def _seed(text: str, seed: int) -> int:
    told = f"{seed} {text}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(told).digest()[:8], "big")
