"""Reasons to doubt a very good score: columns that give the answer away, left in on purpose."""

from collections.abc import Sequence
from typing import Self

from config import BundleConfig
from inputs import inputs_of
from leaks import near_copies
from tables import Table


class Alarm(str):
    """A sentence of doubt that remembers the column it is about."""

    __slots__ = ("column",)

    column: str

    def __new__(cls, sentence: str, column: str) -> Self:
        """The sentence, with its column."""
        alarm = super().__new__(cls, sentence)
        alarm.column = column
        return alarm


def copies(config: BundleConfig, fit: Table, heldout: Table) -> tuple[Alarm, ...]:
    """A sentence for each column the model reads that says nearly what the answer says."""
    del heldout  # the rows learned from show it
    target = config.column("target")
    return told(tuple(near_copies(fit, inputs_of(config), target, config.kinds, config.seed)))


def told(columns: Sequence[str]) -> tuple[Alarm, ...]:
    """A sentence for each telling column."""
    return tuple(
        Alarm(
            f"The column {name} alone nearly gives the answer away: make sure that it is known"
            " before the answer is, or leave it out.",
            name,
        )
        for name in columns
    )


def columns_of(alarms: Sequence[str]) -> list[str]:
    """The columns that alarms are about."""
    return [alarm.column for alarm in alarms if isinstance(alarm, Alarm)]
