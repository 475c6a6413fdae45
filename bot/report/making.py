"""How a model was made: settings, stages, versions and hashes, so that it can be made again."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from bot import words
from bot.report.wording import count, metric_title, title
from bot.result import Result, StageSummary
from pipeline.artifacts import Metrics
from pipeline.context import JobContext
from pipeline.jobs import Stage
from pipeline.planning import METRICS_EXPLAINED

_STAGES: Mapping[Stage, str] = {
    Stage.INTAKE_MANAGER: "collects what is needed to begin",
    Stage.INTENT_PARSER: "understands the wish",
    Stage.DATASET: "finds the part each column plays",
    Stage.PREPROCESSING: "splits the rows",
    Stage.CONFIG: "settles metric, time and seed",
    Stage.ARCHITECTURE: "chooses the model",
    Stage.CODEGEN: "writes the training and rehearses it",
    Stage.MONITOR: "trains, scores and proves the model",
    Stage.DEPLOY: "publishes the model and proves it again",
}
_ICONS = {
    "done": "tick",
    "failed": "cross",
    "skipped": "skip",
    "running": "wave",
    "pending": "open",
}
_TERMS: Mapping[str, str] = {
    "Held-out rows": "rows that the model never saw while it was made; every number is from them",
    "95 % interval": "how far luck alone could move the number: the more rows, the narrower",
    "Guessing, simple models": "what no or little effort reaches on the same rows",
}


@dataclass(frozen=True, slots=True)
class StageLine:
    """One of the nine stages."""

    name: str
    does: str
    icon: str
    status: str
    attempts: int
    seconds: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A label, its value, and whether the value is code to be copied."""

    label: str
    value: str
    code: bool = False


class _Passport(BaseModel):
    """What is read of passport.json, which lies beside the model."""

    versions: Mapping[str, str] = {}


def stages(result: Result) -> tuple[StageLine, ...]:
    """The stages in their order."""
    return tuple(_stage(one) for one in result.stages)


def _stage(one: StageSummary) -> StageLine:
    spent = words.seconds(one.seconds) if one.seconds or one.status == "done" else ""
    icon = _ICONS.get(one.status, "open")
    return StageLine(one.name, _STAGES[one.name], icon, one.status, one.attempts, spent)


def cost(result: Result) -> str:
    """What was paid, in words."""
    llm, compute = result.cost.llm_usd, result.cost.compute_usd
    if not llm and not compute:
        return "nothing"
    return f"${llm + compute:,.2f}: ${llm:,.2f} for language models, ${compute:,.2f} for computing"


def facts(context: JobContext, result: Result) -> tuple[Fact, ...]:
    """Everything that was settled, in the order of its weight."""
    return (*_settings(context), *_proven(context, result), Fact("Cost", cost(result)))


def _settings(context: JobContext) -> Iterator[Fact]:
    if context.parent is not None:
        yield Fact("Forked from", context.parent)
    if context.architecture is not None:
        yield Fact("Model", f"{context.architecture.backbone}: {context.architecture.why}")
    config = context.config
    if config is not None:
        yield Fact("Judged by", f"{metric_title(config.metric)}, {config.better} is better")
        if config.care is not None:
            worse = {"misses": "missing one", "false_alarms": "a false alarm"}[config.care]
            yield Fact("The worse mistake", worse)
        yield Fact("Time to train", f"up to {_time(config.budget_seconds)}")
        yield Fact("Threads", str(config.threads))
        yield Fact("Seed", str(config.seed))
        for name, value in config.hyperparameters.items():
            if value is not None:
                yield Fact(title(name), str(value))
        yield from (Fact("Note", note) for note in config.notes)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004


def _proven(context: JobContext, result: Result) -> Iterator[Fact]:
    if context.run is not None:
        runtime = context.run.runtime
        yield Fact("Ran on", "this machine" if runtime == "local" else runtime)
    if result.sandbox is not None:
        yield Fact("Shut in", words.SANDBOX.get(result.sandbox, result.sandbox))
    if result.proof is not None and result.proof.loaded:
        rows = count(result.proof.rows, "prediction")
        yield Fact("Proof", f"loaded again in a clean process, which repeated {rows}")
    if result.model.url is not None:
        yield Fact("Published at", result.model.url)
    if result.model.path is not None:
        yield Fact("Model folder", result.model.path, code=True)


def hashes(context: JobContext) -> tuple[Fact, ...]:
    """SHA-256 of the data and of every file of the bundle."""
    found = []
    if context.data_report is not None:
        found.append(Fact("the data", context.data_report.sha256, code=True))
    files = context.bundle.files if context.bundle else {}
    return (*found, *(Fact(name, files[name], code=True) for name in sorted(files)))


def versions(context: JobContext, model: Path | None) -> tuple[Fact, ...]:
    """Versions from the passport, else the pins of the training environment."""
    pins = context.architecture.requirements if context.architecture else ()
    pinned = dict(line.split("==", 1) for line in pins if "==" in line)
    found = (_passport(model) if model else {}) or pinned
    return tuple(Fact(name, version) for name, version in found.items())


def _passport(model: Path) -> Mapping[str, str]:
    try:
        return _Passport.model_validate(json.loads((model / "passport.json").read_bytes())).versions
    except (OSError, ValueError, ValidationError):
        return {}


def glossary(metrics: Metrics) -> tuple[Fact, ...]:
    """What the shown metrics mean, the headline first, then the words around them."""
    names = dict.fromkeys((metrics.metric.name, *metrics.metrics))
    explained = (
        Fact(metric_title(name), METRICS_EXPLAINED[name])
        for name in names
        if name in METRICS_EXPLAINED
    )
    return (*explained, *(Fact(term, meaning) for term, meaning in _TERMS.items()))
