"""What of a person's disk a picture model gets to see."""

from pathlib import Path

import pytest

from bot import picture_inputs
from bot.picture_inputs import gathered
from pipeline.errors import PersonCanFix


def some(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")


def there(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_a_list_comes_with_the_pictures_that_it_names_and_nothing_else(tmp_path: Path) -> None:
    some(tmp_path / "mine", "a b.jpg", "more/two.PNG", "other.jpg", "diary.txt")
    some(tmp_path, "above.jpg")
    listed = tmp_path / "mine" / "list.csv"
    listed.write_text('image,who\n"a b.jpg",x\nmore/two.PNG,y\n../above.jpg,z\ndiary.txt,z\n')

    found = gathered(listed, tmp_path / "work")

    assert found == tmp_path / "work" / "list.csv"
    assert there(tmp_path / "work") == ["a b.jpg", "list.csv", "more/two.PNG"]


@pytest.mark.parametrize("above", ["{}", "..\\above.jpg", "\0.jpg", "x" * 999 + ".jpg"])
def test_a_list_reaches_nothing_outside_its_folder(tmp_path: Path, above: str) -> None:
    some(tmp_path / "mine", "one.jpg")
    some(tmp_path, "above.jpg")
    outside = str(tmp_path / "above.jpg").replace("/", "\\")
    listed = tmp_path / "mine" / "list.csv"
    listed.write_text(f"image\none.jpg\n{above.format(outside)}\n", "utf-8")

    gathered(listed, tmp_path / "work")

    assert there(tmp_path / "work") == ["list.csv", "one.jpg"]


def test_an_endless_line_is_searched_in_no_time(tmp_path: Path) -> None:
    some(tmp_path / "mine", "one.jpg")
    listed = tmp_path / "mine" / "list.csv"
    listed.write_text(f"one.jpg\n{'x' * 3_000_000}", "utf-8")

    gathered(listed, tmp_path / "work")

    assert there(tmp_path / "work") == ["list.csv", "one.jpg"]


def test_a_folder_comes_with_its_pictures_and_no_links(tmp_path: Path) -> None:
    some(tmp_path / "mine", "one.jpg", "in/two.png", "diary.txt")
    some(tmp_path, "secret.jpg")
    (tmp_path / "mine" / "link.jpg").symlink_to(tmp_path / "secret.jpg")

    gathered(tmp_path / "mine", tmp_path / "work")

    assert there(tmp_path / "work") == ["in/two.png", "one.jpg"]


def test_a_picture_is_taken_as_it_is(tmp_path: Path) -> None:
    some(tmp_path, "one.jpg")
    assert gathered(tmp_path / "one.jpg", tmp_path / "work") == tmp_path / "one.jpg"


@pytest.mark.parametrize(("most", "why"), [(0, "too much"), (9, "no picture")])
def test_too_many_or_none_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, why: str
) -> None:
    some(tmp_path / "mine", "diary.txt" if most else "one.jpg")
    monkeypatch.setattr(picture_inputs, "MOST_FILES", most)

    with pytest.raises(PersonCanFix, match=why):
        gathered(tmp_path / "mine", tmp_path / "work")
