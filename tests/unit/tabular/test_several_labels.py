"""Cells that hold several labels at once are refused by name; composed names are not."""

import random
from collections import Counter

import pytest

from tests.unit.harness.modules import harness

several = harness("several_labels")
Problem = harness("progress").Problem


def tagged(separator: str, seed: int = 1) -> list[str]:
    draw = random.Random(seed)  # noqa: S311 - made-up rows
    tags = ["comedy", "drama", "crime", "war", "family"]
    return [separator.join(draw.sample(tags, draw.randint(1, 3))) for _ in range(200)]


@pytest.mark.parametrize("separator", [";", "; ", "|", ", "])
def test_lists_of_labels_are_called_multi_label(separator: str) -> None:
    with pytest.raises(Problem) as told:
        several.check_single_labels(Counter(tagged(separator)), "genre")
    assert "multi-label" in told.value.message
    assert "yes or no" in told.value.hint
    assert told.value.field == "target"


def test_lists_in_brackets_are_too() -> None:
    cells = [str(cell.split(";")) for cell in tagged(";")]
    with pytest.raises(Problem, match="multi-label"):
        several.check_single_labels(Counter(cells), "genre")


@pytest.mark.parametrize(
    "cells",
    [
        ["yes", "no"] * 50,
        ["Male, adult", "Male, child", "Female, adult", "Female, child"] * 20,
        ["1,5", "2,5", "3", "1,0"] * 20,
        ["Washington, DC", "Paris", "Rome", "Portland, Maine"] * 20,
        ["A|B"] * 30 + ["C"] * 30,
        ["low (0, 10)", "mid (10, 20)", "high (20, 30)"] * 20,
    ],
)
def test_composed_names_are_single_labels(cells: list[str]) -> None:
    several.check_single_labels(Counter(cells), "kind")
