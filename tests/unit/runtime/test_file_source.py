"""Files and folders of this machine as data."""

import os
from pathlib import Path

import pytest

from adapters.file_names import clean
from adapters.sources.file import FileSource, adapter
from pipeline.errors import PersonCanFix
from tests.fakes.jobs import ANN

pytestmark = pytest.mark.anyio


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "job" / "data"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("location", "taken"),
    [
        ("rows.csv", True),
        ("~/rows.csv", True),
        ("/data/a folder", True),
        ("https://example.com/rows.csv", False),
        ("HTTPS://example.com/rows.csv", False),
        ("hf:owner/name", False),
        ("kaggle:owner/name", False),
        ("", False),
    ],
)
def test_paths_are_taken_and_addresses_are_not(location: str, *, taken: bool) -> None:
    assert adapter().takes(location) is taken


async def test_a_file_is_copied_for_the_owner_alone(tmp_path: Path, into: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")

    copies = await FileSource().fetch(str(tmp_path / "rows.csv"), into, ANN)

    assert copies == (into / "rows.csv",)
    assert copies[0].read_text() == "a,b\n1,2\n"
    assert copies[0].stat().st_mode & 0o077 == 0


async def test_two_files_of_one_name_are_both_kept(tmp_path: Path, into: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rows.csv").write_text(folder)

    first = await FileSource().fetch(str(tmp_path / "a" / "rows.csv"), into, ANN)
    second = await FileSource().fetch(str(tmp_path / "b" / "rows.csv"), into, ANN)

    assert [path.read_text() for path in (*first, *second)] == ["a", "b"]
    assert second[0].suffix == ".csv"


async def test_a_folder_keeps_its_folders_and_leaves_out_links(tmp_path: Path, into: Path) -> None:
    images = tmp_path / "images"
    (images / "cat").mkdir(parents=True)
    (images / ".git").mkdir()
    (images / "cat" / "1.png").write_text("cat")
    (images / "labels.csv").write_text("a")
    (images / ".hidden").write_text("h")
    (images / ".git" / "config").write_text("h")
    (images / "passwd").symlink_to("/etc/passwd")

    copies = await FileSource().fetch(str(images), into, ANN)

    assert copies == (into / "images",)
    assert _tree(into) == ["images/cat/1.png", "images/labels.csv"]


def _tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_names_that_a_shell_or_a_log_could_misread_are_cleaned(
    tmp_path: Path, into: Path
) -> None:
    folder = tmp_path / "the\ndata"
    (folder / "-rf\u202e").mkdir(parents=True)
    (folder / "-rf\u202e" / "a\x1b[2J.csv").write_text("1")
    (folder / "a\x07b.csv").write_text("2")
    (folder / "a_b.csv").write_text("3")
    os.close(os.open(os.fsencode(folder) + b"/caf\xe9.csv", os.O_CREAT))

    copies = await FileSource().fetch(str(folder), into, ANN)

    assert copies == (into / "the_data",)
    assert _tree(copies[0]) == ["_rf_/a_[2J.csv", "a_b-2.csv", "a_b.csv", "caf_.csv"]


async def test_two_folders_of_one_name_are_both_kept(tmp_path: Path, into: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder / "images").mkdir(parents=True)
        (tmp_path / folder / "images" / "1.png").write_text(folder)

    tops = [await FileSource().fetch(str(tmp_path / name / "images"), into, ANN) for name in "ab"]

    assert tops == [(into / "images",), (into / "images-2",)]
    assert (into / "images-2" / "1.png").read_text() == "b"


@pytest.mark.parametrize(
    "location", ["~nobody-of-this-name/rows.csv", "x" * 5000, "C:" + "x" * 500]
)
async def test_a_path_that_cannot_be_is_asked_for(location: str, into: Path) -> None:
    FileSource().takes(location)

    assert (await _refusal(Path(location), into)).field == "data"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("rows.csv", "rows.csv"),
        ("Umsätze 2024 (neu).csv", "Umsätze 2024 (neu).csv"),
        ("データ.csv", "データ.csv"),
        ("..", "data"),
        ("", "data"),
        (".hidden", "hidden"),
        ("a/b\\c.csv", "a_b_c.csv"),
        ("--train", "_-train"),
        ("invoice\u202efdp.exe", "invoice_fdp.exe"),
        ("zero\u200bwidth\ufeff.csv", "zero_width_.csv"),
        ("line\u2028break\r\n.csv", "line_break__.csv"),
        ("\udcff.csv", "_.csv"),
        ("x" * 300 + ".csv", "x" * 146 + ".csv"),
        ("é" * 300 + ".jsonl.gz", "é" * 73 + ".gz"),
    ],
)
def test_a_name_is_cleaned_once_and_for_all(name: str, cleaned: str) -> None:
    assert clean(name) == cleaned
    assert clean(cleaned) == cleaned


async def _refusal(location: Path, into: Path, source: FileSource | None = None) -> PersonCanFix:
    with pytest.raises(PersonCanFix) as caught:
        await (source or FileSource()).fetch(str(location), into, ANN)
    return caught.value


async def test_what_is_not_there_is_asked_for(tmp_path: Path, into: Path) -> None:
    error = await _refusal(tmp_path / "rows.csv", into)

    assert error.field == "data"
    assert "There is no file" in error.message


async def test_an_empty_file_and_a_folder_without_files_are_refused(
    tmp_path: Path, into: Path
) -> None:
    (tmp_path / "rows.csv").write_text("")
    (tmp_path / "folder").mkdir()

    assert "is empty" in (await _refusal(tmp_path / "rows.csv", into)).message
    assert "holds no files" in (await _refusal(tmp_path / "folder", into)).message


async def test_a_pipe_is_refused_without_waiting(tmp_path: Path, into: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert "neither a file" in (await _refusal(tmp_path / "pipe", into)).message


async def test_too_much_data_is_refused_before_anything_is_copied(
    tmp_path: Path, into: Path
) -> None:
    (tmp_path / "rows.csv").write_text("x" * 100)

    error = await _refusal(tmp_path / "rows.csv", into, FileSource(most_bytes=10))

    assert "too large" in error.message
    assert not (into / "rows.csv").exists()


async def test_a_file_that_may_not_be_read_says_so(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rows.csv").write_text("a")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    error = await _refusal(tmp_path / "rows.csv", into)
    assert "may not be read" in error.message
