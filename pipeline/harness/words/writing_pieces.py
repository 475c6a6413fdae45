"""Cuts texts into pieces: samples as they are, or running text into blocks of whole lines."""

from collections.abc import Iterator, Mapping, Sequence

from config import Split
from tables import Table

LONGEST_PIECE = 20_000  # characters; longer samples are cut, so that each is measured in full
BLOCKS = 150  # of the held-out text, if they do not get too short: they carry the interval
SHORTEST_BLOCK, LONGEST_BLOCK = 200, 1_000
LONGEST_BEGINNING = 200
NEAR = 30  # characters in which a beginning is cut back to the end of a word


def running(table: Table, column: str) -> str:
    """The lines as one text again."""
    lines = ((cell or "").rstrip("\r\n") for cell in table.column(column))
    return "".join(f"{line}\n" for line in lines)


def block_size(characters: int, share: float) -> int:
    """How long blocks are, so that enough of them are held out."""
    return max(SHORTEST_BLOCK, min(LONGEST_BLOCK, int(characters * share / BLOCKS)))


def blocks(text: str, size: int) -> Iterator[str]:
    """The text in blocks of whole lines, each at least so long; together they are the text."""
    block = ""
    for line in text.splitlines(keepends=True):
        for some in cut(line, 2 * size):
            block += some
            if len(block) >= size:
                yield block
                block = ""
    if block:
        yield block


def cut(text: str, most: int) -> Iterator[str]:
    """The text in parts of at most so many characters, cut at line ends or spaces if there are."""
    while len(text) > most:
        at = max(text.rfind("\n", most // 2, most), text.rfind(" ", most // 2, most)) + 1 or most
        yield text[:at]
        text = text[at:]
    if text:
        yield text


def in_turn(pieces: Sequence[str], shares: Mapping[Split, float]) -> dict[Split, list[str]]:
    """The last pieces for the test part, those before them for validation."""
    total = sum(map(len, pieces))
    limits = (1 - shares["test"] - shares["validation"], 1 - shares["test"])
    parts: dict[Split, list[str]] = {"train": [], "validation": [], "test": []}
    so_far = 0
    for piece in pieces:
        middle = (so_far + len(piece) / 2) / total
        part: Split = (
            "train" if middle < limits[0] else "test" if middle >= limits[1] else "validation"
        )
        parts[part].append(piece)
        so_far += len(piece)
    return parts


def beginning_of(text: str) -> str:
    """The first half of a text, not too long, up to the end of a word."""
    at = min(LONGEST_BEGINNING, len(text) // 2)
    found = max(text.rfind(one, max(at - NEAR, 1), at) for one in (" ", "\n"))
    return text[: found if found > 0 and at < len(text) else at]


def texts_in(table: Table, column: str) -> list[str]:
    """The pieces of a part."""
    return [cell for cell in table.column(column) if cell]
