"""The shared half of prepare.py for tables of plain columns: what is kept, and how it is cut.

Rows that say the same stay together, and so do rows of one group; where a column orders the rows
in time, the latest are held out.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from belonging import group_of, moments
from config import BundleConfig, Split
from inputs import inputs_of
from leaks import near_copies
from preparing import more_held_out, write_parts
from progress import Problem
from splits import Key, Parts, drop_repeats, split_tables
from tables import Cell, Row, Table, is_missing, label_of

FEW_ROWS = 5_000  # below this a tenth of the rows is too few to measure on
FEW_INPUTS = 50  # fewer different rows cannot be kept apart: each is an observation of its own
MOST_REPEATS = 1 / 3  # above this share rows are few-valued, not repeated by mistake
FEW_GROUPS = 10  # with fewer, a fifth of them is one or two

Given = dict[Split | None, Table]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """How the rows of a task are cut: the cell to spread evenly, and how that is said."""

    label: Callable[[Row], Cell]
    spread: str


def check_columns(given: Given, config: BundleConfig) -> None:
    """Problem where the data is not what the settings say."""
    names = _names(given)
    target, features = config.column("target"), inputs_of(config)
    lacking = [
        name for name in (target, *features, *config.columns_of("group")) if name not in names
    ]
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


def write_cut(
    config: BundleConfig, given: Given, out: Path, cut: Cut, warnings: Sequence[str]
) -> None:
    """Drop repeats, leave leaks out, cut the rows and write the parts with an account."""
    target, features = config.column("target"), inputs_of(config)
    given, repeats = _without_repeats(given, row_key(_names(given), (*features, target)))
    parts = _cut(config, given, cut, features)
    pool, asked = parts.train.join(parts.validation), config.columns_of("features")
    copies = near_copies(pool, asked, target, config.kinds, config.seed)
    left_out = {name: why for name, why in copies.items() if name not in config.insisted}
    if len(left_out) == len(asked):
        left_out = {}  # what is left when all say the same is to be asked, not decided
    kept = tuple(name for name in features if name not in left_out)
    if left_out:
        parts = _cut(config, given, cut, kept)  # equal rows are now equal in fewer columns
    write_parts(
        out,
        parts,
        config.seed,
        repeats=repeats,
        steps=[f"{name} left out: {reason}" for name, reason in config.ignored.items()],
        warnings=[*warnings, *_doubts(config, given, kept), *_told(copies, left_out)],
        left_out=left_out,
    )


def _cut(config: BundleConfig, given: Given, cut: Cut, inputs: Sequence[str]) -> Parts:
    """The parts; rows of few different inputs are each an observation of its own."""
    key = row_key(_names(given), inputs)
    rows = sum(len(table) for table in given.values())
    groups = _groups(config, given)
    return split_tables(
        given,
        more_held_out(config) if rows < FEW_ROWS else config.split,
        config.seed,
        keys=[*([key] if _different(given, key) >= FEW_INPUTS else []), *groups.values()],
        label=cut.label,
        time=_timed(config, given),
        told=(
            cut.spread,
            "equal rows kept together",
            *(f"every {name} is in one part only" for name in groups),
        ),
    )


def _told(copies: Mapping[str, str], left_out: Mapping[str, str]) -> list[str]:
    """A sentence for each column that gives the answer away."""
    return [
        f"The column {name} is left out: it {why}. To keep it: --set extra_columns={name}"
        if name in left_out
        else f"The column {name} is kept, though it {why}: the score may be too good to be true."
        for name, why in copies.items()
    ]


def _different(given: Given, key: Key) -> int:
    return len({key(row) for table in given.values() for row in table.rows})


def _names(given: Given) -> tuple[str, ...]:
    return next(iter(given.values())).names


def row_key(names: tuple[str, ...], columns: Sequence[str]) -> Key:
    """Equal for rows that say the same in the named columns, with or without spaces around."""
    places = [names.index(name) for name in columns]

    def key(row: Row) -> Hashable:
        cells = (row[place] for place in places)
        return tuple("" if is_missing(cell) else label_of(cell) for cell in cells)

    return key


def _groups(config: BundleConfig, given: Given) -> dict[str, Key]:
    """What keeps the rows of one group together; a row whose group is not known stands alone."""
    keys: dict[str, Key] = {}
    for name in config.columns_of("group"):
        place = _names(given).index(name)
        group = group_of([row[place] for table in given.values() for row in table.rows])
        keys[name] = _alone_or(group, place)
    return keys


def _alone_or(group: Callable[[Cell], str], place: int) -> Key:
    return lambda row: group(row[place]) or id(row)


def _timed(config: BundleConfig, given: Given) -> Callable[[Row], float] | None:
    """The time of a row as a number; None where no column orders the rows.

    A row without a readable time comes first, so that it is never held out.
    """
    columns = config.columns_of("time")
    if not columns:
        return None
    place = _names(given).index(columns[0])
    times = moments([row[place] for table in given.values() for row in table.rows])
    if len(set(times.values())) < 2:  # noqa: PLR2004 - one time orders nothing
        raise Problem(
            f"The column {columns[0]} holds no times that could order the rows.",
            "Name another column for the time, or none.",
            field="time",
        )
    return lambda row: times.get(row[place], float("-inf"))


def _doubts(config: BundleConfig, given: Given, inputs: Sequence[str]) -> list[str]:
    """Warnings where the shape of the table makes a score doubtful."""
    rows = sum(len(table) for table in given.values())
    different = _different(given, row_key(_names(given), inputs))
    target = config.column("target")
    told = [
        f"No row of the {split} file has a value in {target}; other rows are held out instead."
        for split, table in given.items()
        if not len(table)
    ]
    if len(inputs) > rows:
        told.append(
            f"There are more columns ({len(inputs):,}) than rows ({rows:,}): some will fit by"
            " chance."
        )
    if different < FEW_INPUTS:
        told.append(
            f"The {rows:,} rows have only {different} different inputs, so equal ones are both"
            " learned from and held out."
        )
    for name, key in _groups(config, given).items():
        count = _different(given, key)
        if count < FEW_GROUPS:
            told.append(
                f"There are only {count} different values of {name}, each in one part only: the"
                " score depends much on which of them are held out."
            )
        if config.columns_of("time"):
            told.append(f"Cut by time, so rows of one {name} can be in two parts.")
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
