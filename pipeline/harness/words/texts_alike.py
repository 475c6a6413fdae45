"""What all tasks of texts take for the same: texts but for case and spaces, ends of sentences."""

from tables import Cell

ENDS = ".!?…。！？।"  # noqa: RUF001 - full stops of other scripts


def same_text(cell: Cell) -> str:
    """Equal for texts that differ only in case and spaces; empty for what says nothing."""
    return " ".join((cell or "").casefold().split())
