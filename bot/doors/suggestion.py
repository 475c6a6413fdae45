"""What fits while somebody types a command: their jobs, or the services that have accounts."""

from collections.abc import Iterator

from bot import commands, words
from bot.doors.desk import Desk, fits
from pipeline.jobs import Place
from pipeline.ports.chat import Choice, Choices, Suggest
from pipeline.ports.store import JobRow

_MOST = 25
_LABEL = 100
_LOOKED_AT = 100
_ABOUT_JOBS = frozenset(
    ("status", "log", "resume", "retry", "interrupt", "undo", "compact", "cancel", "predict")
)


async def suggested(desk: Desk, asked: Suggest) -> Choices:
    """At most 25, those of the same channel and space first, then the newest."""
    typed = asked.typed.strip().lower()
    if asked.command in commands.ACCOUNTS:
        return Choices(choices=tuple(_services(desk, typed))[:_MOST])
    if asked.command not in _ABOUT_JOBS:
        return Choices()
    mine = await desk.store.list(owner=asked.actor.key, limit=_LOOKED_AT)
    fitting = [row for row in mine if fits(asked.command, row) and _is_meant(row, typed)]
    nearest = sorted(fitting, key=lambda row: _distance(row, asked.place))[:_MOST]
    return Choices(choices=tuple(Choice(value=row.id, label=_label(row)) for row in nearest))


def _services(desk: Desk, typed: str) -> Iterator[Choice]:
    for kind, title in desk.titles.items():
        if typed in kind or typed in title.lower():
            yield Choice(value=kind, label=title[:_LABEL])


def _is_meant(row: JobRow, typed: str) -> bool:
    return typed in row.id or typed in row.context.request.words.lower()


def _distance(row: JobRow, place: Place) -> int:
    thread = row.context.thread
    if (thread.platform, thread.space) != (place.platform, place.space):
        return 2
    return int(thread.channel != place.channel)


def _label(row: JobRow) -> str:
    begin = f"{row.id} {commands.state(row, worked_on=True)} — "
    return begin + words.shortened(row.context.request.words, _LABEL - len(begin))
