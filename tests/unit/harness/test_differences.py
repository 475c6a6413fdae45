"""A test file that differs from the rows learned from is said so, by column; chance is not."""

from collections.abc import Callable
from typing import Any

import pytest

Compute = Callable[[str], Any]

PLANTED = """
import json, numpy as np
from config import BundleConfig, SourceFile
from differences import differences, differing, told
from tables import Table

KINDS = {"city": "category", "code": "category", "age": "number", "pay": "number",
         "member": "boolean", "note": "text", "seen": "date", "target": "boolean"}
INPUTS = [name for name in KINDS if name != "target"]

def rows(draw, size):
    columns = {
        "city": draw.choice(list("abcdef"), size, p=[0.4, 0.2, 0.2, 0.1, 0.05, 0.05]),
        "code": [f"z{int(n)}" for n in draw.exponential(150, size)],
        "age": np.round(draw.normal(40, 10, size), 1),
        "pay": np.round(np.exp(draw.normal(3, 1, size)), 2),
        "member": draw.random(size) < 0.3,
        "note": [" ".join(draw.choice(WORDS, 8)) for _ in range(size)],
        "seen": np.datetime64("2020-01-01") + draw.integers(0, 365, size),
        "target": draw.random(size) < 0.3,
    }
    return {name: [str(cell) for cell in cells] for name, cells in columns.items()}

WORDS = [f"w{n}" for n in range(400)]
CHANGES = {
    "age": lambda d, cell: f"{float(cell) + 8:.1f}",
    "pay": lambda d, cell: f"{20 + 6 * (float(cell) - 20):.2f}",
    "city": lambda d, cell: "Paris" if d.random() < 0.2 else cell,
    "member": lambda d, cell: str(d.random() < 0.6),
    "note": lambda d, cell: " ".join(w if d.random() < 0.5 else w + "x" for w in cell.split()),
    "seen": lambda d, cell: str(np.datetime64(cell) + 300),
    "code": lambda d, cell: "" if d.random() < 0.3 else cell,
    "target": lambda d, cell: str(d.random() < 0.6),
}

def table(columns):
    return Table(tuple(columns), list(zip(*columns.values())))

def pair(seed, changed=()):
    draw = np.random.default_rng(seed)
    known, asked = rows(draw, 600), rows(draw, 200)
    for name in changed:
        asked[name] = [CHANGES[name](draw, cell) for cell in asked[name]]
    return table(known), table(asked)

def found(seed, changed=()):
    return [[s.column, s.told] for s in differences(*pair(seed, changed), INPUTS, KINDS, "target")]

def settings(split, **columns):
    return BundleConfig(
        task_type="tabular_classification", backbone="linear", metric="accuracy", better="higher",
        columns={"target": "target", "features": INPUTS, **columns}, ignored={}, kinds=KINDS,
        positive=None, seed=1, budget_seconds=1, threads=1, split={}, split_chosen=False,
        files=tuple(SourceFile(name=n, split=s, table=n) for n, s in (("a", None), ("b", split))),
        hyperparameters={})

def sentences(config):
    shifts = differing(config, *pair(0, ("age", "city", "target", "seen")))
    return told(config, shifts)

print(json.dumps({
    "same": [found(seed) for seed in range(20)],
    "each": {name: found(1, (name,)) for name in CHANGES},
    "given": sentences(settings("test")),
    "random": sentences(settings(None)),
    "timed": sentences(settings(None, time="seen")),
}))
"""


@pytest.fixture
def told(compute: Compute) -> Any:  # noqa: ANN401 - whatever the lines print
    return compute(PLANTED)


def test_only_planted_differences_are_told_and_by_name(told: Any) -> None:  # noqa: ANN401
    assert told["same"] == [[]] * 20
    names = {name: [column for column, _ in found] for name, found in told["each"].items()}
    assert names == {**{name: [name] for name in names}, "note": names["note"]}
    said = {name: found[0][1] for name, found in told["each"].items()}
    assert "“age” is higher: half of it is above" in said["age"]
    assert "as “Paris”" in said["city"]
    assert "“member” is “" in said["member"]
    assert "“code” is missing in" in said["code"]
    assert "is the answer in" in said["target"]
    assert "later" in said["seen"]
    assert "of the words in “note”" in said["note"]
    # At most three, the strongest first, and only where the rows were not held out at random.
    assert len(told["given"]) == 3
    assert all(sentence.startswith("In the test file, ") for sentence in told["given"])
    assert told["random"] == []
    assert all(sentence.startswith("In the latest rows") for sentence in told["timed"])
    assert not any("seen" in sentence for sentence in told["timed"])
