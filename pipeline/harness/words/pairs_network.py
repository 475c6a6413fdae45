"""Fine-tunes a sequence-to-sequence network (T5, BART, Marian, NLLB) on pairs of texts.

The model folder is what transformers saves: config.json, safetensors and the tokenizer's files.
Outputs are made by beam search, so the same input gives the same output.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from config import BundleConfig, Json
from datasets import Dataset
from deep_machine import deep_quiet
from deep_reading import places_of
from deep_training import Usual, device, facts, threads, trained
from pairs_languages import Tongues, prefix_of, tell_tongues
from pairs_model import Facts
from progress import Problem, say
from transformers import (
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
)

NETWORK = "network"
LONGEST_INPUT = 512  # pieces of words
LONGEST_OUTPUT = 128
BEAMS = 4  # on a graphics card; one elsewhere, where time is short
AT_ONCE = 16
LONGER = 1.3  # than nearly all targets: an output may be
UNREPEATED = 4  # words in a row that no output has twice
REHEARSAL_ROWS = 16
MARKS = (
    *("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id"),
    *("forced_bos_token_id", "forced_eos_token_id", "bad_words_ids"),
)
HELD_BACK = 0.1  # of the rows, where no validation rows are given


@dataclass(frozen=True, slots=True)
class Limits:
    """How many pieces of words are read and written, and how many beams search for them."""

    read: int
    written: int
    beams: int


@dataclass(frozen=True, slots=True)
class Network:
    """A network with its tokenizer; `prefix` is what its inputs begin with."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    prefix: str
    limits: Limits
    first: int | None = None

    def write(self, texts: Sequence[str]) -> list[str]:
        """An output for each text."""
        self.model.eval().to(device())
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        said = [""] * len(texts)
        for start in range(0, len(order), AT_ONCE):
            some = order[start : start + AT_ONCE]
            for at, output in zip(some, self._some([texts[at] for at in some]), strict=True):
                said[at] = output if texts[at].strip() else ""
        return said

    def _some(self, texts: Sequence[str]) -> list[str]:
        told = self.tokenizer(
            [self.prefix + text for text in texts],
            truncation=True,
            max_length=self.limits.read,
            padding=True,
            return_tensors="pt",
        ).to(device())
        told.pop("token_type_ids", None)
        with torch.inference_mode():
            found = self.model.generate(**told)
        said = self.tokenizer.batch_decode(found, skip_special_tokens=True)
        return [" ".join(str(one).split()) for one in said]

    @property
    def settings(self) -> dict[str, Json]:
        """What model.json says of it."""
        return {
            "prefix": self.prefix,
            "read": self.limits.read,
            "written": self.limits.written,
            "beams": self.limits.beams,
            "first": self.first,
        }

    def save(self, folder: Path) -> None:
        """Write weights and tokenizer."""
        self.model.save_pretrained(folder / NETWORK, safe_serialization=True)
        self.tokenizer.save_pretrained(folder / NETWORK)


def load_network(folder: Path, settings: Facts) -> Network:
    """Read what `save` wrote; nothing is fetched and no code of the folder is run."""
    model, tokenizer = _opened(str(folder / NETWORK))
    first = settings["first"]
    read, written, beams = (int(str(settings[name])) for name in ("read", "written", "beams"))
    return Network(
        model,
        tokenizer,
        str(settings["prefix"]),
        Limits(read, written, beams),
        first if isinstance(first, int) else None,
    )


def train_network(
    config: BundleConfig,
    out: Path,
    train: Sequence[tuple[str, str]],
    unseen: Sequence[tuple[str, str]],
    *,
    tongues: Tongues | None = None,
    rehearse: bool = False,
) -> tuple[Network, Facts]:
    """Fine-tune the backbone's weights on the pairs; also what is known of the training."""
    if config.weights is None:
        raise Problem(
            f"{config.backbone} begins with weights, and none are there.",
            "Name a folder with them (backbone=PATH), or the backbone that needs none.",
            field="backbone",
        )
    threads(config)
    train, unseen = _parts(train, unseen, rehearse=rehearse)
    say("train", f"reading {config.backbone}")
    network = _begun(config, train, tongues)
    rows = [_encoded(network, part) for part in (train, unseen)]

    def build(arguments: dict[str, object]) -> Seq2SeqTrainer:
        # After running out of memory this is called again, and begins with the first weights.
        model = network.model if not used else _opened(str(config.weights))[0]
        used.append(True)
        _settled(model, network.limits, network.first)
        _frozen(config, model)
        return Seq2SeqTrainer(
            model=model,
            args=Seq2SeqTrainingArguments(**arguments),
            train_dataset=rows[0],
            eval_dataset=rows[1],
            processing_class=network.tokenizer,
            data_collator=DataCollatorForSeq2Seq(network.tokenizer, model=model),
        )

    used: list[bool] = []
    trainer = trained(
        build, config, out, rows=len(train), rehearse=rehearse, usual=_usual(network.model)
    )
    done = Network(trainer.model, network.tokenizer, network.prefix, network.limits, network.first)
    return done, {"training": dict(facts(trainer)), "beams": network.limits.beams}


def _parts(
    train: Sequence[tuple[str, str]], unseen: Sequence[tuple[str, str]], *, rehearse: bool
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Rows to learn from and to look at; without the latter some of the former are kept back."""
    if not unseen:
        kept = max(1, round(HELD_BACK * len(train)))
        train, unseen = train[:-kept] or train, train[-kept:]
    if rehearse:
        return list(train[:REHEARSAL_ROWS]), list(unseen[:REHEARSAL_ROWS])
    return list(train), list(unseen)


def _begun(
    config: BundleConfig, pairs: Sequence[tuple[str, str]], tongues: Tongues | None
) -> Network:
    """The network before training, and how long its inputs and outputs may be."""
    model, tokenizer = _opened(str(config.weights))
    first = tell_tongues(tokenizer, tongues) if tongues else None
    prefix = prefix_of(str(model.config.model_type), tongues)
    most = int(tokenizer.model_max_length)
    reach = min(places_of(model.config) or most, most)  # T5 has no end
    read = min(config.setting("max_input_tokens", LONGEST_INPUT), reach)
    sizes = sorted(len(tokenizer(text_target=text).input_ids) for _, text in pairs[:1000])
    usual = math.ceil(LONGER * sizes[int(0.99 * (len(sizes) - 1))]) + 2
    written = min(config.setting("max_output_tokens", min(LONGEST_OUTPUT, usual)), reach - 1)
    limits = Limits(read, written, config.setting("beams", BEAMS if device().type == "cuda" else 1))
    return Network(model, tokenizer, prefix, limits, first)


def _settled(model: PreTrainedModel, limits: Limits, first: int | None) -> None:
    """Only the marks stay of how the weights were made to write: lengths and penalties were theirs.

    Beams are told anew, and no output says the same run of words twice.
    """
    old = model.generation_config
    kept = {name: getattr(old, name) for name in MARKS if getattr(old, name, None) is not None}
    if first is not None:
        kept["forced_bos_token_id"] = first
    model.generation_config = GenerationConfig(
        **kept,
        num_beams=limits.beams,
        max_new_tokens=limits.written,
        no_repeat_ngram_size=UNREPEATED,
        do_sample=False,
    )


def _opened(folder: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Weights and tokenizer of a folder; Problem where it holds no such model."""
    deep_quiet()
    try:
        model = AutoModelForSeq2SeqLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise Problem(
            f"The weights cannot be read as a model that writes a text for a text"
            f" ({type(error).__name__}).",
            "Name a sequence-to-sequence model, such as T5, BART or Marian, with its tokenizer and"
            " safetensors weights.",
            field="backbone",
        ) from error
    return model, tokenizer


def _encoded(network: Network, pairs: Sequence[tuple[str, str]]) -> Dataset:
    told = network.tokenizer(
        [network.prefix + source for source, _ in pairs],
        truncation=True,
        max_length=network.limits.read,
    )
    said = network.tokenizer(
        text_target=[target for _, target in pairs],
        truncation=True,
        max_length=max(network.limits.written, 8),
    )
    rows = {"input_ids": told["input_ids"], "attention_mask": told["attention_mask"]}
    return Dataset.from_dict({**rows, "labels": said["input_ids"]})


def _frozen(config: BundleConfig, model: PreTrainedModel) -> None:
    """Where only the last layer is to learn, everything but the decoder stays as it is."""
    if config.setting("freeze_backbone", default=False):
        for parameter in model.get_encoder().parameters():
            parameter.requires_grad = False


def _usual(model: PreTrainedModel) -> Usual:
    """T5 was trained with larger steps than the others."""
    large = str(model.config.model_type) in {"t5", "mt5", "longt5", "umt5"}
    return Usual(epochs=3, learning_rate=3e-4 if large else 3e-5, batch_size=8)
