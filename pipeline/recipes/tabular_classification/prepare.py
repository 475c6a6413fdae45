"""Cuts a table into rows to fit on and rows held out; equal rows are never in both.

python prepare.py --config config.json --data DIR --out PREPARED
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from collections.abc import Callable, Hashable, Mapping

from config import BundleConfig, Split
from preparing import arguments, check_classes, drop_missing, read_given, write_parts
from progress import Problem, run
from splits import drop_repeats, split_tables
from tables import Row, Table, is_missing, label_of

LEAST_ROWS = 20  # two classes in five folds and something to score on
FEW_ROWS = 5_000  # below this a tenth of the rows is too few to measure on
USUAL = 0.1
MORE = 0.2
MOST_REPEATS = 1 / 3  # above this share rows are few-valued, not repeated by mistake

Given = dict[Split | None, Table]


def main() -> None:
    """Read, check, cut, write."""
    config, folder, out = arguments()
    target, features = config.column("target"), config.columns_of("features")
    given, warnings = _with_columns(read_given(config, folder), features, target)
    given, unknown = drop_missing(given, target)
    given, repeats = _without_repeats(given, (*features, target))
    labels = [cell for table in given.values() for cell in table.column(target)]
    warnings += check_classes(labels, target, LEAST_ROWS)
    names = next(iter(given.values())).names
    key, label = _key(names, features), names.index(target)
    fractions = _fractions(config, len(labels))
    parts = split_tables(
        given, fractions, config.seed, keys=[key], label=lambda row: label_of(row[label])
    )
    steps = [f"{unknown} rows without a value in {target} left out"] if unknown else []
    steps += [f"{name} left out: {reason}" for name, reason in config.ignored.items()]
    write_parts(out, parts, config.seed, repeats=repeats, steps=steps, warnings=warnings)


def _with_columns(
    given: Mapping[Split | None, Table], features: tuple[str, ...], target: str
) -> tuple[Given, list[str]]:
    """The tables that can be used; a part without answers is left out and said."""
    kept: Given = {}
    warnings: list[str] = []
    for split, table in given.items():
        lacking = [name for name in features if name not in table.names]
        if lacking:
            raise Problem(
                f"The {split or 'data'} file lacks {', '.join(lacking[:10])}.",
                "Send files that have the same columns.",
            )
        if target in table.names:
            kept[split] = table
        elif split in {None, "train"}:
            raise Problem(f"The data has no column {target}.", "Name another.", field="target")
        else:
            warnings.append(
                f"The {split} file has no column {target}, so it cannot be used;"
                " rows of the training file take its place."
            )
    return kept, warnings


def _without_repeats(given: Given, names: tuple[str, ...]) -> tuple[Given, int]:
    """Drop rows that repeat another in every column, unless most rows do."""
    kept: Given = {}
    dropped = 0
    for split, table in given.items():
        once, repeats = drop_repeats(table, _key(table.names, names))
        few = repeats <= MOST_REPEATS * len(table)
        kept[split] = once if few else table
        dropped += repeats if few else 0
    return kept, dropped


def _key(names: tuple[str, ...], columns: tuple[str, ...]) -> Callable[[Row], Hashable]:
    """Equal for rows that say the same in the named columns, with or without spaces around."""
    places = [names.index(name) for name in columns]

    def key(row: Row) -> Hashable:
        cells = (row[place] for place in places)
        return tuple("" if is_missing(cell) else label_of(cell) for cell in cells)

    return key


def _fractions(config: BundleConfig, rows: int) -> Mapping[Split, float]:
    """The wanted parts; of few rows more is held out, as the models cross-validate inside."""
    usual = config.split["test"] == config.split["validation"] == USUAL
    if not usual or rows >= FEW_ROWS:
        return config.split
    return {"train": 1 - MORE - USUAL, "validation": USUAL, "test": MORE}


if __name__ == "__main__":
    run(main)
