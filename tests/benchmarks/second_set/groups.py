"""Made-up tables without an answer column, to be sorted into groups."""

from pathlib import Path

from .common import around, chance, gap, table


def gym(home: Path) -> None:
    rng = chance(21)
    habits = [(3, 45, 0.4, 0, 2), (14, 75, 1, 0.5, 6), (9, 55, 8, 0, 11), (7, 60, 1, 4, 24)]
    rows = []
    for number in range(220):
        visits, minutes, classes, trainer, spend = rng.choice(habits)
        rows.append(
            [
                f"M{88_000 + number * 13}",
                f"{rng.choice(['Ana', 'Ben', 'Cleo', 'Dev', 'Eve'])} {rng.choice('BCDFHKMNRST')}.",
                gap(rng, rng.randint(18, 74)),
                round(around(rng, visits, 1.6, 0)),
                around(rng, minutes, 8),
                round(around(rng, classes, 0.9, 0)),
                round(around(rng, trainer, 0.6, 0)),
                gap(rng, around(rng, spend, 3, 2), 0.06),
                round(around(rng, 0.4, 0.2, 2), 2),
            ]
        )
    header = ["MembershipNo", "Name", "Age", "VisitsPerMonth", "AvgMinutes", "ClassesPerMonth"]
    table(home / "members.csv", [*header, "PTSessions", "CafeSpend", "OffPeakShare"], rows)


def meters(home: Path) -> None:
    rng = chance(22)
    shapes = [
        [0.3, 0.3, 0.9, 0.6, 0.5, 0.7, 1.9, 1.2],
        [0.4, 0.3, 0.7, 1.2, 1.3, 1.2, 1.5, 1.0],
        [2.4, 2.6, 0.8, 0.4, 0.4, 0.5, 1.2, 1.6],
    ]
    rows = []
    for number in range(160):
        use = [around(rng, mean, mean / 5, 3) for mean in rng.choice(shapes)]
        cells = [gap(rng, value, 0.02) for value in use]
        rows.append([f"ZA{5_004_310 + number * 37}", rng.choice(["N4", "N7", "SE2"]), *cells])
    hours = [f"kWh_{hour:02d}h" for hour in range(0, 24, 3)]
    table(home / "profiles.tsv", ["meter_serial", "zone", *hours], rows, "\t")


DATASETS = {"gym_members": gym, "meter_profiles": meters}
