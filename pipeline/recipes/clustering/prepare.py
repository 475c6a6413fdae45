"""Cuts a table into rows to find groups in and rows held out; equal rows are never in both.

python prepare.py --config config.json --data DIR --out PREPARED
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Hashable, Mapping

from absent import missing_of
from config import BundleConfig, Split
from group_training import asked_for, read_rows, sampled
from preparing import arguments, more_held_out, read_given, write_parts
from progress import Problem, run
from splits import Key, split_tables
from tables import Row, Table, is_missing, label_of

LEAST_ROWS = 10
FEW_DIFFERENT = 50  # fewer different rows cannot be kept apart: each is an observation of its own
MOST_HELD_OUT = 5_000  # rows; distances are measured between all of them
MOST_LOOKED_AT = 2_000  # rows, to see early whether any column can be compared

Given = dict[Split | None, Table]


def main() -> None:
    """Read, check, cut, write."""
    config, folder, out = arguments()
    features = config.columns_of("features")
    given, empty = _known(_checked(read_given(config, folder), features), features)
    names = next(iter(given.values())).names
    key = _key(names, features)
    rows = [row for table in given.values() for row in table.rows]
    different = len({key(row) for row in rows})
    _check_rows(len(rows), different, config)
    used = read_rows(_some(given, config.seed), config).traits
    parts = split_tables(
        given,
        _shares(config, len(rows)),
        config.seed,
        keys=[key] if different >= FEW_DIFFERENT else [],
        told=("", "equal rows kept together") if different >= FEW_DIFFERENT else ("",),
    )
    left_out = {**config.ignored, **used.left_out}
    steps = [f"{name} left out: {why}" for name, why in left_out.items()]
    warnings = _warnings(empty, different, len(rows), len(used.names))
    write_parts(out, parts, config.seed, steps=steps, warnings=warnings)


def _checked(given: Given, features: tuple[str, ...]) -> Given:
    """Problem where the data is not what the settings say."""
    names = next(iter(given.values())).names
    lacking = [name for name in features if name not in names]
    if lacking:
        raise Problem(
            f"The data lacks {', '.join(lacking[:10])}.",
            f"Its columns are {', '.join(names[:10])}: name those to compare rows by.",
        )
    if not features:
        raise Problem(
            "There is no column to compare rows by.",
            "Send a file with columns that describe the rows, or name the columns to use.",
        )
    return given


def _known(given: Given, features: tuple[str, ...]) -> tuple[Given, int]:
    """Leave out rows that say nothing in any column; also how many."""
    kept: Given = {}
    absent = {
        name: missing_of([cell for table in given.values() for cell in table.column(name)])
        for name in features
    }
    for split, table in given.items():
        places = [(table.names.index(name), absent[name]) for name in features]
        kept[split] = Table(
            table.names,
            [
                row
                for row in table.rows
                if not all(is_missing(row[at], missing) for at, missing in places)
            ],
        )
    return kept, sum(len(table) for table in given.values()) - sum(map(len, kept.values()))


def _check_rows(rows: int, different: int, config: BundleConfig) -> None:
    """Problem where there is nothing to tell apart, or less than is asked for."""
    if rows < LEAST_ROWS:
        raise Problem(
            f"There are only {rows} usable rows; at least {LEAST_ROWS} are needed to find groups.",
            "Send more rows.",
        )
    if different == 1:
        raise Problem(
            f"All {rows:,} rows say the same, so there are no groups to find.",
            "Send rows that differ, or name other columns to compare them by.",
        )
    asked = asked_for(config)
    if asked is not None and asked > different:
        raise Problem(
            f"You ask for {asked} groups, but there are only {different} different rows.",
            f"Ask for at most {different}: --set hyperparameters.clusters={different}",
            field="hyperparameters.clusters",
            options=[str(different)],
        )


def _some(given: Given, seed: int) -> Table:
    """A few rows of all parts."""
    first, *others = given.values()
    for table in others:
        first = first.join(table)
    return first.take(sampled(len(first), MOST_LOOKED_AT, seed).tolist())


def _shares(config: BundleConfig, rows: int) -> Mapping[Split, float]:
    """A fifth is held out, of many rows fewer, unless somebody chose."""
    if config.split_chosen:
        return config.split
    shares = dict(more_held_out(config))
    shares["test"] = min(shares["test"], MOST_HELD_OUT / rows)
    return shares


def _warnings(empty: int, different: int, rows: int, columns: int) -> list[str]:
    told = []
    if empty:
        none = "1 row has" if empty == 1 else f"{empty:,} rows have"
        told.append(f"{none} no value in any column that is compared.")
    if different < FEW_DIFFERENT:
        told.append(
            f"The {rows:,} rows have only {different} different inputs, so equal ones are both"
            " grouped and held out."
        )
    if columns > rows:
        told.append(
            f"There are more columns ({columns:,}) than rows ({rows:,}): groups may be chance."
        )
    return told


def _key(names: tuple[str, ...], columns: tuple[str, ...]) -> Key:
    """Equal for rows that say the same in the named columns, with or without spaces around."""
    places = [names.index(name) for name in columns]

    def key(row: Row) -> Hashable:
        return tuple("" if is_missing(row[at]) else label_of(row[at]) for at in places)

    return key


if __name__ == "__main__":
    run(main)
