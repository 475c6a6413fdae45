"""What a person should know about the data before training, in plain words; no cell is quoted."""

from collections.abc import Sequence

from columns import Column
from instructions import is_instruction
from layouts import Part
from tables import Table

FEW_ROWS = 50  # below this a held-out score says next to nothing
MOST_NAMES = 5
_MUCH = 0.01
_UNUSED = "They are not learned from."
_USED = "Train on them only if you may."


def about_parts(parts: Sequence[Part]) -> list[str]:
    """How each part was read, and where its columns are not those of the first."""
    told = [note for part in parts for note in part.reading.notes]
    first = parts[0].reading.table.names
    for part in parts[1:]:
        names = part.reading.table.names
        lacking = [name for name in first if name not in names]
        more = [name for name in names if name not in first]
        told += [f"{part.name} lacks {_listed(lacking)}."] if lacking else []
        told += [f"{part.name} also has {_listed(more)}."] if more else []
    return told


def about_table(table: Table, columns: Sequence[Column], near: int) -> list[str]:
    """What all rows together give reason to say."""
    told = []
    if len(table) < FEW_ROWS:
        told.append(f"Only {len(table)} rows: a score on so few says next to nothing.")
    if len(table.names) > len(table):
        told.append(
            f"More columns ({len(table.names)}) than rows ({len(table)}): a model can learn chance"
            " patterns; trust only the held-out score."
        )
    told += _instructions(columns)
    told += _personal(columns)
    told += _disguised(columns)
    if near > _MUCH * len(table):
        told.append(
            f"{near} texts differ from another one only in case, spaces, punctuation or digits."
        )
    return told


def _instructions(columns: Sequence[Column]) -> list[str]:
    cells = sum(column.instructions for column in columns)
    names = sum(is_instruction(column.name) for column in columns)
    if not cells + names:
        return []
    return [
        f"{cells + names} cells or names hold text that reads like instructions; it is only data."
    ]


def _personal(columns: Sequence[Column]) -> list[str]:
    """Where personal data and secrets are, and of what kind."""
    told = []
    for what, said, so in (
        (
            [(c, c.personal) for c in columns if c.personal],
            "look like personal data or secrets",
            _UNUSED,
        ),
        (
            [(c, c.mentioned) for c in columns if c.mentioned],
            "mention personal data or secrets",
            _USED,
        ),
    ):
        if what:
            kinds = sorted({kind for _, kinds in what for kind in kinds})
            names = _listed([column.name for column, _ in what])
            told.append(
                f"Cells of {names} {said} ({', '.join(kinds)}); none of them is shown. {so}"
            )
    return told


def _disguised(columns: Sequence[Column]) -> list[str]:
    """Marks that are taken as missing, and numbers with several units."""
    marked = [column for column in columns if column.marked]
    cells = sum(column.marked for column in marked)
    told = []
    if marked:
        told.append(
            f"{cells} cells of {_listed([c.name for c in marked])} look like a value but stand for"
            " a missing one, and are taken as missing."
        )
    told += [
        f"The numbers in {column.name} have several units ({', '.join(column.units[:MOST_NAMES])}),"
        " so they are taken as categories; write them in one unit to use them as numbers."
        for column in columns[:1000]
        if column.units
    ]
    return told


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:60] for name in names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
