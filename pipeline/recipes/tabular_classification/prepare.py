"""Cuts a table into rows to fit on and rows held out; equal rows are never in both.

python prepare.py --config config.json --data DIR --out PREPARED
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from collections.abc import Hashable

from config import Split
from preparing import (
    arguments,
    check_classes,
    drop_missing,
    more_held_out,
    one_spelling,
    read_given,
    without_answer,
    write_parts,
)
from progress import Problem, run
from splits import Key, drop_repeats, split_tables
from tables import Row, Table, is_missing, label_of

LEAST_ROWS = 20  # two classes in five folds and something to score on
FEW_ROWS = 5_000  # below this a tenth of the rows is too few to measure on
FEW_INPUTS = 50  # fewer different rows cannot be kept apart: each is an observation of its own
MOST_REPEATS = 1 / 3  # above this share rows are few-valued, not repeated by mistake

Given = dict[Split | None, Table]


def main() -> None:
    """Read, check, cut, write."""
    config, folder, out = arguments()
    target, features = config.column("target"), config.columns_of("features")
    given = read_given(config, folder)
    names = next(iter(given.values())).names
    _check_columns(names, target, features)
    given, unknown = drop_missing(given, target)
    given, spelled = one_spelling(given, target)
    key, label = _key(names, features), names.index(target)
    inputs = {key(row) for table in given.values() for row in table.rows}
    given, repeats = _without_repeats(given, _key(names, (*features, target)))
    labels = [cell for table in given.values() for cell in table.column(target)]
    warnings = [*spelled, *check_classes(labels, target, LEAST_ROWS)]
    warnings += [*_unanswered(given, target), *_shape(len(features), len(labels), len(inputs))]
    warnings += without_answer(unknown, target)
    parts = split_tables(
        given,
        more_held_out(config) if len(labels) < FEW_ROWS else config.split,
        config.seed,
        keys=[key] if len(inputs) >= FEW_INPUTS else [],
        label=lambda row: label_of(row[label]),
    )
    steps = [f"{name} left out: {reason}" for name, reason in config.ignored.items()]
    write_parts(out, parts, config.seed, repeats=repeats, steps=steps, warnings=warnings)


def _check_columns(names: tuple[str, ...], target: str, features: tuple[str, ...]) -> None:
    """Problem where the data is not what the settings say."""
    lacking = [name for name in (target, *features) if name not in names]
    if lacking:
        raise Problem(
            f"The data lacks {', '.join(lacking[:10])}.",
            f"Its columns are {', '.join(names[:10])}: name those to use.",
            field="target" if target in lacking else "data",
        )
    if not features:
        raise Problem(
            f"Besides {target} there is no column to learn from.",
            "Send a file with columns that describe the rows.",
        )


def _unanswered(given: Given, target: str) -> list[str]:
    """A warning where a part came without answers, so that other rows take its place."""
    return [
        f"No row of the {split} file has a value in {target}; other rows are held out instead."
        for split, table in given.items()
        if not len(table)
    ]


def _shape(columns: int, rows: int, inputs: int) -> list[str]:
    """Warnings where the table's shape makes a score doubtful."""
    told = []
    if columns > rows:
        told.append(
            f"There are more columns ({columns:,}) than rows ({rows:,}): some will fit by chance."
        )
    if inputs < FEW_INPUTS:
        told.append(
            f"The {rows:,} rows have only {inputs} different inputs, so equal ones are both"
            " learned from and held out."
        )
    return told


def _without_repeats(given: Given, key: Key) -> tuple[Given, int]:
    """Drop rows that repeat another in every column, unless so many do that it is no mistake.

    A test file is measured on as it was given.
    """
    kept: Given = {}
    dropped = 0
    for split, table in given.items():
        once, repeats = drop_repeats(table, key)
        few = split != "test" and repeats <= MOST_REPEATS * len(table)
        kept[split] = once if few else table
        dropped += repeats if few else 0
    return kept, dropped


def _key(names: tuple[str, ...], columns: tuple[str, ...]) -> Key:
    """Equal for rows that say the same in the named columns, with or without spaces around."""
    places = [names.index(name) for name in columns]

    def key(row: Row) -> Hashable:
        cells = (row[place] for place in places)
        return tuple("" if is_missing(cell) else label_of(cell) for cell in cells)

    return key


if __name__ == "__main__":
    run(main)
