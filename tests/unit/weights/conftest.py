"""A task with models of every kind on its menu, and a Hub on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline.recipes
from pipeline import recipe
from tests.fakes.hub import FakeHub

RECIPE = '''
"""A task whose models come from everywhere."""

from pydantic import BaseModel, ConfigDict, Field

from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: int | None = Field(default=None, ge=1)
    lora_r: int | None = Field(default=None, ge=1, le=64)
    fp16: bool | None = None
    freeze_backbone: bool | None = None


def _model(name, hardware, hub="", license="", **more):
    lines = ("torch==2.13.0",) if hub or name == "scratch" else ()
    return Backbone(name=name, title=f"the {name} model", why=f"{name} is good", hardware=hardware,
                    hub=hub, license=license, requirements=lines, **more)


RECIPE = Recipe(
    title="Sorting",
    asks="Give rows.",
    answers="A column.",
    words=("sorting",),
    hints=(),
    roles=(Role(name="target", title="the kind", kinds=("boolean",)),),
    minimum_rows=2,
    evidence=lambda report, words: Evidence(
        score=1, reason="it is one", roles={"target": "HasLeft"}, doubts={}
    ),
    headline=lambda classes: Metric(name="accuracy", better="higher"),
    metrics=(Metric(name="accuracy", better="higher"),),
    backbones=(MENU),
    budget_seconds=100,
    settings=Settings,
)
'''
GRAND = '_model("grand", "gpu", "big/grand", "apache-2.0", called=("the big one",))'
SLOW = '_model("slow", "gpu", "big/slow", "mit", least_seconds=900)'
HUNGRY = '_model("hungry", "gpu", "big/hungry", "mit", least_rows=300)'
STRICT = '_model("strict", "gpu", "big/strict", "cc-by-nc-4.0")'
PAIRED = '_model("paired", "cpu", "big/{target}")'
PLAIN = '_model("plain", "cpu")'
SCRATCH = '_model("scratch", "cpu", asked_only=True)'


def _sorting(shelf: Path, *menu: str) -> None:
    folder = shelf / "sorting"
    folder.mkdir(parents=True)
    text = RECIPE.replace("(MENU)", f"({', '.join(menu)},)")
    (folder / "__init__.py").write_text(text, "utf-8")
    for name in (*recipe.SCRIPTS, "requirements.txt"):
        (folder / name).write_text("", "utf-8")


@pytest.fixture
def menu() -> tuple[str, ...]:
    """The backbones of the task; a test may have others."""
    return (GRAND, SLOW, STRICT, PLAIN, SCRATCH)


@pytest.fixture
def sorting(
    menu: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The task, found like every other."""
    shelf = tmp_path / "shelf"
    _sorting(shelf, *menu)
    shelves = [*pipeline.recipes.__path__, str(shelf)]
    monkeypatch.setattr(pipeline.recipes, "__path__", shelves)
    _forget()
    yield "sorting"
    _forget()


def _forget() -> None:
    import sys  # noqa: PLC0415  (the task of the test before must not be found again)

    sys.modules.pop("pipeline.recipes.sorting", None)
    recipe.known_recipes.cache_clear()
    recipe.find_task.cache_clear()
    recipe.find_recipe.cache_clear()


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub
