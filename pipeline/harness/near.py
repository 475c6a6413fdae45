"""Texts that are the same but for case, spaces, punctuation and digits."""

import re
from collections.abc import Iterator, Sequence

from columns import Column
from tables import Table

_NOISE = re.compile(r"[\W\d_]+")


def near_duplicates(table: Table, columns: Sequence[Column]) -> int:
    """How many different texts are another one written a little differently."""
    places = [at for at, column in enumerate(columns) if column.kind == "text"]
    if not places:
        return 0
    exact: set[int] = set()
    plain: set[int] = set()
    for text in _texts(table, places):
        whole = hash(text)
        if whole not in exact:
            exact.add(whole)
            plain.add(hash(_NOISE.sub(" ", text.casefold()).strip() or text))
    return len(exact) - len(plain)


def _texts(table: Table, places: Sequence[int]) -> Iterator[str]:
    for row in table.rows:
        text = "\n".join(row[at] or "" for at in places)
        if text.strip():
            yield text
