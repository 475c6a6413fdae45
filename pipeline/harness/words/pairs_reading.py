"""Cells as texts: talks of several turns become lines, a list in a target is several references.

A person's tables become rows of a source and its references, whatever the columns were called.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from absent import missing_of
from config import BundleConfig, Json, Split
from tables import Cell, Row, Table, is_missing
from texts_alike import same_text

SPEAKERS = ("speaker", "role", "from", "author", "name", "user", "sender")
SAYINGS = ("text", "content", "value", "message", "utterance", "body", "turn", "line")
_ENDING = re.compile(r"[\s_\-.]*\d{1,2}$")  # summary1, summary 2, reference_3


def text_of(cell: Cell) -> str:
    """A cell as a text; a list of turns is a line a turn, with who says it."""
    text = (cell or "").strip()
    if text[:1] not in "[{":
        return text
    try:
        told: Json = json.loads(text)
    except ValueError:
        return text
    found = "\n".join(line for line in _lines(told) if line.strip())
    return found if found and isinstance(told, list | dict) else text


def _lines(told: Json) -> Iterator[str]:
    match told:
        case None | bool():
            return
        case list():
            for one in told:
                yield from _lines(one)
        case dict():
            yield from _turn(told)
        case _:
            yield " ".join(str(told).split())


def _turn(told: Mapping[str, Json]) -> Iterator[str]:
    """Who says what; an object of another kind is all that it holds."""
    known = {name.lower(): value for name, value in told.items()}
    said = next((known[name] for name in SAYINGS if isinstance(known.get(name), str)), None)
    who = next((known[name] for name in SPEAKERS if isinstance(known.get(name), str)), None)
    if said is None:
        yield from (line for value in told.values() for line in _lines(value))
    else:
        words = " ".join(str(said).split())
        yield f"{who}: {words}" if who else words


def references_of(cell: Cell) -> list[str]:
    """All texts that a target cell holds: those of a JSON list, else the one that it is."""
    text = (cell or "").strip()
    if text.startswith("["):
        try:
            told = json.loads(text)
        except ValueError:
            told = None
        if isinstance(told, list) and all(isinstance(one, str) for one in told):
            return list(dict.fromkeys(one.strip() for one in told if one.strip()))
    return [text] if text else []


def cell_of(references: Sequence[str]) -> str:
    """The target cell of one reference or of several; `references_of` reads it back."""
    if len(references) == 1 and references_of(references[0]) == [references[0]]:
        return references[0]
    return json.dumps(list(references), ensure_ascii=False)


def truth_of(cell: Cell) -> Json:
    """What stands under __truth__: a text, or a list of several."""
    found: list[Json] = [*references_of(cell)]
    return found[0] if len(found) == 1 else found


def targets_of(names: Sequence[str], target: str) -> tuple[str, ...]:
    """The columns that hold references: the target, and those called like it with a number.

    A test file may have several where the training file has one.
    """
    bare = _ENDING.sub("", target).lower()
    numbered = [name for name in names if _ENDING.search(name)]
    like = [name for name in numbered if _ENDING.sub("", name).lower() == bare]
    return (target, *(name for name in like if name != target)) if target in names else tuple(like)


def pairs_of(config: BundleConfig, tables: Mapping[Split | None, Sequence[Table]]) -> "Read":
    """Source and references of every row that has both, by the part that its file was named."""
    source, target = config.column("source"), config.column("target")
    kept: dict[Split | None, Table] = {}
    lost, several = {"source": 0, "target": 0}, 0
    for split, those in tables.items():
        rows: list[Row] = []
        for table in those:
            targets = targets_of(table.names, target)
            if not targets or source not in table.names:
                lost["target" if source in table.names else "source"] += len(table)
                continue
            for cell, found in zip(table.column(source), _found(table, targets), strict=True):
                if text_of(cell) and found:
                    rows.append((cell, cell_of(found)))
                    several += len(found) > 1
                else:
                    lost["target" if text_of(cell) else "source"] += 1
        kept[split] = Table((source, target), rows)
    return Read(kept, lost["source"], lost["target"], several)


def _found(table: Table, targets: Sequence[str]) -> Iterator[list[str]]:
    """The references of each row, of all its columns of them."""
    columns = [table.column(name) for name in targets]
    absent = missing_of([cell for cells in columns for cell in cells])
    for cells in zip(*columns, strict=True):
        told = [
            one for cell in cells if not is_missing(cell, absent) for one in references_of(cell)
        ]
        yield list(dict.fromkeys(told))


class Read:
    """Usable pairs by part, and how many rows had no source, no target, several references."""

    def __init__(
        self, given: dict[Split | None, Table], sourceless: int, targetless: int, several: int
    ) -> None:
        self.given, self.several = given, several
        self.sourceless, self.targetless = sourceless, targetless

    def __len__(self) -> int:
        return sum(len(table) for table in self.given.values())


def merged(table: Table) -> tuple[Table, int]:
    """Rows of one source as one, with the references of all of them; also how many it took in."""
    at: dict[str, int] = {}
    rows: list[tuple[Cell, list[str]]] = []
    for source, target in table.rows:
        key = same_cell(source)
        place = at.setdefault(key, len(rows))
        if place == len(rows):
            rows.append((source, []))
        known = rows[place][1]
        known += [one for one in references_of(target) if one not in known]
    whole: list[Row] = [(source, cell_of(references)) for source, references in rows]
    return Table(table.names, whole), len(table) - len(whole)


def same_cell(cell: Cell) -> str:
    """Equal for cells whose texts differ only in case and spaces."""
    return same_text(text_of(cell))
