"""The command line's values are checked before any work begins."""

from pathlib import Path

import pytest

from bot.cli import inputs
from bot.settings import RUNTIMES
from pipeline.errors import PersonCanFix


def test_a_path_is_made_absolute_and_keeps_its_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("x\n1\n")
    (found,) = inputs.read_inputs(["val=a.csv"])
    assert (found.location, found.split) == (str(tmp_path / "a.csv"), "validation")


@pytest.mark.parametrize("address", ["https://example.org/a.csv", "hf:ann/mails", "kaggle:a/b"])
def test_an_address_is_passed_on_as_it_is(address: str) -> None:
    assert inputs.read_inputs([address])[0].location == address


def test_all_missing_and_empty_files_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(PersonCanFix) as caught:
        inputs.read_inputs([str(tmp_path / "gone.csv"), f"test={tmp_path / 'empty.csv'}"])
    assert "gone.csv" in caught.value.message
    assert "empty.csv' is empty" in caught.value.message


def test_settings_become_leaves_of_the_intent_in_their_own_types() -> None:
    given = ["target=price", "hyperparameters.epochs=20", "seed=7", "backbone=resnet18"]
    assert inputs.read_settings(given) == {
        "dataset.label_column": "price",
        "hyperparameters.epochs": 20,
        "hyperparameters.seed": 7,
        "architecture.backbone": "resnet18",
    }


def test_a_folder_with_a_model_is_found_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    given = inputs.read_settings(["backbone=mine"])
    assert given == {"architecture.backbone": str(tmp_path / "mine")}
    elsewhere = {"architecture.backbone": "owner/name"}
    assert inputs.read_settings(["backbone=owner/name"]) == elsewhere


def test_all_wrong_settings_are_told_together() -> None:
    with pytest.raises(PersonCanFix) as caught:
        inputs.read_settings(["colour=red", "hyperparameters.epochs=0"])
    assert "colour" in caught.value.message
    assert "hyperparameters.epochs=0" in caught.value.message
    assert "Known:" in caught.value.hint


def test_a_setting_without_a_value_and_an_unknown_task_are_refused() -> None:
    with pytest.raises(PersonCanFix, match="name=value"):
        inputs.read_settings(["target"])
    with pytest.raises(PersonCanFix) as caught:
        inputs.read_settings(["task_type=alchemy"])
    assert "text_classification" in caught.value.hint


def test_a_choice_lists_the_known_ones_and_minutes_are_above_zero() -> None:
    with pytest.raises(PersonCanFix) as caught:
        inputs.choose("--runtime", "moon", RUNTIMES)
    assert caught.value.hint == "Known: local, kaggle, modal, ray."
    with pytest.raises(PersonCanFix):
        inputs.positive_minutes(0)
    assert inputs.positive_minutes(1.5) == 90


def test_files_named_in_a_line_are_found_quoted_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my mails.csv").touch()
    (tmp_path / "a.csv").touch()
    (tmp_path / "data").mkdir()
    line = "sort 'my mails.csv', data and ./data from a.csv. It's"
    assert inputs.named_files(line[: line.index(" It's")]) == tuple(
        str(tmp_path / name) for name in ("my mails.csv", "data", "a.csv")
    )
    assert inputs.named_files(line) == (str(tmp_path / "data"), str(tmp_path / "a.csv"))
    assert inputs.named_files("nothing here. at all") == ()
