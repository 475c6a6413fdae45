"""The shared half of prepare.py for pictures: copied at a useful size, equal ones never apart."""

import random
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from config import BundleConfig, Split
from parts import count, some
from picture_files import FOLDER, Kept, keep
from picture_pixels import KEPT
from preparing import more_held_out, write_parts
from progress import Problem, say
from splits import Parts, drop_repeats, split_tables
from tables import Cell, Table, label_of

FEW_PICTURES = 1_000  # below this a tenth of them is too few to measure on
MOST_LEARNED = 20_000  # no budget here reads more of them
MOST_HELD_OUT = 2_000  # answering more takes longer than it tells
FEW = 0.05  # of the pictures may be stand-ins; more of them are what it is about
DRAFT = "draft"
_STAND_IN = re.compile(
    r"not[\s_-]?found|(?<![a-z])no[\s_-]?(?:image|photo|picture)"  # not the end of a word: "piano"
    r"|placeholder|(?:not[\s_-]?|un)available"
)

Given = dict[Split | None, Table]


def write_pictures(
    config: BundleConfig,
    given: Given,
    files: Path,
    out: Path,
    *,
    label: Callable[[Cell], Cell],
    spread: str,
    warnings: Sequence[str],
) -> None:
    """Copy, split and write. `label` is what to spread evenly of a target, `spread` says so."""
    given, stand_ins = _without_stand_ins(_narrow(given, config))
    given, steps = _measured_on(given)
    given, fewer = _fewer(given, config)
    names = [
        cell or "" for table in given.values() for cell in table.column(config.column("image"))
    ]
    say("prepare", f"copying {count(len(set(names)), 'picture')}")
    bad: list[str] = []
    kept = keep(names, files, out / DRAFT, KEPT, bad=bad)
    parts, repeats = _parts(_copied(given, kept), config, label, spread)
    move_copies(parts, out)
    told = [*warnings, *stand_ins, *fewer, *_unreadable(bad)]
    write_parts(out, parts, config.seed, repeats=repeats, steps=steps, warnings=told)


def move_copies(parts: Parts, out: Path) -> None:
    """Each picture into the folder of its part; copies that no part uses go with the draft.

    A picture that is named twice, with two answers, is there once.
    """
    for part, table in parts.tables.items():
        folder = out / ("heldout" if part == "test" else "fit")
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        for path in dict.fromkeys(filter(None, table.column(table.names[0]))):
            (out / DRAFT / path).rename(folder / path)
    shutil.rmtree(out / DRAFT)


def _narrow(given: Mapping[Split | None, Table], config: BundleConfig) -> Given:
    """The picture and its answer alone; Problem where the data has no such columns."""
    names = (config.column("image"), config.column("target"))
    there = next(iter(given.values())).names
    lacking = [name for name in names if name not in there]
    if lacking:
        raise Problem(
            f"The data lacks {', '.join(lacking)}.",
            f"Its columns are {', '.join(there[:10])}: name the picture and the answer.",
        )
    return {split: table.select(names) for split, table in given.items()}


def _without_stand_ins(given: Given) -> tuple[Given, list[str]]:
    """Leave out pictures that by their name stand for one that was not there."""
    names = [row[0] or "" for table in given.values() for row in table.rows]
    found = {name for name in names if _STAND_IN.search(PurePosixPath(name).stem.lower())}
    if not found or len(found) > max(1.0, FEW * len(names)):
        return given, []
    kept = {
        split: Table(table.names, [row for row in table.rows if row[0] not in found])
        for split, table in given.items()
    }
    told = f"Left out {count(len(found), 'picture')} whose name says that there is none"
    return kept, [f"{told} ({some(sorted(found))})."]


def _measured_on(given: Given) -> tuple[Given, list[str]]:
    """A part to validate on is the one to measure on where no other part is to be tested on."""
    if "validation" not in given or "test" in given or set(given) == {"validation"}:
        return given, []
    renamed: Given = {"test" if split == "validation" else split: t for split, t in given.items()}
    return renamed, ["the validation part as given is what the model is measured on"]


def _fewer(given: Given, config: BundleConfig) -> tuple[Given, list[str]]:
    """At most as many pictures as can be learned from and measured on; also what was left out."""
    kept, told = {}, []
    for split, table in given.items():
        most = MOST_HELD_OUT if split == "test" else MOST_LEARNED
        kept[split] = table
        if len(table) > most:
            drawn = random.Random(config.seed).sample(range(len(table)), most)  # noqa: S311
            kept[split] = table.take(sorted(drawn))
            held = "held-out pictures" if split == "test" else "pictures"
            told.append(f"Of {len(table):,} {held} {most:,} are used, drawn at random.")
    return kept, told


def _parts(
    tables: Given, config: BundleConfig, label: Callable[[Cell], Cell], spread: str
) -> tuple[Parts, int]:
    """The three parts, and how many repeated pictures were left out of those to learn from."""
    repeats = 0
    for split, table in tables.items():
        if split != "test":  # a test part is measured on as it was given
            tables[split], more = drop_repeats(table, lambda row: (row[2], label_of(row[1])))
            repeats += more
    few = sum(map(len, tables.values())) < FEW_PICTURES
    parts = split_tables(
        tables,
        more_held_out(config) if few else config.split,
        config.seed,
        keys=[lambda row: row[2]],
        label=lambda row: label(row[1]),
        told=(spread, "equal pictures kept together"),
    )
    cut = {part: table.select(table.names[:2]) for part, table in parts.tables.items()}
    return Parts(**cut, strategy=parts.strategy, dropped=parts.dropped), repeats


def _copied(given: Given, kept: Mapping[str, Kept]) -> Given:
    """The copy of each picture that could be read, its answer, and what equal pixels share."""
    return {
        split: Table(
            (*table.names, "same"),
            [
                (kept[row[0]].path, row[1], kept[row[0]].same)
                for row in table.rows
                if row[0] is not None and row[0] in kept
            ],
        )
        for split, table in given.items()
    }


def _unreadable(bad: Sequence[str]) -> list[str]:
    if not bad:
        return []
    return [f"Left out {count(len(bad), 'picture')} that cannot be decoded ({some(bad)})."]
