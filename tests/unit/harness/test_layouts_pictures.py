"""Pictures find their labels, and what cannot be opened harms nobody."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.harness.picture_files import Laid, lay, picture_python, png, pngs, write

Lay = Callable[[], Laid]
DATA = Path(os.environ.get("DEV_DATA", Path(__file__).parents[4] / "shared" / "data"))


@pytest.fixture(scope="module")
async def python(environments: Path, anyio_backend: str) -> Path:
    del anyio_backend
    return await picture_python(environments)


@pytest.fixture
def laid(python: Path, tmp_path: Path) -> Lay:
    return lambda: lay(python, (tmp_path, "", None))


def test_folders_are_classes_and_outer_ones_are_parts(laid: Lay, tmp_path: Path) -> None:
    for part in ("seg_train/seg_train", "seg_test/seg_test"):
        for label in ("sea", "wood"):
            pngs(tmp_path / part / label, "1.png", "2.png")
    pngs(tmp_path / "seg_pred" / "seg_pred", "7.png", "8.png")
    found = laid()
    assert (found.layout, found.form, found.names) == ("images", "folders", ["image", "label"])
    assert found.rows("test")[0] == ["seg_test/seg_test/sea/1.png", "sea"]
    assert found.counts() == {"train": 4, None: 2, "test": 4}
    assert any("no class can be told" in note for note in found.notes)


def test_a_class_called_train_is_no_part(laid: Lay, tmp_path: Path) -> None:
    for label in ("bus", "train", "plane"):
        pngs(tmp_path / label, "1.png", "2.png")
    found = laid()
    assert found.counts() == {None: 6}
    assert ["train/1.png", "train"] in found.rows()


def test_numbered_folders_in_a_class_are_not_classes(laid: Lay, tmp_path: Path) -> None:
    for folder in ("cats/cat001", "cats/cat002", "dogs/dog001", "dogs/dog002"):
        pngs(tmp_path / folder, "1.png", "2.png")
    assert {row[1] for row in laid().rows()} == {"cats", "dogs"}


def test_masks_are_no_class(laid: Lay, tmp_path: Path) -> None:
    for folder in ("images", "masks"):
        pngs(tmp_path / folder, "1.png", "2.png", "3.png")
    assert laid().names == ["image"]


@pytest.mark.parametrize("pattern", ["{}_{:03}.png", "{}.{}.png", "{} ({}).png", "{}{}.png"])
def test_file_names_carry_the_class(laid: Lay, tmp_path: Path, pattern: str) -> None:
    pngs(
        tmp_path / "train",
        *(pattern.format(label, n) for label in ("cat", "dog") for n in (1, 2, 3)),
    )
    pngs(tmp_path / "test1", "1.png", "2.png")
    found = laid()
    assert found.form == "names"
    assert {row[1] for row in found.rows("train")} == {"cat", "dog"}
    assert {row[1] for row in found.rows("test")} == {None}


def test_cameras_name_no_class(laid: Lay, tmp_path: Path) -> None:
    pngs(tmp_path, *(f"{word}_{n}.png" for word in ("IMG", "DSC") for n in range(5)))
    assert laid().names == ["image"]


@pytest.mark.parametrize("cell", ["a{}.png", "A{}.PNG", "images/a{}.png", "a{}", "C:\\x\\a{}.jpg"])
def test_a_table_names_its_pictures_in_any_way(laid: Lay, tmp_path: Path, cell: str) -> None:
    pngs(tmp_path / "images", "a1.png", "a2.png", "a3.png")
    lines = "\n".join(f"{cell.format(n)},{n * 10}" for n in (1, 2, 9))
    write(tmp_path, labels__csv=f"file,count\n{lines}\n")
    found = laid()
    assert (found.layout, found.names) == ("images", ["file", "count"])
    assert found.rows() == [["images/a1.png", "10"], ["images/a2.png", "20"]]
    assert any(
        "1 of 3 rows in labels.csv name a picture that is not there" in n for n in found.notes
    )
    assert any("stand in no table and were left out (images/a3.png)" in n for n in found.notes)


def test_train_and_test_tables_with_pictures_of_the_same_names(laid: Lay, tmp_path: Path) -> None:
    for part in ("train", "test"):
        pngs(tmp_path / f"{part}_images", "1.png", "2.png")
    write(tmp_path, train__csv="id,label\n1,cat\n2,dog\n", test__csv="id\n1\n2\n")
    write(tmp_path, sample_submission__csv="id,label\n1,cat\n2,cat\n")
    found = laid()
    assert found.rows("train") == [["train_images/1.png", "cat"], ["train_images/2.png", "dog"]]
    assert found.rows("test") == [["test_images/1.png"], ["test_images/2.png"]]


def test_a_text_of_paths_and_labels_is_a_table(laid: Lay, tmp_path: Path) -> None:
    pngs(tmp_path, "x/1.png", "x/2.png", "y/3.png")
    write(tmp_path, train__txt="x/1.png 0\nx/2.png 1\ny/3.png 1\n")
    assert laid().rows() == [["x/1.png", "0"], ["x/2.png", "1"], ["y/3.png", "1"]]


def test_a_picture_beside_a_table_only_illustrates_it(laid: Lay, tmp_path: Path) -> None:
    png(tmp_path / "logo.png")
    write(tmp_path, data__csv="a,b\n1,2\n3,4\n")
    found = laid()
    assert found.layout == "table"
    assert any("logo.png" in note for note in found.notes)


def test_what_is_no_picture_is_left_out_and_named(laid: Lay, tmp_path: Path) -> None:
    pngs(tmp_path, "cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png")
    png(tmp_path / "dog" / "large.png", 20_000, 20_000)
    png(tmp_path / "dog" / "dot.png", 1, 1)
    (tmp_path / "cat" / "none.png").touch()
    write(tmp_path / "cat", page__jpg="<html></html>", words__jpg="hello", art__svg="<svg></svg>")
    cut = (tmp_path / "cat" / "1.png").read_bytes()[:40]
    (tmp_path / "dog" / "cut.png").write_bytes(cut)
    for litter in (".DS_Store", "Thumbs.db", "__MACOSX/cat/._1.png"):
        write(tmp_path, **{litter: "x"})
    found = laid()
    assert len(found.rows()) == 4
    told = found.notes[0]
    assert told.startswith("Left out 7 of 11 pictures: ")
    for reason in ("1 empty", "web page", "50 million pixels", "one pixel", "SVG", "2 damaged"):
        assert reason in told
    assert found.notes[1:] == [
        "Only 4 pictures can be used: a score on so few cannot be meaningful."
    ]
    assert found.told["mb"] < 500


def test_only_broken_pictures_are_a_problem(laid: Lay, tmp_path: Path) -> None:
    write(tmp_path, a__jpg="x", b__jpg="")
    assert laid().told["problem"].startswith("None of the 2 pictures can be used: ")


def test_twenty_thousand_small_pictures_take_seconds(laid: Lay, tmp_path: Path) -> None:
    png(tmp_path / "0" / "a0.png", 8, 8)
    content = (tmp_path / "0" / "a0.png").read_bytes()
    for number in range(1, 20_000):
        folder = tmp_path / str(number % 10)
        folder.mkdir(exist_ok=True)
        (folder / f"a{number}.png").write_bytes(content)
    found = laid()
    assert len(found.rows()) == 20_000
    assert found.told["cpu"] < 10


def test_the_broken_pictures_of_the_hostile_set(python: Path) -> None:
    folder = DATA / "hostile" / "14_broken_images"
    if not folder.is_dir():
        pytest.skip("DEV_DATA is absent")
    found = lay(python, (folder, folder.name, None))
    assert {row[1] for row in found.rows()} == {"cat", "dog"}
    assert len(found.rows()) >= 17
    assert "decompression_bomb" in found.notes[0]
    assert "so few" in found.notes[1]
    assert found.told["mb"] < 500
