"""The words and signs of a card that are the same on every chat."""

from types import MappingProxyType

from pipeline.ports.chat import Card, StageLine

ICONS = MappingProxyType(
    {"pending": "○", "running": "▸", "done": "✓", "failed": "✗", "skipped": "⊘"}
)
TONES = MappingProxyType(
    {"info": "", "good": "✓ Done", "bad": "✗ Not done", "waiting": "● Waiting for you"}
)


def has_ended(card: Card) -> bool:
    """Nothing is left to do: what came of it is read before how it was done."""
    return all(stage.state in {"done", "skipped"} for stage in card.stages)


def begun(stage: StageLine) -> bool:
    """Whether a stage has a line of its own; the others share the last one."""
    return stage.state != "pending" or bool(stage.note)


def standing(stage: StageLine, note: str) -> str:
    """`done 4.8s`: the state as a word, unless the note begins with it, and the note."""
    return note if note.startswith(stage.state) else f"{stage.state} {note}".rstrip()
