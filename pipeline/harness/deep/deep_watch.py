"""Watches a training while it runs: the clock, when to look at unseen rows, and what is said."""

import math
import time
from collections.abc import Callable, Mapping

from deep_clock import Clock
from progress import say
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

BETWEEN_LINES = 1.0  # seconds
LOOKS = 10  # at the unseen rows, at least, over the time that there is
DEAR = 8  # times of a look that must lie between two of them
DISK = 150e6  # bytes a second, until a first checkpoint was written
COPIES = 3  # a checkpoint holds the weights and two averages of Adam
ALL = 0.98  # of the progress: what comes after the steps is the caller's
FALLING = ("cosine", "linear")


class Watch(TrainerCallback):  # type: ignore[misc] # its types are not installed
    """Stops in time, or when nothing is gained, and lets the learning rate fall until then.

    The unseen rows are looked at every tenth of the time, and after an epoch where that is cheap.
    `metric` is the name of what decides there, `most` the steps of a rehearsal.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        metric: str,
        greater: bool,
        patience: int,
        looks: bool,
        most: float = math.inf,
    ) -> None:
        self.clock, self.metric, self.sign = clock, metric, 1.0 if greater else -1.0
        self.patience, self.looks, self.most = patience, looks, most
        self.best, self.vain, self.looked_at = -math.inf, 0, -1
        self.horizon, self.done, self.over = math.inf, 0.0, False
        self.why = "all epochs are done"
        self.values: dict[str, float] = {}
        self.looked = self.said = self.began = time.monotonic()

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        _control: TrainerControl,
        **given: object,
    ) -> None:
        """Guess what a checkpoint takes, and let the learning rate follow the clock."""
        self.looked = self.began = time.monotonic()
        self.said = -math.inf  # even the shortest training says its loss once
        self.horizon = min(state.max_steps, self.most)
        weights = given["model"].parameters()  # type: ignore[attr-defined] # a torch module
        held = sum(one.numel() * one.element_size() for one in weights)
        self.clock.save = self.clock.save or COPIES * held / DISK * self.looks
        kind, scheduler = str(args.lr_scheduler_type.value), given.get("lr_scheduler")
        if kind in FALLING and hasattr(scheduler, "lr_lambdas"):
            shape = self.shape(kind, args.get_warmup_steps(state.max_steps))
            scheduler.lr_lambdas = [shape] * len(scheduler.lr_lambdas)

    def shape(self, kind: str, warmup: int) -> Callable[[int], float]:
        """The learning rate's share at a step, down to nothing where the steps or the time end."""

        def share(step: int) -> float:
            rising = min(float(warmup), self.horizon / 10) if self.horizon > 1 else 0.0
            if step < rising:
                return (step + 1) / (rising + 1)
            gone = min(1.0, (step - rising) / max(1.0, self.horizon - rising))
            return (1 + math.cos(math.pi * gone)) / 2 if kind == "cosine" else 1 - gone

        return share

    def on_step_begin(
        self, _args: TrainingArguments, _state: TrainerState, _control: TrainerControl, **_: object
    ) -> None:
        """A step begins."""
        self.began = time.monotonic()

    def on_step_end(
        self, _args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        """Decide whether to go on, to look at the unseen rows, and to say something."""
        now = time.monotonic()
        self.clock.stepped(now - self.began)
        self.horizon = min(state.max_steps, self.most, state.global_step + self.clock.room)
        control.should_log = now - self.said >= BETWEEN_LINES
        if state.global_step >= min(state.max_steps, self.most):
            control.should_training_stop = True
        elif self.clock.out:
            control.should_training_stop, self.why = True, "the time is up"
        pause = max(DEAR * self.clock.look, (self.clock.ends - self.clock.begun) / LOOKS)
        self._look(state, control, due=control.should_training_stop or now - self.looked >= pause)

    def on_epoch_end(
        self, _args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        """Look at the unseen rows after an epoch, where that does not take most of the time."""
        cheap = time.monotonic() - self.looked >= DEAR / 2 * self.clock.look
        self._look(state, control, due=cheap or control.should_training_stop)

    def on_evaluate(
        self,
        _args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **given: object,
    ) -> None:
        """Say how well it does on unseen rows, and stop where it gains nothing any more."""
        if self.over:
            return
        found = given.get("metrics")
        self.values = _finite(found if isinstance(found, dict) else {})
        self.clock.look = self.values.get("eval_runtime", self.clock.look)
        self.looked = self.said = time.monotonic()
        value = self.values.get(self.metric, math.nan)
        kept = ("eval_loss", self.metric)
        shown = {name: self.values[name] for name in kept if name in self.values}
        self._say(state, "on unseen rows", shown)
        if self.sign * value > self.best:
            self.best, self.vain = self.sign * value, 0
            return
        self.vain += 1
        if self.vain >= self.patience and not control.should_training_stop:
            control.should_training_stop, self.why = True, "more steps gain nothing"

    def on_save(
        self, _args: TrainingArguments, _state: TrainerState, _control: TrainerControl, **_: object
    ) -> None:
        """Measure what a checkpoint takes."""
        self.clock.save = time.monotonic() - self.looked
        self.looked = time.monotonic()

    def on_log(
        self,
        _args: TrainingArguments,
        state: TrainerState,
        _control: TrainerControl,
        **given: object,
    ) -> None:
        """Say the loss, at most once a second."""
        logs = given.get("logs")
        if isinstance(logs, dict) and "loss" in logs:
            self.said = time.monotonic()
            self._say(state, f"step {state.global_step}", _finite({"loss": logs["loss"]}))

    def _look(self, state: TrainerState, control: TrainerControl, *, due: bool) -> None:
        if not self.looks or not due or self.looked_at == state.global_step:
            return
        control.should_evaluate, self.looked_at = True, state.global_step

    def _say(self, state: TrainerState, message: str, numbers: Mapping[str, float]) -> None:
        ahead = max(0.0, self.horizon - state.global_step)
        share = state.global_step / max(1.0, state.global_step + ahead)
        self.done = max(self.done, ALL * share)
        say(
            "train", message, done=round(self.done, 4), eta=ahead * self.clock.step, numbers=numbers
        )


def _finite(numbers: Mapping[object, object]) -> dict[str, float]:
    return {
        str(name): float(value)
        for name, value in numbers.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }
