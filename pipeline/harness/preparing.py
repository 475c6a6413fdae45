"""The shared half of prepare.py: the person's files in, parts and an account of the cut out."""

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import labels
from absent import missing_of
from config import BundleConfig, Split, load_config
from progress import Problem, say
from splits import Parts
from tables import Cell, Table, is_missing, label_of, load_table, save_table

FEW_OF_A_CLASS = 5  # fewer rows than this cannot be in every part
USUAL = 0.1
MORE = 0.2


def arguments() -> tuple[BundleConfig, Path, Path]:
    """--config, --data and --out of prepare.py."""
    config, data, out, _ = arguments_with_files()
    return config, data, out


def arguments_with_files() -> tuple[BundleConfig, Path, Path, Path]:
    """The same, and --files: the folder below which the files lie that the tables name."""
    parser = argparse.ArgumentParser(description="Cut the data into fit and held-out rows.")
    for name in ("config", "data", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--files", type=Path, default=Path())
    told = parser.parse_args()
    return load_config(told.config), told.data, told.out, told.files


def read_given(config: BundleConfig, folder: Path) -> dict[Split | None, Table]:
    """The report's tables in `folder`, joined by the part that each was named to be.

    All have the columns of the first; a test file without answers has None for them.
    """
    given: dict[Split | None, Table] = {}
    names: tuple[str, ...] = ()
    for file in config.files:
        say("prepare", f"reading {file.name}")
        table = load_table(folder / file.table)
        names = names or table.names
        more = table.aligned(names)
        given[file.split] = given[file.split].join(more) if file.split in given else more
    return given


def drop_missing(
    given: Mapping[Split | None, Table], target: str
) -> tuple[dict[Split | None, Table], int]:
    """Leave out rows whose answer is not known; also how many. Problem when none is left."""
    missing = missing_of([cell for table in given.values() for cell in table.column(target)])
    kept: dict[Split | None, Table] = {}
    for split, table in given.items():
        place = table.names.index(target)
        rows = [row for row in table.rows if not is_missing(row[place], missing)]
        kept[split] = Table(table.names, rows)
    left = sum(len(table) for table in kept.values())
    if not left:
        others = [name for name in next(iter(given.values())).names if name != target][:10]
        raise Problem(
            f"The column {target} has no usable value in any row.",
            f"Name another column to predict: {', '.join(others)}.",
            field="target",
            options=others,
        )
    return kept, sum(len(table) for table in given.values()) - left


def without_answer(rows: int, target: str) -> list[str]:
    """A warning where rows had to be left out because their answer is not known."""
    if not rows:
        return []
    return [f"{rows:,} rows have no value in {target}: nothing can be learned from them."]


def one_spelling(
    given: Mapping[Split | None, Table], target: str
) -> tuple[dict[Split | None, Table], list[str]]:
    """Labels that say the same are written the same in all parts; also a warning where some did."""
    said = (cell for table in given.values() for cell in table.column(target))
    written = labels.spellings([cell for cell in said if cell is not None])
    kept: dict[Split | None, Table] = {}
    for split, table in given.items():
        at = table.names.index(target)
        rows = [(*row[:at], written[label_of(row[at])], *row[at + 1 :]) for row in table.rows]
        kept[split] = Table(table.names, rows)
    return kept, labels.told(written, target)


def check_classes(labels: Sequence[Cell], target: str, least_rows: int) -> list[str]:
    """Warnings about the classes; Problem where nothing can be learned."""
    counts = Counter(label_of(label) for label in labels)
    if len(counts) < 2:  # noqa: PLR2004 - telling apart takes two
        raise Problem(
            f"The column {target} has only one value, so there is nothing to tell apart.",
            "Name another column to predict, or send rows of the other kind as well; with this one"
            " alone, look for unusual rows or for groups of rows (clustering) instead.",
            field="target",
        )
    if len(labels) < least_rows:
        raise Problem(
            f"There are only {len(labels)} usable rows; at least {least_rows} are needed.",
            "Send more rows.",
        )
    if counts.most_common(1)[0][1] == 1 or len(counts) > len(labels) / 2:
        raise Problem(
            f"The column {target} has nearly as many values as rows, so it is no class.",
            "Name another column to predict.",
            field="target",
        )
    return _class_warnings(counts, target)


def more_held_out(config: BundleConfig) -> Mapping[Split, float]:
    """For few rows, whose models cross-validate inside: a fifth to test on instead of a tenth.

    Parts that somebody chose stay as they are.
    """
    if config.split_chosen:
        return config.split
    return {"train": 1 - MORE - USUAL, "validation": USUAL, "test": MORE}


def write_parts(
    out: Path,
    parts: Parts,
    seed: int,
    *,
    repeats: int = 0,
    steps: Sequence[str] = (),
    warnings: Sequence[str] = (),
    left_out: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write fit/, heldout/ and prepared.json; Problem when a part has no row to learn from."""
    if len(parts.test) and not len(parts.train):
        raise Problem("All rows are held out; there is none to learn from.", "Name train=FILE too.")
    if not len(parts.train) or not len(parts.test):
        raise Problem("There are too few rows for a training and a test part.", "Send more rows.")
    for part in ("train", "validation"):
        save_table(parts.tables[part], out / "fit" / f"{part}.jsonl")
    save_table(parts.test, out / "heldout" / "test.jsonl")
    told = {
        "rows": {part: len(table) for part, table in parts.tables.items()},
        "duplicates_removed": repeats + parts.dropped,
        "strategy": parts.strategy,
        "steps": list(steps),
        "seed": seed,
        "warnings": list(warnings),
        "left_out": dict(left_out),
    }
    (out / "prepared.json").write_text(json.dumps(told, indent=1), "utf-8")
    say("prepare", f"{len(parts.train)} rows to learn from, {len(parts.test)} held out", done=1)


def _class_warnings(counts: Counter[str], target: str) -> list[str]:
    told = []
    rare = sum(times < FEW_OF_A_CLASS for times in counts.values())
    if rare:
        told.append(
            f"{rare} of {len(counts)} classes in {target} have fewer than {FEW_OF_A_CLASS} rows;"
            " they can hardly be learned."
        )
    most, least = counts.most_common()[0][1], counts.most_common()[-1][1]
    if most > 20 * least:
        told.append(f"The classes in {target} differ much in size, {most} rows against {least}.")
    return told
