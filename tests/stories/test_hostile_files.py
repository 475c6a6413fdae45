"""Whatever file a person brings, they get a model or one clear sentence, and nothing leaks out."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stories.shell import ROOT, Shell, last_object

HOSTILE = Path(os.environ.get("DEV_DATA", ROOT.parent / "shared" / "data")) / "hostile"
MARKER = Path("/tmp/HOSTILE_PICKLE_EXECUTED")  # noqa: S108 - where the pickles would leave it
QUICK = ("--budget-minutes", "0.1", "--json")

pytestmark = pytest.mark.skipif(
    not HOSTILE.is_dir(), reason="DEV_DATA names no folder with hostile/"
)


@pytest.fixture
def shell(tmp_path: Path, environments: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path, environments)
    yield shell
    shell.end()


def told(shell: Shell, words: str, *data: Path, more: tuple[str, ...] = ()) -> dict[str, Any]:
    """One request with files; no traceback, and nothing beside the home has changed."""
    before = sorted(path for path in shell.folder.rglob("*") if shell.home not in path.parents)
    named = [part for path in data for part in ("--data", str(path))]
    done = shell.run("run", words, *named, *QUICK, *more)
    after = sorted(path for path in shell.folder.rglob("*") if shell.home not in path.parents)
    assert "Traceback" not in done.stdout + done.stderr
    assert after == sorted({*before, shell.home} if shell.home.exists() else before)
    if done.returncode == 2:  # refused at once: said on stderr, no job was begun
        return {"status": "refused", "told": done.stderr}
    found = last_object(done.stdout)
    return {**found, "told": done.stderr + str(found["question"]) + str(found["error"])}


@pytest.mark.parametrize(
    ("file", "words", "said"),
    [
        ("01_empty.csv", "predict the price", "is empty"),
        ("02_header_only.csv", "predict the price", "column names but no rows"),
        ("03_one_class_only.csv", "detect fraud", "only one class"),
        ("04_target_100pct_missing.csv", "predict the price", "no usable values"),
        ("12_dataset.pkl", "train a model", "pickle"),
        ("12_pickle_renamed.csv", "train a model", "pickle"),
        ("12_pickle_renamed.parquet", "train a model", "pickle"),
        ("13_truncated.parquet", "train a model", "cut off"),
        ("17_html_saved_as.csv", "train a model", "web page"),
        ("18_five_rows.csv", "predict the label", "5 rows"),
        ("20_nested_zips.zip", "train a model", "archives inside archives"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_clear_sentence(
    shell: Shell, file: str, words: str, said: str
) -> None:
    found = told(shell, words, HOSTILE / file)
    assert found["status"] in {"waiting", "refused"}
    assert said in found["told"]
    assert not MARKER.exists()


def test_two_columns_of_one_name_are_asked_about(shell: Shell) -> None:
    found = told(shell, "predict the target", HOSTILE / "06_duplicate_headers.csv")
    assert found["status"] == "waiting"
    assert found["question"]["field"] == "target"
    assert {"target", "target_2"} <= set(found["question"]["options"])


def test_more_columns_than_rows_make_a_warning_and_no_good_score(shell: Shell) -> None:
    words = "predict the label"
    found = told(shell, words, HOSTILE / "05_wide_5000_columns.csv", more=("--yes",))
    assert found["status"] in {"done", "waiting"}
    assert (
        any("more columns" in warning.lower() for warning in found["warnings"]) or found["question"]
    )
    assert found["verdict_level"] in {"none", "weak", None}
    assert len(found["told"]) < 20_000


def test_lines_in_other_encodings_are_kept_and_counted(shell: Shell) -> None:
    found = told(shell, "train a model", HOSTILE / "07_mixed_encodings.csv")
    assert "UnicodeDecodeError" not in found["told"]
    assert "encoding" in found["told"] + " ".join(found["warnings"])


def test_instructions_in_cells_stay_data(shell: Shell) -> None:
    words = "tell positive reviews from negative ones"
    found = told(shell, words, HOSTILE / "08_prompt_injection.csv")
    assert found["status"] in {"done", "waiting"}
    assert any("instructions" in warning for warning in found["warnings"])
    assert "CANARY-7f3a91" not in found["told"] + str(found["warnings"]) + str(found["verdict"])


def test_formulas_are_data_and_exported_predictions_run_none(shell: Shell, tmp_path: Path) -> None:
    source = HOSTILE / "09_formula_injection.csv"
    found = told(shell, "predict the label", source)
    if found["status"] == "waiting":
        answer = found["question"]["options"][-1]
        done = shell.run("answer", found["job"], answer, "--json")
        found = last_object(done.stdout)
    assert found["status"] == "done", found
    out = tmp_path / "home" / "predictions.csv"
    shell.run("predict", found["job"], "--input", str(source), "--output", str(out))
    cells = [cell for line in out.read_text("utf-8").splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "\t"))]


def test_an_archive_that_unfolds_to_gigabytes_is_refused_before_it_is_written(
    shell: Shell, tmp_path: Path
) -> None:
    bomb = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w") as file,
    ):
        for _ in range(900):
            file.write(b"0" * (1 << 20))
    found = told(shell, "train a model", bomb)
    assert found["status"] == "waiting"
    assert "expands to 9" in found["told"]
    size = sum(path.stat().st_size for path in shell.home.rglob("*") if path.is_file())
    assert size < 32 << 20


def test_an_archive_that_climbs_out_is_read_without_those_entries(shell: Shell) -> None:
    found = told(shell, "predict the label", HOSTILE / "11_zip_path_traversal.zip")
    assert found["status"] in {"done", "waiting"}
    assert not [path for path in shell.folder.rglob("*evil*") if path.is_file()]
    assert not list(Path(shell.folder.anchor).glob("*evil*"))


@pytest.mark.parametrize("name", ["14_broken_images", "14_broken_images.zip"])
def test_broken_pictures_are_left_out_and_counted(shell: Shell, name: str) -> None:
    found = told(shell, "cats or dogs?", HOSTILE / name)
    assert found["task_type"] == "image_classification"
    assert (found["status"], found["verdict_level"]) == ("done", "none")
    noted = " ".join(found["warnings"]) + found["told"]
    assert "Left out 8 of 26 pictures" in noted
    assert "pixels" in noted


def test_a_table_that_excel_damaged_is_read_as_the_table_it_was(shell: Shell) -> None:
    found = told(shell, "which price?", HOSTILE / "15_excel_damaged_quotes_REAL.csv")
    assert "21 columns" in found["told"]


def test_broken_lines_are_counted_and_asked_about(shell: Shell) -> None:
    found = told(shell, "sort these", HOSTILE / "16_broken_lines.jsonl")
    assert found["status"] == "waiting"
    assert found["question"]["field"] == "dataset.bad_rows"
    assert "34 lines are no JSON objects" in found["question"]["text"]
    assert "55 lines are good" in found["question"]["text"]
    answered = last_object(shell.run("answer", found["job"], "1", "--json").stdout)
    assert answered["question"] is None or answered["question"]["field"] != "dataset.bad_rows"


def test_personal_data_and_secrets_are_told_by_shape_alone(shell: Shell, tmp_path: Path) -> None:
    key = "sk-" + "proj-" + "Ab3dEf6hIj" * 4
    card = "4111 1111 1111 1111"
    rows = [
        f"user{n}@example.com,{card},{key}{n:03},{n % 7},{'yes' if n % 3 else 'no'}"
        for n in range(90)
    ]
    file = tmp_path / "people.csv"
    file.write_text("mail,card,token,visits,bought\n" + "\n".join(rows) + "\n", "utf-8")
    found = told(shell, "who bought?", file)
    everything = found["told"] + str(found)
    assert not [secret for secret in (key, card, "user1@example.com") if secret in everything]
    assert {one["column"] for one in found["ignored"]} >= {"mail", "card", "token"}
    logs = b"".join(
        path.read_bytes() for path in (shell.home / "logs").rglob("*") if path.is_file()
    )
    assert key.encode() not in logs


def test_the_next_job_runs_at_once_after_a_bad_one(shell: Shell, tmp_path: Path) -> None:
    told(shell, "train a model", HOSTILE / "12_pickle_renamed.csv")
    good = tmp_path / "good.csv"
    rows = [f"{n % 17},{n % 5},{'yes' if n % 17 > 8 else 'no'}" for n in range(120)]
    good.write_text("size,room,sold\n" + "\n".join(rows) + "\n", "utf-8")
    assert told(shell, "will it be sold?", good)["status"] == "done"
