"""From which probability the positive label is said."""

import json

import pytest

from pipeline.jobs import TaskType
from pipeline.recipe import recipe_folder
from tests.unit.harness.conftest import Ask

TEXT = str(recipe_folder(TaskType("text_classification")))
CUT = f"""
import json, sys
sys.path.append({TEXT!r})
from labelling_cuts import CUTS, best_cut
print(json.dumps([
    best_cut([1.0 for cut in CUTS]),
    best_cut([0.9 if cut < 0.6 else 0.5 for cut in CUTS]),
    best_cut([1.0 if abs(cut - 0.8) < 0.001 else 0.9 - abs(cut - 0.3) for cut in CUTS]),
]))
"""


@pytest.fixture
def cuts(ask: Ask) -> list[float]:
    done = ask(CUT)
    assert done.returncode == 0, done.stderr
    told: list[float] = json.loads(done.stdout)
    return told


def test_where_any_cut_does_the_middle_is_taken(cuts: list[float]) -> None:
    assert cuts[0] == pytest.approx(0.5)
    assert cuts[1] == pytest.approx(0.39, abs=0.02)


def test_a_single_lucky_cut_is_not_taken(cuts: list[float]) -> None:
    assert cuts[2] == pytest.approx(0.3, abs=0.02)
