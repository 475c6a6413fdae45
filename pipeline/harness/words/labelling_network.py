"""A fine-tuned network with its tokenizer: scores of whole texts, one a label."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from deep_machine import device
from labelling_contest import FOLDER
from labelling_texts import PAIR
from metrics import Floats
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

AT_ONCE = 16  # texts; few enough for a small machine
SORTED_AT_ONCE = 4_096  # texts of about the same length are read together: less is padded


@dataclass(frozen=True, slots=True)
class LabelNetwork:
    """A model with one output a label, what cuts texts into its pieces, and how many it takes."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    length: int

    def scores(self, texts: Sequence[str]) -> Floats:
        """Scores of shape (texts, labels); of two labels that of the second alone, (texts, 1)."""
        self.model.eval()
        self.model.to(device())
        told = [
            self._of_some(texts[start : start + SORTED_AT_ONCE])
            for start in range(0, len(texts), SORTED_AT_ONCE)
        ]
        logits = np.concatenate(told or [np.zeros((0, self.model.config.num_labels))])
        return as_scores(logits)

    def save(self, folder: Path) -> None:
        """Weights as safetensors, the tokenizer as JSON."""
        self.model.to("cpu")
        self.model.save_pretrained(folder / FOLDER)
        self.tokenizer.save_pretrained(folder / FOLDER)

    @classmethod
    def load(cls, folder: Path, length: int) -> "LabelNetwork":
        """What `save` wrote."""
        place = os.fspath(folder / FOLDER)
        model = AutoModelForSequenceClassification.from_pretrained(
            place, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
        return cls(model, AutoTokenizer.from_pretrained(place, local_files_only=True), length)

    def pieces(self, text: str) -> list[int]:
        """The ids of a text's pieces, as many as the network takes."""
        told = self.tokenizer(text, truncation=True, max_length=self.length)
        return [int(one) for one in told["input_ids"]]

    def _of_some(self, texts: Sequence[str]) -> Floats:
        cut = [self.pieces(text) for text in texts]
        order = sorted(range(len(cut)), key=lambda at: len(cut[at]))
        found = np.zeros((len(cut), self.model.config.num_labels))
        for start in range(0, len(order), AT_ONCE):
            some = order[start : start + AT_ONCE]
            found[some] = self._read([cut[at] for at in some])
        return found

    @torch.inference_mode()  # type: ignore[untyped-decorator] # its types are not installed
    def _read(self, cut: Sequence[Sequence[int]]) -> Floats:
        """Logits of shape (texts, labels)."""
        longest = max(1, *map(len, cut))
        ids = torch.full((len(cut), longest), self.tokenizer.pad_token_id or 0)
        seen = torch.zeros_like(ids)
        for at, one in enumerate(cut):
            ids[at, : len(one)] = torch.tensor(one)
            seen[at, : max(1, len(one))] = 1  # a text of no piece is read as one that says nothing
        place = self.model.device
        told = self.model(input_ids=ids.to(place), attention_mask=seen.to(place)).logits
        return np.asarray(told.double().cpu().numpy())


def as_scores(logits: Floats) -> Floats:
    """Scores as a linear model gives them: of two labels, how much more the second is likely."""
    return logits[:, 1:] - logits[:, :1] if logits.shape[1] == PAIR else logits
