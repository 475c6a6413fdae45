"""What predict.py accepts: a model that repeats its texts shows which texts it was given."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.unit.harness.conftest import Ask

ECHO = """
import numpy as np
from dataclasses import dataclass
from serving import Answers, serve
@dataclass
class Echo:
    columns: tuple = ("label", "text")
    inputs: tuple = ("text",)
    reads_text: bool = True
    def predict(self, rows):
        return Answers(rows.column("text"), ("a",), np.ones((len(rows), 1)))
from progress import run
run(lambda: serve(lambda folder: Echo()))
"""
TEXTS = ["win a prize, now", 'he said "no"', "two\nlines", "plain"]


def heard(ask: Ask, *arguments: str, stdin: str = "") -> list[str]:
    done = ask(ECHO, "--model", ".", *arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr
    names, *rows = csv.reader(io.StringIO(done.stdout, newline=""))
    assert names == ["prediction", "probability_a"]
    return [row[0] for row in rows]


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


def test_texts_on_the_command_line(ask: Ask) -> None:
    assert heard(ask, "--text", TEXTS[0], "--text", TEXTS[2]) == [TEXTS[0], TEXTS[2]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("same.csv", as_csv([["text"], *([text] for text in TEXTS)])),
        ("truth.csv", as_csv([["n", "text", "__truth__"], *(["1", t, "b"] for t in TEXTS)])),
        ("other.csv", as_csv([["message"], *([text] for text in TEXTS)])),
        ("tabs.tsv", as_csv([["text", "n"], *([text, "1"] for text in TEXTS)], "\t")),
        ("rows.jsonl", "\n".join(json.dumps({"text": text, "n": 1}) for text in TEXTS)),
        ("rows.json", json.dumps([{"text": text} for text in TEXTS])),
    ],
)
def test_files_of_every_usual_shape(ask: Ask, tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8", newline="")
    assert heard(ask, "--input", name) == TEXTS


def test_rows_like_the_training_file_without_a_header(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "like.tsv").write_text('ham\tsee "you\nspam\twin, now\nham\tbye\n', "utf-8")
    assert heard(ask, "--input", "like.tsv") == ['see "you', "win, now", "bye"]


@pytest.mark.parametrize("stdin", ["only one line, really\n", "first, one\nsecond, two\n"])
def test_plain_lines_on_standard_input(ask: Ask, stdin: str) -> None:
    assert heard(ask, "--input", "-", stdin=stdin) == stdin.splitlines()


def test_an_answer_file_is_written(ask: Ask, tmp_path: Path) -> None:
    assert heard_nothing(ask, "--text", "hello", "--output", "answers.csv")
    assert "hello" in (tmp_path / "answers.csv").read_text("utf-8")


def heard_nothing(ask: Ask, *arguments: str) -> bool:
    done = ask(ECHO, "--model", ".", *arguments)
    return done.returncode == 0 and not done.stdout


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "is empty"),
        ("page.csv", b"<html><body>no</body></html>", "web page"),
        ("else.csv", b"width,height\n1,2\n3,4\n", "lacks text"),
        ("pickle.csv", b"\x80\x04\x95abc.", "pickle"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(
    ask: Ask, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    done = ask(ECHO, "--model", ".", "--input", name)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not done.stdout


FORMULAS = ["=1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "-2+3+cmd", "\t=1+1", "\uff1d1"]
PLAIN = ["-5.5", "+4479460000", "+49 30 123456", "-", "a=b", "me@example.org"]


def test_a_file_that_is_missing_is_told_before_the_model_is_read(ask: Ask) -> None:
    reading = ECHO.replace("lambda folder: Echo()", "lambda folder: 1 / 0")
    done = ask(reading, "--model", ".", "--input", "not_there.csv", stdin="")
    assert done.returncode == 2
    assert done.stderr == "error: not_there.csv: No such file or directory.\n"


def test_an_answer_file_runs_nothing_in_a_spreadsheet(ask: Ask, tmp_path: Path) -> None:
    rows = as_csv([["text"], *([text] for text in (*FORMULAS, *PLAIN))])
    (tmp_path / "rows.csv").write_text(rows, "utf-8", newline="")
    said = heard(ask, "--input", "rows.csv")
    assert said == [*(f"'{text}" for text in FORMULAS), *PLAIN]


def test_a_column_that_differs_in_case_and_spaces_alone_is_known(ask: Ask, tmp_path: Path) -> None:
    rows = as_csv([["nr", " Text"], *(["1", text] for text in TEXTS)])
    (tmp_path / "rows.csv").write_text(rows, "utf-8")
    assert heard(ask, "--input", "rows.csv") == TEXTS
