"""A network against the linear model on texts that neither has seen: the better one is kept."""

import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from config import BundleConfig, Json
from labelling_cuts import UNSCALED, Scale, reached, scale_of
from labelling_texts import Parts, Texts, joined, spread
from metrics import Codes, Floats
from progress import Problem, say

LEAST_TEXTS = 300  # of fewer a network learns less than counting words does
PROBE = 16  # texts that tell how long scoring takes
LEAST_SCORED = 32
SHARE_TO_SCORE = 0.04  # of the budget
RECORD = "trial.json"
FOLDER = "network"  # of its weights, in the folder of a model

Judge = Callable[[Codes], float]


class Network(Protocol):
    """What the contest has to know of a fine-tuned network."""

    def scores(self, texts: list[str]) -> Floats:
        """Scores of shape (texts, k), as a linear model gives them."""
        ...

    def save(self, folder: Path) -> None:
        """Write it into a folder."""
        ...

    @property
    def length(self) -> int:
        """How many pieces of a text are read."""
        ...


@dataclass(frozen=True, slots=True)
class Tried:
    """A model, what it reached and in how many seconds; `why` there is no value, if so."""

    model: str
    seconds: float
    value: float = math.nan
    why: str = ""


@dataclass(frozen=True, slots=True)
class Winner:
    """The network, where it is the better one, with what its scores mean; and all that was tried.

    `told` is the outcome in a sentence.
    """

    told: str
    record: dict[str, Json]
    network: Network | None = None
    scale: Scale = UNSCALED


def too_few(config: BundleConfig, linear: Tried, texts: int) -> Winner | None:
    """The linear model, where a network has nothing to learn from."""
    if texts >= LEAST_TEXTS:
        return None
    why = f"only {texts} texts, and a network needs {LEAST_TEXTS}"
    return _settled(config, 0, linear, Tried(config.backbone, 0.0, why=why))


def contest(
    config: BundleConfig,
    parts: Parts,
    linear: Tried,
    judge: Judge,
    out: Path,
    *,
    rehearse: bool = False,
) -> Winner:
    """Train the network and compare it; `judge` says what the linear model reaches on some texts.

    These are named by their places among those to judge on.
    """
    from deep_machine import deep_quiet  # noqa: PLC0415 - its libraries may not be there

    deep_quiet()
    from labelling_tuning import CHECKPOINTS, begun, tuned  # noqa: PLC0415

    began = time.monotonic()
    # Outside of the try: weights that do not fit are for their person to change.
    network = begun(config, parts.learned.labels)
    try:
        network, why = tuned(config, parts, network, out, rehearse=rehearse)
    except Problem as problem:
        shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
        told = Tried(config.backbone, time.monotonic() - began, why=problem.message)
        return _settled(config, 0, linear, told)
    tried = Tried(config.backbone, time.monotonic() - began, why=why)
    if why:
        return _settled(config, 0, linear, tried)
    most = _affordable(config, network, parts.judged)
    places = spread(len(parts.judged.texts), most)
    looked, judged = parts.looked.thinned(most), parts.judged.take(places)
    own = _Scored(looked, judged, network.scores(looked.texts), network.scores(judged.texts))
    tried = replace(tried, value=own.value(config))
    linear = replace(linear, value=judge(places))
    found = _settled(config, len(judged.texts), linear, tried)
    if not _better(config, tried.value, linear.value):
        return found
    return replace(found, network=network, scale=replace(own.scale(config), value=tried.value))


@dataclass(frozen=True, slots=True)
class _Scored:
    """A network's scores of texts that it did not learn from."""

    looked: Texts
    judged: Texts
    of_looked: Floats
    of_judged: Floats

    def value(self, config: BundleConfig) -> float:
        """What it reaches on some, where those that stopped the training say what scores mean."""
        scale = scale_of(config, self.looked, self.of_looked)
        return reached(config, self.judged, self.of_judged, scale)

    def scale(self, config: BundleConfig) -> Scale:
        """What scores mean, by all of them."""
        scores = np.concatenate([self.of_looked, self.of_judged])
        return scale_of(config, joined(self.looked, self.judged), scores)


def _affordable(config: BundleConfig, network: Network, texts: Texts) -> int:
    """How many texts of each kind there is time to score."""
    some = texts.texts[:PROBE]
    began = time.monotonic()
    network.scores(some)
    each = (time.monotonic() - began) / max(1, len(some))
    return max(LEAST_SCORED, int(SHARE_TO_SCORE / 2 * config.budget_seconds / max(each, 1e-9)))


def _better(config: BundleConfig, own: float, theirs: float) -> bool:
    return own > theirs if config.better == "higher" else own < theirs


def _settled(config: BundleConfig, texts: int, linear: Tried, tried: Tried) -> Winner:
    """Who is kept, in words and for the report."""
    wins = _better(config, tried.value, linear.value)
    kept = tried if wins else linear
    if tried.why:
        told = f"{linear.model} is kept, {tried.model} is not: {tried.why}"
    else:
        values = f"{linear.model} {linear.value:.3f}, {tried.model} {tried.value:.3f}"
        told = f"{config.metric} on {texts:,} texts new to both: {values}; {kept.model} is kept"
    say("train", told, done=0.98)
    rows: list[Json] = [
        {
            "model": one.model,
            config.metric: one.value if math.isfinite(one.value) else None,
            "seconds": round(one.seconds, 1),
            "kept": "yes" if one is kept else "no",
        }
        for one in (linear, tried)
    ]
    record: dict[str, Json] = {"models_tried": rows, "why_this_model": told}
    return Winner(told, {**record, "model_saved": kept.model})
