"""What chats share in answering: what is in hand, and what is said where it does not go well."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from collections.abc import Set as AbstractSet
from traceback import format_tb
from typing import Any

from pipeline.errors import MLTrainerError
from pipeline.ports.chat import Action, Card, Click, Command, Inbound

BROKEN = Card(
    title="That did not work: something went wrong on my side.",
    body="Nothing was changed. Try again in a moment.",
    tone="bad",
)
NO_FORM_HERE = Card(
    title="I cannot open a form from a message.", body="Type /mltrainer new, or press a button."
)
_log = logging.getLogger(__name__)


class InHand:
    """Answers under way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def add(self, task: asyncio.Task[Any] | None) -> None:
        """Remember a task until it ends."""
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def finish(self, seconds: float) -> AbstractSet[asyncio.Task[Any]]:
        """Wait for all but the one who asks; what is left after so many seconds."""
        us = asyncio.current_task()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while busy := self._tasks - {us}:  # an answer may still begin a private one
                    await asyncio.wait(busy)
        return self._tasks - {us}


def failure(error: BaseException) -> Card:
    """What a person is told of an error: its own words only where they are ours."""
    if isinstance(error, MLTrainerError):
        return Card(title=error.message, body=error.hint, tone="bad")
    return BROKEN


def once_more(said: Inbound, platform: str) -> Card:
    """The form came too late: the same behind a button, whose press opens a new window."""
    late = Card(
        title=f"{platform} gave me three seconds to open the form, and they were over.",
        body="Nothing is lost. Please ask for it once more.",
        tone="waiting",
    )
    match said:
        case Click():
            name, argument = said.action, said.argument
        case Command():
            name, argument = said.name.lower(), said.arguments
        case _:
            return late
    again = Action(id=name, label="Try again", argument=argument, style="primary")
    return late.model_copy(update={"actions": (again,)})


def not_taken(what: str, error: BaseException) -> None:
    """Log an error without its text where it is none of ours: it may repeat what was typed."""
    ours = error if isinstance(error, MLTrainerError) else ""
    _log.warning("A %s was not taken: %s: %s", what, type(error).__name__, ours)
    if not isinstance(error, MLTrainerError):
        _log.error("It was raised here:\n%s", "".join(format_tb(error.__traceback__)))


async def noted(work: Coroutine[Any, Any, None]) -> None:
    """An answer that did not arrive is worth a line in the log, and no more."""
    try:
        await work
    except MLTrainerError as error:
        _log.warning("An answer did not arrive: %s", error.message)
