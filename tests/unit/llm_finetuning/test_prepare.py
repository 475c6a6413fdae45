"""Examples as people keep them, cut into parts by prepare.py."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.jobs import TaskType
from tests.contracts.bundles import Ended, TestBundle, assemble
from tests.unit.harness.modules import harness

tables = harness("tables")
TASK = TaskType("llm_finetuning")


@pytest.fixture
def bundle(tmp_path: Path) -> TestBundle:
    return assemble(TASK, tmp_path, Path(sys.executable))


def prepared(
    bundle: TestBundle,
    names: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    roles: dict[str, object],
    **changes: object,
) -> Ended:
    """What prepare.py makes of a table."""
    table = tables.Table(tuple(names), [tuple(row) for row in rows])
    tables.save_table(table, bundle.work / "tables" / "0.jsonl")
    config = {
        "task_type": TASK,
        "backbone": "scratch",
        "columns": roles,
        "ignored": {},
        "kinds": {},
        "metric": "eval_loss",
        "better": "lower",
        "positive": None,
        "seed": 1,
        "budget_seconds": 60,
        "threads": 1,
        "split": {"train": 0.8, "validation": 0.1, "test": 0.1},
        "split_chosen": False,
        "files": [{"name": "a.jsonl", "split": None, "table": "0.jsonl"}],
        "hyperparameters": {},
        "care": None,
        "insisted": [],
        "weights": None,
        **changes,
    }
    (bundle.folder / "config.json").write_text(json.dumps(config), "utf-8")
    told = ("--data", "tables", "--files", "tables", "--out", "prepared")
    return bundle.run("prepare.py", "--config", bundle.folder / "config.json", *told)


def part(bundle: TestBundle, name: str) -> list[dict[str, str]]:
    names, *rows = map(
        json.loads, (bundle.work / "prepared" / name).read_text("ascii").splitlines()
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def talks(*exchanges: str) -> str:
    turns = [
        {"from": "gpt" if at % 2 else "human", "value": text} for at, text in enumerate(exchanges)
    ]
    return json.dumps(turns)


def account(bundle: TestBundle) -> dict[str, object]:
    told: dict[str, object] = json.loads(
        (bundle.work / "prepared" / "prepared.json").read_text("utf-8")
    )
    return told


ALPACA = {"prompt": ["input", "instruction"], "response": "output"}
NAMES = ("input", "instruction", "output")


def test_instructions_become_conversations_and_keep_their_columns(bundle: TestBundle) -> None:
    rows = [(str(at), "Double it.", str(2 * at)) for at in range(60)]
    assert prepared(bundle, NAMES, rows, dict(ALPACA)).code == 0
    held = part(bundle, "heldout/test.jsonl")
    assert list(held[0]) == ["instruction", "input", "__messages__"]
    turns = json.loads(held[0]["__messages__"])
    assert turns[0]["content"] == f"Double it.\n\n{held[0]['input']}"
    assert turns[1] == {"role": "assistant", "content": str(2 * int(held[0]["input"]))}


def test_all_turns_are_learned_and_the_last_is_what_is_asked_for(bundle: TestBundle) -> None:
    rows = [(talks(f"a{at}", "b", f"c{at}", f"d{at}"),) for at in range(40)]
    assert prepared(bundle, ["conversations"], rows, {"messages": "conversations"}).code == 0
    held = part(bundle, "heldout/test.jsonl")[0]
    assert len(json.loads(held["__messages__"])) == 4
    assert len(json.loads(held["conversations"])) == 3


def test_equal_questions_are_never_in_two_parts(bundle: TestBundle) -> None:
    rows = [("", f"Say {at % 12}", f"answer {at}") for at in range(120)]
    assert prepared(bundle, NAMES, rows, dict(ALPACA)).code == 0
    names = ("fit/train.jsonl", "fit/validation.jsonl", "heldout/test.jsonl")
    asked = [{row["instruction"] for row in part(bundle, name)} for name in names]
    assert not asked[0] & asked[1]
    assert not (asked[0] | asked[1]) & asked[2]


def test_bad_rows_are_left_out_or_mended_and_counted(bundle: TestBundle) -> None:
    good = [(talks(f"question {at}", f"answer {at}"),) for at in range(30)]
    bad = [(talks("lonely question"),), ("",), ("no list",), (talks("hi", ""),)]
    long = [(talks("long", "x" * 1_000_000),)]
    rows = [*good, *bad, *long]
    assert prepared(bundle, ["messages"], rows, {"messages": "messages"}).code == 0
    warnings = str(account(bundle)["warnings"])
    assert "Left out 2 rows: no question with an answer." in warnings
    assert "Left out 2 rows: no list of messages." in warnings
    assert "Changed 1 row: turns of more than 20,000 characters were cut." in warnings


def test_repeats_are_dropped(bundle: TestBundle) -> None:
    rows = [("", f"Say {at % 20}", f"{at % 20}!") for at in range(80)]
    assert prepared(bundle, NAMES, rows, dict(ALPACA)).code == 0
    assert account(bundle)["duplicates_removed"] == 60


def test_of_many_rows_no_more_are_held_out_than_can_be_answered(bundle: TestBundle) -> None:
    rows = [("", f"Say {at}", f"{at}!") for at in range(3_000)]
    assert prepared(bundle, NAMES, rows, dict(ALPACA)).code == 0
    assert 150 <= len(part(bundle, "heldout/test.jsonl")) <= 210


def test_too_few_examples_are_a_persons_problem(bundle: TestBundle) -> None:
    ended = prepared(bundle, NAMES, [("", "a", "b")] * 4, dict(ALPACA))
    assert ended.code == 3
    problem = ended.lines[-1]["problem"]
    assert isinstance(problem, dict)
    assert "at least 10" in str(problem["message"])


def test_one_question_asked_again_and_again_cannot_be_tested_on(bundle: TestBundle) -> None:
    rows = [("", "Tell a joke.", f"joke {at}") for at in range(40)]
    ended = prepared(bundle, NAMES, rows, dict(ALPACA))
    assert ended.code == 3
    assert "problem" in ended.lines[-1]


def test_a_conversation_told_longer_row_by_row_stays_in_one_part(bundle: TestBundle) -> None:
    rows = []
    for at in range(60):
        turns = [f"question {at}", f"answer {at}", f"more of {at}", f"again {at}"]
        rows += [(talks(*turns[:2]),), (talks(*turns),)]
    assert prepared(bundle, ["conversations"], rows, {"messages": "conversations"}).code == 0
    names = ("fit/train.jsonl", "fit/validation.jsonl", "heldout/test.jsonl")
    begun = [
        {json.loads(row["__messages__"])[0]["content"] for row in part(bundle, name)}
        for name in names
    ]
    assert all(begun)
    assert not begun[0] & begun[1]
    assert not (begun[0] | begun[1]) & begun[2]
