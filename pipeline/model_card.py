"""The model card and the passport of a model folder. Every number comes from metrics.json."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType

from pipeline.artifacts import Architecture, DataReport, Metrics, Picture, Preprocessing
from pipeline.context import JobContext
from pipeline.errors import Bug
from pipeline.jobs import TaskType
from pipeline.recipe import find_recipe
from pipeline.saved import as_saved

_NONE: Mapping[str, str] = MappingProxyType({})


def card(
    context: JobContext,
    metrics: Metrics,
    pictures: Sequence[Picture] = (),
    paragraphs: Mapping[str, str] = _NONE,
) -> str:
    """README.md of the model folder, with the front matter that model hubs read.

    `paragraphs` are words about the model by their headings.
    """
    context = as_saved(context, metrics)
    task, report, split = _known(context)
    named = context.intent.deploy.hf_repo_name if context.intent else None
    lines = [
        "---",
        f"tags: [mltrainer, {task.replace('_', '-')}]",
        f"library_name: {context.architecture.backbone if context.architecture else 'mltrainer'}",
        "---",
        f"# {named or find_recipe(task).title}",
        "",
        f"> {_quoted(context.request.words)}",
        "",
        f"**{metrics.verdict}**",
        "",
        *(line for title, text in paragraphs.items() for line in (f"## {title}", "", text, "")),
        *_result(metrics),
        *(f"![{_plain(one.alt)}](pictures/{one.file})\n" for one in pictures),
        *_next_steps(metrics),
        *_data(context, report, split, metrics),
        *_use(task),
        *_native(context),
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Example:
    """Names of files that stand for a person's own, and of the one with the held-out rows."""

    given: str
    answers: str
    heldout: str


def example(task: TaskType) -> Example:
    """What a model of this task is given, and what it gives back."""
    recipe = find_recipe(task)
    form = "jsonl" if "JSON" in recipe.answers else "csv"
    given = "picture.jpg" if recipe.role("image") else "new.csv"
    return Example(given, f"answers.{form}", f"heldout.{form}")


def _use(task: TaskType) -> list[str]:
    recipe, shown = find_recipe(task), example(task)
    beside = ", which names the pictures in `images/`" if recipe.role("image") else ""
    return [
        "## Use",
        "",
        "```",
        "pip install -r requirements.txt",
        f"python predict.py --input {shown.given} --output {shown.answers}",
        "```",
        "",
        f"{recipe.asks} {recipe.answers}",
        "",
        "`passport.json` holds hashes of data and code, the seed and the versions.",
        f"`{shown.heldout}` holds the rows behind the numbers above{beside}.",
        "",
    ]


def _native(context: JobContext) -> list[str]:
    """A library of the system that a wheel of the requirements expects."""
    lines = context.architecture.requirements if context.architecture else ()
    if not any(line.startswith("lightgbm") for line in lines):
        return []
    return [
        "A bare Linux may lack `libgomp`, which LightGBM needs (`apt-get install libgomp1`).",
        "",
    ]


def _result(metrics: Metrics) -> list[str]:
    headline = metrics.metric
    low, high = headline.ci95 or (headline.value, headline.value)
    every = ", ".join(f"{name} {value:.4f}" for name, value in metrics.metrics.items())
    return [
        "## Result",
        "",
        f"| on {headline.n} held-out rows | {headline.name} |",
        "|---|---|",
        f"| this model | {headline.value:.4f} (95 % interval {low:.4f} to {high:.4f}) |",
        *(f"| {baseline.name} | {baseline.value:.4f} |" for baseline in metrics.baselines),
        "",
        f"All metrics: {every}.",
        *(
            f"Which model this is: {why}."
            for why in (metrics.details.get("why_this_model"),)
            if why
        ),
        "",
    ]


def _next_steps(metrics: Metrics) -> list[str]:
    if not metrics.next_steps:
        return []
    return ["## What would make it better", "", *(f"- {step}" for step in metrics.next_steps), ""]


def _plain(text: str) -> str:
    """A text that ends no markup around it."""
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def _data(
    context: JobContext, report: DataReport, split: Preprocessing, metrics: Metrics
) -> list[str]:
    rows = split.rows
    return [
        "## Data",
        "",
        f"- {report.rows} rows read",
        f"- {rows['train']} to train, {rows['validation']} to validate, {rows['test']} held out",
        f"- {split.duplicates_removed} duplicates left out",
        f"- split {split.strategy}",
        *(
            f"- column `{_bare(name)}` ignored: {_bare(why)}"
            for name, why in context.ignored.items()
        ),
        *(
            f"- {_bare(warning)}"
            for warning in dict.fromkeys((*report.warnings, *split.warnings, *metrics.warnings))
        ),
        "",
    ]


def passport(context: JobContext, metrics: Metrics) -> str:
    """passport.json: what this model was made from, so that it can be made again."""
    context = as_saved(context, metrics)
    task, report, split = _known(context)
    bundle = context.bundle
    if bundle is None or context.config is None or context.architecture is None:
        raise Bug("A passport needs a finished bundle.")
    document = {
        "job": context.job_id,
        "task_type": task,
        "created_at": context.created_at.isoformat(),
        "data_sha256": report.sha256,
        "code_sha256": bundle.files["train.py"],
        "files_sha256": dict(bundle.files),
        "seed": context.config.seed,
        "backbone": context.architecture.backbone,
        **_weights(context.architecture),
        "budget_seconds": context.config.budget_seconds,
        "splits": {
            "rows": dict(split.rows),
            "strategy": split.strategy,
            "duplicates_removed": split.duplicates_removed,
        },
        "versions": {"mltrainer": _own_version(), **_versions(context.architecture)},
    }
    return json.dumps(document, indent=1) + "\n"


def _weights(chosen: Architecture) -> dict[str, object]:
    """Whose weights it began with, and under which terms."""
    told = {"source": chosen.source, "revision": chosen.revision, "license": chosen.license}
    return {"weights": told} if chosen.source else {}


def _versions(chosen: Architecture) -> dict[str, str]:
    """Pinned versions of what the model needs."""
    pins = (line.split("==") for line in chosen.requirements if "==" in line)
    return {name.strip(): version.strip() for name, version in pins}


def _known(context: JobContext) -> tuple[TaskType, DataReport, Preprocessing]:
    intent, report, split = context.intent, context.data_report, context.split
    if intent is None or intent.task_type is None or report is None or split is None:
        raise Bug("A model card needs the intent, the data report and the split.")
    return intent.task_type, report, split


def _own_version() -> str:
    try:
        return version("mltrainer")
    except PackageNotFoundError:
        return "source"


def _bare(text: str) -> str:
    """A text of a stranger or a model on one line: it links nowhere and ends no markup."""
    line = " ".join(text.split()).replace("`", "'").replace("<", "&lt;")
    line = re.sub(r"[\[\]!*_]", r"\\\g<0>", line)
    return re.sub(r"(?i)(?<=[a-z]):(?=//)|(?<=www)\.|(?<=mailto):", r"\\\g<0>", line)


def _quoted(words: str) -> str:
    """The person's words on one line, with no markup of their own."""
    return " ".join(words.split())[:500].replace("<", "&lt;").replace("[", "\\[")
