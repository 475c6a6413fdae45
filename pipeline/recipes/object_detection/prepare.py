"""Cut pictures with boxes into fit and held-out ones, no picture in both, and copy them.

    python prepare.py --config config.json --data DIR --files DIR --out PREPARED

Pictures of the same pixels stay together. The copies are no larger than a model looks at, and the
boxes are scaled with them.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from box_forms import Boxes
from box_rows import BOXES, about_classes, by_picture, rarest_label
from config import BundleConfig, Split
from parts import count, some
from picture_files import Kept, is_turned, keep
from picture_parts import DRAFT, FEW_PICTURES, move_copies
from preparing import arguments_with_files, more_held_out, read_given, write_parts
from progress import Problem, run, say
from splits import Parts, drop_repeats, split_tables
from tables import Row, Table

LEAST_PICTURES = 10  # with boxes: fewer cannot be cut into parts that mean anything
MOST_LEARNED = 5_000  # no budget here reads more of them often enough
MOST_HELD_OUT = 500  # answering more takes longer than it tells
LONGEST = 800  # pixels of the longer side: models look at 640
NO_BOXES = "[]"

Given = dict[Split | None, dict[str, Boxes]]


def main() -> None:
    """Read, copy, split, write."""
    config, data, out, files = arguments_with_files()
    given, warnings = by_picture(read_given(config, data), config)
    _check(given)
    warnings += about_classes(given, config.column("target"))
    given, fewer = _fewer(given, config)
    turned = _turned(given, files)
    given = _without(given, turned)
    names = [name for part in given.values() for name in part]
    say("prepare", f"copying {count(len(names), 'picture')}")
    longest = max(LONGEST, config.setting("image_size", 0))
    bad: list[str] = []
    kept = keep(names, files, out / DRAFT, longest, bad=bad)
    given = _without(given, bad)
    _check(given, _about(turned))
    tables, lost = _tables(given, kept, config)
    parts, repeats = _parts(tables, config)
    _check_parts(parts)
    move_copies(parts, out)
    unreadable = f"{count(len(bad), 'picture')} that cannot be read left out ({some(bad)})."
    warnings += [*fewer, *_about(turned), *([unreadable] if bad else []), *lost]
    steps = _steps(given)
    write_parts(out, parts, config.seed, repeats=repeats, steps=steps, warnings=warnings)


def _check(given: Given, why: Sequence[str] = ()) -> None:
    """Problem where there are too few pictures to learn anything from; `why` says more of it."""
    marked = sum(len(boxes) > 0 for part in given.values() for boxes in part.values())
    if marked < LEAST_PICTURES:
        only = f"There are only {marked}" if marked else "There are no"
        raise Problem(
            f"{only} pictures with boxes; at least {LEAST_PICTURES} are needed.",
            " ".join([*why, "Send more pictures with their boxes."]),
        )


def _fewer(given: Given, config: BundleConfig) -> tuple[Given, list[str]]:
    """At most as many pictures as can be learned from and measured on; also what was left out."""
    kept, told = {}, []
    for split, pictures in given.items():
        most = MOST_HELD_OUT if split == "test" else MOST_LEARNED
        kept[split] = _some(pictures, most, config.seed)
        left = len(pictures) - len(kept[split])
        if left:
            held = "held-out pictures" if split == "test" else "pictures"
            told.append(f"Of {len(pictures):,} {held} {most:,} are used, drawn at random.")
    return kept, told


def _some(pictures: dict[str, Boxes], most: int, seed: int) -> dict[str, Boxes]:
    if len(pictures) <= most:
        return pictures
    drawn = set(random.Random(seed).sample(sorted(pictures), most))  # noqa: S311 - no secret
    return {name: boxes for name, boxes in pictures.items() if name in drawn}


def _turned(given: Given, files: Path) -> set[str]:
    """Pictures whose boxes may have been marked before or after they were turned: nothing tells."""
    return {
        name
        for pictures in given.values()
        for name, boxes in pictures.items()
        if len(boxes) and is_turned(files / name)
    }


def _about(turned: Collection[str]) -> list[str]:
    if not turned:
        return []
    told = f"{count(len(turned), 'picture')} with boxes left out ({some(turned)})"
    doubt = "a camera noted to turn them, and nothing says if their boxes are of before or after"
    return [f"{told}: {doubt}. Save them upright."]


def _without(given: Given, bad: Collection[str]) -> Given:
    return {
        split: {name: boxes for name, boxes in pictures.items() if name not in bad}
        for split, pictures in given.items()
    }


def _tables(
    given: Given, kept: Mapping[str, Kept], config: BundleConfig
) -> tuple[dict[Split | None, Table], list[str]]:
    """A row a picture: its copy, boxes on that, its pixels' digest and its rarest label."""
    counts = Counter(
        label for part in given.values() for boxes in part.values() for label in boxes.labels
    )
    names = (config.column("image"), BOXES, "same", "rarest")
    tables: dict[Split | None, Table] = {}
    lost = 0
    for split, pictures in given.items():
        rows: list[Row] = []
        for name, boxes in pictures.items():
            copy = kept[name]
            scaled = _on_copy(boxes, copy)
            lost += len(boxes) - len(scaled)
            told = json.dumps(scaled.marked())
            rows.append((copy.path, told, copy.same, rarest_label(scaled, counts)))
        tables[split] = Table(names, rows)
    return tables, [f"{count(lost, 'box')} outside of the picture left out."] if lost else []


def _on_copy(boxes: Boxes, copy: Kept) -> Boxes:
    across, down = (after / before for after, before in zip(copy.after, copy.before, strict=True))
    return boxes.scaled(across, down).inside(*copy.after)


def _parts(tables: dict[Split | None, Table], config: BundleConfig) -> tuple[Parts, int]:
    """The three parts, and how many repeated pictures were left out of those to learn from."""
    repeats = 0
    for split, table in tables.items():
        if split != "test":  # a test part is measured on as it was given
            tables[split], more = drop_repeats(table, lambda row: row[2])
            repeats += more
    pictures = sum(len(table) for table in tables.values())
    parts = split_tables(
        tables,
        more_held_out(config) if pictures < FEW_PICTURES else config.split,
        config.seed,
        keys=[lambda row: row[2]],
        label=lambda row: row[3],
        told=("every label spread over the parts", "equal pictures kept together"),
    )
    used = (config.column("image"), BOXES)
    cut = {part: table.select(used) for part, table in parts.tables.items()}
    return Parts(**cut, strategy=parts.strategy, dropped=parts.dropped), repeats


def _check_parts(parts: Parts) -> None:
    """Problem where a part as given has no boxes: nothing can be learned, or measured."""
    for name, table in (("train", parts.train), ("test", parts.test)):
        if len(table) and all(cell == NO_BOXES for cell in table.column(BOXES)):
            raise Problem(
                f"No picture of the {name} part has a box.",
                "Send the boxes of that part too, or all pictures together: they are then split.",
            )


def _steps(given: Given) -> list[str]:
    pictures = [boxes for part in given.values() for boxes in part.values()]
    boxes, bare = sum(map(len, pictures)), sum(not len(one) for one in pictures)
    told = [f"{count(boxes, 'box')} on {count(len(pictures), 'picture')}"]
    if bare:
        told.append(f"{count(bare, 'picture')} without boxes kept: they show what is none")
    return told


if __name__ == "__main__":
    run(main)
