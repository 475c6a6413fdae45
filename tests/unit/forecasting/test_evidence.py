"""Which columns the recipe takes for times, series and what is known ahead."""

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from pipeline.recipe import Evidence, find_recipe
from tests.contracts.bundles import TestBundle

Rows = Sequence[Sequence[object]]


def seen(bundle: TestBundle, folder: Path, rows: Rows, header: Sequence[str]) -> Evidence:
    folder.mkdir()
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return find_recipe(bundle.task).evidence(bundle.report(path), "forecast sales next week")


def days(count: int) -> list[str]:
    return [(date(2022, 1, 3) + timedelta(days=at)).isoformat() for at in range(count)]


def test_two_columns_may_name_a_series_together(bundle: TestBundle, tmp_path: Path) -> None:
    rows = [
        [day, store, item, at + 3 * len(item)]
        for at, day in enumerate(days(60))
        for store in ("north", "south", "west")
        for item in ("tea", "coffee", "milk", "bread")
    ]
    found = seen(bundle, tmp_path / "data", rows, ("day", "store", "item", "sales"))
    assert found.roles["series_id"] == ("store", "item")
    assert found.roles["target"] == "sales"


def test_marked_days_are_known_ahead_and_weather_is_not(bundle: TestBundle, tmp_path: Path) -> None:
    rows = [[day, int(at % 9 == 0), at % 2, 20 + at % 7] for at, day in enumerate(days(90))]
    found = seen(bundle, tmp_path / "data", rows, ("day", "holiday", "rain", "sales"))
    assert found.roles["known"] == ("holiday",)
    assert "series_id" not in found.roles
