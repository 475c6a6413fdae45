"""The data of a figure as it lies in figures.json, checked where it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Never, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from config import Json

Floats: TypeAlias = npt.NDArray[np.float64]


class Unfit(ValueError):
    """Something in a figure is missing, or is not what it should be."""


@dataclass(frozen=True, slots=True)
class Told:
    """An object of figures.json. Every reader raises Unfit, with the key, for a wrong entry."""

    entries: Mapping[str, Json]

    def has(self, key: str) -> bool:
        """Whether there is something under a key."""
        return self.entries.get(key) is not None

    def text(self, key: str) -> str:
        """A text."""
        value = self.entries.get(key)
        if not isinstance(value, str):
            raise Unfit(f"{key} is no text")
        return value

    def number(self, key: str) -> float:
        """A number, nan where it is null."""
        return _number(key, self.entries.get(key))

    def count(self, key: str) -> int:
        """A whole number."""
        value = self.number(key)
        if value != int(value):
            raise Unfit(f"{key} is no whole number")
        return int(value)

    def texts(self, key: str) -> list[str]:
        """A list of texts."""
        return [value if isinstance(value, str) else _never(key) for value in self.every(key)]

    def numbers(self, key: str) -> Floats:
        """A list of numbers, nan where they are null."""
        return np.array([_number(key, value) for value in self.every(key)], np.float64)

    def table(self, key: str) -> Floats:
        """A list of lists of numbers, all of one length."""
        rows = [row if isinstance(row, list) else _never(key) for row in self.every(key)]
        if len({len(row) for row in rows}) > 1:
            raise Unfit(f"{key} has rows of different lengths")
        return np.array([[_number(key, cell) for cell in row] for row in rows], np.float64)

    def every(self, key: str) -> list[Json]:
        """A list of anything."""
        value = self.entries.get(key)
        if not isinstance(value, list):
            raise Unfit(f"{key} is no list")
        return value

    def part(self, key: str) -> Self:
        """An object inside."""
        value = self.entries.get(key)
        return type(self)(value) if isinstance(value, dict) else _never(key)

    def parts(self, key: str) -> list[Self]:
        """A list of objects inside."""
        return [
            type(self)(one) if isinstance(one, dict) else _never(key) for one in self.every(key)
        ]


def _number(key: str, value: Json) -> float:
    if value is None:
        return float("nan")
    return float(value) if isinstance(value, int | float) else _never(key)


def _never(key: str) -> Never:
    raise Unfit(f"{key} holds something else")
