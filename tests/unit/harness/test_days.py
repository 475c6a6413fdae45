"""Dates in any order, in words of several languages, and what only looks like one."""

from datetime import datetime

import pytest

from tests.unit.harness.modules import harness

days = harness("days")


@pytest.mark.parametrize(
    "cell",
    [
        *("2024-01-31", "2024/1/31", "2024年1月31日", "20240131", "2024-01-31T00:00:00Z"),
        *("31 Jan 2024", "Jan 31, 2024", "January 31, 2024", "31-Jan-24", "31. Januar 2024"),
        *("31 janvier 2024", "31 de enero de 2024", "Wed, 31 Jan 2024 00:00:00 +0000"),
        *("Wed Jan 31 00:00:00 2024", "1/31/2024", "1/31/24 12:00 AM", "2024-01-31 02:00+02:00"),
    ],
)
def test_one_day_is_read_however_it_is_written(cell: str) -> None:
    assert days.moment_of(cell) == datetime(2024, 1, 31)  # noqa: DTZ001 - dates have no zone


@pytest.mark.parametrize(
    ("cell", "month"), [("2024-03", 3), ("Mar 2024", 3), ("2024-Q2", 4), ("Q2 2024", 4)]
)
def test_a_month_or_quarter_is_its_first_day(cell: str, month: int) -> None:
    assert days.moment_of(cell) == datetime(2024, month, 1)  # noqa: DTZ001 - dates have no zone


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "12",
        "1.2.3",
        "10:30",
        "2024-13-01",
        "2021-02-29",
        "0000-00-00",
        "5 Marathon 2020",
        "A 1",
    ],
)
def test_what_is_no_day_is_no_date(cell: str) -> None:
    assert not days.is_date(cell)


def test_one_day_after_the_twelfth_tells_the_order_of_all() -> None:
    assert days.day_first_of(["03/04/2024", "13/04/2024"])
    assert not days.day_first_of(["03/04/2024", "04/13/2024"])
    assert not days.day_first_of(["03/04/2024"])
    assert days.day_first_of(["3.4.2024"])
    assert days.moment_of("03/04/2024", day_first=True) == datetime(2024, 4, 3)  # noqa: DTZ001
