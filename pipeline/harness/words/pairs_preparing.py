"""The shared half of prepare.py for pairs of texts: usable pairs, no source in two parts."""

from dataclasses import dataclass, replace

from config import BundleConfig, Split
from pairs_reading import Read, merged, pairs_of, references_of, same_cell, text_of
from preparing import arguments, more_held_out, write_parts
from progress import Problem, say
from splits import split_tables
from tables import Row, Table, load_table

LEAST_ROWS = 10
FEW_ROWS = 1_000  # below this a tenth of the rows is too few to measure on
MOST_HELD_OUT = 2_000  # rows; scoring more tells little and takes long
LEAST_HELD_OUT = 30  # rows, however long they are; on fewer nothing can be said

Given = dict[Split | None, Table]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a task calls its texts, and how many characters are read of one, and of all held out."""

    source: str
    target: str
    longest: int
    measured: int


def prepare_pairs(wanted: Wanted) -> None:
    """Main of prepare.py: read, leave out what is no pair, split, write."""
    config, data, out = arguments()
    tables: dict[Split | None, list[Table]] = {}
    for file in config.files:
        say("prepare", f"reading {file.name}")
        tables.setdefault(file.split, []).append(load_table(data / file.table))
    read = pairs_of(config, tables)
    _check_sides(read, config)
    given = _with_training(read.given)
    most = _most(given, wanted)
    repeats = 0
    for split, table in given.items():
        given[split], more = merged(table)
        repeats += more
    _check_count(given, config)
    say("prepare", f"{repeats} repeated texts joined", done=0.5)
    parts = split_tables(
        given,
        _shares(config, len(_rows(given)), most),
        config.seed,
        keys=[lambda row: same_cell(row[0])],
        told=("", "equal texts kept together"),
    )
    steps, warnings = _told(read, given, wanted)
    test = _fewer(parts.test, most)
    if len(test) < len(parts.test):
        parts, lost = replace(parts, test=test), len(parts.test) - len(test)
        warnings.append(f"The test part is large: {lost:,} rows of it are not measured on.")
    write_parts(out, parts, config.seed, repeats=repeats, steps=steps, warnings=warnings)


def _check_count(given: Given, config: BundleConfig) -> None:
    """Problem where too few texts are left when those of one source are joined."""
    source, target = config.column("source"), config.column("target")
    rows = len(_rows(given))
    if rows < LEAST_ROWS:
        raise Problem(
            f"Only {rows} rows of different {source} have a text in both {source} and {target}; at"
            f" least {LEAST_ROWS} are needed.",
            "Send more rows, or name the two columns.",
            field="target",
        )


def _check_sides(read: Read, config: BundleConfig) -> None:
    source, target = config.column("source"), config.column("target")
    same = sum(same_cell(row[0]) == same_cell(row[1]) for row in _rows(read.given))
    if same > 0.9 * len(read):
        raise Problem(
            f"{source} and {target} say the same in nearly every row.",
            "Name the column that holds the answer.",
            field="target",
        )


def _rows(given: Given) -> list[Row]:
    return [row for table in given.values() for row in table.rows]


def _with_training(given: Given) -> Given:
    """Where nothing else is there to learn from, the validation file is."""
    others: tuple[Split, ...] = ("validation", "test")
    learned = next((part for part in others if len(given.get(part, ()))), None)
    if learned is None or any(len(given.get(part, ())) for part in (None, "train")):
        return given
    rest = {part: table for part, table in given.items() if part != learned}
    return {**rest, "train": given[learned]}


def _most(given: Given, wanted: Wanted) -> int:
    """How many rows of such a length can be measured on in time."""
    rows = _rows(given)
    read = sum(min(len(text_of(source)), wanted.longest) for source, _ in rows)
    fitting = wanted.measured * len(rows) // max(read, 1)
    return max(LEAST_HELD_OUT, min(MOST_HELD_OUT, fitting))


def _fewer(test: Table, most: int) -> Table:
    """A test part that takes too long cut to rows spread evenly over it."""
    if len(test) <= most:
        return test
    return test.take([at * len(test) // most for at in range(most)])


def _shares(config: BundleConfig, rows: int, most: int) -> dict[Split, float]:
    """A fifth of few rows is held out, of very many no more than can be measured in time."""
    shares = dict(more_held_out(config) if rows < FEW_ROWS else config.split)
    if not config.split_chosen:
        for part in ("validation", "test"):
            shares[part] = min(shares[part], most / max(rows, 1))
    return shares


def _told(read: Read, given: Given, wanted: Wanted) -> tuple[list[str], list[str]]:
    """What was done, and what the person should know."""
    rows = _rows(given)
    steps, warnings = [], []
    if read.sourceless:
        steps.append(f"{read.sourceless:,} rows without {wanted.source} left out")
    if read.targetless:
        warnings.append(
            f"{read.targetless:,} rows have no {wanted.target}: nothing can be learned from them."
        )
    several = sum(len(references_of(target)) > 1 for _, target in rows)
    if several:
        steps.append(f"{several:,} rows have more than one {wanted.target}; all of them count")
    long = sum(len(text_of(source)) > wanted.longest for source, _ in rows)
    if long:
        warnings.append(
            f"{long:,} rows have {wanted.source} of more than {wanted.longest:,} characters: only"
            " so much of each is read."
        )
    copies = sum(same_cell(source) == same_cell(target) for source, target in rows)
    if copies > len(rows) / 10:
        warnings.append(f"{copies:,} rows have the same text on both sides.")
    return steps, warnings
