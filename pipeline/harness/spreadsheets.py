"""Cells that are safe to open in a spreadsheet: what it would run gets an apostrophe before it.

Numbers and telephone numbers stay as they are, although they may start with a sign.
"""

import re

from measures import is_number

_WIDE = ("\uff1d", "\uff0b", "\uff0d", "\uff20")  # the same signs as wide as a Chinese one
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", *_WIDE)
_PHONE = re.compile(r"\+\d[\d ()./-]*\d|[-+]")


def harmless(cell: object) -> object:
    """The cell itself, or a text with an apostrophe before what a spreadsheet would run."""
    if not isinstance(cell, str) or not cell.startswith(_STARTS):
        return cell
    plain = is_number(cell.strip()) or _PHONE.fullmatch(cell.strip())
    return cell if plain and cell[0] in "+-" else f"'{cell}"
