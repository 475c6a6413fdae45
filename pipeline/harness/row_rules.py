"""Leaves out rows by a few plain rules, before they are cut into parts.

    python row_rules.py --tables DIR --rules rules.json --out .

Writes every table anew under its name, and left_out.json: how many rows each rule left out of how
many, and the least share that any answer kept of its rows. A table that was named to be the test
stays as it is: it is measured on as it was given.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from progress import run, say
from tables import Cell, Row, Table, is_missing, load_table, save_table

_MOST_ANSWERS = 50


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to leave a row out: what its cell in `column` is, with or without a `value`."""

    column: str
    test: str
    value: str

    def hits(self, names: tuple[str, ...]) -> Callable[[Row], bool]:
        """Whether a row of a table with these columns is left out."""
        if self.column not in names:
            return _never
        place, test = names.index(self.column), _TESTS[self.test]
        return lambda row: test(row[place], self.value)


def main() -> None:
    """Apply all rules, count, write."""
    parser = argparse.ArgumentParser(description="Leave rows out by rules.")
    for name in ("tables", "rules", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    wanted = json.loads(told.rules.read_text("utf-8"))
    rules = [Rule(**rule) for rule in wanted["rules"]]
    counts, rows = [0] * len(rules), 0
    before: Counter[Cell] = Counter()
    after: Counter[Cell] = Counter()
    for file in wanted["files"]:
        table = load_table(told.tables / file["table"])
        if file["split"] != "test":
            rows += len(table)
            before.update(_answers(table, wanted["answers"]))
            table = _kept(table, rules, counts)
            after.update(_answers(table, wanted["answers"]))
        save_table(table, told.out / file["table"])
    found = {"counts": counts, "rows": rows, "least": _least_kept(before, after)}
    (told.out / "left_out.json").write_text(json.dumps(found), "utf-8")
    say("row rules", f"{sum(counts)} of {rows} rows left out", done=1)


def _answers(table: Table, columns: list[str]) -> list[Cell]:
    return [cell for name in columns if name in table.names for cell in table.column(name)]


def _least_kept(before: Counter[Cell], after: Counter[Cell]) -> float:
    """Of answers that come more than once; with hardly any repeated they are no classes."""
    if len(before) > _MOST_ANSWERS:
        return 1.0
    shares = [after[cell] / times for cell, times in before.items() if times > 1 and cell]
    return min(shares, default=1.0)


def _kept(table: Table, rules: list[Rule], counts: list[int]) -> Table:
    """The rows that no rule hits; a row that several hit counts for the first."""
    tests = [rule.hits(table.names) for rule in rules]
    kept: list[Row] = []
    for row in table.rows:
        hit = next((number for number, test in enumerate(tests) if test(row)), None)
        if hit is None:
            kept.append(row)
        else:
            counts[hit] += 1
    return Table(table.names, kept)


def _never(row: Row) -> bool:
    del row
    return False


def _is_missing(cell: Cell, value: str) -> bool:
    del value
    return is_missing(cell)


def _is_equal(cell: Cell, value: str) -> bool:
    return cell is not None and cell.strip().casefold() == value.strip().casefold()


def _is_shorter(cell: Cell, value: str) -> bool:
    return cell is not None and len(cell.strip()) < int(value)


def _is_longer(cell: Cell, value: str) -> bool:
    return cell is not None and len(cell.strip()) > int(value)


_TESTS: dict[str, Callable[[Cell, str], bool]] = {
    "missing": _is_missing,
    "equal to": _is_equal,
    "shorter than": _is_shorter,
    "longer than": _is_longer,
}

if __name__ == "__main__":
    run(main)
