"""Which column is meant: by its name, by what is in it, by what it stands for, or by nothing."""

import pytest

from pipeline.artifacts import ColumnReport
from pipeline.hearing import asking
from pipeline.hearing.leaving import left_out, only_these
from pipeline.hearing.spoken import asked_words
from tests.unit.understanding.reports import category, column, report

PRICE = column("median_flat_value")
HOMES = column("households")
STATE = category("Final Status", "Stayed", "Cancelled")
ORIGIN = category("Guest Country", "France", "Spain", "Italy", "Peru")


def best(words: str, *columns: ColumnReport) -> tuple[str, float]:
    found = asking.ranked(report(column("first"), *columns, column("last")), words)[0]
    return found.column.name, found.score


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("predict flat prices", "median_flat_value"),
        ("i want teh meidan flat vlaue", "median_flat_value"),
        ("which bookings are stayed or cancelled?", "Final Status"),
        ("the last column is the answer", "last"),
        ("the target is households", "households"),
        ("predict households from the median flat value", "households"),
    ],
)
def test_the_words_point_to_a_column(words: str, name: str) -> None:
    columns = (PRICE, HOMES, STATE, ORIGIN)
    assert best(words, *columns)[0] == name


def test_the_first_half_of_a_name_is_not_the_column() -> None:
    assert best("which guests will let us down?", ORIGIN)[1] < asking.TYPICAL


def test_a_name_in_one_word_is_said_in_two() -> None:
    assert (
        best("forecast the mean temperature", column("meantemp"), column("humidity"))[0]
        == "meantemp"
    )


def test_a_short_name_goes_by_what_it_is_said_to_stand_for() -> None:
    words = "Y1 is the heating load and Y2 the cooling load. Train a model for the heating load."
    assert best(words, column("X1"), column("Y1"), column("Y2"))[0] == "Y1"


def test_a_file_that_is_called_like_a_column_names_it() -> None:
    found = asking.ranked(
        report(column("weight"), column("kwh"), file="kwh.csv"), "how hungry is it"
    )
    assert found[0].column.name == "kwh"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("predict the price, ignore the zone", ("zone",)),
        ("price without using zone or age", ("zone", "age")),
        ("Zone must not influence it.", ("zone",)),
        ("Diesel is only read off afterwards, so leave that out.", ("Diesel (L)",)),
        ("where it sits on the sky (raDeg, zone) should play no part", ("raDeg", "zone")),
        ("estimate the diesel, zone isnt known yet then", ("zone",)),
        ("a price and an age that add up to diesel, so don't use them", ("price", "age")),
        ("predict the price from zone and age", ()),
        ("it must be good", ()),
    ],
)
def test_columns_that_are_to_be_left_out(words: str, names: tuple[str, ...]) -> None:
    columns = [column(name) for name in ("price", "zone", "age", "Diesel (L)", "raDeg")]
    assert set(left_out(report(*columns), words)) == set(names)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("predict the price from zone and age only", {"zone", "age"}),
        ("only use age for it", {"age"}),
        ("predict the price from zone and age", set()),
        ("the first one only", set()),
    ],
)
def test_columns_that_alone_are_wanted(words: str, names: set[str]) -> None:
    columns = [column(name) for name in ("price", "zone", "age")]
    assert set(only_these(report(*columns), words)) == names


def test_what_is_given_is_not_what_is_asked() -> None:
    assert asked_words("predict price from area and rooms") == ("price",)
    assert asked_words("using area, predict the price") == ("price",)
    assert "housing.csv" not in asked_words("housing.csv has a price")
