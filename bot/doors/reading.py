"""What a message is, told by its words and by the job that stands where it was said."""

import re
from typing import Literal

from bot import commands
from pipeline.changes import changes
from pipeline.hearing.again import wanted_again
from pipeline.jobs import JobStatus, Place
from pipeline.ports.chat import Mention
from pipeline.ports.store import JobRow

Reading = Literal["request", "command", "prediction", "reply"]

PREDICT = re.compile(
    r"/?predict\b[\s:]*(?P<job>j-[a-z0-9]{8}\b)?[\s:]*(?P<rows>.*)", re.IGNORECASE | re.DOTALL
)


def read(mention: Mention, row: JobRow | None) -> Reading:
    """A request begins a job; a reply is for the one that is there."""
    text = mention.text.strip()
    if commands.read_command(text) is not None and not _is_an_option(row, text):
        return "command"
    asked = PREDICT.fullmatch(text)
    if asked is not None and (asked["job"] or row is not None):
        return "prediction"
    return "request" if row is None or _makes_room(mention.place, row, text) else "reply"


def begins(mention: Mention, row: JobRow | None) -> bool:
    """Whether a message begins a job, which then needs a thread."""
    return mention.addressed and not mention.edited and read(mention, row) == "request"


def _makes_room(place: Place, row: JobRow, text: str) -> bool:
    """Where there are no threads a job that is over leaves its place to the next."""
    return place.thread is None and leaves(row, text)


def leaves(row: JobRow, text: str) -> bool:
    """Whether a job is over and words do not go back to it, to change it or want it again."""
    over = row.status.settled and row.status is not JobStatus.WAITING
    changed = row.status is JobStatus.FAILED and bool(changes(text))
    again = row.status is JobStatus.DONE and wanted_again(text) is not None
    return over and not changed and not again


def _is_an_option(row: JobRow | None, text: str) -> bool:
    waiting = row.context.waiting if row and row.status is JobStatus.WAITING else None
    return waiting is not None and text.lower() in {one.lower() for one in waiting.options}
