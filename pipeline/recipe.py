"""What a recipe declares. A task is a folder under recipes/, found by its name."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from pipeline.artifacts import ColumnKind, DataReport
from pipeline.errors import Bug, UnknownName
from pipeline.jobs import TaskType

HARNESS = Path(__file__).parent / "harness"
RECIPES = Path(__file__).parent / "recipes"
SCRIPTS = ("prepare.py", "baseline.py", "train.py", "predict.py", "score.py", "app.py")


@dataclass(frozen=True, slots=True)
class Role:
    """A part that a column plays, and the kinds of column that can play it."""

    name: str
    title: str
    kinds: tuple[ColumnKind, ...]
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric by its fixed name; `better` has no default because being wrong is silent."""

    name: str
    better: Literal["higher", "lower"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A model a person can choose. `requirements` come on top of the recipe's own."""

    name: str
    title: str
    why: str
    hardware: Literal["cpu", "gpu"]
    requirements: tuple[str, ...] = ()
    least_seconds: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How well data suits a task, from 0 to 1, and the reason in words.

    `roles` maps each role to the column that plays it, `doubts` names other columns that could
    as well play the part: {"target": ("a", "b")}.
    """

    score: float
    reason: str
    roles: dict[str, str | tuple[str, ...]]
    doubts: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One task. Folder name = task type.

    `headline(classes)` picks the reported metric for that many classes (0: no classes);
    `evidence(report, words)` judges data, with the person's words lower-cased;
    `settings` is the schema of the hyperparameters, every one with a default.
    """

    title: str
    words: tuple[str, ...]
    roles: tuple[Role, ...]
    headline: Callable[[int], Metric]
    metrics: tuple[Metric, ...]
    backbones: tuple[Backbone, ...]
    minimum_rows: int
    budget_seconds: float
    settings: type[BaseModel]
    evidence: Callable[[DataReport, str], Evidence]

    def role(self, name: str) -> Role | None:
        """Find a role by name."""
        return next((role for role in self.roles if role.name == name), None)


@cache
def known_recipes() -> tuple[TaskType, ...]:
    """Names of all recipe folders."""
    package = importlib.import_module("pipeline.recipes")
    return tuple(TaskType(found.name) for found in pkgutil.iter_modules(package.__path__))


@cache
def find_recipe(task: TaskType) -> Recipe:
    """Load a recipe; UnknownName lists the tasks that can be trained."""
    if task not in known_recipes():
        raise UnknownName("task", task, known_recipes(), field="task_type")
    recipe = getattr(importlib.import_module(f"pipeline.recipes.{task}"), "RECIPE", None)
    if not isinstance(recipe, Recipe):
        message = f"recipes/{task}/__init__.py must define RECIPE, a pipeline.recipe.Recipe"
        raise Bug(message)
    return recipe


def recipe_folder(task: TaskType) -> Path:
    """Folder with the recipe's bundle files; UnknownName as find_recipe."""
    find_recipe(task)
    module = importlib.import_module(f"pipeline.recipes.{task}")
    return Path(next(iter(module.__path__)))


def requirements(task: TaskType) -> tuple[str, ...]:
    """The recipe's own requirements; UnknownName as find_recipe."""
    return read_requirements(recipe_folder(task))


def read_requirements(folder: Path) -> tuple[str, ...]:
    """Lines of a folder's requirements.txt, comments left out."""
    lines = (folder / "requirements.txt").read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
