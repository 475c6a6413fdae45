"""Numbers as people write them: money, percent, units, thousands."""

import math
from collections import Counter

import pytest

from tests.unit.harness.modules import harness

measures = harness("measures")


def notation(*cells: str) -> tuple[str, str | None] | None:
    found = measures.notation_of(Counter(cells))
    return (found.decimal, found.unit) if found else None


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("1.5", ".", 1.5),
        ("1,5", ",", 1.5),
        ("1,234.5", ".", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("$1,200", ".", 1200.0),
        ("1,200 USD", ".", 1200.0),
        ("-$5", ".", -5.0),
        ("(1,200.50)", ".", -1200.5),
        ("\u22125", ".", -5.0),
        ("45%", ".", 45.0),
        ("1 200", ".", 1200.0),
        ("1,20,000", ".", 120000.0),
        ("1.2M", ".", 1.2e6),
        ("$3B", ".", 3e9),
        ("-3e2", ".", -300.0),
    ],
)
def test_numbers_are_read_as_people_write_them(cell: str, decimal: str, number: float) -> None:
    assert measures.to_number(cell, decimal) == number


@pytest.mark.parametrize(
    "cell", ["", "A12", "2-3", "12:30", "<=50K", "1 2 3", "5 kg and more", "nan", "1_000", None]
)
def test_what_is_no_number_is_none(cell: str | None) -> None:
    assert math.isnan(measures.to_number(cell))


def test_a_unit_is_read_only_where_the_column_has_it() -> None:
    assert measures.to_number("5 kg", unit="kg") == 5
    assert measures.to_number("5", unit="kg") == 5
    assert math.isnan(measures.to_number("5 lb", unit="kg"))
    assert math.isnan(measures.to_number("5 kg"))


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["1", "2.5", "3"], (".", None)),
        (["1,5 kg", "2,25 kg", "12 kg"], (",", "kg")),
        (["3 years", "1 year", "7 years"], (".", "year")),
        (["$5", "7 USD", "$1,200"], (".", "$")),
        (["45 %", "3%", "12%"], (".", "%")),
        (["19M", "3k", "250k"], (".", None)),
        (["1st", "2nd", "3rd"], (".", None)),
        (["5 kg", "3 lb", "2 kg"], None),
        (["<=50K", ">50K"], None),
        (["12A", "7C", "3B"], None),
    ],
)
def test_a_column_has_one_way_to_write_numbers(
    cells: list[str], found: tuple[str, str | None] | None
) -> None:
    assert notation(*cells * 4) == found


def test_different_units_are_named() -> None:
    assert set(measures.several_units(Counter(["5 kg", "3 lb"] * 5))) == {"kg", "lb"}
    assert set(measures.several_units(Counter(["$5", "€3"] * 5))) == {"$", "€"}
    assert measures.several_units(Counter(["12A", "7C"] * 5)) == ()


def test_a_column_of_commas_has_decimal_commas() -> None:
    assert measures.decimal_of(["1,5", "2,25", "1,234"]) == ","
    assert measures.decimal_of(["1,234", "2.5"]) == "."


def test_the_last_of_point_and_comma_starts_the_fraction() -> None:
    assert measures.decimal_of(["7.904,87", "6.357,84 €", "1.234,50"]) == ","
    assert measures.decimal_of(["7,904.87", "6,357.84"]) == "."
