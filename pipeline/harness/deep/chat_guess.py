"""What is answered without reading the question: every piece as often as answers use it.

A folder holds model.json, counts.npz and the tokenizer of the model that it stands beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from chat_model import Asking, asked_of, asking_of, opened_tokenizer, write_asking
from chat_pieces import pieces_of
from chats import Conversation
from config import Json
from metrics import Floats
from serving import Objects
from tables import Table
from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class Guess:
    """How often each piece of the tokenizer occurs in answers, and the commonest answer."""

    asking: Asking
    tokenizer: PreTrainedTokenizerBase
    counts: Floats
    answer: str
    reads_text: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of the training data."""
        return self.asking.columns

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns of what is asked."""
        return self.asking.inputs

    def predict(self, rows: Table) -> Objects:
        """The commonest answer, whatever is asked."""
        asked = [asked_of(rows.names, row) for row in rows.rows]
        return Objects([{"input": turns[-1].text, "output": self.answer} for turns in asked])

    def surprise(self, conversations: Sequence[Conversation]) -> tuple[Floats, Floats]:
        """Nats and pieces of all answers of each conversation, each of shape (n,)."""
        lost = -np.log((self.counts + 1) / (self.counts + 1).sum())
        nats, counts = np.zeros(len(conversations)), np.zeros(len(conversations))
        for at, turns in enumerate(conversations):
            for pieces in pieces_of(self.tokenizer, turns, self.asking.longest):
                learned = [piece for piece in pieces.labels if piece >= 0]
                nats[at] += lost[learned].sum()
                counts[at] += len(learned)
        return nats, counts

    def save(self, folder: Path) -> None:
        """Write the folder."""
        write_asking(folder, self.asking, kind="guess", answer=self.answer)
        np.savez(folder / "counts.npz", counts=self.counts)
        self.tokenizer.save_pretrained(folder)


def counted(
    tokenizer: PreTrainedTokenizerBase, conversations: Sequence[Conversation], asking: Asking
) -> Guess:
    """The guess that these conversations lead to."""
    counts = np.zeros(len(tokenizer))
    said: dict[str, int] = {}
    for turns in conversations:
        for pieces in pieces_of(tokenizer, turns, asking.longest):
            np.add.at(counts, [piece for piece in pieces.labels if piece >= 0], 1)
        said[turns[-1].text] = said.get(turns[-1].text, 0) + 1
    commonest = min(said, key=lambda answer: (-said[answer], answer))
    return Guess(asking, tokenizer, counts, commonest)


def load_guess(folder: Path, told: dict[str, Json]) -> Guess:
    """The guess of a folder with this model.json."""
    with np.load(folder / "counts.npz", allow_pickle=False) as kept:
        counts = kept["counts"]
    return Guess(asking_of(told), opened_tokenizer(folder), counts, str(told["answer"]))
