"""What an inbound event means: it becomes a wish in the store, and a reply at once.

`decide` touches only the database. What is said in a chat may take longer, a prediction for one:
`heard` is for whoever has taken it in already.
"""

import logging
from pathlib import Path
from typing import assert_never

from bot import phrases
from bot.accounts.connecting import Connecting
from bot.doors.click import pressed
from bot.doors.command import obey
from bot.doors.desk import Desk, Predict, Said
from bot.doors.mention import hear
from bot.doors.submit import sent
from bot.doors.suggestion import suggested
from bot.links import Links
from pipeline.errors import MLTrainerError, Superseded, TryAgain
from pipeline.jobs import JobId, Place
from pipeline.ports.chat import (
    Card,
    Choices,
    Click,
    Command,
    Inbound,
    Mention,
    Reply,
    Submit,
    Suggest,
    Whisper,
)
from pipeline.ports.post import Post
from pipeline.ports.store import JobRow, Store

_log = logging.getLogger(__name__)


class Conversation:
    """Decides. `home` is where new jobs keep their files; a terminal needs nothing else."""

    def __init__(
        self,
        store: Store,
        home: Path,
        *,
        post: Post | None = None,
        accounts: Connecting | None = None,
        links: Links | None = None,
        predict: Predict | None = None,
    ) -> None:
        self._desk = Desk(store, home, post, accounts, links, predict)

    async def decide(self, inbound: Inbound) -> Reply:
        """Understand one event; what a person can mend is told to this person alone."""
        try:
            return await self._understand(inbound)
        except MLTrainerError as error:
            return Choices() if isinstance(inbound, Suggest) else Whisper(card=sorry(error))

    async def heard(self, mention: Mention, job_id: JobId) -> Reply | Said:
        """Understand a message that was taken in; a job that it starts gets `job_id`.

        TryAgain or Superseded when it should be tried later. Safe to repeat after a crash.
        """
        try:
            return await hear(self._desk, mention, job_id)
        except (TryAgain, Superseded):
            raise
        except MLTrainerError as error:
            return Whisper(card=sorry(error))
        except Exception as error:  # noqa: BLE001  (an edge: a person waits for an answer)
            _log.warning("a message was not understood", exc_info=error)
            return Whisper(card=went_wrong())

    def warning(
        self, kinds: tuple[str, ...], files: tuple[str, ...] = (), *, deleted: bool = False
    ) -> Card:
        """What is said privately to who pasted keys of these kinds, or attached them in files."""
        if self._desk.accounts is not None:
            return self._desk.accounts.warning(kinds, files, deleted=deleted)
        title = phrases.uploaded(files, kinds) if files else phrases.pasted(kinds)
        return Card(title=title, body=phrases.rotate((), deleted=deleted), tone="bad")

    async def job_at(self, place: Place) -> JobRow | None:
        """The job of a thread."""
        return await self._desk.store.at(place)

    async def job_of(self, mention: Mention) -> JobRow | None:
        """The job that a message is for, unless it begins one."""
        return await self._desk.meant(mention.actor, mention.place)

    async def begun(self, job_id: JobId) -> bool:
        """Whether the job of a message is there already."""
        return await self._desk.begun(job_id)

    async def _understand(self, inbound: Inbound) -> Reply:
        match inbound:
            case Mention():
                said = await hear(self._desk, inbound)
                return Whisper(card=said.card) if isinstance(said, Said) else said
            case Command():
                return await obey(self._desk, inbound, inbound.name.lower(), inbound.arguments)
            case Click():
                return await pressed(self._desk, inbound)
            case Submit():
                return await sent(self._desk, inbound)
            case Suggest():
                return await suggested(self._desk, inbound)
        assert_never(inbound)


def sorry(error: MLTrainerError) -> Card:
    """An error of ours as a card."""
    return Card(title=error.message, body=error.hint, tone="bad")


def went_wrong() -> Card:
    """What a person is told of an error that nobody foresaw."""
    return Card(title=phrases.WENT_WRONG, body=phrases.TRY_ONCE_MORE, tone="bad")
