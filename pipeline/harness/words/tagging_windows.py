"""Words as a network reads them: pieces of words, and windows where sentences are too long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

OVERLAP = 4  # a fourth of a window is read again in the next


@dataclass(frozen=True, slots=True)
class Window:
    """The ids of pieces of words, and for each word that begins here the place of its first piece.

    `firsts` are (word, piece). `sentence` is the place of the sentence among all.
    """

    sentence: int
    ids: list[int]
    firsts: list[tuple[int, int]]

    def margin(self, piece: int) -> int:
        """How many pieces there are to the nearer end."""
        return min(piece, len(self.ids) - 1 - piece)


@dataclass(frozen=True, slots=True)
class Reader:
    """A tokenizer, and how many pieces the network takes at once."""

    tokenizer: PreTrainedTokenizerBase
    length: int

    def windows(self, sentences: Sequence[Sequence[str]]) -> Iterator[Window]:
        """The windows of all sentences, in their order."""
        for at, words in enumerate(sentences):
            # A space before a word says to most tokenizers that it is not the rest of another.
            spaced = [f" {word}" if number else word for number, word in enumerate(words)]
            told = self.tokenizer(
                spaced,
                is_split_into_words=True,
                truncation=True,
                max_length=self.length,
                stride=self.length // OVERLAP,
                return_overflowing_tokens=True,
            )
            for part in range(len(told["input_ids"])):
                ids = told["input_ids"][part]
                yield Window(at, list(ids), _firsts(told.word_ids(part), continued=part > 0))


def _firsts(numbers: Sequence[int | None], *, continued: bool) -> list[tuple[int, int]]:
    """Each word's first piece; the first word of a further window may have begun before it."""
    firsts: list[tuple[int, int]] = []
    before = None
    for piece, word in enumerate(numbers):
        if word is not None and word != before:
            firsts.append((word, piece))
        before = word
    return firsts[1:] if continued and len(firsts) > 1 else firsts
