"""Keep rows up to a limit of memory: an even sample of them all, the same one each time."""

import sys
from collections.abc import Sequence
from typing import Generic, TypeVar

from tables import Cell, Row

Known = dict[Cell, Cell]
Item = TypeVar("Item")
BUDGET = 400 << 20  # bytes of rows in memory; what works on them needs about as much again
_SHARED = 1 << 18  # different texts of which one copy serves all rows
_POINTER = 8
_TUPLE = 56


def shared(cells: Sequence[Cell], known: Known) -> tuple[Row, int]:
    """The cells with repeated texts kept once, and the memory that they add."""
    row = tuple(map(known.get, cells, cells))
    size = _TUPLE + _POINTER * len(row)
    for cell in row:
        if cell is not None and cell not in known:
            size += sys.getsizeof(cell)
            if len(known) < _SHARED:
                known[cell] = cell
    return row, size


def step_for(rows: Sequence[Sequence[str]], share: float, budget: int) -> int:
    """A power of two that is surely not too large, where `rows` are that share of all.

    To start with it saves keeping rows that will not stay.
    """
    size = sum(sys.getsizeof(cell) + _POINTER for row in rows for cell in row)
    step = 1
    while size / share > 4 * step * budget:
        step *= 2
    return step


class Sample(Generic[Item]):
    """Items in their order; one out of every `step` once all would need more than the budget."""

    def __init__(self, budget: int = BUDGET, step: int = 1) -> None:
        self.items: list[Item] = []
        self.seen = 0
        self.step = step
        self._budget = budget
        self._size = 0
        self._next = _place(0, step)

    @property
    def complete(self) -> bool:
        """Whether every item seen was kept."""
        return self.step == 1

    def skip(self, count: int) -> int:
        """How many of the next items are not wanted, up to `count`; they count as seen."""
        skipped = min(count, self._next - self.seen)
        self.seen += skipped
        return skipped

    def add(self, item: Item, size: int) -> None:
        """Keep the item that is wanted next; `size` in bytes."""
        self.items.append(item)
        self.seen += 1
        self._size += size
        if self._size > self._budget:
            self._thin()
        self._next = _place(len(self.items), self.step)

    def _thin(self) -> None:
        """Of every two kept items one stays; which one is random, but always the same."""
        self.step *= 2
        count = len(self.items)
        pairs = range((count + 1) // 2)
        places = [2 * pair + _side(pair, self.step) for pair in pairs]
        self._size //= 2
        self.items = [self.items[place] for place in places if place < count]


def _place(block: int, step: int) -> int:
    """Where in the file the item stands that is kept of a block of `step` items."""
    while step > 1:
        block = 2 * block + _side(block, step)
        step //= 2
    return block


def _side(block: int, step: int) -> int:
    mixed = (block * 0x9E3779B97F4A7C15 + step * 0xC2B2AE3D27D4EB4F) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 31)) * 0xD6E8FEB86659FD93) & 0xFFFFFFFFFFFFFFFF
    return (mixed >> 40) & 1
