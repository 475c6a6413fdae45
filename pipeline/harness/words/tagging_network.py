"""A tagger that is a fine-tuned network: reads windows of a sentence, says the likeliest tags."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from config import Json
from deep_machine import device
from tagging_chain import NEVER, Singles, likeliest, packed
from tagging_schemes import OUTSIDE, Span, spans_in
from tagging_taggers import moves_of
from tagging_windows import Reader, Window
from transformers import AutoModelForTokenClassification, AutoTokenizer, PreTrainedModel

FOLDER = "network"
AT_ONCE = 16  # windows; few enough for a small machine
SENTENCES_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Network:
    """A model with one output a tag, and what cuts words into its pieces."""

    model: PreTrainedModel
    reader: Reader
    tags: tuple[str, ...]

    def spans(self, sentences: Sequence[Sequence[str]]) -> list[list[Span]]:
        """The spans of the likeliest tags that can follow each other."""
        self.model.eval()
        self.model.to(device())
        found: list[list[Span]] = []
        for start in range(0, len(sentences), SENTENCES_AT_ONCE):
            some = sentences[start : start + SENTENCES_AT_ONCE]
            found += self._said(self._scores(some))
        return found

    def save(self, folder: Path) -> dict[str, Json]:
        """Weights as safetensors, the tokenizer as JSON."""
        self.model.to("cpu")
        self.model.save_pretrained(folder / FOLDER)
        self.reader.tokenizer.save_pretrained(folder / FOLDER)
        return {"kind": "deep", "tags": list(self.tags), "length": self.reader.length}

    @classmethod
    def load(cls, folder: Path, told: Mapping[str, Json]) -> "Network":
        """What `save` wrote."""
        place = os.fspath(folder / FOLDER)
        model = AutoModelForTokenClassification.from_pretrained(
            place, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
        tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=True)
        tags = told["tags"]
        names = tuple(str(tag) for tag in tags) if isinstance(tags, list) else ()
        return cls(model, Reader(tokenizer, int(str(told["length"]))), names)

    def _said(self, scores: list[Singles]) -> list[list[Span]]:
        many = len(self.tags)
        none = np.zeros(many)
        moves = moves_of(self.tags, np.zeros((many, many)), none, none)
        packing = packed([len(one) for one in scores])
        places = np.empty(len(packing.order), dtype=np.int64)
        places[packing.order] = likeliest(np.concatenate(scores)[packing.order], moves, packing)
        ends = np.cumsum([len(one) for one in scores])[:-1]
        return [spans_in([self.tags[at] for at in one]) for one in np.split(places, ends)]

    def _scores(self, sentences: Sequence[Sequence[str]]) -> list[Singles]:
        """The log of each tag's probability for each word, from the window that shows most of it.

        A word that the tokenizer leaves nothing of is outside.
        """
        scores = [self._outside(len(words)) for words in sentences]
        margins = [np.full(len(words), -1) for words in sentences]
        windows = sorted(self.reader.windows(sentences), key=lambda one: len(one.ids))
        for start in range(0, len(windows), AT_ONCE):
            some = windows[start : start + AT_ONCE]
            for window, told in zip(some, self._read(some), strict=True):
                for word, piece in window.firsts:
                    if window.margin(piece) > margins[window.sentence][word]:
                        margins[window.sentence][word] = window.margin(piece)
                        scores[window.sentence][word] = told[piece]
        return scores

    def _outside(self, words: int) -> Singles:
        scores = np.zeros((words, len(self.tags)), np.float32)
        if OUTSIDE in self.tags:
            scores[:, [at for at, tag in enumerate(self.tags) if tag != OUTSIDE]] = NEVER
        return scores

    @torch.inference_mode()  # type: ignore[untyped-decorator] # its types are not installed
    def _read(self, windows: Sequence[Window]) -> Singles:
        """Shape (windows, pieces, tags)."""
        longest = max(len(window.ids) for window in windows)
        pad = self.reader.tokenizer.pad_token_id or 0
        ids = torch.full((len(windows), longest), pad)
        seen = torch.zeros_like(ids)
        for at, window in enumerate(windows):
            ids[at, : len(window.ids)] = torch.tensor(window.ids)
            seen[at, : len(window.ids)] = 1
        place = self.model.device
        told = self.model(input_ids=ids.to(place), attention_mask=seen.to(place)).logits
        return np.asarray(told.float().log_softmax(-1).cpu().numpy())
