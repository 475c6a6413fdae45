"""Whose turn it is: how much is worked on at once, and a fair order among people."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.agenda import Due


@dataclass(frozen=True, slots=True)
class Limits:
    """Jobs that a process drives at once, and those of one person in all processes together."""

    at_once: int = 8
    per_person: int = 3


def together(turns: Iterable[Due], most: int) -> Iterator[Sequence[Due]]:
    """What is handed out as one: up to `most` looks; anything else alone, to whoever is free."""
    looks = []
    for one in turns:
        if one.is_look:
            looks.append(one)
        else:
            yield (one,)
    for at in range(0, len(looks), most):
        yield looks[at : at + most]


def in_turn(due: Iterable[Due], under_way: Counter[str], limits: Limits) -> list[Due]:
    """Those with a free turn: everybody's first job before anybody's second.

    `under_way` counts by person what is driven already.
    """
    taken = Counter(under_way)
    turns = []
    for one in due:
        if taken[one.owner] < limits.per_person:
            turns.append(replace(one, rank=taken[one.owner]))
            taken[one.owner] += 1
    return sorted(turns, key=lambda one: one.rank)
