"""The recipe's scripts on made-up sentences: what is cut, refused, counted and answered."""

import json
from pathlib import Path

import pytest

from pipeline.jobs import TaskType
from tests.contracts.bundles import TestBundle, assemble

TASK = TaskType("token_classification")


@pytest.fixture
def bundle(tmp_path: Path, python: Path) -> TestBundle:
    return assemble(TASK, tmp_path, python)


def given(bundle: TestBundle, rows: list[tuple[object, object]], split: str | None = None) -> None:
    """Tables of words and tags as the report makes them, and the config that names them."""
    tables = bundle.work / "tables"
    tables.mkdir(exist_ok=True)
    name = f"{split or 'all'}.jsonl"
    lines = [["tokens", "tags"], *([json.dumps(a), json.dumps(b)] for a, b in rows)]
    (tables / name).write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")
    path = bundle.folder / "config.json"
    files = json.loads(path.read_text("utf-8"))["files"] if path.exists() else []
    config = {
        "task_type": TASK,
        "backbone": "word_chain",
        "columns": {"tokens": "tokens", "tags": "tags"},
        "ignored": {},
        "kinds": {"tokens": "nested", "tags": "nested"},
        "metric": "span_f1",
        "better": "higher",
        "positive": None,
        "seed": 1,
        "budget_seconds": 20,
        "threads": 1,
        "split": {"train": 0.8, "validation": 0.1, "test": 0.1},
        "split_chosen": False,
        "files": [*files, {"name": name, "split": split, "table": name}],
        "hyperparameters": {},
        "insisted": [],
        "care": None,
        "weights": None,
    }
    path.write_text(json.dumps(config), "utf-8")


def sentences(count: int, start: int = 0) -> list[tuple[object, object]]:
    return [
        (["Mr", f"Name{at}", "is", "here"], ["O", "B-PER", "O", "O"])
        for at in range(start, start + count)
    ]


def prepared(bundle: TestBundle) -> dict[str, list[tuple[list[str], list[str]]]]:
    ended = bundle.prepare()
    assert ended.code == 0, ended.errors
    folder = bundle.work / "prepared"
    files = {path.stem: path for path in folder.rglob("*.jsonl")}
    return {
        part: [
            tuple(json.loads(cell) for cell in json.loads(line))
            for line in path.read_text("ascii").splitlines()[1:]
        ]
        for part, path in files.items()
    }


def told(bundle: TestBundle) -> dict[str, list[str]]:
    return json.loads((bundle.work / "prepared" / "prepared.json").read_text("utf-8"))  # type: ignore[no-any-return]


def refused(bundle: TestBundle) -> str:
    ended = bundle.prepare()
    assert ended.code == 3, ended.errors
    return str(ended.lines[-1]["problem"])


def test_rows_that_do_not_fit_are_counted_and_left_out(bundle: TestBundle) -> None:
    bad: list[tuple[object, object]] = [
        (["one"], ["O", "O"]),
        ("no list", ["O"]),
        ([], []),
        (["", " "], ["O", "O"]),
        ([["deep"]], ["O"]),
    ]
    given(bundle, [*sentences(30), *bad])
    parts = prepared(bundle)
    assert sum(map(len, parts.values())) == 30
    warnings = " ".join(told(bundle)["warnings"])
    assert "3 rows whose tags do not fit their words" in warnings
    assert "2 rows without words" in warnings


def test_equal_sentences_are_in_one_part_and_a_given_test_file_stays(bundle: TestBundle) -> None:
    given(bundle, [*sentences(40), *sentences(5)], "train")
    given(bundle, [*sentences(3), *sentences(10, 100)], "test")
    parts = prepared(bundle)
    assert len(parts["test"]) == 13
    said = {part: {tuple(words) for words, _ in rows} for part, rows in parts.items()}
    assert not said["train"] & said["test"]
    assert not said["train"] & said["validation"]
    assert len(parts["train"]) + len(parts["validation"]) == 37
    assert told(bundle)["duplicates_removed"] == 8  # type: ignore[comparison-overlap]


def test_an_endless_sentence_is_cut_and_said(bundle: TestBundle) -> None:
    words = [f"w{at}" for at in range(5_000)]
    given(bundle, [*sentences(30), (words, ["O"] * 5_000)])
    parts = prepared(bundle)
    assert max(len(words) for rows in parts.values() for words, _ in rows) <= 400
    assert "1 rows of more than 400 words" in " ".join(told(bundle)["warnings"])


def test_tags_of_another_scheme_become_bio2(bundle: TestBundle) -> None:
    rows: list[tuple[object, object]] = [
        ([f"a{at}", "b", "c"], ["B-X", "E-X", "S-Y"]) for at in range(20)
    ]
    given(bundle, [*rows, (["d"], ["O"])])
    parts = prepared(bundle)
    assert ["B-X", "I-X", "B-Y"] in [tags for _, tags in parts["train"]]


def test_nothing_to_find_is_said(bundle: TestBundle) -> None:
    given(bundle, [([f"w{at}"], ["O"]) for at in range(30)])
    assert "No word has a label in tags" in refused(bundle)


def test_too_few_sentences_are_said(bundle: TestBundle) -> None:
    given(bundle, sentences(4))
    assert "only 4 usable sentences" in refused(bundle)
