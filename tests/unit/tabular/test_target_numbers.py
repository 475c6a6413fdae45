"""The number to predict, as people write it: read, counted where it cannot be, judged."""

import random

import pytest

from tests.unit.harness.modules import harness

numbers = harness("target_numbers")
Table = harness("tables").Table
Problem = harness("progress").Problem


def read(*cells: str) -> tuple[list[str], list[str]]:
    given = {None: Table(("x", "price"), [("a", cell) for cell in cells])}
    kept, warnings = numbers.as_numbers(given, "price")
    return [row[1] for row in kept[None].rows], warnings


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (["$1,200", "$95.50", "$3k"], ["1200", "95.5", "3000"]),
        (["1.200,50 €", "95,25 €", "7,00 €"], ["1200.5", "95.25", "7"]),
        (["12 %", "7.5 %", "3 %"], ["12", "7.5", "3"]),
        (["12 kg", "7.5 kg", "3 kg"], ["12", "7.5", "3"]),
        (["(120)", "95", "-3"], ["-120", "95", "-3"]),
        (["1e3", "2.5e-1", "4"], ["1000", "0.25", "4"]),
    ],
)
def test_amounts_are_read_however_they_are_written(written: list[str], plain: list[str]) -> None:
    assert read(*written * 10) == (plain * 10, [])


def test_rows_that_cannot_be_read_are_left_out_and_counted() -> None:
    kept, warnings = read(*map(str, range(100)), "about nine")
    assert len(kept) == 100
    assert warnings == ["1 rows are left out: what stands in price is no number that can be read."]


def test_numbers_whose_square_is_too_large_are_left_out() -> None:
    kept, warnings = read(*map(str, range(100)), "1e300")
    assert len(kept) == 100
    assert warnings


def test_different_units_are_a_problem_that_names_them() -> None:
    with pytest.raises(Problem) as told:
        read(*["3 kg", "7 lb"] * 20)
    assert "kg" in told.value.message
    assert "lb" in told.value.message
    assert "same unit" in told.value.hint


def test_words_are_no_amount() -> None:
    with pytest.raises(Problem) as told:
        read(*["red", "green", "7"] * 20)
    assert "does not hold numbers" in told.value.message
    assert told.value.field == "target"


def test_the_same_number_everywhere_is_a_problem() -> None:
    with pytest.raises(Problem, match="the same number"):
        numbers.check_numbers([7.0] * 50, "price", 20)


def test_twelve_rows_are_too_few() -> None:
    with pytest.raises(Problem, match="only 12 usable rows"):
        numbers.check_numbers([float(n) for n in range(12)], "price", 20)


def test_two_numbers_may_rather_be_kinds() -> None:
    (told,) = numbers.check_numbers([0.0, 1.0] * 20, "price", 20)
    assert "classification" in told


def usual(count: int = 300) -> list[float]:
    draw = random.Random(1)  # noqa: S311 - made-up rows
    return [draw.gauss(100, 10) for _ in range(count)]


def test_a_value_torn_off_from_all_others_is_said_and_does_not_count_in_full() -> None:
    values = usual()
    (told,) = numbers.check_numbers([*values, 1e6], "price", 20)
    assert told.startswith("One row has a value in price torn off from all others")
    assert numbers.usual_range([*values, 1e6]) == (min(values), max(values))
    assert numbers.usual_range([*values, -1e6]) == (min(values), max(values))


def test_several_torn_off_values_are_counted() -> None:
    (told,) = numbers.check_numbers([*usual(1000), 1e5, 2e5, 3e5], "price", 20)
    assert told.startswith("3 rows have values")


def test_a_few_rows_that_decide_the_squared_error_are_said_with_what_to_do() -> None:
    values = [*usual(1000), *(100.0 + 60 * n for n in range(1, 12)), 1500.0, 2600.0, 3300.0]
    (told,) = numbers.check_numbers(values, "price", 20)
    assert "decide the squared error" in told
    assert "--set metric=mae" in told
    assert numbers.usual_range(values) == (min(values), max(values))


def test_a_long_tail_alone_is_nothing_to_warn_of() -> None:
    draw = random.Random(1)  # noqa: S311 - made-up rows
    values = [draw.lognormvariate(6, 0.8) for _ in range(500)]
    assert not numbers.check_numbers(values, "x", 20)
    assert numbers.usual_range(values) == (min(values), max(values))


def test_ranges_hold_about_as_many_rows_each() -> None:
    values = [float(n**2) for n in range(1000)]
    bounds = numbers.ranges_of(values)
    names = [numbers.range_of((str(value),), 0, bounds) for value in values]
    assert names == sorted(names)
    sizes = [names.count(name) for name in set(names)]
    assert len(sizes) == 40
    assert max(sizes) - min(sizes) <= 2
