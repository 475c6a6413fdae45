"""A table as its file gave it, and the one format in which bundle scripts hand tables on.

A cell is a text or None: None is a cell that was not there (JSON null, a short row), "" one that
was empty. Nothing is turned into a number before a model asks for it.
"""

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import pandas as pd

Cell = str | None
Row = tuple[Cell, ...]

# What people write for "not known"; compared in lower case, without spaces around it.
MISSING = frozenset(("", "?", "-", "--", ".", "na", "n/a", "#n/a", "<na>", "nan", "null", "\\n"))


@dataclass(frozen=True, slots=True)
class Table:
    """Column names and rows of equal length."""

    names: tuple[str, ...]
    rows: list[Row]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[Cell]:
        """One column's cells; ValueError when there is no such column."""
        place = self.names.index(name)
        return [row[place] for row in self.rows]

    def select(self, names: Sequence[str]) -> "Table":
        """The named columns, in that order; ValueError when one is not there."""
        places = [self.names.index(name) for name in names]
        return Table(tuple(names), [tuple(row[at] for at in places) for row in self.rows])

    def aligned(self, names: Sequence[str]) -> "Table":
        """Exactly these columns, in that order; one that is not here has no cells, only None."""
        places = [self.names.index(name) if name in self.names else None for name in names]
        rows = [tuple(None if at is None else row[at] for at in places) for row in self.rows]
        return Table(tuple(names), rows)

    def take(self, indices: Iterable[int]) -> "Table":
        """The rows at these places, in that order."""
        return Table(self.names, [self.rows[index] for index in indices])

    def join(self, other: "Table") -> "Table":
        """The rows of both; the other table may have the same columns in another order."""
        return Table(self.names, [*self.rows, *other.select(self.names).rows])

    def frame(self) -> "pd.DataFrame":
        """The same cells as an object-typed pandas frame; None stays None, "" stays ""."""
        import pandas as pd  # noqa: PLC0415 - a second of start-up only for those who need it

        return pd.DataFrame(self.rows, columns=list(self.names), dtype=object)


def is_missing(cell: Cell, missing: Collection[str] = MISSING) -> bool:
    """Whether a cell says that its value is not known, by what means that in its column."""
    return cell is None or cell.strip().lower() in missing


def label_of(cell: Cell) -> str:
    """A class as it is compared: spaces around it do not make another class."""
    return (cell or "").strip()


def save_table(table: Table, path: Path) -> None:
    """Write a table losslessly: a JSON array a line, the names first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="ascii") as file:
        for row in (table.names, *table.rows):
            file.write(json.dumps(row) + "\n")


def load_table(path: Path) -> Table:
    """Read what save_table wrote."""
    with path.open(encoding="ascii") as file:
        names = tuple(json.loads(next(file)))
        return Table(names, [tuple(json.loads(line)) for line in file])


def load_fit(folder: Path) -> Table:
    """Training and validation rows of PREPARED/fit, together."""
    return load_table(folder / "train.jsonl").join(load_table(folder / "validation.jsonl"))


def write_csv(file: TextIO, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write plain CSV: commas, double quotes where needed; None becomes an empty cell."""
    writer = csv.writer(file)
    writer.writerow(names)
    writer.writerows(rows)


def parse_csv(text: str) -> Iterator[list[str]]:
    """Records of plain CSV as write_csv makes it; csv.Error when a quote never closes."""
    csv.field_size_limit(2**31 - 1)
    return csv.reader(io.StringIO(text, newline=""), strict=True)
