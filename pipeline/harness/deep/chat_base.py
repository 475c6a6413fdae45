"""The model that a fine-tuning begins with: fetched weights, or a tiny one made from nothing."""

import os
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from chat_model import Asking, opened_network, opened_tokenizer
from chat_pieces import pieces_of, with_template
from chats import Conversation
from config import BundleConfig
from deep_machine import device, has_bfloat16
from progress import Problem
from tokenizers_own import own_tokenizer
from transformers import PreTrainedModel, PreTrainedTokenizerBase, Qwen3Config, Qwen3ForCausalLM

SCRATCH = "scratch"
OWN_PIECES = 4_000  # more would be seen too rarely to be learned from a few thousand answers
LONG = 1_024  # pieces of a conversation; on a card
LONG_ON_CPU = 512
SHORT = 64
SCORE_BYTES = 16  # of a score: with its copies 12, as measured, and what half precision adds
SCORES_SHARE = 0.5  # of the memory, for the scores of one conversation
MOST_NEW = 256  # pieces of an answer
LEAST_NEW = 16
LOOKED_AT = 400  # conversations, to learn how long they are
NEARLY_ALL = 0.95
ANSWERING_SECONDS = 100.0  # for the held-out questions, twice within a scoring's time
ROUNDS = 4  # batches of held-out questions on a CPU
MEMORY_SPEED = 4e9  # bytes a second: every new piece reads all weights once
STEP_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Base:
    """Where to begin: the tokenizer, and the folder of the weights (None: from nothing)."""

    tokenizer: PreTrainedTokenizerBase
    weights: Path | None
    templated: bool

    def network(self, *, half: bool = False) -> PreTrainedModel:
        """The network, made or loaded anew; `half` holds it in bfloat16 where the card has it."""
        if self.weights is None:
            return Qwen3ForCausalLM(_tiny(self.tokenizer)).to(device())
        dtype = torch.bfloat16 if half and has_bfloat16() else torch.float32
        network = opened_network(self.weights, dtype=dtype)
        pieces = network.get_input_embeddings().weight.shape[0]
        if pieces < len(self.tokenizer):
            raise Problem(
                "The tokenizer of this backbone knows more pieces than its weights do.",
                "Name another backbone, such as Qwen/Qwen3-0.6B.",
                field="backbone",
            )
        return network


def base_of(config: BundleConfig, conversations: Sequence[Conversation]) -> Base:
    """The base model of a config; Problem where its weights are not there."""
    if config.weights:
        folder = Path(config.weights)
        raw = _own_template(folder)
        return Base(opened_tokenizer(folder), folder, raw)
    if config.backbone != SCRATCH:
        raise Problem(
            f"The weights of {config.backbone} are not here.",
            "Give a folder with them (--set backbone=PATH), or allow downloads.",
            field="backbone",
        )
    texts = (turn.text for turns in conversations for turn in turns)
    tokenizer = own_tokenizer(texts, "decoder", vocabulary=OWN_PIECES, longest=LONG)
    with_template(tokenizer)
    return Base(tokenizer, None, templated=False)


def asking_for(
    config: BundleConfig,
    base: Base,
    conversations: Sequence[Conversation],
    inputs: tuple[str, ...],
) -> Asking:
    """How much is read and said: what nearly all conversations need, within what is usual."""
    every = max(1, len(conversations) // LOOKED_AT)
    each = [
        pieces
        for turns in conversations[::every]
        for pieces in pieces_of(base.tokenizer, turns, 10 * LONG)
    ]
    usual = LONG if device().type == "cuda" else LONG_ON_CPU
    whole = _most([len(one.ids) for one in each])
    said = _most([sum(one.learned) for one in each])
    longest = config.setting("max_length", max(SHORT, min(usual, whole)))
    return Asking(
        columns=inputs,
        inputs=inputs,
        longest=min(longest, longest_in(_memory(), len(base.tokenizer))),
        new_pieces=config.setting("max_new_tokens", max(LEAST_NEW, min(MOST_NEW, said))),
        threads=max(1, config.threads),
    )


def longest_in(memory: float, vocabulary: int) -> int:
    """Pieces of a conversation whose scores, each as many as the vocabulary, fit into memory."""
    return max(SHORT, int(SCORES_SHARE * memory / SCORE_BYTES / vocabulary))


def in_time(pieces: int, weights: int) -> int:
    """New pieces of an answer that a model of so many weights says in time on this machine."""
    if device().type == "cuda":
        return pieces
    each = STEP_SECONDS + 4 * weights / MEMORY_SPEED
    return max(LEAST_NEW, min(pieces, int(ANSWERING_SECONDS / ROUNDS / each)))


def _memory() -> float:
    """Bytes of the card, else of the machine, within what this process may use."""
    if device().type == "cuda":
        return float(torch.cuda.get_device_properties(device()).total_memory)
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    allowed, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return whole if allowed == resource.RLIM_INFINITY else min(whole, allowed)


def _most(lengths: Sequence[int]) -> int:
    ordered = sorted(lengths)
    return ordered[int(NEARLY_ALL * (len(ordered) - 1))] if ordered else 0


def _own_template(folder: Path) -> bool:
    kept = folder / "tokenizer_config.json"
    told = kept.read_text("utf-8") if kept.is_file() else ""
    return (folder / "chat_template.jinja").is_file() or '"chat_template"' in told


def _tiny(tokenizer: PreTrainedTokenizerBase) -> Qwen3Config:
    """Small enough to learn something in minutes without a card."""
    return Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=32,
        max_position_embeddings=2 * LONG,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=tokenizer.bos_token_id,
    )
