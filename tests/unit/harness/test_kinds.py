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
        ("number", "price", ["$1,200", "$900", "(30.50)", "75 USD"] * 5),
        ("number", "share", ["45%", "3 %", "12.5%", "100%"] * 5),
        ("integer", "age", ["3 years", "1 year", "12 years", "7 years"] * 5),
        ("category", "weight", ["3 kg", "5 lb", "12 kg", "7 lb"] * 5),
        ("category", "salary", ["<=50K", ">50K"] * 10),
        ("integer", "age", [*map(str, range(30)), *["unknown"] * 3]),
        ("boolean", "paid", ["Yes", "no", "y", "N", "NO"] * 5),
        ("boolean", "bezahlt", ["ja", "Nein", "ja", ""] * 5),
        ("boolean", "payé", ["oui", "non", "non", "oui"] * 5),
        ("category", "answer", ["yes", "no", "maybe"] * 5),
        ("date", "day", ["31.12.2023", "01.02.2024", "15.03.2024"] * 5),
        ("date", "day", ["12/31/2023", "02/01/2024", "03/15/2024"] * 5),
        ("date", "day", ["31 Dec 2023", "1 Feb 2024", "15 Mar 2024"] * 5),
        ("date", "month", ["2024-01", "2024-02", "2024-03"] * 5),
        ("date", "date", ["20240131", "20240229", "20231201"] * 5),
        ("date", "year", [str(n) for n in range(1950, 1990)]),
        ("integer", "year", ["1999", "2004", "2004", "2010"] * 5),
        ("id", "row", [str(n * 10) for n in range(40)]),
        ("id", "x", [str((n * 7) % 40) for n in range(40)]),
        ("id", "unnamed: 0", [str(n + n // 7) for n in range(40)]),
        ("id", "key", [f"{n:08x}-1a2b-4c3d-8e9f-0123456789ab" for n in range(40)]),
        ("id", "ref", [f"{n * n:032x}" for n in range(40)]),
        ("number", "far", ["9" * 400, "1", "2", "3"] * 5),
        ("nested", "tags", ['["a", "b"]', '{"a": 1}', "[]"] * 5),
        ("category", "country", ["DE", "NA", "US", "FR"] * 5),
    ],
)
def test_kinds_are_told_apart(kind: str, name: str, cells: list[str | None]) -> None:
    assert kinds.kind_of(name, cells) == kind


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
