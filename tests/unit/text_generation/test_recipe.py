"""The recipe's scripts on made-up texts: what is cut, refused, written and said."""

import csv
import json
import random
from pathlib import Path

import pytest
from pydantic import JsonValue

from pipeline.artifacts import Metrics
from pipeline.bundle import BundleConfig
from pipeline.jobs import TaskType
from tests.contracts.bundles import TestBundle, assemble

TASK = TaskType("text_generation")
NAMES = ("ka", "lo", "mi", "ren", "tor", "bel", "an", "du", "shi", "vo")


def verses(count: int, seed: int = 0) -> list[str]:
    draw = random.Random(seed)  # noqa: S311 - made-up texts
    who = ("The rain", "A boat", "Old Anna", "The miller", "Nobody")
    where = ("over the hills", "to the sea", "in the night", "along the wall", "by the mill")
    return [
        f"{draw.choice(who)} went {draw.choice(where)} while {draw.choice(who).lower()} stayed."
        for _ in range(count)
    ]


@pytest.fixture
def bundle(tmp_path: Path, python: Path) -> TestBundle:
    return assemble(TASK, tmp_path, python)


def given(bundle: TestBundle, name: str, content: str, **changes: object) -> BundleConfig:
    """Report a file and write config.json."""
    path = bundle.work.parent / "data" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, "utf-8")
    settings = {"backbone": "counting", "budget_seconds": 20.0, **changes}
    return bundle.configure(bundle.report(path), **settings)


def refused(bundle: TestBundle) -> str:
    ended = bundle.prepare()
    assert ended.code == 3, ended.errors
    told = ended.lines[-1]["problem"]
    assert isinstance(told, dict)
    return f"{told['message']} {told['hint']}"


def prepared(bundle: TestBundle) -> dict[str, JsonValue]:
    ended = bundle.prepare()
    assert ended.code == 0, ended.errors
    told: dict[str, JsonValue] = json.loads(
        (bundle.work / "prepared" / "prepared.json").read_text("utf-8")
    )
    return told


def pieces(bundle: TestBundle, part: str) -> list[list[str]]:
    _, *lines = (bundle.work / "prepared" / part).read_text("ascii").splitlines()
    return [json.loads(line) for line in lines]


def test_running_text_gets_its_lines_back_and_its_end_is_held_out(bundle: TestBundle) -> None:
    lines = verses(400)
    given(bundle, "tale.txt", "\n\n".join(lines) + "\n")
    told = prepared(bundle)
    parts = [pieces(bundle, f"fit/{name}.jsonl") for name in ("train", "validation")]
    fit = "".join(row[0] for part in parts for row in part)
    held = "".join("".join(row) for row in pieces(bundle, "heldout/test.jsonl"))
    assert fit + held == "\n".join(lines) + "\n"
    assert "the last 20 % of the text" in str(told["strategy"])


@pytest.mark.parametrize("suffix", ["txt", "jsonl"])
def test_a_test_part_that_was_given_stays_as_it_is(bundle: TestBundle, suffix: str) -> None:
    shelf = bundle.work.parent / "data"
    shelf.mkdir()
    texts = {"book": verses(300), "other": [f"{line} So it was." for line in verses(60, seed=9)]}
    for name, lines in texts.items():
        rows = [json.dumps({"text": line}) for line in lines] if suffix == "jsonl" else lines
        (shelf / f"{name}.{suffix}").write_text("\n".join(rows) + "\n", "utf-8")
    report = bundle.report(*(shelf / f"{name}.{suffix}" for name in texts))
    parts = [
        file.model_copy(update={"split": "test" if file.name.startswith("other") else None})
        for file in report.files
    ]
    bundle.configure(report, files=tuple(parts), backbone="counting")
    prepared(bundle)
    fit = "".join(row[0] for row in pieces(bundle, "fit/train.jsonl"))
    held = "".join("".join(row) for row in pieces(bundle, "heldout/test.jsonl"))
    assert "So it was." not in fit
    assert held.count("So it was.") == (60 if suffix == "txt" else len(set(texts["other"])))


def test_a_little_text_is_refused_with_its_length(bundle: TestBundle) -> None:
    given(bundle, "note.txt", "\n".join(verses(12)))
    assert "characters; at least 2,000 are needed" in refused(bundle)


def test_a_text_of_a_single_line_is_cut_too(bundle: TestBundle) -> None:
    given(bundle, "line.txt", " ".join(verses(400)))
    rows = prepared(bundle)["rows"]
    assert isinstance(rows, dict)
    assert min(int(str(count)) for count in rows.values()) > 3


def test_samples_are_held_out_whole_and_equal_ones_once(bundle: TestBundle) -> None:
    texts = [f"{line}\nAnd {at} more." for at, line in enumerate(verses(80))]
    rows = [*texts, texts[0].upper(), "", "   "]
    given(bundle, "notes.jsonl", "".join(json.dumps({"note": one}) + "\n" for one in rows))
    told = prepared(bundle)
    parts = [pieces(bundle, f"fit/{name}.jsonl") for name in ("train", "validation")]
    held = ["".join(row) for row in pieces(bundle, "heldout/test.jsonl")]
    assert sorted([row[0] for part in parts for row in part] + held) == sorted(texts)
    assert told["duplicates_removed"] == 1
    assert told["steps"] == ["2 rows without text left out"]


def test_a_list_of_lines_that_have_nothing_to_do_with_each_other_is_samples(
    bundle: TestBundle,
) -> None:
    draw = random.Random(2)  # noqa: S311 - made-up names
    names = ["".join(draw.choices(NAMES, k=3)).title() for _ in range(700)]
    given(bundle, "names.txt", "\n".join(names) + "\n")
    told = prepared(bundle)
    assert "equal texts kept together" in str(told["strategy"])
    assert told["duplicates_removed"] == len(names) - len(set(names))


def test_few_samples_are_refused(bundle: TestBundle) -> None:
    given(bundle, "few.csv", "note\n" + "\n".join(f'"{line}"' for line in verses(30)[:4]) + "\n")
    assert "at least 10 are needed" in refused(bundle)


def test_a_sample_of_a_million_characters_is_cut_into_pieces(bundle: TestBundle) -> None:
    texts = [*verses(30), " ".join(verses(20_000))[:1_000_000]]
    lines = "".join(json.dumps({"note": f"{one} {at}"}) + "\n" for at, one in enumerate(texts))
    given(bundle, "notes.jsonl", lines)
    assert "1 very long texts cut into pieces" in str(prepared(bundle)["steps"])
    held = pieces(bundle, "heldout/test.jsonl")
    assert max(len("".join(row)) for row in held) <= 20_000


@pytest.fixture(scope="module")
def trained(python: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[TestBundle, Metrics]:
    bundle = assemble(TASK, tmp_path_factory.mktemp("names"), python)
    draw = random.Random(1)  # noqa: S311 - made-up names
    names = {"".join(draw.choices(NAMES, k=draw.randint(2, 4))).title() for _ in range(700)}
    given(bundle, "names.csv", "name\n" + "".join(f"{name}\n" for name in sorted(names)))
    prepared(bundle)
    bundle.baseline()
    bundle.train(bundle.folder / "model")
    return bundle, bundle.score()


def test_the_score_stands_beside_counts_of_one_two_and_five(
    trained: tuple[TestBundle, Metrics],
) -> None:
    _, metrics = trained
    reached = [one.value for one in metrics.baselines]
    assert len(reached) == 3
    assert reached == sorted(reached, reverse=True)
    assert metrics.metric.value < reached[0]
    assert metrics.metrics["perplexity"] > 1


def test_samples_and_their_likeness_to_what_was_learned_are_told(
    trained: tuple[TestBundle, Metrics],
) -> None:
    _, metrics = trained
    samples = metrics.details["samples"]
    assert isinstance(samples, list)
    assert len(samples) == 5
    assert all(isinstance(one, dict) and one["written"] is not None for one in samples)
    assert isinstance(metrics.details["longest_copied_run"], int)


def test_an_empty_beginning_gives_a_text(trained: tuple[TestBundle, Metrics]) -> None:
    bundle, _ = trained
    said = bundle.must("predict.py", "--text", "", "--text", "Ka").lines
    assert [one["input"] for one in said] == ["", "Ka"]
    assert said[0]["output"]


def test_a_file_of_beginnings_is_answered_line_by_line(
    trained: tuple[TestBundle, Metrics], tmp_path: Path
) -> None:
    bundle, _ = trained
    asked = tmp_path / "begun.csv"
    with asked.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["name"], ["Ka"], ["Lomi"], ["Ka"]])
    said = bundle.must("predict.py", "--input", asked).lines
    assert [one["input"] for one in said] == ["Ka", "Lomi", "Ka"]
    assert said[0] == said[2]


def test_the_same_seed_learns_the_same(trained: tuple[TestBundle, Metrics]) -> None:
    bundle, _ = trained
    bundle.train("again")
    first, again = bundle.folder / "model", bundle.work / "again"
    assert (first / "counts.npz").read_bytes() == (again / "counts.npz").read_bytes()
