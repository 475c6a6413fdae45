"""What training environments install is locked, for every recipe."""

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from adapters.installer import CONSTRAINTS
from pipeline.deep import DEEP
from pipeline.recipe import find_recipe, known_recipes, requirements


def locked() -> dict[str, str]:
    lines = [Requirement(line) for line in CONSTRAINTS.read_text("utf-8").splitlines()]
    return {canonicalize_name(line.name): str(line.specifier) for line in lines}


def test_every_requirement_of_every_recipe_is_among_the_locked() -> None:
    known = locked()
    asked = {line for task in known_recipes() for line in requirements(task)} | {*DEEP}
    asked |= {
        line
        for task in known_recipes()
        for backbone in find_recipe(task).backbones
        for line in backbone.requirements
    }
    for line in map(Requirement, asked):
        assert known.get(canonicalize_name(line.name)) == str(line.specifier), line


def test_torchvision_is_never_installed() -> None:
    assert "torchvision" not in locked()
