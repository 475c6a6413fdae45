"""Cuts a table into rows to fit on and rows held out; equal rows are never in both.

python prepare.py --config config.json --data DIR --out PREPARED
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from collections import Counter

from preparing import (
    arguments,
    check_classes,
    drop_missing,
    one_spelling,
    read_given,
    without_answer,
)
from progress import run
from several_labels import check_single_labels
from tables import label_of
from tabular_parts import Cut, check_columns, write_cut

LEAST_ROWS = 20  # two classes in five folds and something to score on


def main() -> None:
    """Read, check, cut, write."""
    config, folder, out = arguments()
    target = config.column("target")
    given = read_given(config, folder)
    check_columns(given, config)
    given, unknown = drop_missing(given, target)
    given, spelled = one_spelling(given, target)
    labels = [cell for table in given.values() for cell in table.column(target)]
    check_single_labels(Counter(map(label_of, labels)), target)
    warnings = [*spelled, *check_classes(labels, target, LEAST_ROWS)]
    warnings += without_answer(unknown, target)
    place = next(iter(given.values())).names.index(target)
    cut = Cut(label=lambda row: label_of(row[place]), spread="every class in the same share")
    write_cut(config, given, out, cut, warnings)


if __name__ == "__main__":
    run(main)
