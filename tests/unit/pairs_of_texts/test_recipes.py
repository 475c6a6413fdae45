"""Both recipes' scripts on made-up texts: what is cut, refused, answered and said."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from pydantic import JsonValue

from pipeline.jobs import TaskType
from tests.contracts.bundles import TestBundle, assemble

SUMMARIZATION, TRANSLATION = TaskType("summarization"), TaskType("translation")
Object = Mapping[str, JsonValue]


@pytest.fixture
def summing(tmp_path: Path, summing_python: Path) -> TestBundle:
    return assemble(SUMMARIZATION, tmp_path, summing_python)


@pytest.fixture
def translating(tmp_path: Path, translating_python: Path) -> TestBundle:
    return assemble(TRANSLATION, tmp_path, translating_python)


def talk(at: int) -> list[JsonValue]:
    """A talk of turns, the third of which matters."""
    said = ("Hello, how are you?", "Fine, and you?", f"Room {at} needs a new lamp.", "I see, bye.")
    return [{"speaker": "AB"[turn % 2], "text": text} for turn, text in enumerate(said)]


def given(bundle: TestBundle, files: Mapping[str, str], **changes: object) -> None:
    """Files of a person, reported and configured."""
    data = bundle.work.parent / "data"
    data.mkdir()
    for name, text in files.items():
        (data / name).write_text(text, "utf-8")
    bundle.configure(bundle.report(data), **changes)


def lines(rows: Sequence[Object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def objects(path: Path) -> list[dict[str, JsonValue]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def prepared(bundle: TestBundle) -> dict[str, JsonValue]:
    ended = bundle.prepare()
    assert ended.code == 0, ended.output + ended.errors
    told: dict[str, JsonValue] = json.loads((bundle.work / "prepared/prepared.json").read_text())
    return told


def test_talks_of_turns_with_several_summaries_are_learned_from(summing: TestBundle) -> None:
    learned: list[Object] = [
        {"talk": talk(at), "summary": f"Room {at} needs a lamp."} for at in range(40)
    ]
    learned += [
        {"talk": talk(1), "summary": "A lamp is needed."},
        {"talk": talk(99), "summary": ""},
    ]
    test: list[Object] = [
        {"talk": talk(at), "summary1": f"Room {at} needs a lamp.", "summary2": "A new lamp."}
        for at in range(40, 52)
    ]
    given(summing, {"train.jsonl": lines(learned), "test.jsonl": lines(test)})
    told = prepared(summing)
    assert told["rows"] == {"train": 36, "validation": 4, "test": 12}
    assert any("no summary" in str(line) for line in told["warnings"] or [])  # type: ignore[union-attr]
    summing.baseline()
    summing.train(summing.folder / "model")
    metrics = summing.score()
    held = objects(summing.work / "scored" / "heldout.jsonl")
    assert held[0]["__truth__"] == ["Room 40 needs a lamp.", "A new lamp."]
    assert metrics.details["references_a_row"] == 2
    assert metrics.metric.value > max(one.value for one in metrics.baselines)
    said = objects(summing.work / "scored" / "predictions.jsonl")
    assert said[0]["input"] == "\n".join(f"{turn['speaker']}: {turn['text']}" for turn in talk(40))  # type: ignore[index,call-overload]


def test_lines_that_match_are_translated(translating: TestBundle) -> None:
    who = [("The man", "Der Mann"), ("A girl", "Ein Mädchen"), ("My dog", "Mein Hund")]
    does = [("eats", "isst"), ("finds", "findet"), ("wants", "will"), ("sees", "sieht")]
    what = [("an apple", "einen Apfel"), ("the bread", "das Brot"), ("two eggs", "zwei Eier")]
    pairs = [
        (f"{a[0]} {b[0]} {c[0]}.", f"{a[1]} {b[1]} {c[1]}.")
        for a in who
        for b in does
        for c in what
    ]
    files = {
        f"corpus.{tongue}": "\n".join(pair[side] for pair in pairs) + "\n"
        for side, tongue in enumerate(("en", "de"))
    }
    given(translating, files)
    prepared(translating)
    translating.baseline()
    translating.train(translating.folder / "model")
    metrics = translating.score()
    assert metrics.metric.n == round(0.2 * len(pairs))
    assert metrics.metric.name == "chrf"
    assert metrics.metric.value > max(one.value for one in metrics.baselines)
    assert "version" in str(metrics.details["signatures"])
    asked = ("--text", pairs[0][int(metrics.details["languages"] == "German to English")])
    said = json.loads(translating.must("predict.py", *asked).output)
    assert set(said) == {"input", "output"}
    assert said["output"]


def test_too_few_pairs_are_a_problem(summing: TestBundle) -> None:
    rows = [{"talk": f"A long text of number {at}. " * 9, "summary": ""} for at in range(30)]
    rows[:5] = [{**row, "summary": f"Number {at}."} for at, row in enumerate(rows[:5])]
    given(summing, {"talks.jsonl": lines(rows)})
    ended = summing.prepare()
    assert ended.code == 3
    problem = ended.lines[-1]["problem"]
    assert isinstance(problem, dict)
    assert "Only 5 rows" in str(problem["message"])
    assert problem["hint"]
