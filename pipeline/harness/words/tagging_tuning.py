"""Fine-tune a network to tag words, by the label of each word's first piece."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from config import BundleConfig
from deep_reading import length_of, tokenizer_of
from deep_training import Usual, facts, threads, trained
from progress import Problem, say
from tagging_network import Network
from tagging_schemes import spans_in
from tagging_sentences import LONGEST_WORD, Sentence, tags_in
from tagging_windows import Reader
from torch.nn import Module
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    DataCollatorForTokenClassification,
    EvalPrediction,
    PreTrainedModel,
    Trainer,
    TrainingArguments,
)

NO_LABEL = -100  # what the loss passes over
STEPS = 500  # until a network knows a new task; of few sentences that takes more epochs
EPOCHS = (3, 30)
BATCH = 16
UNSEEN = 10  # a tenth of the sentences is not learned from where no others are there

Rows = list[dict[str, list[int]]]


def fine_tuned(
    train: Sequence[Sentence],
    unseen: Sequence[Sentence],
    config: BundleConfig,
    out: Path,
    *,
    rehearse: bool = False,
) -> tuple[Network, float]:
    """A network that was trained on `train`, and its F1 of spans on `unseen`."""
    threads(config)
    if not unseen:
        train, unseen = _apart(train)
    tags = tags_in([*train, *unseen])
    weights = str(config.weights)
    reader = _reader(weights, config)
    rows, rest = _rows(train, reader, tags), _rows(unseen, reader, tags)
    say("train", f"{len(train):,} sentences, {len(rows):,} windows", done=0.05)

    def build(arguments: dict[str, object]) -> Trainer:
        return Trainer(
            model=_model(weights, tags, config),
            args=TrainingArguments(**arguments),
            train_dataset=rows,
            eval_dataset=rest,
            processing_class=reader.tokenizer,
            data_collator=DataCollatorForTokenClassification(reader.tokenizer),
            compute_metrics=lambda told: {config.metric: _f1(told, tags)},
            preprocess_logits_for_metrics=lambda logits, _: logits.argmax(-1),
        )

    trainer = trained(
        build,
        config,
        out,
        rows=len(rows),
        rehearse=rehearse,
        metric=config.metric,
        greater=True,
        usual=_usual(len(rows)),
    )
    best = facts(trainer)["best"]
    value = float(best) if isinstance(best, int | float) else 0.0
    return Network(trainer.model, reader, tags), value


def _usual(rows: int) -> Usual:
    """More epochs where there are few rows."""
    least, most = EPOCHS
    return Usual(epochs=min(most, max(least, -(-STEPS * BATCH // max(rows, 1)))), batch_size=BATCH)


def _apart(sentences: Sequence[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    return (
        [one for at, one in enumerate(sentences) if at % UNSEEN],
        [one for at, one in enumerate(sentences) if not at % UNSEEN],
    )


def _reader(weights: str, config: BundleConfig) -> Reader:
    """The tokenizer of the weights; Problem where it cannot say which piece is of which word."""
    tokenizer = tokenizer_of(weights)
    if not tokenizer.is_fast:
        raise _unfit(config, "its tokenizer cannot say which piece is of which word")
    known = AutoConfig.from_pretrained(weights, local_files_only=True)
    return Reader(tokenizer, length_of(config, tokenizer, known))


def _model(weights: str, tags: Sequence[str], config: BundleConfig) -> PreTrainedModel:
    """The weights with a new last layer, one output a tag."""
    try:
        model = AutoModelForTokenClassification.from_pretrained(
            weights,
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.float32,
            num_labels=len(tags),
            id2label=dict(enumerate(tags)),
            label2id={tag: at for at, tag in enumerate(tags)},
            ignore_mismatched_sizes=True,
        )
    except (OSError, ValueError, KeyError) as error:
        raise _unfit(config, "its weights cannot be read as a model that tags words") from error
    if config.setting("freeze_backbone", default=False):
        body: Module = model.base_model
        body.requires_grad_(requires_grad=False)
    return model


def _rows(sentences: Sequence[Sentence], reader: Reader, tags: Sequence[str]) -> Rows:
    """Windows with the place of its tag at each word's first piece."""
    place = {tag: at for at, tag in enumerate(tags)}
    labels = [[place[tag] for tag in sentence.tags] for sentence in sentences]
    words = [[word[:LONGEST_WORD] for word in sentence.words] for sentence in sentences]
    rows: Rows = []
    for window in reader.windows(words):
        told = [NO_LABEL] * len(window.ids)
        for word, piece in window.firsts:
            told[piece] = labels[window.sentence][word]
        rows.append({"input_ids": window.ids, "attention_mask": [1] * len(told), "labels": told})
    return rows


def _f1(told: EvalPrediction, tags: Sequence[str]) -> float:
    """F1 of the spans of all windows."""
    right = both = 0
    for said, true in zip(np.asarray(told.predictions), np.asarray(told.label_ids), strict=True):
        kept = true != NO_LABEL
        mine, theirs = (
            frozenset(spans_in([tags[at] for at in row[kept].tolist()])) for row in (said, true)
        )
        right += len(mine & theirs)
        both += len(mine) + len(theirs)
    return 2 * right / both if both else 0.0


def _unfit(config: BundleConfig, why: str) -> Problem:
    return Problem(
        f"The model {config.backbone} cannot be fine-tuned for this: {why}.",
        "Name another, such as answerdotai/ModernBERT-base, or leave it to me.",
        field="backbone",
    )
