"""Cut texts into pieces to learn from and pieces held out; no text is in both.

python prepare.py --config config.json --data DIR --out PREPARED

Running text is cut into blocks of whole lines and its end is held out. Of samples some are held
out at random; those that differ in case and spaces alone are one. A held-out piece is written as
its beginning and how it really goes on.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from config import BundleConfig, Split
from preparing import USUAL, arguments, more_held_out, read_given, write_parts
from progress import Problem, run
from serving import TRUTH
from splits import PARTS, Parts, drop_repeats, split_tables
from tables import Row, Table
from texts_alike import same_text
from writing_form import is_running, write_form
from writing_pieces import (
    LONGEST_PIECE,
    beginning_of,
    block_size,
    blocks,
    cut,
    in_turn,
    running,
    texts_in,
)

LEAST_SAMPLES = 10
LEAST_CHARACTERS = 2_000  # of running text: less gives no blocks to measure on
FEW_SAMPLES, FEW_CHARACTERS = 1_000, 100_000  # below, a tenth is too little to measure on
FEW_SOURCES = 50  # fewer texts cannot be held out whole: one may be most of what there is
MOST_HELD_OUT = 2_000  # pieces: each of them is also written on
MOST_MEASURED = 500_000  # characters held out: more would only take longer

Given = dict[Split | None, Table]


def main() -> None:
    """Read, cut, write."""
    config, data, out = arguments()
    given = {split: _only(config, table) for split, table in read_given(config, data).items()}
    lines = [cell or "" for table in given.values() for (cell,) in table.rows]
    running = is_running(config, lines)
    (_running if running else _samples)(config, given, out)
    write_form(out / "fit", running=running)


def _running(config: BundleConfig, given: Given, out: Path) -> None:
    """One text after another: contiguous blocks, the end held out."""
    column = config.column("text")
    texts = {split: running(table, column) for split, table in given.items()}
    size = sum(map(len, texts.values()))
    if size < LEAST_CHARACTERS:
        raise Problem(
            f"The text has only {size:,} characters; at least {LEAST_CHARACTERS:,} are needed.",
            "Send more text.",
        )
    shares = _shares(config, size / block_size(size, USUAL), size, few=size < FEW_CHARACTERS)
    length = block_size(size, shares["test"])
    held = {part: list(blocks(texts.get(part, ""), length)) for part in PARTS[1:]}
    wanted = {part: 0.0 if held[part] else shares[part] for part in PARTS[1:]}
    pool = texts.get(None, "") + texts.get("train", "")
    parts = in_turn(list(blocks(pool, length)), wanted)
    fit = parts["train"], [*parts["validation"], *held["validation"]]
    learned = {same_text(text) for part in fit for text in part}
    every = [*parts["test"], *held["test"]]
    test = [text for text in every if same_text(text) not in learned]
    told = "as given" if held["test"] else f"the last {100 * shares['test']:.0f} % of the text"
    cut_up = Parts(
        train=_table(column, fit[0]),
        validation=_table(column, fit[1]),
        test=_table(column, test),
        strategy=f"in blocks of about {length} characters; the test part is {told}",
        dropped=len(every) - len(test),
    )
    steps = ["lines joined into running text, blank lines left out"]
    write_parts(out, _to_go_on(cut_up, column), config.seed, steps=steps)


def _samples(config: BundleConfig, given: Given, out: Path) -> None:
    """Each row a text of its own; very long ones in several pieces."""
    column = config.column("text")
    kept = {split: _once(table) for split, table in given.items()}
    texts = [row[0] or "" for table in kept.values() for row in table.rows]
    if len(texts) < LEAST_SAMPLES:
        raise Problem(
            f"There are only {len(texts)} different texts; at least {LEAST_SAMPLES} are needed.",
            "Send more texts, or one long text as a plain text file.",
        )
    filled = sum(bool(same_text(row[0])) for table in given.values() for row in table.rows)
    empty = sum(map(len, given.values())) - filled
    long = sum(len(text) > LONGEST_PIECE for text in texts)
    pieces = {split: _pieces(table) for split, table in kept.items()}
    rows = sum(map(len, pieces.values()))
    parts = split_tables(
        pieces,
        _shares(config, rows, sum(map(len, texts)), few=rows < FEW_SAMPLES),
        config.seed,
        keys=[_same_text, _same_source] if len(texts) >= FEW_SOURCES else [_same_text],
        told=("", "equal texts kept together"),
    )
    train, validation, test = (table.select([column]) for table in parts.tables.values())
    parts = replace(parts, train=train, validation=validation, test=test)
    steps = [f"{empty} rows without text left out"] if empty else []
    steps += [f"{long} very long texts cut into pieces"] if long else []
    repeats = filled - len(texts)
    write_parts(out, _to_go_on(parts, column), config.seed, repeats=repeats, steps=steps)


def _once(table: Table) -> Table:
    """Texts that say something, the first of those that say the same."""
    filled = Table(table.names, [row for row in table.rows if same_text(row[0])])
    return drop_repeats(filled, _same_text)[0]


def _only(config: BundleConfig, table: Table) -> Table:
    """The column of texts, which files can hold without half characters."""
    column = config.column("text")
    if column not in table.names:
        raise Problem(f"The data lacks the column {column}.", "Name the text.", field="text")
    cells = [
        (cell or "").encode("utf-8", "replace").decode("utf-8") for cell in table.column(column)
    ]
    return _table(column, cells)


def _pieces(table: Table) -> Table:
    """Texts cut where they are very long, with the text they came from."""
    rows: list[Row] = [
        (some, row[0]) for row in table.rows for some in cut(row[0] or "", LONGEST_PIECE)
    ]
    return Table((*table.names, "source"), rows)


def _same_text(row: Row) -> str:
    return same_text(row[0])


def _same_source(row: Row) -> str:
    return row[1] or ""


def _shares(
    config: BundleConfig, pieces: float, characters: int, *, few: bool
) -> Mapping[Split, float]:
    """The usual parts, more of few texts and less of very many, unless somebody chose."""
    if config.split_chosen:
        return config.split
    shares = dict(more_held_out(config) if few else config.split)
    most = min(MOST_HELD_OUT / pieces, MOST_MEASURED / characters)
    return {part: share if part == "train" else min(share, most) for part, share in shares.items()}


def _to_go_on(parts: Parts, column: str) -> Parts:
    """Held-out texts as their beginning and how they go on."""
    rows: list[Row] = []
    for text in texts_in(parts.test, column):
        begun = beginning_of(text)
        rows.append((begun, text[len(begun) :]))
    return replace(parts, test=Table((column, TRUTH), rows))


def _table(column: str, texts: list[str]) -> Table:
    return Table((column,), [(text,) for text in texts])


if __name__ == "__main__":
    run(main)
