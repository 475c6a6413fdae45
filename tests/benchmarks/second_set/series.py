"""Made-up measurements over time: one series, many in long form, many side by side."""

from datetime import date, timedelta
from math import cos, pi
from pathlib import Path

from .common import around, chance, gap, table


def bakery(home: Path) -> None:
    rng = chance(31)
    first, rows = date(2023, 2, 6), []
    for number in range(280):
        day = first + timedelta(days=number)
        busy = 120 + 45 * (day.weekday() == 5) - 30 * (day.weekday() == 0) + number * 0.08
        rows.append(
            [
                day.strftime("%d/%m/%Y"),
                rng.choice(["dry", "dry", "showers", "wet", "hot"]),
                gap(rng, round(around(rng, busy, 11, 0)), 0.02),
                gap(rng, rng.choice(["", "", "", "school fete", "bank hol", "oven down"]), 0.6),
            ]
        )
    table(home / "till.csv", ["Day", "Weather", "Sourdough Sold", "Remarks"], rows)


def reservoirs(home: Path) -> None:
    rng = chance(32)
    sites = {"HEB-01": 21.0, "LAD-02": 14.5, "GOR-04": 33.2}
    first, rows = date(2021, 1, 4), []
    for week in range(100):
        for code, depth in sites.items():
            level = depth + depth / 9 * cos(2 * pi * (week - 8) / 52) + rng.gauss(0, 0.3)
            rows.append(
                [
                    code,
                    (first + timedelta(weeks=week)).isoformat(),
                    gap(rng, round(level, 2), 0.02),
                    rng.choice(["auto", "auto", "manual"]),
                    rng.choice(["ok", "ok", "ok", "batt low"]),
                ]
            )
    header = ["gauge", "read_on", "lvl_m", "method", "logger_state"]
    table(home / "levels.csv", header, rows)


def wards(home: Path) -> None:
    rng = chance(33)
    names = {"Paediatrics": 18, "Cardiology": 26, "Stroke Unit": 15, "Maternity": 22}
    first, rows = date(2022, 1, 3), []
    for week in range(110):
        winter = cos(2 * pi * (week - 3) / 52)
        beds = [round(around(rng, mean * (1 + 0.2 * winter), 1.5, 0)) for mean in names.values()]
        day = first + timedelta(weeks=week)
        rows.append([day.isoformat(), *(gap(rng, count, 0.02) for count in beds)])
    table(home / "occupied_beds.csv", ["Week Commencing", *names], rows, ";")


DATASETS = {"bakery_till": bakery, "reservoir_levels": reservoirs, "ward_beds": wards}
