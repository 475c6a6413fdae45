"""What a person's settings and the machine make of the arguments of a training."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config import BundleConfig
from deep_machine import device, has_bfloat16

OPTIMIZERS = {
    "adamw": "adamw_torch",
    "adam": "adamw_torch",  # without decay both are the same
    "sgd": "sgd",
    "adafactor": "adafactor",
}
SCHEDULERS = {
    "cosine": "cosine",
    "linear": "linear",
    "constant": "constant_with_warmup",
    "reduce_on_plateau": "reduce_lr_on_plateau",
}
LEAST_STEPS = 12  # an epoch of fewer steps learns little from few rows
LEAST_BATCH = 4
REHEARSAL_STEPS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is taken where the person said nothing."""

    epochs: int = 3
    learning_rate: float = 5e-5
    batch_size: int = 16
    warmup_ratio: float = 0.1
    weight_decay: float = 0.01
    max_grad_norm: float = 1.0
    patience: int = 3
    scheduler: str = "cosine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How a step is cut so that it fits into memory; rows of a step = batch * accumulation."""

    batch: int
    accumulation: int
    checkpointing: bool

    def smaller(self) -> "Size | None":
        """The next to try after this was too much; None when nothing is left."""
        if self.batch > 1:
            return Size(
                batch=self.batch // 2,
                accumulation=self.accumulation * 2,
                checkpointing=self.checkpointing,
            )
        if not self.checkpointing:
            return Size(batch=1, accumulation=self.accumulation, checkpointing=True)
        return None


def size_of(config: BundleConfig, usual: Usual, rows: int) -> Size:
    """The person's batch, else the usual one, smaller where that would leave only a few steps."""
    batch = usual.batch_size
    while batch > LEAST_BATCH and rows / batch < LEAST_STEPS:
        batch //= 2
    return Size(
        batch=config.setting("batch_size", batch),
        accumulation=config.setting("gradient_accumulation_steps", 1),
        checkpointing=config.setting("use_gradient_checkpointing", default=False),
    )


def arguments_of(
    config: BundleConfig, usual: Usual, size: Size, folder: Path, *, evaluates: bool
) -> dict[str, object]:
    """Keyword arguments of TrainingArguments; looking, saving and stopping are the watch's."""
    return {
        "output_dir": str(folder),
        "num_train_epochs": config.setting("epochs", usual.epochs),
        "per_device_train_batch_size": size.batch,
        "per_device_eval_batch_size": size.batch,
        "gradient_accumulation_steps": size.accumulation,
        "seed": config.seed,
        **_learning(config, usual, evaluates=evaluates),
        **_precision(config),
        "activation_checkpointing": size.checkpointing,
        "eval_strategy": "steps" if evaluates else "no",
        "eval_steps": 10**9,
        "save_strategy": "best" if evaluates else "no",
        "save_total_limit": 1,
        "load_best_model_at_end": evaluates,
        "logging_strategy": "no",
        "disable_tqdm": True,
        "report_to": "none",
    }


def ignored_settings(config: BundleConfig) -> Sequence[str]:
    """Wishes that this machine cannot grant, in words."""
    told = []
    on_card = device().type == "cuda"
    halves = [name for name in ("fp16", "bf16") if config.hyperparameters.get(name)]
    if halves and not on_card:
        told.append(f"{' and '.join(halves)} needs a GPU; here it is counted in full precision.")
    elif "bf16" in halves and not has_bfloat16():
        told.append("This GPU has no bfloat16; half precision (fp16) is used instead.")
    return told


def _learning(config: BundleConfig, usual: Usual, *, evaluates: bool) -> dict[str, object]:
    optimizer = str(config.hyperparameters.get("optimizer") or "adamw")
    scheduler = str(config.hyperparameters.get("lr_scheduler") or usual.scheduler)
    if scheduler == "reduce_on_plateau" and not evaluates:
        scheduler = "constant"  # nothing is looked at that could stop falling
    decay = 0.0 if optimizer == "adam" else usual.weight_decay
    return {
        "learning_rate": config.setting("learning_rate", usual.learning_rate),
        "optim": OPTIMIZERS[optimizer],
        "lr_scheduler_type": SCHEDULERS[scheduler],
        "warmup_steps": config.setting("warmup_ratio", usual.warmup_ratio),
        "weight_decay": config.setting("weight_decay", decay),
        "max_grad_norm": config.setting("max_grad_norm", usual.max_grad_norm),
    }


def _precision(config: BundleConfig) -> dict[str, object]:
    """Half precision on a card only: bfloat16 where it has it, unless the person says otherwise."""
    if device().type != "cuda":
        return {"use_cpu": True, "bf16": False, "fp16": False, "dataloader_pin_memory": False}
    fp16 = config.setting("fp16", default=False)
    asked = config.setting("bf16", default=not fp16)
    bf16 = asked and has_bfloat16() and not fp16
    return {"bf16": bf16, "fp16": fp16 or (asked and not bf16)}
