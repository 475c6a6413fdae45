"""The report page's facts: what is drawn where, what becomes a table, and what is kept out."""

import math
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue

from bot.report import details, pictures, scale, usage, wording
from bot.report.data import data
from bot.report.page import page, render
from pipeline.artifacts import Baseline, Metrics, Picture
from pipeline.context import JobContext
from pipeline.intent import ParsedIntent
from pipeline.jobs import JobStatus, TaskType
from pipeline.recipe import known_recipes
from tests.fakes.reported import EVENTS, picture, png, reported_job, row_of


@pytest.fixture
def job(tmp_path: Path) -> JobContext:
    return reported_job(tmp_path)


def metrics_of(context: JobContext, **changes: object) -> Metrics:
    assert context.run is not None
    assert context.run.metrics is not None
    return context.run.metrics.model_copy(update=changes)


def detailed(context: JobContext, found: Mapping[str, JsonValue]) -> Metrics:
    return metrics_of(context, details=found)


def test_model_and_baselines_stand_on_one_scale(job: JobContext) -> None:
    found = scale.headline(metrics_of(job))
    ours, guessing, simple = found.marks

    assert (found.first, found.last) == ("0.4", "1")
    assert [one.ours for one in found.marks] == [True, False, False]
    assert guessing.at == pytest.approx(100 * 0.1 / 0.6, abs=0.01)
    assert (guessing.at or 0) < (simple.at or 0) < (ours.at or 0)
    assert (ours.low or 0) < (ours.at or 0) < (ours.low or 0) + ours.span


@pytest.mark.parametrize("far", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_no_number_has_no_place_on_the_scale(job: JobContext, far: float) -> None:
    found = scale.headline(metrics_of(job, baselines=(Baseline(name="broken", value=far),)))

    assert found.marks[1].at is None
    assert found.marks[0].at is not None


@pytest.mark.parametrize(
    "values", [(0.0, 0.0), (5.0, 5.0), (-3.0, 1e9), (1e-320, 5e-324), (1e308, -1e308)]
)
def test_every_mark_stays_on_the_scale(job: JobContext, values: tuple[float, float]) -> None:
    headline = metrics_of(job).metric
    value, other = values
    metric = headline.model_copy(update={"name": "rmse", "value": value, "ci95": None})
    bases = (Baseline(name="mean", value=other),)

    found = scale.headline(metrics_of(job, metric=metric, baselines=bases))

    assert all(one.at is None or 0 <= one.at <= 100 for one in found.marks)


def test_classes_are_counted_from_the_confusion(job: JobContext) -> None:
    (table,) = details.tables(
        detailed(job, {"classes": ["cat", "dog"], "confusion": [[8, 2], [0, 0]]})
    )

    assert table.rows == (
        ("cat", "10", "80 %", "100 %", "dog (2 times)"),
        ("dog", "0", "none here", "0 %", ""),
    )


def test_shares_are_ranked_and_the_small_ones_put_together(job: JobContext) -> None:
    many: list[JsonValue] = [[f"column {at}", at] for at in range(20)]

    found = details.importance(detailed(job, {"importance": many}))

    assert found is not None
    assert (found.bars[0].name, found.bars[0].length) == ("column 19", 100)
    assert len(found.bars) == details.MOST_BARS
    assert found.rest == "4 more columns with 5.3 % together"


@pytest.mark.parametrize(
    "broken",
    [None, [], {}, "text", 3, [[1]], [["a", "b"]], [["a", True]], [["a", -1]], [["a", math.nan]]],
)
def test_shares_of_no_use_are_left_out(job: JobContext, broken: JsonValue) -> None:
    assert details.importance(detailed(job, {"importance": broken})) is None
    assert details.members(detailed(job, {"members": broken})) is None


def test_any_list_of_flat_objects_becomes_a_table(job: JobContext) -> None:
    clusters: JsonValue = [
        {"name": "young", "rows": 120, "told by": ["age", "income"]},
        {"name": "old", "rows": 80, "share": 0.4},
    ]

    (table,) = details.tables(detailed(job, {"clusters": clusters}))

    assert table.title == "The groups"
    assert table.columns == ("Name", "Rows", "Told by", "Share")
    assert table.numeric == (False, True, False, True)
    assert table.rows == (("young", "120", "age, income", ""), ("old", "80", "", "0.4"))


def test_long_texts_are_read_below_each_other_and_change_no_page(job: JobContext) -> None:
    same: JsonValue = {"input": "short", "output": "short", "truth": "x"}
    samples: JsonValue = [
        {"input": "<b>Dear all</b>\nplease read.", "output": "word " * 400, "truth": ""},
        *[same] * 30,
    ]
    metrics = detailed(job, {"samples": samples, "worst": [{"file": "a.png", "said": "cat"}]})
    run = job.run.model_copy(update={"metrics": metrics}) if job.run else None

    long, short = details.tables(metrics)
    text = render(page(row_of(job.evolve(run=run)), EVENTS, state="done", model=None))

    assert (long.long, short.long) == (True, False)
    assert (len(long.rows), long.rest) == (details.MOST_TEXTS, "19 more in metrics.json")
    assert len(long.rows[0][1]) <= wording.LONGEST
    assert "&lt;b&gt;Dear all&lt;/b&gt;\nplease read." in text
    assert "What is true" in text


def test_pairs_and_facts_become_tables_of_two_columns(job: JobContext) -> None:
    found: dict[str, JsonValue] = {
        "differences": [["age", 0.31], ["town", 0.2]],
        "calibration": {"error": 0.07, "off": True, "of": None, "bins": [[0.1, 0.2, 30]]},
    }

    differing, calibrated = details.tables(detailed(job, found))

    assert differing.title == "Columns that differ between the parts"
    assert differing.rows == (("age", "0.31"), ("town", "0.2"))
    assert calibrated.rows == (
        ("Mean distance of what it says from what comes true", "0.07"),
        ("Off by more than luck", "yes"),
    )


def test_details_of_any_shape_make_a_page(job: JobContext, tmp_path: Path) -> None:
    shapes: dict[str, JsonValue] = {
        "deep": {"a": {"b": {"c": [1, [2]]}}},
        "mixed": [1, {"a": 1}, None, []],
        "null": None,
        "rows": [{"n": at} for at in range(500)],
        "": "",
        "classes": [1, 2],
        "confusion": [[1], "x"],
    }
    assert job.run is not None
    run = job.run.model_copy(update={"metrics": detailed(job, shapes)})

    text = render(page(row_of(job.evolve(run=run)), EVENTS, state="done", model=tmp_path))

    assert "400 more in metrics.json" in text


def test_pictures_are_in_the_page_itself(tmp_path: Path) -> None:
    one = picture(tmp_path, "roc", "title", "alt")

    (shown,) = pictures.shown((one,), tmp_path)

    assert shown.light.startswith("data:image/png;base64,")
    assert shown.dark.startswith("data:image/png;base64,")
    assert (shown.width, shown.height) == (680, 440)


def test_what_mattered_is_drawn_once(tmp_path: Path) -> None:
    drawn = picture(tmp_path, "importance", "tenure matters most", "tenure 51%")
    plain = reported_job(tmp_path, pictures=[drawn], details={})
    ranked = reported_job(tmp_path, pictures=[drawn])

    pages = [page(row_of(one), EVENTS, state="done", model=tmp_path) for one in (plain, ranked)]

    assert [len(one.found.pictures) for one in pages if one.found] == [1, 0]
    assert [one.found.importance is None for one in pages if one.found] == [True, False]


def test_only_pictures_of_the_model_folder_are_taken(tmp_path: Path) -> None:
    model, folder = tmp_path / "model", tmp_path / "model" / "pictures"
    folder.mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(png())
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "text.png").write_text("no picture")
    names = ("../../secret.png", str(tmp_path / "secret.png"), "link.png", "text.png", "none.png")
    told = tuple(Picture(file=name, dark=name, title="t", alt="a") for name in names)

    shown = pictures.shown(told, model)

    assert [one.light for one in shown] == [""] * len(names)
    assert all("missing" in one.why for one in shown)


def test_a_page_stays_small_whatever_the_pictures_weigh(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    third = png() + os.urandom(pictures.MOST_BYTES // 3)
    for name in "abcd":
        (folder / f"{name}.png").write_bytes(third)
    told = tuple(Picture(file=f"{n}.png", dark=f"{n}.png", title="t", alt="a") for n in "abcd")

    shown = pictures.shown(told, tmp_path)

    assert sum(len(one.light) + len(one.dark) for one in shown) < 3_000_000
    assert [bool(one.light) for one in shown] == [True, True, False, False]
    assert "too large" in shown[3].why


@pytest.mark.parametrize("task", known_recipes())
def test_the_program_for_every_task_compiles(job: JobContext, task: str) -> None:
    intent = ParsedIntent.model_validate({"task_type": task})
    folder = "/ho'me/an\"n\\\n{x}"
    assert job.release is not None
    release = job.release.model_copy(update={"path": folder})

    by_command, alone, program = usage.ways(job.evolve(intent=intent, release=release))

    compile(program.code, "snippet", "exec")
    assert repr(f"{folder}/predict.py") in program.code
    assert alone.code.startswith("cd '")
    assert f"mltrainer predict {job.job_id}" in by_command.code


def test_each_task_is_used_with_files_of_its_own_kind(job: JobContext) -> None:
    said = {}
    for task in known_recipes():
        by_command, alone, program = usage.ways(
            job.evolve(intent=ParsedIntent.model_validate({"task_type": task}))
        )
        files = by_command.code.splitlines()[0].partition(" --input ")[2].split(" --output ")
        assert " --output ".join(files) in alone.code
        assert all(file in program.code for file in files)
        assert ("--text" in by_command.code) == ("--text" in by_command.note)
        said[task] = tuple(files)

    assert said[TaskType("tabular_regression")] == ("new.csv", "answers.csv")
    assert said[TaskType("object_detection")] == ("picture.jpg", "answers.jsonl")
    assert said[TaskType("token_classification")] == ("new.csv", "answers.jsonl")


def test_columns_are_used_or_left_out_with_a_reason(job: JobContext) -> None:
    found = data(job)

    assert found is not None
    assert [one.name for one in found.columns][:2] == ["left", "tenure"]
    assert found.columns[0].plays == "the class to predict"
    assert set(found.left_out) == {"customer", "end date"}
    assert "1,573 to learn from, 225 to choose by and 450 held out" in found.sentences[-1]


@pytest.mark.parametrize("state", ["done", "failed", "waiting", "cancelled", "running"])
def test_a_job_that_was_just_asked_for_has_a_page(job: JobContext, state: str) -> None:
    nothing = ("collected", "intent", "data_report", "preprocessing", "config", "architecture")
    bare = job.evolve(
        **dict.fromkeys((*nothing, "bundle", "run", "release")), stage_results={}, errors=()
    )
    status = JobStatus.RUNNABLE if state == "running" else JobStatus(state)

    text = render(page(row_of(bare, status), EVENTS, state=state, model=None))

    assert "Which customers will leave next month?" in text


def test_hidden_characters_are_shown_by_their_code() -> None:
    assert wording.visible("a\u202eb\u200bc\x07\ud800") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+0007⟩⟨U+D800⟩"
    assert wording.visible("👩\u200d👩 שלום\n") == "👩\u200d👩 שלום\n"


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, ""), (True, "yes"), (-1.5, "\u22121.5"), (math.inf, "∞"), ({"a": [1, 2]}, "a 1, 2")],
)
def test_a_cell_says_what_it_holds(value: JsonValue, said: str) -> None:
    assert wording.cell(value) == said
