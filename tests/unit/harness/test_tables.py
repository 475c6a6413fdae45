"""A table handed from script to script loses nothing."""

import io
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.harness.modules import harness

tables = harness("tables")
CELLS = st.one_of(st.none(), st.text(), st.sampled_from(["", "NA", "a\x00b", "x\r\ny", '"']))


@given(st.lists(st.tuples(CELLS, CELLS), max_size=20))
def test_every_cell_comes_back(rows: list[tuple[str | None, ...]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "t.jsonl"
        tables.save_table(tables.Table(("one", "two"), rows), path)
        assert tables.load_table(path) == tables.Table(("one", "two"), rows)


@given(st.lists(st.tuples(st.text(), st.text(min_size=1)), max_size=20))
def test_csv_of_ours_comes_back(rows: list[tuple[str, ...]]) -> None:
    file = io.StringIO(newline="")
    tables.write_csv(file, ("one", "two"), rows)
    assert [tuple(row) for row in tables.parse_csv(file.getvalue())] == [("one", "two"), *rows]


def test_a_lacking_column_has_no_cells() -> None:
    table = tables.Table(("a", "b"), [("1", "2")])
    assert table.aligned(("b", "c")).rows == [("2", None)]


def test_disguises_of_missing_are_known() -> None:
    assert all(tables.is_missing(cell) for cell in (None, "", " ", "?", "NA", "n/a", "NaN"))
    assert not any(tables.is_missing(cell) for cell in ("0", "no", "none", "unknown"))


def test_a_column_may_say_itself_what_is_missing() -> None:
    assert tables.is_missing(" -999 ", frozenset(("", "-999")))
    assert not tables.is_missing("NA", frozenset(("",)))
