"""Writing a job's bundle: a flat folder of scripts and its config.json, checked before it runs."""

import ast
import hashlib
import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from pipeline.artifacts import Care, ColumnKind, FileReport, Split
from pipeline.context import JobContext
from pipeline.errors import Bug, PersonCanFix, Rejected
from pipeline.folders import fresh
from pipeline.intent import DatasetIntent
from pipeline.jobs import Frozen, TaskType
from pipeline.recipe import SCRIPTS, find_recipe, harness_shelves, recipe_folder
from pipeline.trees import tree

_HELD_OUT = 0.1  # for each of validation and test
_FORBIDDEN_MODULES = {"pickle", "socket", "subprocess", "ctypes", "http", "urllib", "requests"}
_FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
EDITABLE = ("prepare.py", "train.py")
DEFAULT_SEED = 42


class BundleConfig(Frozen):
    """config.json of a bundle, as every bundle script reads it (harness/config.py mirrors it)."""

    task_type: TaskType
    backbone: str
    columns: Mapping[str, str | tuple[str, ...]]
    ignored: Mapping[str, str]
    kinds: Mapping[str, ColumnKind]
    metric: str
    better: Literal["higher", "lower"]
    positive: str | None
    seed: int
    budget_seconds: float
    threads: int
    split: Mapping[Split, float]
    split_chosen: bool = False
    files: tuple[FileReport, ...]
    hyperparameters: Mapping[str, JsonValue]
    insisted: tuple[str, ...] = ()
    care: Care | None = None
    weights: str | None = None


def config(context: JobContext) -> BundleConfig:
    """config.json from what is known so far; later stages' parts take the recipe's defaults."""
    intent, report = context.intent, context.data_report
    if intent is None or intent.task_type is None or report is None:
        raise Bug("A bundle needs the intent and the data report.")
    recipe = find_recipe(intent.task_type)
    chosen, architecture = context.config, context.architecture
    headline = recipe.headline(classes(context))
    return BundleConfig(
        task_type=intent.task_type,
        backbone=architecture.backbone if architecture else recipe.backbones[0].name,
        columns=context.columns,
        ignored=context.ignored,
        kinds={column.name: column.kind for column in report.columns},
        metric=chosen.metric if chosen else headline.name,
        better=chosen.better if chosen else headline.better,
        positive=chosen.positive if chosen else None,
        seed=chosen.seed if chosen else seed(context),
        budget_seconds=chosen.budget_seconds if chosen else recipe.budget_seconds,
        threads=chosen.threads if chosen else 1,
        split=_fractions(context),
        split_chosen=_split_chosen(context),
        files=report.files,
        hyperparameters=chosen.hyperparameters if chosen else {},
        insisted=intent.dataset.extra_columns or (),
        care=chosen.care if chosen else None,
        weights=architecture.weights if architecture else None,
    )


def seed(context: JobContext) -> int:
    """The person's seed, or the default one."""
    wanted = context.intent.hyperparameters.seed if context.intent else None
    return DEFAULT_SEED if wanted is None else wanted


def classes(context: JobContext) -> int:
    """How many different values the target has; 0 without a target."""
    report = context.data_report
    target = report.roles.get("target") if report else None
    column = report.column(target) if report and isinstance(target, str) else None
    return column.unique if column else 0


def _split_chosen(context: JobContext) -> bool:
    """Whether the person named a part of the split: then no recipe holds out more of few rows."""
    wanted = context.intent.dataset if context.intent else DatasetIntent()
    return any((wanted.train_split, wanted.val_split, wanted.test_split))


def _fractions(context: JobContext) -> Mapping[str, float]:
    """Parts of the split: the person's, else 80/10/10 (recipes may hold out more of small data).

    PersonCanFix when the person's parts leave nothing for another or are not the whole.
    """
    wanted = context.intent.dataset if context.intent else DatasetIntent()
    train, validation, test = wanted.train_split, wanted.val_split, wanted.test_split
    if train is None:
        validation = _HELD_OUT if validation is None else validation
        test = _HELD_OUT if test is None else test
        train = 1 - validation - test
    else:
        rest = 1 - train - (validation or 0) - (test or 0)
        share = rest / 2 if validation is None and test is None else rest
        validation = share if validation is None else validation
        test = share if test is None else test
    parts = {"train": train, "validation": validation, "test": test}
    if min(parts.values()) <= 0 or not math.isclose(sum(parts.values()), 1):
        listed = ", ".join(f"{part} {size:g}" for part, size in parts.items())
        raise PersonCanFix(
            f"The data cannot be split like this: {listed}.",
            "Each must be above 0 and all together 1: say “change test_split to 0.1”, for example.",
        )
    return parts


def sources(task: TaskType) -> dict[str, Path]:
    """Every file of a bundle by name: the recipe's scripts and what they import by bare name."""
    return needed(SCRIPTS, (recipe_folder(task), *harness_shelves()))


def needed(roots: Iterable[str], folders: Sequence[Path]) -> dict[str, Path]:
    """The files of these names and, again and again, those they import; earlier folders win."""
    found: dict[str, Path] = {}
    wanted = list(roots)
    missing = [name for name in wanted if not any((one / name).is_file() for one in folders)]
    if missing:
        raise Bug(f"A recipe has no {', '.join(missing)}.")
    while wanted:
        name = wanted.pop()
        path = next((folder / name for folder in folders if (folder / name).is_file()), None)
        if path is None or name in found:
            continue
        found[name] = path
        wanted.extend(_imported(path, path.stat().st_mtime_ns))
    return dict(sorted(found.items()))


@lru_cache(maxsize=1024)
def _imported(path: Path, changed_at: int) -> tuple[str, ...]:
    """The files that a script may import, kept as long as it is not changed."""
    del changed_at
    parsed = tree(path.read_text("utf-8"), path.name)
    return tuple(f"{module}.py" for node in ast.walk(parsed) for module in _imports(node))


def write(context: JobContext, folder: Path, requirements: tuple[str, ...]) -> dict[str, str]:
    """Write the bundle anew; returns the sha256 of every file by name."""
    settings = config(context)
    fresh(folder)
    for name, source in sources(settings.task_type).items():
        shutil.copyfile(source, folder / name)
    write_requirements(folder, requirements)
    (folder / "config.json").write_text(settings.model_dump_json(indent=1) + "\n", "utf-8")
    return digests(folder)


def copy_config(written: Path, published: Path) -> None:
    """The settings without where this machine keeps the weights that the model began with."""
    config = BundleConfig.model_validate_json((written / "config.json").read_bytes())
    text = config.model_copy(update={"weights": None}).model_dump_json(indent=1)
    (published / "config.json").write_text(f"{text}\n", "utf-8")


def write_requirements(folder: Path, lines: tuple[str, ...]) -> None:
    """What must be installed where a folder's scripts run."""
    (folder / "requirements.txt").write_text("\n".join(lines) + "\n", "utf-8")


def digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file of a bundle by name."""
    return {path.name: sha256(path) for path in sorted(folder.iterdir())}


def is_untouched(folder: Path, files: Mapping[str, str]) -> bool:
    """Whether a bundle still has just these files, as they were; what is no script may come."""
    there = {path.name for path in folder.iterdir() if path.is_file()}
    came = any(name.endswith(".py") for name in there - files.keys())
    same = all(name in there and sha256(folder / name) == told for name, told in files.items())
    return same and not came


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(folder: Path) -> None:
    """Refuse a script that does not compile, or that imports or calls what training never needs.

    Raises Rejected with every problem found, so that all can be mended at once.
    """
    problems = [
        problem
        for name in EDITABLE
        for problem in _problems(name, (folder / name).read_text("utf-8"))
    ]
    if problems:
        text = "The training script was refused: " + problems[0]
        raise Rejected(text, "The draft is written anew.", feedback="\n".join(problems))


def _problems(name: str, text: str) -> Iterator[str]:
    try:
        parsed = tree(text, name)
    except SyntaxError as error:
        yield f"SyntaxError: {error.msg} at line {error.lineno} of {name}"
        return
    for node in ast.walk(parsed):
        for module in set(_imports(node)) & _FORBIDDEN_MODULES:
            yield f"{name}: training must not import {module}"
        if _called(node) in _FORBIDDEN_CALLS:
            yield f"{name}: training must not call {_called(node)}()"


def _called(node: ast.AST) -> str | None:
    """Name of the function that a call node calls plainly."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    return None


def _imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module.partition(".")[0]
