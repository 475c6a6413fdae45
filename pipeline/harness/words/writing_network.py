"""A causal language model of the transformers library as a writer.

What a text costs is counted over its tokens and told by its characters, so that models of any
tokens, and of none, can be compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from deep_machine import deep_quiet, device, has_bfloat16
from deep_reading import places_of
from torch.nn import functional
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from writing_decoding import decoded, plain
from writing_model import Measure

LONGEST_CONTEXT = 1_024  # tokens: more costs much and foretells little better
MOST_CELLS = 200_000_000  # tokens times vocabulary whose chances are held at once
LARGE_FILES = 4e9  # bytes of weights
UNSAID = -100  # a place that is not counted


@dataclass(frozen=True, slots=True)
class NetworkWriter:
    """A model with its tokenizer; `ends` says whether a text has an end of its own."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    ends: bool
    context: int

    def measure(self, texts: Sequence[str]) -> Measure:
        """What each whole text costs, in windows that overlap by half."""
        nats, tokens = np.zeros(len(texts)), np.zeros(len(texts))
        laid = [self.laid(text) for text in texts]
        windows = [
            (at, window, new)
            for at, ids in enumerate(laid)
            for window, new in _windows(ids, self.context)
        ]
        windows.sort(key=lambda one: len(one[1]))
        some = max(1, MOST_CELLS // (self.context * self.model.config.vocab_size))
        for start in range(0, len(windows), some):
            batch = windows[start : start + some]
            for (at, _, new), cost in zip(batch, self._costs(batch), strict=True):
                nats[at] += cost
                tokens[at] += new
        lossy = sum(plain(self.tokenizer, self.ids(text)) != text for text in texts)
        characters = np.array([len(text) for text in texts], dtype=float)
        return Measure(nats, tokens, characters, lossy)

    def write_on(
        self, beginnings: Sequence[str], seeds: Sequence[int], *, longest: int, temperature: float
    ) -> list[str]:
        """How each may go on."""
        begun = [self.laid(text, whole=False) for text in beginnings]
        return decoded(
            self.model,
            self.tokenizer,
            begun,
            seeds,
            longest=longest,
            temperature=temperature,
            ends=self.ends,
            context=self.context,
        )

    def ids(self, text: str) -> list[int]:
        """The tokens of a text alone."""
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def laid(self, text: str, *, whole: bool = True) -> list[int]:
        """Tokens behind the mark of a beginning; a whole text that has an end gets its mark."""
        first = first_of(self.tokenizer)
        last = self.tokenizer.eos_token_id
        end = [last] if whole and self.ends and last is not None else []
        return [first, *self.ids(text), *end]

    def _costs(self, batch: Sequence[tuple[int, list[int], int]]) -> list[float]:
        """The nats of the last `new` tokens of each window."""
        width = max(len(ids) for _, ids, _ in batch)
        inputs = torch.zeros((len(batch), width), dtype=torch.long)
        mask, labels = torch.zeros_like(inputs), torch.full_like(inputs, UNSAID)
        for at, (_, ids, new) in enumerate(batch):
            inputs[at, : len(ids)] = torch.tensor(ids)
            mask[at, : len(ids)] = 1
            labels[at, len(ids) - new : len(ids)] = torch.tensor(ids[len(ids) - new :])
        place = self.model.device
        with torch.inference_mode():
            found = self.model(input_ids=inputs.to(place), attention_mask=mask.to(place))
            scores = found.logits[:, :-1].float().transpose(1, 2)
            costs = functional.cross_entropy(
                scores, labels[:, 1:].to(place), ignore_index=UNSAID, reduction="none"
            )
        return [float(cost) for cost in costs.double().sum(dim=1)]


def load_network(folder: Path, *, ends: bool) -> NetworkWriter:
    """Read a model and its tokenizer."""
    deep_quiet()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(
        folder,
        local_files_only=True,
        use_safetensors=True,
        dtype=dtype_of(folder),
    )
    return writer_of(model.to(device()).eval(), tokenizer, ends=ends)


def dtype_of(folder: Path) -> torch.dtype:
    """Full precision, but for large models on a card that counts in bfloat16."""
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    return torch.bfloat16 if size > LARGE_FILES and has_bfloat16() else torch.float32


def writer_of(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, ends: bool
) -> NetworkWriter:
    """A model at hand as a writer."""
    return NetworkWriter(model, tokenizer, ends, context_of(model.config, LONGEST_CONTEXT))


def context_of(config: PretrainedConfig, wanted: int) -> int:
    """How many tokens a model can look at, if fewer than wanted."""
    return min(wanted, places_of(config) or wanted)


def first_of(tokenizer: PreTrainedTokenizerBase) -> int:
    """The token that stands before a text."""
    known = (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id)
    return next((int(one) for one in known if one is not None), 0)


def _windows(ids: list[int], context: int) -> Iterator[tuple[list[int], int]]:
    """Windows over tokens, each with how many at its end are new; the first token is given."""
    done = 1
    while done < len(ids):
        start = 0 if done == 1 else max(0, done - context // 2)
        end = min(len(ids), start + context)
        yield ids[start:end], end - done
        done = end
