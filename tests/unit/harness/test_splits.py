"""Rows into parts: repeatable, equal rows together, each class in each part."""

from collections import Counter
from operator import itemgetter

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.harness.modules import harness

splits = harness("splits")
Table = harness("tables").Table
SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}


Rows = list[tuple[str, str]]


def cut(given: dict[str | None, Rows], seed: int = 1) -> dict[str, Rows]:
    tables = {part: Table(("text", "label"), rows) for part, rows in given.items()}
    parts = splits.split_tables(
        tables, SHARES, seed, keys=[lambda row: row[0]], label=lambda row: row[1]
    )
    return {part: table.rows for part, table in parts.tables.items()}


def rows(count: int, classes: int = 2) -> Rows:
    return [(f"text {n}", f"class {n % classes}") for n in range(count)]


@given(
    st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("xyz")), min_size=5),
    st.integers(0, 99),
)
def test_no_row_is_lost_or_in_two_parts(data: Rows, seed: int) -> None:
    parts = cut({None: data}, seed)
    assert Counter(row for part in parts.values() for row in part) == Counter(data)
    texts = [{text for text, _ in part} for part in parts.values()]
    assert not texts[0] & texts[1]
    assert not texts[0] & texts[2]
    assert not texts[1] & texts[2]


GIVEN = st.dictionaries(
    st.sampled_from((None, "train", "validation", "test")),
    st.lists(st.tuples(*(st.sampled_from("abcdefghijklmnop"),) * 2, st.sampled_from("xyz"))),
    min_size=1,
)


@given(GIVEN, st.integers(0, 99))
def test_neither_text_nor_group_is_in_two_parts_whatever_was_given(
    files: dict[str | None, list[tuple[str, str, str]]], seed: int
) -> None:
    tables = {part: Table(("text", "group", "label"), rows) for part, rows in files.items()}
    keys = [itemgetter(0), itemgetter(1)]
    parts = splits.split_tables(tables, SHARES, seed, keys=keys, label=itemgetter(2))
    for key in keys:
        train, validation, test = ({key(row) for row in t.rows} for t in parts.tables.values())
        assert not train & validation
        assert not train & test
        assert not validation & test
    assert parts.test.rows == files["test"] if files.get("test") else True
    given = sum(map(len, files.values()))
    assert sum(map(len, parts.tables.values())) + parts.dropped == given


def test_the_shares_are_met_in_every_class() -> None:
    parts = cut({None: [*rows(900, 1), *((f"rare {n}", "rare") for n in range(100))]})
    assert [len(part) for part in parts.values()] == [700, 100, 200]
    assert sum(label == "rare" for _, label in parts["test"]) == 20


def test_the_same_seed_cuts_the_same() -> None:
    assert cut({None: rows(200)}, 7) == cut({None: rows(200)}, 7)
    assert cut({None: rows(200)}, 7) != cut({None: rows(200)}, 8)


def test_a_class_of_one_row_is_learned_not_tested() -> None:
    for seed in range(20):
        parts = cut({None: [*rows(50), ("alone", "single")]}, seed)
        assert ("alone", "single") in parts["train"]


def test_a_given_test_file_stays_and_is_not_trained_on() -> None:
    parts = cut({"train": rows(50), "test": [("text 3", "class 1"), ("new", "class 0")]})
    assert parts["test"] == [("text 3", "class 1"), ("new", "class 0")]
    assert len(parts["train"]) + len(parts["validation"]) == 49


def test_a_given_validation_file_stays_and_the_test_part_is_drawn() -> None:
    parts = cut({None: rows(100), "validation": [("own", "class 0")]})
    assert parts["validation"] == [("own", "class 0")]
    assert len(parts["test"]) == 20


def test_rows_of_a_group_stay_together_through_others() -> None:
    data = [("a", "1"), ("a", "2"), ("b", "2"), ("c", "3")]
    groups = splits.together(data, [lambda row: row[0], lambda row: row[1]])
    assert groups[0] == groups[1] == groups[2] != groups[3]


def test_the_latest_rows_are_the_test_part() -> None:
    places = splits.by_time([f"2024-{month:02}" for month in range(10, 0, -1)], SHARES)
    assert places["test"] == [1, 0]
    assert places["validation"] == [2]
