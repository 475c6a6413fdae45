"""What a set of files becomes: parts, each a table, and what was found on the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from config import Split
from reading import Reading
from tables import Row, Table

Layout = Literal["table", "images", "boxes", "tagged", "pairs", "text"]
SHOWN = 5  # names in one sentence


@dataclass(frozen=True, slots=True)
class Source:
    """A file or folder that was given: `name` is its path below the data folder."""

    path: Path
    name: str
    split: Split | None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the data as a table."""

    name: str
    split: Split | None
    reading: Reading
    layout: Layout


@dataclass(frozen=True, slots=True)
class Found:
    """Parts, the names of the files that they came from, and notes for the person."""

    parts: tuple[Part, ...]
    used: frozenset[str]
    notes: tuple[str, ...] = field(default=())


def made(
    names: Sequence[str],
    rows: Iterable[Row],
    form: str,
    *,
    encoding: str = "utf-8",
    notes: Sequence[str] = (),
    total: int | None = None,
) -> Reading:
    """A table that was put together from files which are none."""
    table = Table(tuple(names), list(rows))
    return Reading(table, form, encoding, notes=tuple(notes), total=total)


def some(names: Iterable[str]) -> str:
    """At most five names, and how many more there are."""
    every = sorted(names)
    shown = ", ".join(every[:SHOWN])
    return f"{shown} and {len(every) - SHOWN} more" if len(every) > SHOWN else shown


def count(number: int, what: str) -> str:
    """A number and its noun: 1 picture, 2 pictures."""
    plural = (
        f"{what[:-1]}ies" if what.endswith("y") else f"{what}es" if what[-1] in "xs" else f"{what}s"
    )
    return f"{number} {what if number == 1 else plural}"
