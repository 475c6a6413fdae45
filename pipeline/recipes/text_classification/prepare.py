"""Cut labelled texts into fit and held-out rows, no text in both.

    python prepare.py --config config.json --data DIR --out PREPARED

Texts that differ only in case or spaces are the same text: one of them is kept where they also
have the same label, and texts with two labels stay together in one part.
"""

from collections.abc import Hashable

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
from progress import Problem, run, say
from splits import drop_repeats, split_tables
from tables import Row, Table, label_of
from texts_alike import same_text

LEAST_ROWS = 20  # fewer cannot give a class a training and a test row with any meaning
FEW_ROWS = 1_000  # below this a tenth of the rows is too few to measure on


def main() -> None:
    """Read, drop what cannot be used, split, write."""
    config, data, out = arguments()
    text, target = config.column("text"), config.column("target")
    given, unlabelled = drop_missing(read_given(config, data), target)
    given, spelled = one_spelling(given, target)
    names = next(iter(given.values())).names
    text_at, target_at = names.index(text), names.index(target)

    def text_of(row: Row) -> Hashable:
        return same_text(row[text_at])

    def same_row(row: Row) -> Hashable:
        return text_of(row), label_of(row[target_at])

    groups = config.columns_of("group")
    group_at = names.index(groups[0]) if groups else text_at
    empty = repeats = 0
    for split, table in given.items():
        filled = [row for row in table.rows if text_of(row)]
        empty += len(table) - len(filled)
        given[split] = Table(names, filled)
        if split != "test":  # a test file is measured on as it was given
            given[split], more = drop_repeats(given[split], same_row)
            repeats += more
    labels = [label_of(cell) for table in given.values() for cell in table.column(target)]
    if not labels:
        raise Problem(f"The column {text} has no text in any row.", "Name the text.", field="text")
    warnings = [*spelled, *check_classes(labels, target, LEAST_ROWS)]
    say("prepare", f"{repeats} repeated texts left out", done=0.5)
    parts = split_tables(
        given,
        more_held_out(config) if len(labels) < FEW_ROWS else config.split,
        config.seed,
        keys=[text_of, lambda row: row[group_at]] if groups else [text_of],
        label=lambda row: label_of(row[target_at]),
    )
    steps = [f"{empty} rows without text left out"] if empty else []
    warnings += without_answer(unlabelled, target)
    write_parts(out, parts, config.seed, repeats=repeats, steps=steps, warnings=warnings)


if __name__ == "__main__":
    run(main)
