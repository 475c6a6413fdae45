"""Held-out pictures in a result: small, legible, and never a way into the one who draws them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipeline.recipe import harness_file, harness_shelves
from tests.unit.pictures.test_drawing import LAYOUT, run_beside_the_harness

MADE = """
import json, sys
from pathlib import Path
import numpy as np
from figures import write_figures
from figures_boxes import Box, Boxed, boxes
from figures_pictures import Answered, pictures
from PIL import Image

draw = np.random.default_rng(3)
def photo(wide, high):
    return Image.fromarray(draw.integers(0, 255, (high, wide, 3), dtype=np.uint8))
long = "a kind of thing with a name that is much too long for any picture"
def ball(score=None):
    return Box(60, 60, 90, 90, "ball", score)
def car(score=None):
    return Box(20, 10, 40, 30, long, score)
shown = [Boxed(photo(*size), [ball(), car()], [ball(0.913), car(0.4)])
         for size in ((120, 90), (90, 160), (400, 95))]
answers = [Answered(photo(40 + 9 * at, 60), "wolf", (long, "wolf")[at % 2], bool(at % 2), 0.5)
           for at in range(14)]
figures = [boxes(shown, there=51, said=40, right=34),
           pictures(answers, title="It takes 3 of 9 “wolf” for “dog”"),
           pictures([Answered(photo(30, 30), "3.2", "3.4", True)], title="Off", name="one"),
           boxes([], there=0, said=0, right=0), pictures([], title="None")]
write_figures(figures, Path(sys.argv[1]))
print(json.dumps([[one.name, one.kind, one.title, one.alt] if one else None for one in figures]))
"""
BROKEN = """
import base64, io, json, sys
from pathlib import Path
from PIL import Image
def written(form, size):
    content = io.BytesIO()
    Image.new("RGB", size).save(content, form)
    return base64.b64encode(content.getvalue()).decode()
told = [written("PNG", (9, 9)), written("JPEG", (4000, 9)), "no base64!", "A" * 300_000, 7]
Path(sys.argv[1]).write_text(json.dumps([
    {"name": f"one_{at}", "kind": "pictures", "title": "t", "alt": "a", "data": {"pictures": [
        {"jpeg": jpeg, "said": "a", "true": "b", "sure": "", "right": True}]}}
    for at, jpeg in enumerate(told)]))
print(json.dumps(len(told)))
"""


@pytest.fixture(scope="module")
def made(python: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """Figures with pictures on them, and what they say."""
    file = tmp_path_factory.mktemp("photos") / "figures.json"
    return file, run_beside_the_harness(python, MADE, file)


def test_a_figure_says_what_is_found_and_what_is_shown(made: tuple[Path, Any]) -> None:
    boxes, pictures, one, *nothing = made[1]
    assert boxes[:2] == ["boxes", "boxes"]
    assert boxes[2] == "It finds 34 of 51 objects, and 6 of its 40 boxes are wrong"
    assert "2 found where 2 are" in boxes[3]
    assert pictures[3].startswith("Held-out pictures, each with")
    assert "wolf, rightly" in pictures[3]
    assert (one[0], one[1]) == ("one", "pictures")
    assert nothing == [None, None]


def test_pictures_weigh_little_in_a_result(made: tuple[Path, Any]) -> None:
    assert made[0].stat().st_size < 400_000


def test_labels_neither_leave_the_picture_nor_cover_each_other(
    made: tuple[Path, Any], python: Path
) -> None:
    told = run_beside_the_harness(python, LAYOUT, made[0])
    assert told["wrong"] == []
    assert "ball 91%" in told["seen"]["boxes"]
    assert "wolf 50%" in told["seen"]["pictures"]


def test_what_is_no_small_photograph_is_not_drawn(python: Path, tmp_path: Path) -> None:
    count = run_beside_the_harness(python, BROKEN, tmp_path / "figures.json")
    out = tmp_path / "out"
    done = subprocess.run(
        [python, harness_file("draw.py"), "--figures", tmp_path / "figures.json", "--out", out],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(map(str, harness_shelves()))},
    )
    assert done.returncode == 0
    assert done.stderr.count("is not drawn") == count
    assert json.loads((out / "pictures.json").read_text("utf-8")) == []
