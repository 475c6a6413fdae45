"""Where a training can run: how long it may take there, at what price, and on which GPU."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

from pipeline.context import JobContext
from pipeline.estimating import likely_seconds
from pipeline.ports.runtime import Gpu, Offer, Runtime
from pipeline.recipe import find_recipe

_BYTES_GB = 1 << 30
# Training all weights keeps each of them, its gradient and two moments; LoRA keeps them once.
_ALL_WEIGHTS, _LORA = 4.0, 1.3
_WORKING_GB = 4.0  # what a batch and the libraries take besides
_CENT = Decimal("0.01")
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Estimate:
    """A training in one place. `most_seconds` ends it there, so `most_usd` cannot be exceeded.

    `likely_seconds` is what it probably takes, its start there included; None where nobody knows.
    """

    runtime: str
    offer: Offer
    gpu: Gpu | None
    start_seconds: float
    most_seconds: float
    likely_seconds: float | None = None

    @property
    def usd_hour(self) -> Decimal:
        """The price of an hour."""
        return self.gpu.usd_hour if self.gpu else self.offer.usd_hour

    @property
    def most_usd(self) -> Decimal:
        """The most that it can cost, rounded up to a cent."""
        return self.spent(self.start_seconds + self.most_seconds)

    @property
    def likely_usd(self) -> Decimal | None:
        """What it probably costs, rounded up to a cent; None where nobody knows."""
        return None if self.likely_seconds is None else self.spent(self.likely_seconds)

    def spent(self, seconds: float) -> Decimal:
        """The price of so many seconds, rounded up to a cent."""
        usd = self.usd_hour * Decimal(str(round(seconds, 1))) / _HOUR
        return usd.quantize(_CENT, ROUND_CEILING)


def estimate(context: JobContext, runtime: Runtime, most_seconds: float) -> Estimate:
    """What a training of at most so many seconds takes at a runtime."""
    offer = runtime.offer
    longest = min(most_seconds, offer.most_seconds or most_seconds)
    gpu = gpu_for(context, offer)
    likely = None if gpu else _likely(context, offer, longest)  # measured without one
    return Estimate(runtime.name, offer, gpu, offer.start_seconds, longest, likely)


def _likely(context: JobContext, offer: Offer, longest: float) -> float | None:
    """The time from the submission to the end, as this machine measured it."""
    likely, written = likely_seconds(context), context.bundle
    if likely is None or written is None:
        return None
    run = likely[1] + written.rehearsal_seconds  # the baselines begin in a process of their own
    return offer.start_seconds + run if run < longest else None


def others(
    context: JobContext, runtimes: Mapping[str, Runtime], but: str, most_seconds: float
) -> tuple[Estimate, ...]:
    """The other places where the same could run, the cheapest first."""
    found = (estimate(context, one, most_seconds) for name, one in runtimes.items() if name != but)
    return tuple(sorted(found, key=lambda one: (one.most_usd, one.start_seconds, one.runtime)))


def gpu_for(context: JobContext, offer: Offer) -> Gpu | None:
    """The cheapest GPU that the model fits into, else the largest; None where none is of use."""
    if not offer.gpus or not _wants_gpu(context):
        return None
    needed = needed_gb(context)
    fitting = [gpu for gpu in offer.gpus if gpu.memory >= needed]
    if not fitting:
        return max(offer.gpus, key=lambda gpu: (gpu.memory, -gpu.usd_hour))
    return min(fitting, key=lambda gpu: (gpu.usd_hour, gpu.memory))


def needed_gb(context: JobContext) -> float:
    """Memory in GB that training the chosen weights takes, by the size of their files."""
    folder = context.architecture.weights if context.architecture else None
    files = Path(folder).glob("*.safetensors") if folder else ()
    size = sum(file.stat().st_size for file in files) / _BYTES_GB
    wishes = context.config.hyperparameters if context.config else {}
    lora = bool(wishes.get("use_lora") or wishes.get("use_qlora"))
    return size * (_LORA if lora else _ALL_WEIGHTS) + _WORKING_GB


def _wants_gpu(context: JobContext) -> bool:
    """Whether the chosen model is one that a GPU makes faster; one of no menu is a network."""
    chosen, intent = context.architecture, context.intent
    if chosen is None or intent is None or intent.task_type is None:
        return False
    known = find_recipe(intent.task_type).on_menu(chosen.backbone)
    return known is None or known.hardware == "gpu"
