"""A long conversation made short: the latest turns word for word, what was before in a few words.

What has been verified does not stand in the conversation but in the job's own sections, so nothing
of it is lost.
"""

from collections.abc import Sequence

from pipeline.context import JobContext, Message

KEPT = 8  # turns that stay as they were said
MOST = 40  # turns; from there the older ones are made short by themselves
_SIGNS = 160  # of a turn that is made short
_LONGEST = 4_000
_BEGINS = "Earlier, in short: "


def compacted(context: JobContext) -> JobContext:
    """The job with its older turns in one; as it is where there are few."""
    turns = context.request.conversation
    if len(turns) <= KEPT + 1:
        return context
    older, latest = turns[:-KEPT], turns[-KEPT:]
    short = Message(who="agent", text=_short(older), at=older[-1].at)
    request = context.request.model_copy(update={"conversation": (short, *latest)})
    return context.evolve(request=request)


def _short(turns: Sequence[Message]) -> str:
    """A line a turn; what was made short before stays, as far as there is room for it."""
    first, *others = turns
    before = first.text.removeprefix(_BEGINS) if first.text.startswith(_BEGINS) else _line(first)
    lines = [before, *map(_line, others)]
    return (_BEGINS + " · ".join(lines))[:_LONGEST]


def _line(turn: Message) -> str:
    text = " ".join(turn.text.split())
    return f"{turn.who}: {text if len(text) <= _SIGNS else text[:_SIGNS] + '…'}"
