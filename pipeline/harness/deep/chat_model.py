"""A language model that answers: loaded from a folder, asked, and measured on known answers.

A folder holds model.json and, as the libraries write them, weights (safetensors) and tokenizer.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from chat_pieces import Pieces, asked_pieces, pieces_of, stops_of, with_template
from chats import Conversation, Turn, Unreadable, question
from config import Json
from deep_machine import device
from metrics import Floats
from progress import Problem
from serving import Objects, Reader, read_input
from tables import Row, Table
from torch.nn.functional import cross_entropy
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

TOGETHER = 16  # questions that are answered at once
PIECES_AT_ONCE = 4_096  # of known answers, padding included
SCORES_AT_ONCE = 250_000_000  # numbers, a GB; each piece has as many as the vocabulary is long
LARGE = 2e9  # weights; a model of more is held in half precision on a card
BLANKS = frozenset("ĠĊĉč▁ \t\r\n")  # as tokenizers write them
_THOUGHTS = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a model folder says of asking: the columns, and how much is read and said."""

    columns: tuple[str, ...]
    inputs: tuple[str, ...]
    longest: int
    new_pieces: int
    threads: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """Reads some of the columns that ask; where it reads text, one text is a question."""

    columns: tuple[str, ...]
    reads_text: bool = False

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.columns


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A model that was trained, or one that was not; both answer in the same way."""

    asking: Asking
    tokenizer: PreTrainedTokenizerBase
    network: PreTrainedModel
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
        """An answer a row, without chance: the likeliest piece, one after the other."""
        asked = [asked_of(rows.names, row) for row in rows.rows]
        said = self.answers(asked)
        told = zip(asked, said, strict=True)
        return Objects([{"input": turns[-1].text, "output": answer} for turns, answer in told])

    def answers(self, asked: Sequence[Sequence[Turn]]) -> list[str]:
        """Answers to questions; which are asked together does not depend on their order."""
        read = [asked_pieces(self.tokenizer, turns, self.asking.longest) for turns in asked]
        order = sorted(range(len(read)), key=lambda at: (len(read[at]), read[at]))
        said = [""] * len(read)
        for start in range(0, len(order), TOGETHER):
            places = order[start : start + TOGETHER]
            for at, answer in zip(places, self._said([read[at] for at in places]), strict=True):
                said[at] = answer
        return said

    def surprise(self, conversations: Sequence[Conversation]) -> tuple[Floats, Floats]:
        """Nats and pieces of all answers of each conversation, each of shape (n,)."""
        nats, counts = np.zeros(len(conversations)), np.zeros(len(conversations))
        most = min(PIECES_AT_ONCE, SCORES_AT_ONCE // len(self.tokenizer))
        each = _sequences(self.tokenizer, conversations, self.asking.longest)
        for places, ids, labels in _batches(each, most):
            for at, (lost, count) in zip(places, self._lost(ids, labels), strict=True):
                nats[at] += lost
                counts[at] += count
        return nats, counts

    def _said(self, read: Sequence[Sequence[int]]) -> list[str]:
        """Answers to questions of about the same length."""
        width = max(len(one) for one in read)
        pad = int(self.tokenizer.pad_token_id)
        ids = torch.tensor([[pad] * (width - len(one)) + list(one) for one in read])
        mask = torch.tensor([[0] * (width - len(one)) + [1] * len(one) for one in read])
        settings = GenerationConfig(
            max_new_tokens=self.asking.new_pieces,
            begin_suppress_tokens=_never_first(self.tokenizer),
            do_sample=False,
            pad_token_id=pad,
            eos_token_id=stops_of(self.tokenizer),
        )
        where = self.network.device
        with torch.inference_mode():
            made = self.network.generate(
                ids.to(where), attention_mask=mask.to(where), generation_config=settings
            )
        texts = self.tokenizer.batch_decode(made[:, width:], skip_special_tokens=True)
        return [_THOUGHTS.sub("", text).strip() for text in texts]

    def _lost(self, ids: torch.Tensor, labels: torch.Tensor) -> list[tuple[float, int]]:
        """Nats and pieces of each sequence; `labels` is -100 where nothing is measured."""
        where = self.network.device
        with torch.inference_mode():
            mask = (ids != -1).long()
            read = ids.clamp(min=0).to(where)
            scores = self.network(input_ids=read, attention_mask=mask.to(where)).logits[:, :-1]
            wanted = labels[:, 1:].to(where)
            lost = cross_entropy(
                scores.float().transpose(1, 2), wanted, reduction="none", ignore_index=-100
            )
        counts = (wanted != -100).sum(dim=1)  # noqa: PLR2004 - as in the libraries
        return list(zip(lost.double().sum(dim=1).tolist(), counts.tolist(), strict=True))


def _never_first(tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Pieces that no answer begins with: an end, and blanks, as none to learn from was empty."""
    blanks = [
        place for piece, place in tokenizer.get_vocab().items() if piece and set(piece) <= BLANKS
    ]
    return sorted({*stops_of(tokenizer), *blanks})


def asked_of(names: Sequence[str], row: Row) -> list[Turn]:
    """What a row asks; Problem where it asks nothing."""
    try:
        turns = question(names, row)
    except Unreadable:
        turns = []
    while turns and turns[-1].role == "assistant":
        turns.pop()
    if not any(turn.role == "user" for turn in turns):
        raise Problem("A row asks nothing.", "Give a text to answer in every row.")
    return turns


def read_questions(model: Reader, content: bytes, name: str) -> Table:
    """The rows of a file; of several columns that ask, the first one that it has is enough."""
    if len(model.inputs) == 1:
        return read_input(model, content, name)
    each = [_Asked((column,)) for column in model.inputs]
    others = [*each, _Asked(model.inputs[:1], reads_text=True)]
    try:
        return read_input(_Asked(model.inputs), content, name)
    except Problem:
        for reader in others:
            with suppress(Problem):
                return read_input(reader, content, name).aligned(model.inputs)
        raise


def opened_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a folder, ready to chat; Problem where there is none."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise Problem(
            "This backbone has no tokenizer that can be used, so it cannot read text.",
            "Name one that writes text, such as Qwen/Qwen3-0.6B.",
            field="backbone",
        ) from error
    with_template(tokenizer)
    return tokenizer


def opened_network(folder: Path, *, dtype: torch.dtype | None = None) -> PreTrainedModel:
    """The weights of a folder, where they are to be used; Problem where they cannot be read."""
    try:
        network = AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=dtype or torch.float32
        )
    except (OSError, ValueError, KeyError) as error:
        raise Problem(
            "The weights of this backbone cannot be loaded as a language model.",
            "Name one that writes text, with safetensors, such as Qwen/Qwen3-0.6B.",
            field="backbone",
        ) from error
    if dtype is None and device().type == "cuda" and network.num_parameters() > LARGE:
        network = network.to(torch.bfloat16)
    return network.to(device()).eval()


def load_chat(folder: Path, told: dict[str, Json]) -> ChatModel:
    """The model of a folder with this model.json; one that was not trained names its weights."""
    asking = asking_of(told)
    torch.set_num_threads(asking.threads)
    weights = Path(str(told.get("weights") or folder))
    return ChatModel(asking, opened_tokenizer(weights), opened_network(weights))


def asking_of(told: dict[str, Json]) -> Asking:
    """What model.json says of asking."""
    return Asking(
        columns=_names(told["columns"]),
        inputs=_names(told["inputs"]),
        longest=int(str(told["longest"])),
        new_pieces=int(str(told["new_pieces"])),
        threads=int(str(told["threads"])),
    )


def write_asking(folder: Path, asking: Asking, **more: Json) -> None:
    """Write model.json."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "columns": list(asking.columns),
        "inputs": list(asking.inputs),
        "longest": asking.longest,
        "new_pieces": asking.new_pieces,
        "threads": asking.threads,
        **more,
    }
    (folder / "model.json").write_text(json.dumps(told, indent=1), "utf-8")


def _names(value: Json) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, list) else ()


def _sequences(
    tokenizer: PreTrainedTokenizerBase, conversations: Sequence[Conversation], longest: int
) -> list[tuple[int, Pieces]]:
    """What is read of all conversations, each with its place, the shortest first."""
    each = [
        (at, pieces)
        for at, turns in enumerate(conversations)
        for pieces in pieces_of(tokenizer, turns, longest)
    ]
    return sorted(each, key=lambda one: len(one[1].ids))


def _batches(
    each: list[tuple[int, Pieces]], most: int
) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor]]:
    """Sequences of about the same length, with the conversation of each; -1 is padding."""
    while each:
        count = max(1, most // max(1, len(each[0][1].ids)))
        while count > 1 and count * len(each[min(count, len(each)) - 1][1].ids) > most:
            count -= 1
        taken, each = each[:count], each[count:]
        width = len(taken[-1][1].ids)
        ids = [[*one.ids, *[-1] * (width - len(one.ids))] for _, one in taken]
        labels = [[*one.labels, *[-100] * (width - len(one.ids))] for _, one in taken]
        yield [at for at, _ in taken], torch.tensor(ids), torch.tensor(labels)
