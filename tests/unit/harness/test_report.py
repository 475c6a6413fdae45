"""The data report: what is said of made-up files, column by column and all together."""

import hashlib
import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.harness.desk import Desk

draw = random.Random(5)  # noqa: S311 - made-up rows


@pytest.fixture
def desk(python: Path, tmp_path: Path) -> Desk:
    return Desk(python, tmp_path)


def test_each_part_gets_a_table_and_those_to_learn_from_come_first(desk: Desk) -> None:
    desk.table("a_test.csv", ("x",), [[n] for n in range(30)])
    desk.table("b_train.csv", ("x", "y"), [[n, n % 2] for n in range(70)])
    report = desk.report(test="a_test.csv", train="b_train.csv")
    assert [(one.split, one.rows, one.kept) for one in report.files] == [
        ("train", 70, 70),
        ("test", 30, 30),
    ]
    assert report.rows == 100
    assert report.names == ("x", "y")
    assert any("lacks y" in warning for warning in report.warnings)
    lines = (desk.work / "t" / report.files[0].table).read_text("ascii").splitlines()
    assert [json.loads(line) for line in lines[:2]] == [["x", "y"], ["0", "0"]]


def test_the_hash_is_that_of_the_files_bytes(desk: Desk) -> None:
    desk.table("a.csv", ("x", "y"), [[1, 2]] * 9)
    content = (desk.folder / "data" / "a.csv").read_bytes()
    assert desk.report("a.csv").sha256 == hashlib.sha256(content).hexdigest()


def test_files_without_a_common_column_are_refused(desk: Desk) -> None:
    desk.table("a.csv", ("x", "y"), [[n, 1] for n in range(9)])
    desk.table("b.csv", ("v", "w"), [[n, 1] for n in range(9)])
    ended = desk.run(train="a.csv", test="b.csv")
    assert ended.returncode == 3
    assert "no column in common" in ended.stdout


def test_money_and_units_are_numbers_with_their_unit(desk: Desk) -> None:
    price = desk.column("price", ["$1,200", "$900.50", "75 USD", "$3"] * 20)
    assert (price.kind, price.unit, price.maximum) == ("number", "$", 1200.0)
    weight = desk.column("weight", ["1,5 kg", "2,25 kg", "12 kg", "3 kg"] * 20)
    assert (weight.kind, weight.unit, weight.minimum) == ("number", "kg", 1.5)


def test_two_units_stay_a_category_and_it_is_said(desk: Desk) -> None:
    rows = [[f"{n % 7 + 1} {'kg' if n % 3 else 'lb'}", n % 2] for n in range(90)]
    report = desk.report(desk.table("a.csv", ("weight", "y"), rows))
    column = report.column("weight")
    assert column is not None
    assert column.kind == "category"
    assert any("several units" in warning for warning in report.warnings)


def test_marks_are_missing_and_named(desk: Desk) -> None:
    age = desk.column("age", [*(18 + n % 60 for n in range(200)), *[-999] * 5])
    assert (age.kind, age.missing, age.marks) == ("integer", 5, ("-999",))
    assert (age.minimum, age.maximum) == (18.0, 77.0)


def test_na_among_codes_is_no_gap(desk: Desk) -> None:
    country = desk.column("country", ["DE", "NA", "US", "FR"] * 20)
    assert country.missing == 0
    assert dict(country.top)["NA"] == 20


def test_class_balance_counts_spellings_as_one(desk: Desk) -> None:
    label = desk.column("label", ["spam"] * 30 + ["Spam "] * 10 + ["ham"] * 60)
    assert label.top == (("ham", 60), ("spam", 40))


def test_texts_have_their_language_and_near_copies(desk: Desk) -> None:
    said = "it was late but this is just the lamp that I had in mind for the room of my {}"
    words = ["son", "aunt", "cat", "friend", "uncle", "niece", "boss", "dad", "mum", "wife"]
    texts = [said.format(word) for word in words] + [said.format("son").upper() + "!!"]
    rows = [[text, n % 2] for n, text in enumerate(texts * 2)]
    report = desk.report(desk.table("a.csv", ("body", "y"), rows))
    body = report.column("body")
    assert body is not None
    assert (body.kind, body.language, report.near_duplicates) == ("text", "en", 1)
    assert report.duplicates == 0


def test_a_monthly_series_is_in_order_of_time(desk: Desk) -> None:
    months = [f"{1990 + n // 12}-{1 + n % 12:02d}" for n in range(60)]
    rows = [[month, draw.random()] for month in months]
    report = desk.report(desk.table("a.csv", ("month", "sold"), rows))
    column = report.column("month")
    assert column is not None
    assert (column.kind, column.ordered, column.frequency) == ("date", True, "M")
    assert report.time == "month"


def test_the_step_is_that_within_one_of_many_series(desk: Desk) -> None:
    begin = datetime(2024, 3, 1)  # noqa: DTZ001 - a file's times have no zone
    rows = [
        [shop, (begin + timedelta(hours=hour)).isoformat(), draw.random()]
        for shop in ("north", "south", "west")
        for hour in range(80)
    ]
    report = desk.report(desk.table("a.csv", ("shop", "timestamp", "sold"), rows))
    column = report.column("timestamp")
    assert column is not None
    assert (column.frequency, report.time) == ("h", "timestamp")


def test_a_birthday_orders_nothing(desk: Desk) -> None:
    days = [date(1950, 1, 1) + timedelta(days=draw.randrange(20_000)) for _ in range(80)]
    rows = [[day.isoformat(), draw.random()] for day in days]
    assert desk.report(desk.table("a.csv", ("born", "weight"), rows)).time is None


def test_rows_of_the_same_person_are_a_group(desk: Desk) -> None:
    rows = [[n // 4 + 100, f"S{n % 30:03d}", draw.choice("ab"), draw.random()] for n in range(120)]
    report = desk.report(desk.table("a.csv", ("patient_id", "probe", "sex", "value"), rows))
    assert report.groups == ("patient_id", "probe")


def test_columns_that_say_the_same_are_paired(desk: Desk) -> None:
    rows = []
    for n in range(200):
        alive, size = n % 3 == 0, draw.uniform(1, 90)
        rows.append(
            [int(alive), "yes" if alive else "no", f"{size:.4f}", f"{size * 2.54:.3f}", n % 5]
        )
    header = ("survived", "alive", "inches", "centimetres", "other")
    report = desk.report(desk.table("a.csv", header, rows))
    assert report.same == (("survived", "alive"), ("inches", "centimetres"))


def test_rare_values_do_not_make_columns_the_same(desk: Desk) -> None:
    rows = [[int(n == 7), int(n == 11), int(n == 13), draw.random()] for n in range(300)]
    assert desk.report(desk.table("a.csv", ("a", "b", "c", "d"), rows)).same == ()


def test_a_reason_is_known_only_afterwards(desk: Desk) -> None:
    rows = []
    for n in range(300):
        left = n % 4 == 0
        reason = draw.choice(["price", "moved", "service"]) if left else ""
        rows.append([n * 37 % 91, draw.choice("ab"), reason, "yes" if left else "no"])
    report = desk.report(desk.table("a.csv", ("age", "plan", "reason", "left"), rows))
    assert report.afterwards == (("reason", "left"),)


def test_gaps_at_random_are_not_known_afterwards(desk: Desk) -> None:
    rows = [[n * 37 % 91 if draw.random() < 0.7 else "", n % 4 // 3] for n in range(300)]
    assert desk.report(desk.table("a.csv", ("age", "left"), rows)).afterwards == ()


def test_a_very_wide_table_is_reported(desk: Desk) -> None:
    header = [f"gene_{n}" for n in range(1200)]
    rows = [[draw.randrange(10) for _ in header] for _ in range(30)]
    report = desk.report(desk.table("wide.csv", header, rows))
    assert len(report.columns) == 1200
    assert any("More columns (1200) than rows (30)" in warning for warning in report.warnings)
