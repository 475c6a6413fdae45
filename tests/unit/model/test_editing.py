"""A model's changes to scripts: put in where they fit, refused where they do not."""

from pathlib import Path

import pytest

from pipeline import editing
from pipeline.editing import Edit
from pipeline.errors import Rejected

TRAIN = "def fit(rows: list) -> None:\n    if len(rows) < 9 and rows:\n        stop()\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(TRAIN, "utf-8")
    (tmp_path / "prepare.py").write_text('TEXT = "&lt;"\n', "utf-8")
    return tmp_path


def test_a_change_is_made_where_its_text_stands(folder: Path) -> None:
    edit = Edit(file="train.py", find="len(rows) < 9", replace="len(rows) < 5")

    assert editing.edited(folder, [edit]) == {"train.py": TRAIN.replace("< 9", "< 5")}


def test_a_change_copied_as_the_script_was_shown_is_made_too(folder: Path) -> None:
    edit = Edit(file="train.py", find="(rows: list) -&gt; None", replace="(rows: set) -&gt; None")

    assert editing.edited(folder, [edit]) == {"train.py": TRAIN.replace("list", "set")}


def test_a_script_that_holds_such_marks_itself_is_taken_as_it_is(folder: Path) -> None:
    edit = Edit(file="prepare.py", find='"&lt;"', replace='"&lt; &amp;"')

    assert editing.edited(folder, [edit]) == {"prepare.py": 'TEXT = "&lt; &amp;"\n'}


@pytest.mark.parametrize("find", ["no such line", "rows"])
def test_a_text_that_does_not_stand_there_once_is_refused(folder: Path, find: str) -> None:
    with pytest.raises(Rejected, match="must stand once"):
        editing.edited(folder, [Edit(file="train.py", find=find, replace="")])


def test_an_error_is_told_with_the_change_that_led_to_it(tmp_path: Path) -> None:
    bundle, kept = tmp_path / "bundle", tmp_path / "kept"
    for folder in (bundle, kept):
        folder.mkdir()
    (bundle / "train.py").write_text("a = 1\n", "utf-8")
    assert editing.with_kept("NameError: b", kept, bundle) == "NameError: b"

    editing.keep({"train.py": "a = b\n"}, kept)

    told = editing.with_kept("NameError: b", kept, bundle)
    assert told.splitlines()[0] == "NameError: b"
    assert told.splitlines()[-2:] == ["-a = 1", "+a = b"]
    assert editing.with_kept("", kept, bundle) == ""
