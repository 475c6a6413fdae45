"""Files in every shape that people and programs give a table: each is read as it was meant."""

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.harness.modules import harness

reading = harness("reading")
headers = harness("headers")
Problem = harness("progress").Problem

Rows = list[tuple[str | None, ...]]


def read(text: str | bytes, name: str = "data.csv") -> tuple[tuple[str, ...], Rows]:
    content = text.encode() if isinstance(text, str) else text
    table = reading.read_bytes(content, name).table
    return table.names, table.rows


def notes(text: str, name: str = "data.csv") -> str:
    return " ".join(reading.read_bytes(text.encode(), name).notes)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "::", "||", ":", " ", "   "])
def test_any_delimiter_is_found(delimiter: str) -> None:
    lines = [["id", "size", "price"], ["7", "12", "3.5"], ["8", "14", "2.25"], ["9", "9", "1.0"]]
    names, rows = read("\n".join(delimiter.join(line) for line in lines))
    assert names == ("id", "size", "price")
    assert rows == [tuple(line) for line in lines[1:]]


def test_columns_aligned_by_spaces_keep_single_spaces_in_cells() -> None:
    text = "city          people   area\nNew York      8.4      783\nLos Angeles   3.9      1302\n"
    assert read(text) == (
        ("city", "people", "area"),
        [("New York", "8.4", "783"), ("Los Angeles", "3.9", "1302")],
    )


def test_the_separator_that_excel_writes_above_is_obeyed() -> None:
    assert read("sep=|\na|b\n1|2\n3|4\n") == (("a", "b"), [("1", "2"), ("3", "4")])


def test_an_index_without_a_name_gets_one() -> None:
    found = reading.read_bytes(b'"x" "y"\n"1" 5 6\n"2" 7 8\n"3" 9 1\n', "r.txt")
    assert found.table.names == ("column_1", "x", "y")
    assert found.table.rows[0] == ("1", "5", "6")
    assert found.originals == {"column_1": ""}


def test_one_column_of_numbers_with_decimal_commas_stays_one() -> None:
    assert read("kilos\n1,5\n2,75\n13,1\n") == (("kilos",), [("1,5",), ("2,75",), ("13,1",)])


def test_sentences_under_a_name_are_one_column() -> None:
    names, rows = read("review\nGood, really\nBad, sadly\nFine, mostly\n")
    assert names == ("review",)
    assert len(rows) == 3


def test_notes_and_totals_around_a_table_are_left_out_and_told() -> None:
    table = "Region;Sales;Cost\nNorth;5;1\nSouth;7;2\nEast;8;4\n"
    text = f"Quarterly report\n\n{table}Total;20;7\n\nSource: own figures; 2020\n"
    names, rows = read(text)
    assert names == ("Region", "Sales", "Cost")
    assert [row[0] for row in rows] == ["North", "South", "East"]
    told = notes(text)
    assert "1 line above the table" in told
    assert "line 1." in told
    assert "2 lines below the table" in told
    assert "lines 7, 9" in told


def test_a_title_padded_with_delimiters_is_no_header() -> None:
    names, rows = read("Report,,\nname,age,size\nAnn,5,7\nBob,6,8\n")
    assert names == ("name", "age", "size")
    assert len(rows) == 2


def test_a_last_row_with_gaps_is_a_row() -> None:
    assert len(read("a,b,c\nx,1,2\ny,3,4\n,,5\n")[1]) == 3
    assert len(read("a,b,c\nx,1,2\ny,3,4\nz,,\n")[1]) == 3


def test_a_second_line_of_names_is_left_out_and_told() -> None:
    text = "speed,mass,name\nm/s,kg,-\n1.5,2,a\n2.5,3,b\n3.5,4,c\n"
    assert [row[0] for row in read(text)[1]] == ["1.5", "2.5", "3.5"]
    assert "second line of names or units" in notes(text)


def test_lines_of_separators_only_are_told() -> None:
    assert len(read("a,b\n1,2\n,\n3,4\n")[1]) == 2
    assert "1 line hold separators only" in notes("a,b\n1,2\n,\n3,4\n").replace("holds", "hold")


def test_names_repeated_among_the_rows_are_left_out_and_told() -> None:
    text = "a,b\n1,2\n3,4\na,b\n5,6\n"
    assert len(read(text)[1]) == 3
    assert "repeat the names" in notes(text)


def test_too_many_long_lines_are_asked_about() -> None:
    text = ("a,b\n" + "1,2\n" * 20 + "1,2,3\n" * 3).encode()
    with pytest.raises(Problem) as caught:
        reading.read_bytes(text, "data.csv")
    assert caught.value.field == "dataset.bad_rows"
    assert caught.value.options == ("leave them out",)
    found = reading.read_bytes(text, "data.csv", leave_out_bad=True)
    assert len(found.table) == 20
    assert "3 lines with more than 2 cells were left out: lines 22, 23, 24." in found.notes[0]


def test_an_unclosed_quote_costs_no_row() -> None:
    text = 'a,b\n1,"never closed\n' + "2,x\n" * 40
    assert len(read(text)[1]) == 41


def test_repeated_names_keep_the_names_of_the_file() -> None:
    found = reading.read_bytes(b"id,score, score ,,target,target\n1,2,3,4,5,6\n2,3,4,5,6,7\n", "d")
    assert found.table.names == ("id", "score", "score_2", "column_4", "target", "target_2")
    assert found.originals == {"score_2": " score ", "column_4": "", "target_2": "target"}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_are_read_through(pack: Callable[[bytes], bytes]) -> None:
    assert read(pack(b"a,b\n1,2\n3,4\n"), "data.csv.x")[1] == [("1", "2"), ("3", "4")]


def test_several_packed_parts_in_a_row_are_all_read() -> None:
    parts = gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n")
    assert read(parts)[1] == [("1", "2"), ("3", "4")]


RECORDS = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
TABLE = (("a", "b"), [("1", "x"), ("2", "y")])


@pytest.mark.parametrize(
    "whole",
    [
        RECORDS,
        {"meta": {"n": 2}, "data": RECORDS},
        {"a": [1, 2], "b": ["x", "y"]},
        {"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": "y"}},
        {"0": RECORDS[0], "1": RECORDS[1]},
        {"columns": ["a", "b"], "index": [0, 1], "data": [[1, "x"], [2, "y"]]},
        {"schema": {"fields": [{"name": "a"}]}, "data": RECORDS},
        [["a", "b"], [1, "x"], [2, "y"]],
    ],
)
def test_json_in_every_usual_arrangement(whole: object) -> None:
    assert read(json.dumps(whole), "data.json") == TABLE
    assert read(json.dumps(whole, indent=1), "data.json") == TABLE


def test_objects_inside_objects_become_columns() -> None:
    whole = [{"id": 1, "place": {"city": "Rome", "at": {"x": 2}}, "tags": ["a", "b"]}]
    names, rows = read(json.dumps(whole), "data.json")
    assert names == ("id", "place.city", "place.at.x", "tags")
    assert rows == [("1", "Rome", "2", '["a", "b"]')]


@pytest.mark.parametrize(
    "text",
    [
        '["a", "b"]\n[1, "x"]\n[2, "y"]\n',
        '{"a": 1, "b": "x"}{"a": 2, "b": "y"}',
        '{\n "a": 1,\n "b": "x"\n}\n{\n "a": 2,\n "b": "y"\n}\n',
    ],
)
def test_json_values_one_after_the_other(text: str) -> None:
    assert read(text, "data.jsonl") == TABLE


def test_a_cut_off_json_file_is_a_problem() -> None:
    with pytest.raises(Problem, match="cut off"):
        read('[\n {"a": 1, "b": 2},\n {"a": 3, ', "data.json")


def test_lines_with_other_keys_are_counted_as_bad() -> None:
    good = "".join(json.dumps({"q": n, "a": n}) + "\n" for n in range(6))
    text = (good + '{"x": 1}\n[1]\nnull\n').encode()
    with pytest.raises(Problem, match="3 lines are no JSON objects, or have other keys") as caught:
        reading.read_bytes(text, "data.jsonl")
    assert "lines 7, 8, 9" in caught.value.message
    assert len(reading.read_bytes(text, "data.jsonl", leave_out_bad=True).table) == 6


def test_lists_left_aside_are_told() -> None:
    whole = {"train": RECORDS, "test": RECORDS[:1]}
    assert "1 objects elsewhere" in notes(json.dumps(whole), "data.json")


@pytest.mark.parametrize(
    ("first", "rest", "expected"),
    [
        (("utterance", "intent"), [(f"where is my card {n}", "card") for n in range(9)], True),
        (("Alice", "Paris"), [("Bob", "Rome"), ("Carl", "Oslo"), ("Dora", "Bern")], False),
        (("Name", "City"), [("Bob", "Rome"), ("Carl", "Oslo"), ("Dora", "Bern")], True),
        (("firstName", "homeTown"), [("Bob", "Rome"), ("Carl", "Oslo")], True),
        (("img_001",), [(f"img_{n:03}",) for n in range(2, 40)], False),
        (("the kettle leaks a lot",), [(f"the lamp {n} broke at once",) for n in range(9)], False),
        (("0", "1", "2", "y"), [("4", "9", "1", "a"), ("3", "3", "8", "b")], True),
        (("country", "2010", "2015", "2020"), [("Chad", "3", "9", "5")], True),
        (("1", "2", "3"), [("2", "3", "4"), ("3", "4", "5")], False),
    ],
)
def test_names_are_told_from_rows_of_words(
    first: tuple[str, ...], rest: list[tuple[str, ...]], *, expected: bool
) -> None:
    assert headers.has_header([first, *rest]) is expected


def test_parquet_without_its_library_is_said_or_read_as_damaged(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    file.write_bytes(b"PAR1" + b"\x00" * 64 + b"PAR1")
    with pytest.raises(Problem, match=r"^rows\.parquet is a Parquet file"):
        reading.read_file(file)


def test_a_euro_sign_behind_numbers_makes_no_cyrillic_of_windows() -> None:
    rows = [f"{n};7.9{n % 90 + 10},87 €;{'ja' if n % 3 else 'nein'}" for n in range(90)]
    text = "\n".join(["Kunde;Umsatz;Gekündigt", *rows])
    found = reading.read_bytes(text.encode("cp1252"), "kunden.csv")
    assert found.table.names == ("Kunde", "Umsatz", "Gekündigt")
