"""Values that are known by heart: thousands of them are found in one walk over a text."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from adapters.disguises import SHORTEST


class KnownValues:
    """Texts of at least eight characters, by their first eight and then by their length."""

    def __init__(self) -> None:
        self._by_front: dict[str, dict[int, dict[str, str]]] = {}

    def add(self, values: Iterable[str], kind: str) -> None:
        """Know these from now on."""
        for value in values:
            lengths = self._by_front.setdefault(value[:SHORTEST], defaultdict(dict))
            lengths[len(value)][value] = kind

    def found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and kind of every known value in a text; some may overlap."""
        fronts = self._by_front
        if not fronts:
            return
        for start in range(len(text) - SHORTEST + 1):
            front = text[start : start + SHORTEST]
            if front in fronts:
                yield from self._from(text, start, fronts[front])

    def _from(
        self, text: str, start: int, lengths: dict[int, dict[str, str]]
    ) -> Iterator[tuple[int, int, str]]:
        for length, values in tuple(lengths.items()):
            kind = values.get(text[start : start + length])
            if kind is not None:
                yield start, start + length, kind
