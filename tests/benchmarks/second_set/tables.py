"""Made-up tables whose rows have an answer: a class, or a number."""

import json
from pathlib import Path

from .common import around, between, chance, gap, json_lines, table


def hotel(home: Path) -> None:
    rng = chance(11)
    rows = []
    for number in range(240):
        lead, requests = int(rng.expovariate(1 / 45)), rng.choice([0, 0, 0, 1, 1, 2, 3])
        deposit = rng.choice(["None", "None", "None", "Non Refund", "First Night"])
        channel = rng.choice(["OTA", "OTA", "Phone", "Website", "Corporate", "Tour Op"])
        risk = 0.1 + lead / 260 - 0.07 * requests + 0.15 * (channel == "OTA")
        gone = rng.random() < risk - 0.1 * (deposit == "First Night")
        rows.append(
            [
                f"GB-{71_000 + number * 3}",
                lead,
                rng.choice(["Jan", "Feb", "Apr", "May", "Jul", "Aug", "Oct", "Dec"]),
                rng.randint(1, 9),
                rng.choice(["Single", "Double", "Twin", "Sea View", "Family"]),
                rng.randint(1, 3),
                gap(rng, rng.choice([0, 0, 0, 1, 2])),
                between(rng, 62, 240, 2),
                deposit,
                channel,
                requests,
                gap(rng, rng.choice(["GBR", "IRL", "DEU", "NLD", "USA"]), 0.08),
                f"{rng.randint(1, 28):02d} {rng.choice(['Mar', 'Jun', 'Sep'])}" if gone else "",
                "Cancelled" if gone else "Stayed",
            ]
        )
    header = ["Booking Ref", "Lead Days", "Arr Month", "Nights", "Room Type", "Adults", "Children"]
    header += ["Avg Rate", "Deposit", "Channel", "Special Requests", "Guest Country"]
    table(home / "bookings 2023.csv", [*header, "Cancelled On", "Final Status"], rows)


def pumps(home: Path) -> None:
    rng = chance(12)
    rows = []
    for number in range(210):
        hours, shake, oil = rng.randint(200, 26_000), around(rng, 3.1, 1.4, 2), rng.randint(2, 400)
        heat = around(rng, 48 + shake * 4, 5)
        failed = rng.random() < 0.03 + hours / 90_000 + max(0.0, shake - 4) * 0.22
        rows.append(
            [
                f"P{rng.randint(1, 4)}-{number:04d}",
                rng.choice(["Mill", "Boiler", "Effluent", "Bleach"]),
                hours,
                str(gap(rng, shake, 0.05)).replace(".", ","),
                str(gap(rng, heat, 0.05)).replace(".", ","),
                oil,
                rng.choice(["JH", "MK", "TO", "RW"]),
                rng.choice([0, 0, 0, 1]),
                int(failed),
            ]
        )
    header = ["asset_no", "area", "run_hrs", "vib_mm_s", "brg_temp_c", "oil_age_d", "insp_by"]
    table(home / "pump_rounds.csv", [*header, "seal_weep", "fail_30d"], rows, ";")


def grain(home: Path) -> None:
    rng = chance(13)
    rows = []
    for number in range(180):
        wet, protein, weight = around(rng, 14.2, 1.3), around(rng, 11.8, 1.2), around(rng, 76, 3)
        grade = "FEED" if wet > 15.6 or weight < 72 else "M1" if protein > 12.6 else "M2"
        rows.append(
            [
                f"L{4100 + number}",
                rng.choice(["Skyfall", "Extase", "Zyatt", "Crusoe"]),
                wet,
                gap(rng, protein, 0.05, "NA"),
                weight,
                rng.randint(150, 380),
                between(rng, 0.2, 3.4),
                "M3" if grade == "M2" and protein < 11 else grade,
            ]
        )
    table(home / "intake.tsv", [], rows, "\t")


def stars(home: Path) -> None:
    rng = chance(14)
    kinds = {"RRAB": (0.56, 0.08, 0.9), "RRC": (0.32, 0.04, 0.4), "EW": (0.38, 0.06, 0.5)}
    kinds |= {"CEP": (7.5, 3.0, 0.8), "MIRA": (290.0, 60.0, 3.6)}
    records = []
    for number in range(200):
        kind = rng.choice(list(kinds))
        period, spread, swing = kinds[kind]
        records.append(
            {
                "objId": 50_020_000_000 + number * 7919,
                "raDeg": between(rng, 0, 360, 5),
                "decDeg": between(rng, -40, 80, 5),
                "periodDays": around(rng, period, spread, 4) + 0.05,
                "ampV": around(rng, swing, 0.15, 3),
                "meanV": around(rng, 13.8, 1.2, 3),
                "colourBV": gap(rng, around(rng, 0.3 + swing / 3, 0.15, 3), 0.07, "") or None,
                "skewness": round(rng.gauss(0.2, 0.5), 3),
                "nObs": rng.randint(60, 420),
                "varType": kind,
            }
        )
    json_lines(home / "survey.jsonl", records)


def deliveries(home: Path) -> None:
    rng = chance(15)
    rows = []
    for number in range(190):
        stops, km = rng.randint(12, 95), between(rng, 18, 190)
        rain, weight = around(rng, 1.5, 3), rng.randint(80, 950)
        minutes = round(45 + stops * 3.4 + km * 0.9 + rain * 4 + rng.gauss(0, 18))
        rows.append(
            [
                f"R-{number + 1:05d}",
                rng.choice(["Leeds", "Hull", "York"]),
                stops,
                stops + rng.randint(0, 40),
                km,
                weight,
                gap(rng, rng.randint(0, 14)),
                gap(rng, rng.randint(0, 25), 0.06),
                rain,
                round(km * 0.11 + weight / 400 + rng.gauss(0, 0.7), 1),
                minutes,
            ]
        )
    header = ["Route ID", "Depot", "Stops", "Parcels", "Distance (km)", "Load kg", "Van Age"]
    header += ["Driver Exp (yrs)", "Rain mm", "Diesel (L)", "Minutes Out"]
    table(home / "runs_q2.csv", header, rows)


def glasshouse(home: Path) -> None:
    rng = chance(16)
    rows = []
    for number in range(120):
        heat, light, gas = around(rng, 21, 1.6), around(rng, 15, 3), rng.randint(420, 1050)
        picked = 9 + 1.1 * light + gas / 120 - abs(heat - 21.5) * 2.2 + rng.gauss(0, 1.5)
        rows.append(
            [
                f"B{number % 24 + 1:02d}-{2019 + number // 24}",
                rng.choice(["Piccolo", "Brioso", "Merlice", "Juanita"]),
                rng.randint(1, 9),
                heat,
                gap(rng, light, 0.06),
                gas,
                between(rng, 2.2, 3.6),
                gap(rng, between(rng, 2.6, 4.4), 0.05),
                rng.choice(["coir", "rockwool"]),
                round(max(4.0, picked), 2),
            ]
        )
    header = ["bay_season", "cultivar", "wk_planted", "avg_t", "dli", "co2_ppm", "plants_m2"]
    table(home / "toms.csv", [*header, "drain_ec", "medium", "kg_m2"], rows)


def violins(home: Path) -> None:
    rng = chance(17)
    homes = {"Cremona": 60_000, "Mirecourt": 5_000, "Markneukirchen": 2_500, "London": 9_000}
    records = []
    for number in range(130):
        town, year = rng.choice(list(homes)), rng.randint(1740, 1985)
        state, paper = rng.randint(2, 10), rng.random() < 0.4
        price = homes[town] * (1 + (1985 - year) / 200) * (0.5 + state / 12) * (1 + 0.5 * paper)
        records.append(
            {
                "LotNo": number + 201,
                "MadeIn": town,
                "YearMade": year if rng.random() > 0.05 else None,
                "BackLengthMm": rng.randint(348, 362),
                "Condition10": state,
                "HasCertificate": paper,
                "Repairs": rng.choice(["none", "top crack", "neck graft", "worm", "soundpost"]),
                "PreviousOwners": rng.choice([None, 1, 2, 3, 4]),
                "HammerGBP": round(price * rng.uniform(0.7, 1.35), -1),
            }
        )
    (home / "lots.json").write_text(json.dumps(records, indent=1), encoding="utf-8")


DATASETS = {
    "seaside_hotel": hotel,
    "mill_pumps": pumps,
    "grain_intake": grain,
    "variable_stars": stars,
    "parcel_runs": deliveries,
    "tomato_bays": glasshouse,
    "violin_sales": violins,
}
