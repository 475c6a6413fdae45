"""Pictures as they are drawn: whole, legible, in both variants, with the alt text inside."""

import json
import os
import stat
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.recipe import harness_file, harness_shelves
from tests.unit.harness.modules import harness
from tests.unit.pictures.samples import one_of_each, ugly_ones

Draw = Callable[[Path], subprocess.CompletedProcess[str]]

# Runs where pictures are drawn: texts that leave the picture or lie on each other.
LAYOUT = """
import json, sys
from pathlib import Path
from drawing import Artist
from drawing_letters import find_letters, legible
from drawing_look import DARK, LIGHT
from matplotlib.backends.backend_agg import FigureCanvasAgg

artist, wrong, seen = Artist(), [], {}
for figure in json.loads(Path(sys.argv[1]).read_text("utf-8")):
    shown = legible(figure["title"], figure["data"], find_letters())
    canvas = artist.paint(figure["kind"], shown, (LIGHT, DARK)[len(seen) % 2])
    agg = FigureCanvasAgg(canvas.figure)
    agg.draw()
    texts = list(canvas.figure.texts)
    for axes in canvas.figure.axes:
        texts += axes.texts
        if axes.axison:
            texts += axes.get_xticklabels() + axes.get_yticklabels()
    drawn = [text for text in texts if text.get_text() and text.get_visible()]
    boxes = [text.get_window_extent(agg.get_renderer()) for text in drawn]
    seen[figure["name"]] = [text.get_text() for text in drawn]
    high, wide = canvas.figure.bbox.height, canvas.figure.bbox.width
    for at, box in enumerate(boxes):
        if box.x0 < 0 or box.y0 < 0 or box.x1 > wide or box.y1 > high:
            wrong.append((figure["name"], "is cut", drawn[at].get_text()))
        for other, below in enumerate(boxes[:at]):
            across = min(box.x1, below.x1) - max(box.x0, below.x0)
            along = min(box.y1, below.y1) - max(box.y0, below.y0)
            if across > 1 and along > 2:
                wrong.append((figure["name"], drawn[at].get_text(), drawn[other].get_text()))
print(json.dumps({"wrong": wrong, "seen": seen}))
"""
PAPER = """
import json, sys
from PIL import Image
print(json.dumps([Image.open(name).convert("RGB").getpixel((2, 2)) for name in sys.argv[1:]]))
"""


@pytest.fixture(scope="module")
def draw(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Draw:
    """Run draw.py on a figures.json beside which the pictures shall lie, without a home."""
    nowhere = tmp_path_factory.mktemp("home")
    nowhere.chmod(stat.S_IRUSR | stat.S_IXUSR)
    shelves = os.pathsep.join(map(str, harness_shelves()))

    def run(file: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, harness_file("draw.py"), "--figures", file, "--out", file.parent / "out"],
            cwd=nowhere,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=240,
            env={
                "PATH": os.defpath,
                "HOME": str(nowhere),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONPATH": shelves,
            },
        )

    return run


@pytest.fixture(scope="module")
def drawn(draw: Draw, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One picture of each kind."""
    folder = tmp_path_factory.mktemp("drawn")
    harness("figures").write_figures(one_of_each(), folder / "figures.json")
    done = draw(folder / "figures.json")
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "out"


def run_beside_the_harness(python: Path, code: str, *arguments: str | Path) -> Any:  # noqa: ANN401
    """What lines print as JSON that import harness files."""
    done = subprocess.run(
        [python, "-c", code, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=240,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, harness_shelves()))},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents of a PNG's chunks, whose checksums hold."""
    at = 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        name, content = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        assert zlib.crc32(name + content) == struct.unpack(">I", picture[at + 8 + length :][:4])[0]
        yield name, content
        at += 12 + length


def written_in(picture: bytes) -> dict[str, str]:
    """The texts of a PNG by their keywords."""
    texts = [content.split(b"\0", 1) for name, content in chunks(picture) if name == b"iTXt"]
    return {key.decode(): rest.split(b"\0")[-1].decode("utf-8") for key, rest in texts}


def test_each_figure_becomes_a_light_and_a_dark_picture(drawn: Path) -> None:
    told = json.loads((drawn / "pictures.json").read_text("utf-8"))

    assert [one["file"] for one in told] == [f"{figure.name}.png" for figure in one_of_each()]
    files = {one[variant] for one in told for variant in ("file", "dark")}
    assert {path.name for path in drawn.iterdir()} == {*files, "pictures.json"}
    assert len(files) == 2 * len(told) == 24


def test_pictures_are_png_twice_as_fine_as_shown(drawn: Path) -> None:
    for file in drawn.glob("*.png"):
        content = file.read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        wide, high = struct.unpack(">II", content[16:24])
        assert wide == 1360
        assert 200 < high < 2_000
        assert len(content) < 200_000


def test_the_alt_text_lies_beside_and_inside_the_picture(drawn: Path) -> None:
    told = json.loads((drawn / "pictures.json").read_text("utf-8"))

    for figure, one in zip(one_of_each(), told, strict=True):
        assert (one["title"], one["alt"]) == (figure.title, figure.alt)
        for file in (one["file"], one["dark"]):
            inside = written_in((drawn / file).read_bytes())
            assert inside == {"Title": figure.title, "Description": figure.alt}


def test_one_is_on_white_and_the_other_on_near_black(python: Path, drawn: Path) -> None:
    pictures = (drawn / "roc.png", drawn / "roc.dark.png")

    light, dark = run_beside_the_harness(python, PAPER, *pictures)
    assert light == [255, 255, 255]
    assert max(dark) < 32


def test_no_text_is_cut_and_none_lies_on_another(python: Path, tmp_path: Path) -> None:
    harness("figures").write_figures(one_of_each(), tmp_path / "tame.json")
    harness("figures").write_figures(ugly_ones(), tmp_path / "ugly.json")

    for name in ("tame.json", "ugly.json"):
        looked = run_beside_the_harness(python, LAYOUT, tmp_path / name)
        assert looked["wrong"] == []
        assert all(len(texts) > 2 for texts in looked["seen"].values())


def test_names_in_letters_that_no_font_has_are_numbered(python: Path, tmp_path: Path) -> None:
    unknown, mixed = "\U000e0041\U000e0042", "apple \U000e0041"
    figure = harness("figures").importance([("plain", 3), (mixed, 2), (unknown, 1)])
    bars = [["plain", 3, "3"], [mixed, 2, "2"], [unknown, 1, "1"]]
    told = {"bars": bars, "more": 0, "what": "columns"}
    written = {"name": "importance", "kind": "bars", "title": figure.title, "data": told}
    (tmp_path / "figures.json").write_text(json.dumps([written]), "utf-8")

    seen = run_beside_the_harness(python, LAYOUT, tmp_path / "figures.json")["seen"]["importance"]
    assert {"plain", "apple", "#1"} <= set(seen)
    assert "#1: names in letters that cannot be drawn here; see the text beside." in seen


def test_the_same_figures_give_the_same_bytes(draw: Draw, drawn: Path, tmp_path: Path) -> None:
    some = [figure for figure in one_of_each() if figure.name in {"forecast", "clusters"}]
    harness("figures").write_figures(some, tmp_path / "figures.json")
    draw(tmp_path / "figures.json")

    again = list((tmp_path / "out").glob("*.png"))
    assert len(again) == 4
    assert all(file.read_bytes() == (drawn / file.name).read_bytes() for file in again)


def test_what_cannot_be_drawn_is_skipped_with_a_line(draw: Draw, tmp_path: Path) -> None:
    whole = {"name": "bars", "kind": "bars", "title": "One 1", "alt": "Bar 1.", "data": {}}
    whole["data"] = {"bars": [["a", 1.0, "1"]], "more": 0, "what": "columns"}
    broken = [
        {**whole, "name": "unknown", "kind": "pie"},
        {**whole, "name": "empty", "data": {}},
        {**whole, "name": "../outside"},
        {**whole, "name": "endless", "data": {"bars": [["a", 1, "1"]] * 10**4, "more": 0}},
        {**whole, "name": "nothing", "kind": "predicted", "data": {"truth": [], "said": []}},
        "no figure at all",
        {"name": "bare"},
    ]
    (tmp_path / "figures.json").write_text(json.dumps([*broken, whole, whole]), "utf-8")
    done = draw(tmp_path / "figures.json")

    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == len(broken) + 1
    assert "pie is none of bars" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"figures.json", "out"}
    left = {"bars.png", "bars.dark.png", "pictures.json"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == left


def test_numbers_that_are_none_do_not_stop_a_picture(draw: Draw, tmp_path: Path) -> None:
    told = {"target": "t", "rows": 4, "truth": [1.0, None, 2.0, 3.0], "said": [1e308, 1, None, -1]}
    figure = {"name": "holes", "kind": "predicted", "title": "t", "alt": "t", "data": told}
    text = json.dumps([figure]).replace("1e+308", "Infinity")
    (tmp_path / "figures.json").write_text(text, "utf-8")
    done = draw(tmp_path / "figures.json")

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out" / "holes.dark.png").is_file()


def test_no_figures_give_an_empty_list(draw: Draw, tmp_path: Path) -> None:
    (tmp_path / "figures.json").write_text("[]", "utf-8")
    draw(tmp_path / "figures.json")

    assert json.loads((tmp_path / "out" / "pictures.json").read_text("utf-8")) == []
