"""What every maker of made-up data needs: seeded chance, gaps, and file writers."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

Row = Sequence[object]


def chance(seed: int) -> Random:
    """A generator that gives the same numbers on every machine."""
    return Random(seed)  # noqa: S311 - made-up data keeps no secret


def gap(rng: Random, value: object, share: float = 0.04, mark: str = "") -> object:
    """The value, or now and then the mark for a missing one."""
    return mark if rng.random() < share else value


def between(rng: Random, low: float, high: float, digits: int = 1) -> float:
    """A rounded number from a range."""
    return round(rng.uniform(low, high), digits)


def around(rng: Random, middle: float, spread: float, digits: int = 1) -> float:
    """A rounded number near a middle, never below zero."""
    return round(max(0.0, rng.gauss(middle, spread)), digits)


def table(path: Path, header: Sequence[str], rows: Iterable[Row], comma: str = ",") -> None:
    """Write a delimited file; an empty header writes none."""
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, delimiter=comma, lineterminator="\n")
        if header:
            writer.writerow(header)
        writer.writerows(rows)


def json_lines(path: Path, records: Iterable[object]) -> None:
    """Write one JSON value a line."""
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def fill(rng: Random, template: str, slots: Mapping[str, Sequence[str]]) -> str:
    """A template with every slot filled by one of its words."""
    return template.format(**{name: rng.choice(words) for name, words in slots.items()})
