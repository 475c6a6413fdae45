"""Trains a network within the budget and the memory there is; the one way in for all recipes.

    trainer = trained(build, config, told.out, rows=len(rows), usual=Usual(epochs=3))

`build(arguments)` makes the Trainer out of the keyword arguments of its TrainingArguments, with
the model loaded anew each time: after running out of memory it is called again.
"""

import json
import math
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from config import BundleConfig, Json
from deep_arguments import REHEARSAL_STEPS, Size, Usual, arguments_of, ignored_settings, size_of
from deep_checkpoints import Sealed, last_whole
from deep_clock import Clock
from deep_machine import deep_quiet, device, free_memory, out_of_memory, threads
from deep_watch import Watch
from process_age import process_age
from progress import Problem, say
from torch.utils.data import Subset
from transformers import PrinterCallback, Trainer, set_seed

__all__ = ["Usual", "deep_quiet", "device", "facts", "threads", "trained"]

Build = Callable[[dict[str, object]], Trainer]
CHECKPOINTS = "checkpoints"
TRIED = 8  # unseen rows to learn from how long a look takes
LOOK_SHARE = 0.04  # of the budget that one look may take
LEAST_LOOKED_AT = 32
MARGIN = 0.03  # of the budget, for what cannot be measured


def trained(
    build: Build,
    config: BundleConfig,
    folder: Path,
    *,
    rows: int,
    rehearse: bool = False,
    metric: str = "eval_loss",
    greater: bool = False,
    usual: Usual | None = None,
    after: float = 0.0,
    looks: bool = True,
) -> Trainer:
    """Train until the epochs, the gain or the time ends; the best model is loaded at the end.

    `rows` is the number of training rows, `metric` what decides on the eval_dataset (as in the
    Trainer's metrics; `greater` is better), `after` the seconds that the caller needs afterwards.
    `looks` is False where there is no eval_dataset. Checkpoints lie in `folder` while it runs, and
    what was killed goes on from them. Problem where memory does not do, or the numbers explode.
    """
    usual = usual or Usual()
    work = _workplace(folder / CHECKPOINTS, config, rows)
    size: Size | None = size_of(config, usual, rows)
    for told in ignored_settings(config):
        say("train", told)
    clock = _clock(config, after)
    most = REHEARSAL_STEPS if rehearse else math.inf
    patience = config.setting("early_stopping_patience", usual.patience)
    while size is not None:
        watch = Watch(
            clock, metric=_eval(metric), greater=greater, patience=patience, looks=looks, most=most
        )
        arguments = arguments_of(config, usual, size, work, evaluates=looks)
        best = {"metric_for_best_model": metric, "greater_is_better": greater} if looks else {}
        trainer = _attempt(build, {**arguments, **best}, watch, work, config)
        if trainer is not None:
            shutil.rmtree(work, ignore_errors=True)
            return _told(trainer, watch)
        free_memory()
        size = _smaller(size)
    raise Problem(
        "Not even one row at a time fits into the memory of this machine.",
        "Name a smaller model (backbone=...), shorten the inputs, or train on a larger GPU.",
        field="backbone",
    )


def facts(trainer: Trainer) -> dict[str, Json]:
    """What is known of a training that is over: steps, epochs, seconds, and why it ended."""
    watch = _watch_of(trainer)
    return {
        "steps": int(trainer.state.global_step),
        "epochs": round(float(trainer.state.epoch or 0), 2),
        "seconds": round(time.monotonic() - watch.clock.begun, 1),
        "seconds_per_step": round(watch.clock.step, 4),
        "ended": watch.why,
        "batch_size": int(trainer.args.per_device_train_batch_size),
        "gradient_accumulation_steps": int(trainer.args.gradient_accumulation_steps),
        "learning_rate": float(trainer.args.learning_rate),
        "best": watch.sign * watch.best if math.isfinite(watch.best) else None,
    }


def _eval(metric: str) -> str:
    """A metric as the Trainer calls it."""
    return metric if metric.startswith("eval_") else f"eval_{metric}"


def _clock(config: BundleConfig, after: float) -> Clock:
    ends = time.monotonic() - process_age() + config.budget_seconds * (1 - MARGIN)
    return Clock(ends=ends, after=after)


def _workplace(work: Path, config: BundleConfig, rows: int) -> Path:
    """The folder of checkpoints; those of another training are thrown away."""
    known = [config.backbone, config.seed, rows, dict(config.hyperparameters)]
    told, marker = json.dumps(known, sort_keys=True), work / "training.json"
    if not marker.is_file() or marker.read_text("utf-8") != told:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        marker.write_text(told, "utf-8")
    return work


def _attempt(
    build: Build, arguments: dict[str, object], watch: Watch, work: Path, config: BundleConfig
) -> Trainer | None:
    """One training; None where memory ran out."""
    set_seed(config.seed)
    try:
        trainer = build(dict(arguments))
        trainer.remove_callback(PrinterCallback)
        _checkpointing_if_it_can(trainer)
        if watch.looks:
            _fewer_looked_at(trainer, watch.clock, config)
        trainer.add_callback(watch)
        trainer.add_callback(Sealed())
        last = last_whole(work)
        if last is not None:
            say("train", "going on from the last checkpoint")
        trainer.train(resume_from_checkpoint=last)
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        return None
    return trainer


def _checkpointing_if_it_can(trainer: Trainer) -> None:
    """Not every network can save memory by counting twice."""
    able = getattr(trainer.model, "supports_gradient_checkpointing", False)
    if trainer.args.activation_checkpointing and not able:
        trainer.args.activation_checkpointing = False
        say("train", "this model has no gradient checkpointing: it trains without")


def _fewer_looked_at(trainer: Trainer, clock: Clock, config: BundleConfig) -> None:
    """Time a look at a few unseen rows, and keep only as many as a look has time for."""
    rows, total = trainer.eval_dataset, len(trainer.eval_dataset)
    few = min(total, TRIED)
    started = time.monotonic()
    trainer.evaluate(_some(rows, few, total))
    each = (time.monotonic() - started) / few
    share = LOOK_SHARE * config.budget_seconds
    most = max(LEAST_LOOKED_AT, int(share / max(each, 1e-9)))
    if total > most:
        say("train", f"every check reads {most} of the {total:,} unseen rows, to save time")
        trainer.eval_dataset = _some(rows, most, total)
    clock.look = each * min(total, most)


def _some(rows: object, few: int, total: int) -> object:
    """Rows spread evenly over all."""
    places = [at * total // few for at in range(few)]
    return rows.select(places) if hasattr(rows, "select") else Subset(rows, places)


def _smaller(size: Size) -> Size | None:
    less = size.smaller()
    if less is not None:
        how = f"batches of {less.batch}, {less.accumulation} of them a step"
        also = ", with gradient checkpointing" if less.checkpointing else ""
        say("train", f"the memory did not do: going on with {how}{also}")
    return less


def _told(trainer: Trainer, watch: Watch) -> Trainer:
    """Say how it went; Problem where no look gave a number."""
    watch.over = True
    if watch.looks and not math.isfinite(watch.best):
        raise Problem(
            "The training got out of hand: its loss is no number any more.",
            "Choose a smaller learning rate: --set hyperparameters.learning_rate=0.00001",
            field="hyperparameters.learning_rate",
        )
    found = facts(trainer)
    say(
        "train",
        f"{found['steps']} steps in {found['seconds']} s ({found['seconds_per_step']} s each):"
        f" {found['ended']}",
    )
    return trainer


def _watch_of(trainer: Trainer) -> Watch:
    return next(one for one in trainer.callback_handler.callbacks if isinstance(one, Watch))
