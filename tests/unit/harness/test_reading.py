"""Strangers' files: each is read as it was meant, or refused in plain words."""

import gzip
import json
import pickle
from pathlib import Path

import pytest

from tests.unit.harness.modules import harness

reading = harness("reading")
Problem = harness("progress").Problem


Rows = list[tuple[str | None, ...]]


def read(content: bytes | str, name: str = "data.csv") -> tuple[tuple[str, ...], Rows]:
    raw = content.encode() if isinstance(content, str) else content
    table = reading.read_bytes(raw, name).table
    return table.names, table.rows


def problem(content: bytes, name: str = "data.csv") -> str:
    with pytest.raises(Problem) as caught:
        reading.read_bytes(content, name)
    assert caught.value.hint
    assert caught.value.message.startswith(name)
    return str(caught.value.message)


def test_stray_quotes_in_tab_separated_lines_cost_no_row() -> None:
    lines = [f'ham\tline {n} said "so' if n % 3 else f'spam\t"Free, line {n}' for n in range(60)]
    names, rows = read("\n".join(lines) + "\n", "sms.tsv")
    assert names == ("column_1", "column_2")
    assert len(rows) == 60
    assert rows[0] == ("spam", '"Free, line 0')


def test_quoted_commas_and_line_breaks_stay_in_their_cell() -> None:
    text = 'text,label\n"one, two\nthree",a\n"say ""hi""",b\nplain,a\n'
    assert read(text) == (
        ("text", "label"),
        [("one, two\nthree", "a"), ('say "hi"', "b"), ("plain", "a")],
    )


def test_a_semicolon_file_keeps_its_decimal_commas() -> None:
    names, rows = read("width;height\n1,5;2,25\n3,5;4,75\n")
    assert names == ("width", "height")
    assert rows[1] == ("3,5", "4,75")


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
def test_usual_encodings_give_the_same_table(encoding: str, told: str) -> None:
    found = reading.read_bytes("name,price\ncafé,5\nthé,7\n".encode(encoding), "menu.csv")
    assert found.encoding == told
    assert found.table.names == ("name", "price")
    assert found.table.rows == [("café", "5"), ("thé", "7")]


def test_a_mixed_encoding_is_read_and_said() -> None:
    mixed = "a,b\né,1\n".encode() + "è,2\n".encode("cp1252")
    found = reading.read_bytes(mixed, "mixed.csv")
    assert found.table.rows == [("é", "1"), ("è", "2")]
    assert "1 lines are not UTF-8" in found.notes[0]


def test_a_gzip_file_is_read_through() -> None:
    assert read(gzip.compress(b"a,b\n1,2\n3,4\n"), "data.csv.gz")[1] == [("1", "2"), ("3", "4")]


def test_json_lines_keep_null_apart_from_empty() -> None:
    lines = '{"a": null, "b": ""}\n{"a": "NA", "b": 2.5}\n'
    assert read(lines, "data.jsonl") == (("a", "b"), [(None, ""), ("NA", "2.5")])


def test_half_a_sign_does_no_harm() -> None:
    assert read('[{"a": "x\\ud83d", "b": 1}]', "data.json")[1] == [("x?", "1")]


def test_json_under_one_key_is_a_table() -> None:
    whole = json.dumps({"data": [{"a": 1, "b": "x"}, {"b": "y", "c": True}]})
    assert read(whole, "data.json") == (
        ("a", "b", "c"),
        [("1", "x", None), (None, "y", "true")],
    )


def test_names_become_clean_and_different() -> None:
    names, _ = read("score, score ,,\u202eid\n1,2,3,4\n5,6,7,8\n")
    assert names == ("score", "score_2", "column_3", "id")


def test_short_rows_are_filled_with_nothing() -> None:
    assert read("a,b,c\n1,2,3\n4,5\n6,7,8\n9,8,7\n1,1,1\n2,2,2\n")[1][1] == ("4", "5", None)


def test_nul_and_odd_spaces_survive() -> None:
    assert read("a,b\n1,x\x00y\n2,\u00a0z\n")[1] == [("1", "x\x00y"), ("2", "\u00a0z")]


def test_every_line_in_one_pair_of_quotes_is_unwrapped() -> None:
    lines = ['"age;""job"";""y"""', *(f'"{n};""cook"";""no"""' for n in range(20, 40))]
    names, rows = read("\n".join(lines))
    assert names == ("age", "job", "y")
    assert rows[0] == ("20", "cook", "no")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"a,b,c\n", "no rows"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (pickle.dumps({"a": [1, 2]}), "pickle"),
        (b"PK\x03\x04" + b"\x00" * 40, "archive"),
        (b"PAR1" + b"\x00" * 40, "cut off"),
        (bytes(range(256)) * 4, "binary"),
        (gzip.compress(b"a,b\n1,2\n" * 1000, mtime=0)[:40], "cut off"),
        (b'{"a": 1}\nnot json\n{"a": 2}\n', "no JSON objects"),
    ],
)
def test_what_is_no_table_is_named(content: bytes, said: str) -> None:
    assert said in problem(content, "thing.csv")


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be opened"):
        reading.read_file(tmp_path / "gone.csv")


def test_no_message_quotes_a_cell() -> None:
    assert "hunter2" not in problem(b"a,b\n" + b"1,2\n" * 20 + b"1,hunter2,3\n" * 3)
