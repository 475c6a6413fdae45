"""What a task and its recipe declare. A task is a folder under recipes/, found by its name."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from pipeline.artifacts import ColumnKind, DataReport
from pipeline.errors import Bug, PersonCanFix, UnknownName
from pipeline.jobs import TaskType

HARNESS = Path(__file__).parent / "harness"
RECIPES = Path(__file__).parent / "recipes"
SCRIPTS = ("prepare.py", "baseline.py", "train.py", "predict.py", "score.py", "app.py")


@dataclass(frozen=True, slots=True)
class Role:
    """A part that a column plays, the kinds of column that can play it, and the fewest values."""

    name: str
    title: str
    kinds: tuple[ColumnKind, ...]
    required: bool = True
    least_values: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric by its fixed name; `better` has no default because being wrong is silent."""

    name: str
    better: Literal["higher", "lower"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A model a person can choose, by its name or what else it is `called`.

    `requirements` come on top of the recipe's own. `hub` is the Hub id whose weights it begins
    with, and `license` theirs. It learns from `least_rows` or more. One that is `asked_only` is
    never chosen for somebody. `rehearsed_rows` are those of a rehearsal that does just what the
    training does, on fewer rows; 0 where it does something else.
    """

    name: str
    title: str
    why: str
    hardware: Literal["cpu", "gpu"]
    requirements: tuple[str, ...] = ()
    least_seconds: float = 0
    least_rows: int = 0
    called: tuple[str, ...] = ()
    hub: str = ""
    license: str = ""
    asked_only: bool = False
    rehearsed_rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How well data suits a task, from 0 to 1, and the reason in words.

    `roles` maps each role to the column that plays it, `doubts` names other columns that could
    as well play the part: {"target": ("a", "b")}. `supported` is False where neither the words nor
    a name point to the target.
    """

    score: float
    reason: str
    roles: dict[str, str | tuple[str, ...]]
    doubts: dict[str, tuple[str, ...]]
    supported: bool = True


def no_evidence(reason: str, *, score: float = 0.0) -> Evidence:
    """The data does not suit the task, and why."""
    return Evidence(score=score, reason=reason, roles={}, doubts={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task as it is understood. Folder name = task type.

    `words` say it outright, `hints` only point to it; both are found also when misspelt.
    `evidence(report, words)` judges data, with the person's words as they are.
    """

    title: str
    words: tuple[str, ...]
    hints: tuple[str, ...]
    roles: tuple[Role, ...]
    minimum_rows: int
    evidence: Callable[[DataReport, str], Evidence]

    def role(self, name: str) -> Role | None:
        """Find a role by name."""
        return next((role for role in self.roles if role.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Task):
    """A task that can be trained, by the scripts beside it.

    `headline(classes)` picks the reported metric for that many classes (0: no classes);
    `settings` is the schema of the hyperparameters, every one with a default. `asks` and `answers`
    say in a sentence each what predict.py is given and what it gives back. `formats` names how
    data may come, and `baselines` what every model is measured against.
    """

    asks: str
    answers: str
    formats: tuple[str, ...] = ()
    baselines: tuple[str, ...] = ()
    headline: Callable[[int], Metric]
    metrics: tuple[Metric, ...]
    backbones: tuple[Backbone, ...]
    budget_seconds: float
    settings: type[BaseModel]

    def on_menu(self, name: str) -> Backbone | None:
        """Find a model by name; None for one that somebody brought."""
        return next((one for one in self.backbones if one.name == name), None)


def harness_shelves() -> tuple[Path, ...]:
    """The harness and the folders in it: bundle files of one kind lie together."""
    below = (path for path in HARNESS.iterdir() if path.is_dir() and path.name[0].isalpha())
    return (HARNESS, *sorted(below))


def harness_file(name: str) -> Path:
    """A file of the harness by its name, which is unique among all its folders."""
    return next(path for shelf in harness_shelves() if (path := shelf / name).is_file())


def described_tasks() -> tuple[TaskType, ...]:
    """Names of all folders: the tasks that are understood."""
    package = importlib.import_module("pipeline.recipes")
    return tuple(TaskType(found.name) for found in pkgutil.iter_modules(package.__path__))


@cache
def known_recipes() -> tuple[TaskType, ...]:
    """Names of the folders that hold scripts: the tasks that can be trained."""
    return tuple(task for task in described_tasks() if (_folder(task) / "train.py").is_file())


@cache
def find_task(task: TaskType) -> Task:
    """Load a task, which may be one that cannot be trained yet; UnknownName lists all tasks."""
    if task not in described_tasks():
        raise UnknownName("task", task, described_tasks(), field="task_type")
    module = importlib.import_module(f"pipeline.recipes.{task}")
    found = getattr(module, "RECIPE", None) or getattr(module, "TASK", None)
    if not isinstance(found, Task):
        message = f"recipes/{task}/__init__.py must define RECIPE, a pipeline.recipe.Recipe"
        raise Bug(message)
    return found


@cache
def find_recipe(task: TaskType) -> Recipe:
    """Load a recipe; PersonCanFix lists the tasks that can be trained."""
    found = find_task(task)
    if isinstance(found, Recipe):
        return found
    raise PersonCanFix(
        f"I read this as {found.title.lower()}, which I cannot train yet.",
        f"I can train: {', '.join(known_recipes())}. Say which of these you mean, or “cancel”.",
        field="task_type",
        options=known_recipes(),
    )


def recipe_folder(task: TaskType) -> Path:
    """Folder with the recipe's bundle files; errors as find_recipe."""
    find_recipe(task)
    return _folder(task)


def _folder(task: TaskType) -> Path:
    package = importlib.import_module(f"pipeline.recipes.{task}")
    return Path(next(iter(package.__path__)))


def requirements(task: TaskType) -> tuple[str, ...]:
    """The recipe's own requirements; errors as find_recipe."""
    return read_requirements(recipe_folder(task))


def all_requirements(task: TaskType, backbone: Backbone) -> tuple[str, ...]:
    """Those of the recipe and of one of its models; errors as find_recipe."""
    return tuple(sorted({*requirements(task), *backbone.requirements}))


def read_requirements(folder: Path) -> tuple[str, ...]:
    """Lines of a folder's requirements.txt, comments left out."""
    return read_lines(folder / "requirements.txt")


def read_lines(path: Path) -> tuple[str, ...]:
    """Lines of a file of requirements, comments left out."""
    lines = path.read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
