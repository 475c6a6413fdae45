"""What deep training promises; runs inside the deep environment, beside the bundle.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from config import BundleConfig, Json
from deep_arguments import arguments_of, ignored_settings, size_of
from deep_machine import deep_quiet, device, out_of_memory
from deep_training import CHECKPOINTS, Build, Usual, facts, trained
from process_age import process_age
from progress import Problem
from tiny_config import tiny_config
from tokenizers_own import own_tokenizer
from transformers import (
    AutoTokenizer,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

deep_quiet()
torch.set_num_threads(1)

CONFIG = tiny_config("text_generation", "eval_loss", "lower", seed=3)
USUAL = Usual(epochs=4, learning_rate=0.05, batch_size=16)
ROWS = 96


class Lines(torch.nn.Module):
    """Three classes by straight lines; `most` rows at once fit into its memory."""

    def __init__(self, most: int = 10**6, loss: float = 1.0) -> None:
        super().__init__()
        self.layer, self.most, self.loss = torch.nn.Linear(4, 3), most, loss

    def forward(self, x: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
        if self.training and len(x) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        said = self.layer(x)
        return {"loss": self.loss * torch.nn.functional.cross_entropy(said, labels), "logits": said}


def rows() -> list[dict[str, torch.Tensor]]:
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(ROWS + 32, 4, generator=draw)
    y = (x @ torch.randn(4, 3, generator=draw)).argmax(1)
    return [{"x": a, "labels": b} for a, b in zip(x, y, strict=True)]


def build(arguments: dict[str, object], **kind: float) -> Trainer:
    known = rows()
    return Trainer(
        Lines(**kind),
        TrainingArguments(**arguments),
        train_dataset=known[:ROWS],
        eval_dataset=known[ROWS:],
    )


def learned(
    config: BundleConfig = CONFIG,
    maker: Build = build,
    folder: str | None = None,
    **more: object,
) -> tuple[Trainer, list[dict[str, Json]]]:
    """A training, with what it said."""
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(said):
        where = Path(folder or work)
        trainer = trained(maker, config, where, rows=ROWS, **{"usual": USUAL, **more})
        left = (where / CHECKPOINTS).exists()
    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    assert not left, "checkpoints are thrown away at the end"
    return trainer, lines


def problem_of(maker: Build) -> Problem:
    try:
        learned(maker=maker)
    except Problem as problem:
        return problem
    raise AssertionError("it ended well")


def weights(trainer: Trainer) -> torch.Tensor:
    return trainer.model.layer.weight.detach()


def check_all_epochs_are_learned_and_the_best_is_kept() -> None:
    trainer, lines = learned()
    told = facts(trainer)
    assert told["steps"] == 4 * ROWS / told["batch_size"]
    assert told["ended"] == "all epochs are done"
    assert trainer.evaluate()["eval_loss"] <= told["best"] + 1e-6
    assert all(line["step"] == "train" for line in lines)
    done = [line["done"] for line in lines if "done" in line]
    assert done == sorted(done)
    assert done[-1] < 1


def check_the_same_seed_learns_the_same() -> None:
    assert torch.equal(weights(learned()[0]), weights(learned()[0]))
    other = replace(CONFIG, seed=4)
    assert not torch.equal(weights(learned()[0]), weights(learned(other)[0]))


def check_too_large_batches_are_halved_and_said() -> None:
    trainer, lines = learned(maker=lambda arguments: build(arguments, most=3))
    told = facts(trainer)
    assert told["batch_size"] == 2
    assert told["batch_size"] * told["gradient_accumulation_steps"] == 8
    assert sum("memory" in line.get("message", "") for line in lines) == 2


def check_what_never_fits_is_the_persons_to_mend() -> None:
    problem = problem_of(maker=lambda arguments: build(arguments, most=0))
    assert problem.field == "backbone"
    assert "memory" in problem.message


def check_another_error_is_not_taken_for_memory() -> None:
    assert out_of_memory(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"))
    assert not out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


class At(TrainerCallback):
    """Looks at the unseen rows in a step, and does something when a later one begins."""

    def __init__(self, look: int, step: int, what: Callable[[], None]) -> None:
        self.look, self.step, self.what = look, step, what

    def on_step_begin(
        self, _args: object, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        control.should_evaluate = state.global_step == self.look  # and so writes a checkpoint
        if state.global_step == self.step:
            self.what()


def check_it_goes_on_where_memory_ran_out() -> None:
    fits = [8]

    def tighter() -> None:
        fits[:] = [4]
        raise torch.OutOfMemoryError

    def narrow(arguments: dict[str, object]) -> Trainer:
        trainer = build(arguments, most=fits[0])
        if fits == [8]:
            trainer.add_callback(At(4, 13, tighter))
        return trainer

    trainer, lines = learned(maker=narrow)
    assert any("going on from the last checkpoint" in line["message"] for line in lines)
    assert facts(trainer)["batch_size"] == 4
    assert facts(trainer)["ended"] == "all epochs are done"


def check_a_checkpoint_of_another_training_is_not_taken() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stale = Path(folder) / CHECKPOINTS / "checkpoint-9"
        stale.mkdir(parents=True)
        (stale / "trainer_state.json").write_text("{}", "utf-8")
        _, lines = learned(folder=folder)
    assert not any("going on" in line["message"] for line in lines)


def check_it_stops_when_the_time_is_up() -> None:
    spent = replace(CONFIG, budget_seconds=process_age() + 5, hyperparameters={"epochs": 10_000})
    trainer, _ = learned(spent, usual=replace(USUAL, patience=10**6))
    told = facts(trainer)
    assert told["ended"] == "the time is up"
    assert told["steps"] >= 1
    assert trainer.lr_scheduler.get_last_lr()[0] < USUAL.learning_rate / 2


def check_a_budget_that_is_gone_still_gives_a_model() -> None:
    gone = replace(CONFIG, budget_seconds=1)
    assert facts(learned(gone)[0])["steps"] == 1


def check_it_stops_when_nothing_is_gained() -> None:
    wild = replace(CONFIG, hyperparameters={"epochs": 500, "early_stopping_patience": 2})
    assert facts(learned(wild)[0])["ended"] == "more steps gain nothing"


def check_numbers_that_explode_are_the_persons_to_mend() -> None:
    problem = problem_of(maker=lambda arguments: build(arguments, loss=float("nan")))
    assert problem.field == "hyperparameters.learning_rate"


def check_a_rehearsal_takes_two_steps() -> None:
    assert facts(learned(rehearse=True)[0])["steps"] == 2


def check_it_learns_without_rows_to_look_at() -> None:
    def blind(arguments: dict[str, object]) -> Trainer:
        return Trainer(Lines(), TrainingArguments(**arguments), train_dataset=rows())

    told = facts(learned(maker=blind, looks=False)[0])
    assert told["best"] is None
    assert told["ended"] == "all epochs are done"


def check_every_setting_reaches_the_trainer() -> None:
    asked = {
        "epochs": 7,
        "learning_rate": 0.01,
        "batch_size": 5,
        "optimizer": "sgd",
        "lr_scheduler": "reduce_on_plateau",
        "warmup_ratio": 0.25,
        "weight_decay": 0.5,
        "gradient_accumulation_steps": 3,
        "max_grad_norm": 2.0,
        "use_gradient_checkpointing": True,
    }
    config = replace(CONFIG, hyperparameters=asked)
    size = size_of(config, USUAL, ROWS)
    arguments = arguments_of(config, USUAL, size, Path("x"), evaluates=True)
    told = TrainingArguments(**arguments)
    assert told.num_train_epochs == 7
    assert told.learning_rate == 0.01
    assert told.per_device_train_batch_size == 5
    assert told.optim == "sgd"
    assert told.lr_scheduler_type == "reduce_lr_on_plateau"
    assert told.get_warmup_steps(100) == 25
    assert told.weight_decay == 0.5
    assert told.gradient_accumulation_steps == 3
    assert told.max_grad_norm == 2.0
    assert told.activation_checkpointing


def check_half_precision_without_a_card_is_said_and_left() -> None:
    config = replace(CONFIG, hyperparameters={"bf16": True})
    if device().type == "cuda":
        return
    size = size_of(config, USUAL, ROWS)
    arguments = arguments_of(config, USUAL, size, Path("x"), evaluates=False)
    assert not arguments["bf16"]
    assert "GPU" in ignored_settings(config)[0]


def check_own_tokenizers_read_back_what_they_cut() -> None:
    texts = ["The cat sat on the mat.", "Das Café öffnet um 8 Uhr 🎉", "日本語の文"] * 20
    for shape, ends in (("decoder", "!"), ("encoder", "</s>"), ("seq2seq", "</s>")):
        made = own_tokenizer(texts, shape, vocabulary=400)
        with tempfile.TemporaryDirectory() as folder:
            made.save_pretrained(folder)
            again = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        ids = again("Café 日本 never seen ☃!")["input_ids"]
        assert ids == made("Café 日本 never seen ☃!")["input_ids"]
        assert again.decode(ids, skip_special_tokens=True).strip() == "Café 日本 never seen ☃!"
        assert again.convert_ids_to_tokens(ids)[-1] == ends
        assert again.pad_token_id is not None
