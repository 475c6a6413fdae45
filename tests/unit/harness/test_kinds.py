"""What a column holds, seen from its cells."""

import pytest

from tests.unit.harness.modules import harness

kinds = harness("kinds")
headers = harness("headers")


@pytest.mark.parametrize(
    ("kind", "name", "cells"),
    [
        ("number", "price", ["1.5", "2", "3.25", "?"] * 5),
        ("number", "preis", ["1,5", "2,25", "3,125", "0,5"] * 5),
        ("integer", "rooms", ["1", "2", "3", "2"] * 5),
        ("boolean", "won", ["yes", "no", "", "yes"] * 5),
        ("boolean", "won", ["0", "1", "1", "0"] * 5),
        ("category", "city", ["Oslo", "Rome", "Lima", "Rome"] * 5),
        ("date", "day", ["2024-01-31", "2024-02-01", "31/12/2023", "1999-05-05"] * 5),
        ("id", "PassengerId", [str(n) for n in range(100, 140)]),
        ("id", "code", [f"A{n}-x" for n in range(40)]),
        ("integer", "population", [str(n * n) for n in range(40)]),
        ("constant", "country", ["Peru"] * 20),
        ("empty", "notes", ["", "NA", None, "?"] * 5),
        ("text", "review", [f"I like number {n} a lot" for n in range(30)]),
        ("text", "评论", [f"这个产品的质量非常好{n}" for n in range(30)]),
        ("category", "城市", ["东京都", "大阪府", "京都府"] * 10),
        ("category", "answer", ["very satisfied with it", "not satisfied with it"] * 20),
    ],
)
def test_kinds_are_told_apart(kind: str, name: str, cells: list[str | None]) -> None:
    assert kinds.kind_of(name, cells) == kind


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("1.5", ".", 1.5),
        ("1,5", ",", 1.5),
        ("1,234.5", ".", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("$1,200", ".", 1200.0),
        ("45%", ".", 45.0),
        ("1 200", ".", 1200.0),
        ("-3e2", ".", -300.0),
    ],
)
def test_numbers_are_read_as_people_write_them(cell: str, decimal: str, number: float) -> None:
    assert kinds.to_number(cell, decimal) == number


def test_a_column_of_commas_has_decimal_commas() -> None:
    assert kinds.decimal_of(["1,5", "2,25", "1,234"]) == ","
    assert kinds.decimal_of(["1,234", "2.5"]) == "."


@pytest.mark.parametrize(
    ("first", "rest", "expected"),
    [
        (("text", "label"), [("good one", "a"), ("bad one", "b")], True),
        (("ham", "hello there"), [("spam", "win a prize"), ("ham", "see you")], False),
        (("a", "b"), [("1", "2"), ("3", "4")], True),
        (("1", "2"), [("3", "4"), ("5", "6")], False),
        (("country", "1990", "1991", "1992"), [("Chad", "3", "4", "5")], True),
    ],
)
def test_a_header_is_known_from_the_cells_below(
    first: tuple[str, ...], rest: list[tuple[str, ...]], *, expected: bool
) -> None:
    assert headers.has_header([first, *rest]) is expected
