"""A training as a list of steps, and the scoring of what it left, by other code and at home."""

from dataclasses import replace
from pathlib import Path

from pipeline.context import JobContext
from pipeline.errors import Bug, PersonCanFix
from pipeline.folders import JobFolder
from pipeline.ports.runtime import Limits, RunRequest, Step

GRACE_SECONDS = 60.0
_ROWS_A_SECOND = 5_000  # slow: only a training that hangs may meet its limit
_GUESSING = Limits(seconds=600)
_SCORING = Limits(seconds=600)
_PREPARING = Limits(seconds=900)
_REHEARSING = Limits(seconds=120)


def run_request(context: JobContext, folder: JobFolder, name: str, gpu: str = "") -> RunRequest:
    """The steps of a run. No held-out row goes with them, wherever it is carried."""
    if context.bundle is None:
        raise Bug("A training needs a bundle.")
    limits = _training(context)
    steps = (
        _fit(folder, name, "baseline", "baselines", _GUESSING),
        _fit(folder, name, "train", "model", limits),
    )
    return RunRequest(
        name=name,
        folder=folder.run(name),
        requirements=context.bundle.requirements,
        steps=tuple(_with_weights(context, step) for step in steps),
        gpu=gpu,
        seconds=most_seconds(context),
    )


def most_seconds(context: JobContext) -> float:
    """How long a run can take before its limits end it."""
    return _GUESSING.seconds + _training(context).seconds


def prepare_step(folder: JobFolder, work: Path) -> Step:
    """Cut the person's rows into the parts, in `work`."""
    return Step(
        name="prepare",
        script=folder.bundle / "prepare.py",
        arguments=(
            *("--config", str(folder.bundle / "config.json")),
            *("--data", str(folder.rows), "--files", str(folder.data), "--out", "."),
        ),
        work=work,
        reads=(folder.bundle, folder.rows, folder.data),
        limits=_PREPARING,
    )


def rehearsal_step(context: JobContext, folder: JobFolder, work: Path) -> Step:
    """The training on a few rows, in `work`."""
    fit = folder.prepared / "fit"
    step = Step(
        name="rehearsal",
        script=folder.bundle / "train.py",
        arguments=(
            *("--config", str(folder.bundle / "config.json"), "--fit", str(fit)),
            *("--out", "model", "--rehearse"),
        ),
        work=work,
        reads=(folder.bundle, fit),
        limits=_REHEARSING,
    )
    return _with_weights(context, step)


def _with_weights(context: JobContext, step: Step) -> Step:
    """The step that also sees the weights which the backbone begins with."""
    weights = context.architecture.weights if context.architecture else None
    if not weights:
        return step
    if not Path(weights).is_dir():
        raise PersonCanFix(
            "The weights that the model begins with made way for others while the job waited.",
            "Say “undo architecture”: they are fetched again.",
        )
    return replace(step, reads=(*step.reads, Path(weights)))


def _training(context: JobContext) -> Limits:
    """The script holds its own budget; the limit is for one that hangs.

    Reading many rows and saving what was learned from them come on top.
    """
    if context.config is None:
        raise Bug("A training needs a config.")
    rows = sum(context.split.rows.values()) if context.split else 0
    budget = context.config.budget_seconds
    return Limits(seconds=budget * 1.5 + GRACE_SECONDS + rows / _ROWS_A_SECOND)


def _fit(folder: JobFolder, name: str, step: str, out: str, limits: Limits) -> Step:
    fit = folder.prepared / "fit"
    return Step(
        name=step,
        script=folder.bundle / f"{step}.py",
        arguments=(
            *("--config", str(folder.bundle / "config.json")),
            *("--fit", str(fit), "--out", "."),
        ),
        work=folder.run(name) / out,
        reads=(folder.bundle, fit),
        limits=limits,
    )


def score_step(
    context: JobContext,
    folder: JobFolder,
    name: str,
    *,
    model: Path | None = None,
    out: str = "score",
) -> Step:
    """The scoring of a run's model and baselines, or of another `model`; it never trains."""
    run, prepared = folder.run(name), folder.prepared
    model = model or run / "model"
    step = Step(
        name="score",
        script=folder.bundle / "score.py",
        arguments=(
            *("--config", str(folder.bundle / "config.json")),
            *("--fit", str(prepared / "fit"), "--heldout", str(prepared / "heldout")),
            *("--model", str(model), "--baselines", str(run / "baselines"), "--out", "."),
        ),
        work=run / out,
        reads=(folder.bundle, prepared, model, run / "baselines"),
        limits=_SCORING,
    )
    return _with_weights(context, step)
