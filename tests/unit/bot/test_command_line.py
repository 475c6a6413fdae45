"""The program's edges: exit codes, two readable lines, never a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import run
from tests.fakes.nobody import NO_SERVICES


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "home"))
    for name, value in NO_SERVICES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("arguments", "cause", "next_step"),
    [
        (["trian"], "Unknown command 'trian'.", "demo, doctor, env"),
        (["run"], "Missing argument", "--help"),
        (["run", "x", "--wrong"], "--wrong", "--help"),
        (["run", "x", "--data", "gone.csv"], "gone.csv", "exists"),
        (["run", "x", "--set", "colour=red"], "colour", "Known:"),
        (["run", "x", "--budget-minutes", "-1"], "above 0", "For example"),
        (["run", "x", "--budget-minutes", "nan"], "above 0", "For example"),
        (["run", "  "], "no words", "For example"),
        (["status", "j-00000000"], "Unknown job 'j-00000000'.", "There is no job yet."),
        (["predict", "j-00000000"], "either --input FILE or --text", "For example"),
    ],
)
def test_wrong_use_is_one_line_of_cause_and_one_of_what_to_do(
    arguments: list[str], cause: str, next_step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    written = capsys.readouterr()
    first, second = written.err.splitlines()
    assert first.startswith("error: ")
    assert cause in first
    assert second.startswith("next:  ")
    assert next_step in second
    assert written.out == ""


def test_an_empty_home_lists_how_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list"]) == 0
    assert "mltrainer run" in capsys.readouterr().out


def test_the_last_line_of_json_is_the_object_and_stderr_has_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["tasks", "--json"]) == 0
    written = capsys.readouterr()
    (line,) = written.out.splitlines()
    assert len(json.loads(line)["tasks"]) >= 13
    assert "text_classification" in written.err


def test_a_home_that_cannot_be_made_is_told_with_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "file" / "home"))
    assert run(["list"]) == 2
    assert "MLTRAINER_HOME" in capsys.readouterr().err


def test_what_nobody_foresaw_is_two_lines_and_a_traceback_in_the_log(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("a slip of ours")

    monkeypatch.setattr("bot.cli.machine.every_task", broken)
    assert run(["tasks"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == "error: ZeroDivisionError: a slip of ours"
    assert str(home / "logs" / "mltrainer.log") in second
    assert "Traceback" in (home / "logs" / "mltrainer.log").read_text()


def test_help_says_what_to_write_and_no_type_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", "--help"]) == 0
    written = capsys.readouterr().out
    assert "--text" in written
    assert "list[" not in written
    assert "<path>" not in written


def test_help_is_instant() -> None:
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    imported = {line.rsplit("|", 1)[-1].strip() for line in shown.stderr.splitlines()}
    assert not imported & {"sqlalchemy", "pydantic", "prompt_toolkit", "asyncio", "alembic"}
    assert "mltrainer demo" in shown.stdout


def test_predictions_are_never_written_over_the_rows(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = home.parent / "rows.csv"
    rows.write_text("a,b\n1,2\n", "utf-8")
    assert run(["predict", "j-00000000", "--input", "rows.csv", "--output", str(rows)]) == 2
    assert "written over" in capsys.readouterr().err
    assert rows.read_text("utf-8") == "a,b\n1,2\n"
