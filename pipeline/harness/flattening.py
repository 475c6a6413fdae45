"""Objects of JSON as rows of a table: one inside another is spread over columns named a.b."""

import json
from collections import Counter
from collections.abc import Callable, Sequence

from config import Json
from gathering import MOST_COLUMNS, Asked, Gathered, check_width
from headers import clean_names, originals
from sampling import Known, Sample, shared
from tables import Cell, Row, Table

Object = dict[str, Json]
Keys = tuple[str, ...]
_FEW_KEYS = 500
_ITEM = 80


class ObjectRows:
    """Objects as they come in: their keys, which most share, and their cells apart."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._sample: Sample[tuple[int, Keys, Row]] = Sample(asked.budget)
        self._known: Known = {}
        self._layouts: dict[Keys, Keys] = {}

    @property
    def seen(self) -> int:
        """How many objects came in."""
        return self._sample.seen

    def add(self, number: int, row: Object) -> None:
        """Take the object of that line or place."""
        if self._sample.skip(1):
            return
        flat = flattened(row)
        check_width(len(flat), self._asked.name)
        keys = tuple(flat)
        cells, size = shared(list(flat.values()), self._known)
        self._sample.add((number, self._layouts.setdefault(keys, keys), cells), size + _ITEM)

    def strange(self) -> list[int]:
        """Numbers of the objects that share no key with most of the others; they are left out."""
        items = self._sample.items
        counts = Counter(key for _, keys, _ in items for key in keys)
        common = {key for key, times in counts.items() if times > len(items) / 2}
        odd = {keys for keys in self._layouts if common and not common & set(keys)}
        numbers = [number for number, keys, _ in items if keys in odd]
        self._sample.items = [item for item in items if item[1] not in odd] if odd else items
        return numbers

    def gathered(self) -> Gathered:
        """The table."""
        items = self._sample.items
        used = dict.fromkeys(keys for _, keys, _ in items)
        every = list(dict.fromkeys(key for keys in used for key in keys))
        check_width(len(every), self._asked.name)
        place = {keys: _arranged(keys, every) for keys in used}
        rows = [place[keys](cells) for _, keys, cells in items]
        names, notes = clean_names(every)
        total = None if self._sample.complete else self._sample.seen
        table = Table(names, rows)
        return Gathered(table, notes=notes, total=total, originals=originals(every, names))


def from_objects(objects: Sequence[Object], asked: Asked) -> Gathered:
    """A table of objects that are all there."""
    plain = dict.fromkeys(key for row in objects for key in row)
    check_width(len(plain), asked.name)
    inner = {
        f"{key}.{name}"
        for row in objects
        for key, value in row.items()
        if isinstance(value, dict)
        for name in value
    }
    # Where keys are values, such as names of files, and not names of columns, objects stay whole.
    whole = len(inner) > max(_FEW_KEYS, 10 * len(plain)) or len(inner) > MOST_COLUMNS
    rows = ObjectRows(asked)
    for number, row in enumerate(objects, start=1):
        rows.add(number, {key: cell_of(value) for key, value in row.items()} if whole else row)
    return rows.gathered()


def flattened(row: Object) -> dict[str, Cell]:
    """Objects inside an object as keys with dots; lists and empty objects stay."""
    flat: dict[str, Cell] = {}
    for key, value in row.items():
        if isinstance(value, dict) and value:
            inner = {f"{key}.{name}": cell for name, cell in flattened(value).items()}
        else:
            inner = {key: cell_of(value)}
        for name, cell in inner.items():
            free = name
            while free in flat:
                free += "_2"
            flat[free] = cell
    return flat


def cell_of(value: Json) -> Cell:
    """Texts as they are but for halves of signs, null as None, anything else as its JSON."""
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _arranged(keys: Keys, every: Sequence[str]) -> Callable[[Row], Row]:
    """Cells in the order of all keys."""
    if list(keys) == every:
        return lambda cells: cells
    at = {key: place for place, key in enumerate(keys)}
    places = [at.get(key) for key in every]
    return lambda cells: tuple(None if place is None else cells[place] for place in places)
