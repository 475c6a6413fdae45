"""Fine-tune a network to tell texts apart, in the time that is left after the linear model."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from config import BundleConfig
from deep_reading import length_of, tokenizer_of
from deep_training import CHECKPOINTS, Usual, facts, threads, trained
from deep_watch import Watch
from labelling_cuts import scale_of
from labelling_network import LabelNetwork, as_scores
from labelling_texts import Parts, Texts
from progress import Problem
from torch.nn import Module
from torch.utils.data import Dataset
from transformers import (
    AutoModelForSequenceClassification,
    DataCollatorWithPadding,
    EvalPrediction,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

__all__ = ["CHECKPOINTS", "begun", "tuned"]

STEPS = 600  # until a network knows a new task; of few texts that takes more epochs
EPOCHS = (3, 20)
BATCH = 16
TRIAL = 8  # steps, after which it is known how long an epoch takes
HOPELESS = 1.2  # times the steps there is time for: the first ones are slow
SHARE_AFTER = 0.08  # of the budget: the unseen texts are scored, and the weights are saved
NO_TIME = "there is no time for an epoch"


@dataclass(frozen=True, slots=True)
class Lessons(Dataset):  # type: ignore[misc,unused-ignore] # torch has types where it is installed
    """Texts as the network is given them, cut when they are asked for: memory stays small."""

    network: LabelNetwork
    texts: Texts

    def __len__(self) -> int:
        return len(self.texts.texts)

    def __getitem__(self, at: int) -> Mapping[str, object]:
        ids = self.network.pieces(self.texts.texts[at])
        return {
            "input_ids": ids,
            "attention_mask": [1] * len(ids),
            "labels": int(self.texts.places[at]),
        }


class Trial(TrainerCallback):  # type: ignore[misc] # its types are not installed
    """Ends a training at once whose first epoch would not be over in time."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        """After some steps: whether there is time for all of an epoch."""
        if state.global_step != TRIAL:
            return
        callbacks = self.trainer.callback_handler.callbacks
        watch = next(one for one in callbacks if isinstance(one, Watch))
        epoch = math.ceil(state.max_steps / args.num_train_epochs)
        if epoch - TRIAL > HOPELESS * watch.clock.room:
            control.should_training_stop, watch.why = True, NO_TIME


def tuned(
    config: BundleConfig, parts: Parts, network: LabelNetwork, out: Path, *, rehearse: bool = False
) -> tuple[LabelNetwork, str]:
    """The network in its best state by the metric on `looked`, and why it cannot be chosen.

    That is empty unless there is no time to learn from every text once.
    """
    threads(config)

    def build(arguments: dict[str, object]) -> Trainer:
        nonlocal network
        network = begun(config, parts.learned.labels)
        trainer = Trainer(
            model=network.model,
            args=TrainingArguments(**arguments),
            train_dataset=Lessons(network, parts.learned),
            eval_dataset=Lessons(network, parts.looked),
            processing_class=network.tokenizer,
            data_collator=DataCollatorWithPadding(network.tokenizer),
            compute_metrics=lambda told: {config.metric: _value(config, parts.looked, told)},
            preprocess_logits_for_metrics=lambda told, _: told[0] if _is_many(told) else told,
        )
        trainer.add_callback(Trial(trainer))
        return trainer

    trainer = trained(
        build,
        config,
        out,
        rows=len(parts.learned.texts),
        rehearse=rehearse,
        metric=config.metric,
        greater=config.better == "higher",
        usual=_usual(len(parts.learned.texts)),
        after=SHARE_AFTER * config.budget_seconds,
    )
    return network, NO_TIME if facts(trainer)["ended"] == NO_TIME else ""


def begun(config: BundleConfig, labels: Sequence[str]) -> LabelNetwork:
    """The weights of the config with a new last layer; Problem where they are of no such model."""
    weights = str(config.weights)
    try:
        tokenizer = tokenizer_of(weights)
        model = AutoModelForSequenceClassification.from_pretrained(
            weights,
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.float32,
            num_labels=len(labels),
            id2label=dict(enumerate(labels)),
            label2id={label: at for at, label in enumerate(labels)},
            problem_type="single_label_classification",
            ignore_mismatched_sizes=True,
        )
    except (ValueError, KeyError, OSError, ImportError) as error:
        raise Problem(
            f"The weights of {config.backbone} are of no model that can classify texts.",
            "Name another, such as answerdotai/ModernBERT-base, or leave it to me.",
            field="backbone",
        ) from error
    model.config.pad_token_id = tokenizer.pad_token_id
    if config.setting("freeze_backbone", default=False):
        body: Module = model.base_model
        body.requires_grad_(requires_grad=False)
    return LabelNetwork(model, tokenizer, length_of(config, tokenizer, model.config))


def _usual(rows: int) -> Usual:
    """More epochs where there are few texts."""
    least, most = EPOCHS
    return Usual(epochs=min(most, max(least, -(-STEPS * BATCH // max(rows, 1)))), batch_size=BATCH)


def _value(config: BundleConfig, looked: Texts, told: EvalPrediction) -> float:
    """The headline metric, with the probabilities and the cut that these logits ask for."""
    some = replace(looked, texts=[], places=np.asarray(told.label_ids, dtype=np.int64))
    logits = np.asarray(told.predictions, dtype=np.float64)
    return scale_of(config, some, as_scores(logits)).value


def _is_many(told: object) -> bool:
    """Some models give more than their logits."""
    return isinstance(told, tuple)
