"""What a person types is read as the rows they mean."""

import csv
import json
from pathlib import Path

import pytest

from adapters import workbench
from bot.predicting import Predicting, answer_card, input_of, written
from pipeline.context import JobContext
from pipeline.errors import UnknownName
from pipeline.jobs import JobStatus
from tests.fakes.reported import reported_job, row_of


@pytest.fixture
def context(tmp_path: Path) -> JobContext:
    return reported_job(tmp_path / "model", columns=("size", "colour"))


@pytest.mark.parametrize(
    "said",
    [
        "3, red",
        "size,colour\n3,red",
        "`3,red`",
        '{"size": "3", "colour": "red"}',
        "size=3, Colour = red",
    ],
)
def test_a_row_is_read_in_each_of_its_writings(
    context: JobContext, tmp_path: Path, said: str
) -> None:
    path = written(context, said, tmp_path)
    if path.suffix == ".json":
        assert json.loads(path.read_text()) == [{"size": "3", "colour": "red"}]
        return
    assert list(csv.reader(path.read_text().splitlines())) == [["size", "colour"], ["3", "red"]]


def test_a_column_that_is_not_named_is_empty(context: JobContext, tmp_path: Path) -> None:
    path = written(context, "size=3\ncolour=red", tmp_path)
    assert json.loads(path.read_text()) == [
        {"size": "3", "colour": None},
        {"size": None, "colour": "red"},
    ]


def test_a_name_that_is_no_column_is_answered_with_the_columns(
    context: JobContext, tmp_path: Path
) -> None:
    with pytest.raises(UnknownName, match="'weight'") as unknown:
        written(context, "size=3, weight=4", tmp_path)
    assert unknown.value.hint == "Known: colour, size."


def test_rows_of_another_shape_are_left_for_the_model_to_judge(
    context: JobContext, tmp_path: Path
) -> None:
    path = written(context, "1,2,3", tmp_path)
    assert path.read_text().split() == ["1,2,3"]


def test_json_that_is_broken_is_left_for_the_model_to_judge(
    context: JobContext, tmp_path: Path
) -> None:
    assert written(context, '{"size":', tmp_path).read_text() == '{"size":'


def test_a_text_model_reads_a_text(context: JobContext) -> None:
    assert input_of(context).columns == ("size", "colour")
    report = context.data_report
    assert report is not None
    texts = report.model_copy(update={"roles": {"text": "message", "target": "spam"}})
    assert input_of(context.evolve(data_report=texts)).kind == "text"


def test_what_is_noted_of_answers_stands_under_them() -> None:
    note = "1 of 2 pictures cannot be read; left out (cut.png)."
    assert answer_card("prediction,picture\na,whole.png\n", [note]).body == note
    assert answer_card("prediction\na\nb\n", [note]).body.splitlines()[-1] == note


PREDICT = """
import sys
print("1 of 2", file=sys.stderr)
print("note: 1 of 2 pictures cannot be read; left out (cut.png).", file=sys.stderr)
open(sys.argv[sys.argv.index("--output") + 1], "w").write("prediction,picture\\na,whole.png\\n")
"""


@pytest.mark.anyio
async def test_the_thread_is_told_what_a_model_notes(tmp_path: Path, environments: Path) -> None:
    model = tmp_path / "model"
    context = reported_job(model).evolve(release=None)
    (model / "predict.py").write_text(PREDICT, "utf-8")
    (model / "requirements.txt").write_text("", "utf-8")
    predict = Predicting(await workbench.adapter(env_cache=environments), tmp_path / "home")
    card = await predict(row_of(context, JobStatus.DONE), "tenure=3", [])
    assert card.body == "1 of 2 pictures cannot be read; left out (cut.png)."


def test_one_answer_is_shown_label_by_label_and_many_by_their_first_lines() -> None:
    one = answer_card("prediction,probability_a\na,0.9\n")
    assert (one.title, one.facts) == (
        "Prediction for 1 row",
        (("prediction", "a"), ("probability_a", "0.9")),
    )
    many = answer_card("prediction\n" + "a\n" * 50)
    assert many.title == "Predictions for 50 rows; the first 10"
    assert len(many.body.splitlines()) == 11
    lines = answer_card('{"text": "x", "entities": []}\n')
    assert (lines.title, lines.body) == (
        "Prediction for 1 row",
        '{"text": "x", "entities": []}',
    )
