"""The recipe's scripts on a few made-up pictures: what is cut, refused, answered and said."""

import csv
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from pydantic import JsonValue

from adapters.environments import variables
from pipeline.artifacts import Metrics
from pipeline.bundle import BundleConfig
from pipeline.jobs import TaskType
from pipeline.recipe import recipe_folder
from tests.contracts.bundles import TestBundle, assemble

TASK = TaskType("object_detection")
SAMPLE = recipe_folder(TASK) / "sample"
HEADER = ("image", "label", "xmin", "ymin", "xmax", "ymax")
TINY = Path(__file__).with_name("tiny_detector.py")
WIDE, HIGH = 64, 48  # of the sample's pictures
TURNING = """
import sys
from PIL import Image
for path in sys.argv[1:]:
    picture = Image.open(path)
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(path, exif=exif)
"""

Rows = Sequence[Sequence[str]]


def sample_rows() -> list[list[str]]:
    with (SAMPLE / "boxes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.fixture
def bundle(tmp_path: Path, deep_python: Path) -> TestBundle:
    return assemble(TASK, tmp_path, deep_python)


def given(bundle: TestBundle, tables: Mapping[str, Rows], **changes: object) -> BundleConfig:
    """Pictures of the sample under tables of boxes; whatever a table names is copied."""
    data = bundle.work.parent / "data" / "shapes"
    data.mkdir(parents=True)
    for name, rows in tables.items():
        for picture in {row[0] for row in rows}:
            shutil.copy(SAMPLE / picture.removeprefix("twin_"), data / picture)
        with (data / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])
    return bundle.configure(bundle.report(data), **changes)


def told(bundle: TestBundle) -> dict[str, JsonValue]:
    ended = bundle.prepare()
    assert ended.code == 0, ended.errors
    found = json.loads((bundle.work / "prepared" / "prepared.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def parts(bundle: TestBundle) -> dict[str, dict[str, list[dict[str, float | str]]]]:
    """The boxes of each picture of each part, by the path of its copy."""
    found = {}
    for part in ("fit/train", "fit/validation", "heldout/test"):
        path = bundle.work / "prepared" / f"{part}.jsonl"
        rows = [json.loads(line) for line in path.read_text("ascii").splitlines()[1:]]
        assert all((path.parent / name).is_file() for name, _ in rows)
        found[part] = {name: json.loads(boxes) for name, boxes in rows}
    return found


def test_too_few_pictures_are_refused(bundle: TestBundle) -> None:
    names = sorted({row[0] for row in sample_rows() if row[1]})[:8]
    given(bundle, {"boxes.csv": [row for row in sample_rows() if row[0] in names]})
    ended = bundle.prepare()
    assert ended.code == 3, ended.errors
    assert "There are only 8 pictures with boxes" in ended.output


def test_the_same_picture_under_two_names_is_never_in_two_parts(bundle: TestBundle) -> None:
    rows = sample_rows()
    twins = [[f"twin_{row[0]}", *row[1:]] for row in rows]
    given(bundle, {"boxes.csv": [*rows, *twins]})
    pictures = len({row[0] for row in rows})
    found = told(bundle)
    assert found["duplicates_removed"] == pictures
    assert sum(map(len, parts(bundle).values())) == pictures


def test_a_given_test_part_stays_and_pictures_without_boxes_are_kept(bundle: TestBundle) -> None:
    rows = sample_rows()
    names = sorted({row[0] for row in rows})
    tables = {
        "test.csv": [row for row in rows if row[0] in names[:9]],
        "train.csv": [row for row in rows if row[0] not in names[:9]],
    }
    given(bundle, tables)
    found = told(bundle)
    assert "test as given" in str(found["strategy"])
    cut = parts(bundle)
    assert len(cut["heldout/test"]) == 9
    bare = len({row[0] for row in rows if not row[1]})
    assert sum(not boxes for part in cut.values() for boxes in part.values()) == bare > 0


def test_a_test_part_without_any_box_is_refused(bundle: TestBundle) -> None:
    rows = sample_rows()
    bare = sorted({row[0] for row in rows if not row[1]})
    given(
        bundle,
        {
            "test.csv": [row for row in rows if row[0] in bare],
            "train.csv": [row for row in rows if row[0] not in bare],
        },
    )
    ended = bundle.prepare()
    assert ended.code == 3, ended.errors
    assert "No picture of the test part has a box." in ended.output


def test_a_picture_damaged_after_the_report_is_left_out_and_said(bundle: TestBundle) -> None:
    given(bundle, {"boxes.csv": sample_rows()})
    pictures = sorted((bundle.work / "given" / "shapes").glob("*.png"))
    pictures[0].write_bytes(b"no picture")
    found = told(bundle)
    assert f"1 picture that cannot be read left out (shapes/{pictures[0].name})." in str(found)
    assert sum(map(len, parts(bundle).values())) == len(pictures) - 1


def test_marked_pictures_that_a_camera_turned_are_left_out_and_said(bundle: TestBundle) -> None:
    rows = sample_rows()
    marked = sorted({row[0] for row in rows if row[1]})[:2]
    bare = next(row[0] for row in rows if not row[1])
    given(bundle, {"boxes.csv": rows})
    folder = bundle.work / "given" / "shapes"
    turn(bundle.python, [folder / name for name in (*marked, bare)])
    found = told(bundle)
    assert f"2 pictures with boxes left out (shapes/{marked[0]}, shapes/{marked[1]})" in str(found)
    kept = parts(bundle)
    assert sum(map(len, kept.values())) == len({row[0] for row in rows}) - len(marked)


def test_where_a_camera_turned_all_pictures_it_is_said_what_to_do(bundle: TestBundle) -> None:
    given(bundle, {"boxes.csv": sample_rows()})
    turn(bundle.python, sorted((bundle.work / "given" / "shapes").glob("*.png")))
    ended = bundle.prepare()
    assert ended.code == 3, ended.errors
    assert "There are no pictures with boxes" in ended.output
    assert "Save them upright." in ended.output


def turn(python: Path, pictures: Sequence[Path]) -> None:
    """Note in each picture that it is to be turned by a quarter, as a camera does."""
    subprocess.run([python, "-c", TURNING, *pictures], check=True)


def test_labels_spelt_in_two_ways_are_one(bundle: TestBundle) -> None:
    rows = [
        [row[0], row[1].upper() if at % 4 else row[1], *row[2:]]
        for at, row in enumerate(sample_rows())
    ]
    given(bundle, {"boxes.csv": rows})
    found = told(bundle)
    labels = {
        box["label"] for part in parts(bundle).values() for boxes in part.values() for box in boxes
    }
    assert labels == {"DISC", "SQUARE"}
    assert "written in several ways" in str(found["warnings"])


@pytest.fixture(scope="module", params=["dfine", pytest.param("rtdetr", marks=pytest.mark.lab)])
def tuned(
    request: pytest.FixtureRequest, deep_python: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[TestBundle, Metrics]:
    """A tiny model with weights, trained for a step or two as one of the menu would be."""
    folder = tmp_path_factory.mktemp(request.param)
    subprocess.run(
        [deep_python, TINY, request.param, folder / "weights"],
        check=True,
        capture_output=True,
        env=variables(deep_python),
    )
    bundle = assemble(TASK, folder / "made", deep_python)
    given(
        bundle,
        {"boxes.csv": sample_rows()},
        backbone=str(folder / "weights"),
        weights=str(folder / "weights"),
        budget_seconds=30.0,
        hyperparameters={"threshold": 0.01, "epochs": 1},
    )
    assert bundle.prepare().code == 0
    bundle.baseline()
    bundle.train(bundle.folder / "model", "--rehearse")
    return bundle, bundle.score()


def test_any_detector_is_tuned_to_the_labels_at_hand(tuned: tuple[TestBundle, Metrics]) -> None:
    bundle, metrics = tuned
    config = json.loads((bundle.folder / "model" / "config.json").read_text("utf-8"))
    assert set(config["id2label"].values()) == {"disc", "square"}
    assert metrics.metric.name == "map"
    assert {one.name for one in metrics.baselines} == {
        "no boxes",
        "the same boxes at the usual places",
    }
    labels = metrics.details["labels"]
    assert isinstance(labels, list)
    assert [one["label"] for one in labels if isinstance(one, dict)] == ["disc", "square"]
    assert (bundle.work / "scored" / "figures.json").read_text("utf-8").count(
        '"kind": "boxes"'
    ) == 1


def test_found_boxes_lie_inside_their_picture_the_surest_first(
    tuned: tuple[TestBundle, Metrics],
) -> None:
    lines = (tuned[0].work / "scored" / "predictions.jsonl").read_text("utf-8").splitlines()
    answers = [json.loads(line)["boxes"] for line in lines]
    assert any(answers)
    for boxes in answers:
        assert all(0 <= box["xmin"] < box["xmax"] <= WIDE for box in boxes)
        assert all(0 <= box["ymin"] < box["ymax"] <= HIGH for box in boxes)
        scores = [box["score"] for box in boxes]
        assert scores == sorted(scores, reverse=True)


def test_a_picture_alone_is_answered_as_among_others(tuned: tuple[TestBundle, Metrics]) -> None:
    bundle, _ = tuned
    scored = bundle.work / "scored"
    first = json.loads((scored / "predictions.jsonl").read_text("utf-8").splitlines()[0])
    bundle.must("predict.py", "--input", scored / first["file"], "--output", "alone.jsonl")
    alone = json.loads((bundle.work / "alone.jsonl").read_text("utf-8"))
    assert alone["boxes"] == first["boxes"]


def test_a_broken_picture_in_a_folder_is_left_out_counted_and_named(
    tuned: tuple[TestBundle, Metrics], tmp_path: Path
) -> None:
    bundle, _ = tuned
    names = sorted({row[0] for row in sample_rows()})[:3]
    for name in names:
        shutil.copy(SAMPLE / name, tmp_path / name)
    (tmp_path / names[1]).write_bytes(b"no picture")
    ended = bundle.must("predict.py", "--input", tmp_path)
    assert [one["file"] for one in ended.lines] == [names[0], names[2]]
    assert f"note: 1 of 3 pictures cannot be read; left out ({names[1]})." in ended.errors


def test_weights_of_something_else_are_refused(bundle: TestBundle, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text('{"model_type": "gpt2"}', "utf-8")
    given(bundle, {"boxes.csv": sample_rows()}, backbone="gpt2", weights=str(other))
    assert bundle.prepare().code == 0
    fit = ("--fit", "prepared/fit", "--out", "model", "--rehearse")
    ended = bundle.run("train.py", "--config", bundle.folder / "config.json", *fit)
    assert ended.code == 3, ended.errors
    assert "no detection model that can be used here" in ended.output
