"""What the adapters see happen, told to whoever listens: the log, and the metrics of a server.

Only what is saved is told. Nobody listens in most commands, and then nothing is done.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

import sqlalchemy as sa

from adapters.post import SqlPost
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.attempts import Attempt, ended_attempt
from pipeline.context import JobContext
from pipeline.events import Event
from pipeline.jobs import JobId
from pipeline.ports.chat import Decide, Inbound, Mention, Ref, Reply
from pipeline.ports.clock import Clock
from pipeline.ports.post import Letter

_REMEMBERED = 1000  # mentions whose first answer is waited for
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took. `label` is the platform, or for the database `read` or `write`."""

    what: Literal["database", "decide", "first_reply", "letter"]
    label: str
    seconds: float


Sight = Attempt | Event | Took
Listener = Callable[[Sight], None]


class Watch:
    """Who listens to what happens in this process."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Tell `listener` everything from now on. It must be quick, and raise nothing."""
        self._listeners.append(listener)

    def tell(self, sight: Sight) -> None:
        """Something happened."""
        for listener in self._listeners:
            listener(sight)

    def timed(self, platform: str, decide: Decide) -> Decide:
        """The same answers, with the time that each took."""

        async def answered(inbound: Inbound) -> Reply:
            began = time.perf_counter()
            try:
                return await decide(inbound)
            finally:
                self.tell(Took("decide", platform, time.perf_counter() - began))

        return answered


class WatchedDatabase(Database):
    """A database whose answer times are told."""

    def __init__(self, url: str, watch: Watch) -> None:
        super().__init__(url)
        self._watch = watch

    async def read(self, work: Callable[[sa.Connection], Result]) -> Result:
        """As ever."""
        with self._timed("read"):
            return await super().read(work)

    async def change(self, work: Callable[[sa.Connection], Result]) -> Result:
        """As ever."""
        with self._timed("write"):
            return await super().change(work)

    async def write(self, work: Callable[[sa.Connection], Result]) -> Result:
        """As ever."""
        with self._timed("write"):
            return await super().write(work)

    @contextmanager
    def _timed(self, label: str) -> Iterator[None]:
        """Tell how long it took; nothing of what failed."""
        began = time.perf_counter()
        yield
        self._watch.tell(Took("database", label, time.perf_counter() - began))


class WatchedStore(SqlStore):
    """A job table whose saved changes are told."""

    def __init__(self, *, database: Database, clock: Clock, watch: Watch) -> None:
        super().__init__(database=database, clock=clock)
        self._watch = watch

    def saved(self, before: JobContext, after: JobContext, events: Sequence[Event]) -> None:
        """Tell of the attempt that has ended, and of the events."""
        if (attempt := ended_attempt(before, after, events)) is not None:
            self._watch.tell(attempt)
        for event in events:
            self._watch.tell(event)


class WatchedPost(SqlPost):
    """A post whose delays are told: from when a letter was due, and from a mention to its card."""

    def __init__(self, *, database: Database, clock: Clock, watch: Watch) -> None:
        super().__init__(database=database, clock=clock)
        self._watch = watch
        self._now = clock.now
        self._mentioned: dict[JobId, datetime] = {}

    async def arrive(self, mention: Mention, job_id: JobId) -> bool:
        """As ever."""
        now = self._now()
        is_new = await super().arrive(mention, job_id)
        if is_new:
            self._mentioned[job_id] = now
            if len(self._mentioned) > _REMEMBERED:
                del self._mentioned[next(iter(self._mentioned))]
        return is_new

    async def sent(self, letter: Letter, ref: Ref | None) -> None:
        """As ever."""
        await super().sent(letter, ref)
        mentioned = self._mentioned.pop(letter.job_id, None)
        if ref is None or letter.edits is not None:  # an edit is held back on purpose
            return
        now, platform = self._now(), letter.place.platform
        late = max((now - letter.due_at).total_seconds(), 0.0)
        self._watch.tell(Took("letter", platform, late))
        if mentioned is not None:
            waited = max((now - mentioned).total_seconds(), 0.0)
            self._watch.tell(Took("first_reply", platform, waited))
