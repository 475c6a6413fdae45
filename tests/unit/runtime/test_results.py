"""What a script left behind is taken with care."""

import os
import socket
from pathlib import Path

import pytest

from adapters.sandbox.results import take_results
from pipeline.errors import PersonCanFix, Rejected


@pytest.fixture
def produced(tmp_path: Path) -> Path:
    folder = tmp_path / "work" / "model"
    (folder / "trees").mkdir(parents=True)
    (folder / "model.json").write_text("{}")
    (folder / "trees" / "1.txt").write_text("tree")
    return folder


def test_files_and_folders_are_copied_for_the_owner_alone(produced: Path, tmp_path: Path) -> None:
    into = tmp_path / "taken"

    copies = take_results(produced, into)

    assert copies == (into / "model.json", into / "trees" / "1.txt")
    assert (into / "trees" / "1.txt").read_text() == "tree"
    assert {path.stat().st_mode & 0o777 for path in copies} == {0o600}


def test_one_file_is_taken_by_its_name(produced: Path, tmp_path: Path) -> None:
    assert take_results(produced / "model.json", tmp_path / "taken") == (
        tmp_path / "taken" / "model.json",
    )


def test_a_link_among_the_results_is_refused_by_name(produced: Path, tmp_path: Path) -> None:
    secret = tmp_path / "app.db"
    secret.write_text("secret")
    (produced / "trees" / "2.txt").symlink_to(secret)

    with pytest.raises(Rejected, match=r"'2\.txt'.*a link"):
        take_results(produced, tmp_path / "taken")
    assert "secret" not in [path.name for path in (tmp_path / "taken").rglob("*")]


def test_a_folder_that_is_a_link_is_refused(produced: Path, tmp_path: Path) -> None:
    (produced.parent / "linked").symlink_to(produced)

    with pytest.raises(Rejected, match="a link"):
        take_results(produced.parent / "linked", tmp_path / "taken")


def test_a_link_on_the_way_is_refused(produced: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(produced.parent)

    with pytest.raises(Rejected, match="could not be taken"):
        take_results(tmp_path / "elsewhere" / "model", tmp_path / "taken")


def test_a_pipe_is_refused_and_nobody_waits_for_it(produced: Path, tmp_path: Path) -> None:
    os.mkfifo(produced / "pipe")

    with pytest.raises(Rejected, match="a pipe"):
        take_results(produced, tmp_path / "taken")


def test_a_socket_is_refused(
    produced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(produced)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("door")
        with pytest.raises(Rejected, match="a socket"):
            take_results(produced, tmp_path / "taken")


def test_results_over_the_size_limit_are_not_taken(produced: Path, tmp_path: Path) -> None:
    with pytest.raises(PersonCanFix, match="too large"):
        take_results(produced, tmp_path / "taken", most_bytes=3)


def test_too_many_results_are_not_taken(produced: Path, tmp_path: Path) -> None:
    with pytest.raises(PersonCanFix, match="too large"):
        take_results(produced, tmp_path / "taken", most_files=1)


def test_a_missing_result_is_named(produced: Path, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="no 'metrics'"):
        take_results(produced / "metrics", tmp_path / "taken")


def test_taking_twice_leaves_the_newer_files(produced: Path, tmp_path: Path) -> None:
    take_results(produced, tmp_path / "taken")
    (produced / "model.json").write_text("[]")

    take_results(produced, tmp_path / "taken")

    assert (tmp_path / "taken" / "model.json").read_text() == "[]"


def test_a_link_planted_at_the_target_is_replaced_not_followed(
    produced: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "model.json").symlink_to(precious)

    take_results(produced, tmp_path / "taken")

    assert precious.read_text() == "mine"
