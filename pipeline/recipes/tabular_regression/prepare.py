"""Cuts a table into rows to fit on and rows held out; equal rows are never in both.

python prepare.py --config config.json --data DIR --out PREPARED
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from preparing import arguments, drop_missing, read_given, without_answer
from progress import run
from tabular_parts import Cut, check_columns, write_cut
from target_numbers import as_numbers, check_numbers, range_of, ranges_of

LEAST_ROWS = 20  # a few for each of five folds and something to score on


def main() -> None:
    """Read, check, cut, write."""
    config, folder, out = arguments()
    target = config.column("target")
    given = read_given(config, folder)
    check_columns(given, config)
    given, unknown = drop_missing(given, target)
    given, unread = as_numbers(given, target)
    values = [float(cell or 0) for table in given.values() for cell in table.column(target)]
    warnings = [*unread, *check_numbers(values, target, LEAST_ROWS)]
    warnings += without_answer(unknown, target)
    place, bounds = next(iter(given.values())).names.index(target), ranges_of(values)
    cut = Cut(label=lambda row: range_of(row, place, bounds), spread="all sizes in the same share")
    write_cut(config, given, out, cut, warnings)


if __name__ == "__main__":
    run(main)
