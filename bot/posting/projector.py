"""From events to letters: a job's one card, kept up to date, and the short replies.

A job's events are shown in their order and once: how far they are shown is saved together with the
letters. The events are read before the row, so that a card is never behind what it counts as shown.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.job_card import NO_TITLES, job_card
from bot.posting.notices import notices
from pipeline.errors import MLTrainerError, PersonCanFix, Superseded, TryAgain
from pipeline.events import (
    AgentLogged,
    Event,
    ModelCalled,
    ModelReplied,
    ProgressReported,
    Recorded,
    ToolCalled,
    ToolReturned,
)
from pipeline.jobs import JobId
from pipeline.ports.chat import Card, Manners
from pipeline.ports.clock import Clock
from pipeline.ports.post import Board, Letter, Post
from pipeline.ports.store import JobRow, Store

Draw = Callable[[JobRow, Iterable[Event]], Card]

POLL_SECONDS = 0.3
_OUTAGE_SECONDS = 2.0
_LEFT_ALONE = 60.0  # seconds for a job that could not be shown
_REMEMBERED = 200  # jobs
_NO_CHANGE = (AgentLogged, ModelCalled, ModelReplied, ProgressReported, ToolCalled, ToolReturned)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Memory:
    """A job's events as far as they are shown, the card that shows them, and since when."""

    events: tuple[Recorded, ...] = ()
    card: Card | None = None
    at: datetime | None = None

    @property
    def upto(self) -> int:
        """The number of the last event that is shown."""
        return self.events[-1].number if self.events else 0


class Projector:
    """Writes the letters of one platform's jobs. `written` is set whenever there are new ones."""

    def __init__(
        self,
        *,
        store: Store,
        post: Post,
        platform: str,
        clock: Clock,
        draw: Draw | None = None,
        titles: Mapping[str, str] = NO_TITLES,
        written: asyncio.Event | None = None,
        manners: Manners | None = None,
    ) -> None:
        self._store = store
        self._post = post
        self._platform = platform
        self._clock = clock
        self._draw = draw or partial(job_card, titles=titles)
        self._titles = titles
        self._written = written or asyncio.Event()
        self._edit_seconds = timedelta(seconds=(manners or Manners()).edit_seconds)
        self._known: dict[JobId, _Memory] = {}
        self._alone_until: dict[JobId, float] = {}

    async def run(self) -> None:
        """Follow the jobs until cancelled; an outage of the database only makes it pause."""
        while True:
            pause = POLL_SECONDS
            try:
                await self.project()
            except (TryAgain, PersonCanFix) as outage:
                _log.warning("no card can be written now: %s", outage)
                pause = _OUTAGE_SECONDS
            await asyncio.sleep(pause)

    async def project(self) -> None:
        """Write the letters for everything that has happened and is not shown yet."""
        for job_id in await self._post.unshown(self._platform):
            if self._alone_until.get(job_id, 0.0) <= self._clock.monotonic():
                await self._show(job_id)

    async def _show(self, job_id: JobId) -> None:
        try:
            await self._advance(job_id)
        except TryAgain:
            raise
        except Superseded:
            self._known.pop(job_id, None)
        except Exception as error:  # noqa: BLE001  (an edge: a job that cannot be shown leaves the others alone)
            trace = None if isinstance(error, MLTrainerError) else error
            _log.error("a job cannot be shown: %s", error, exc_info=trace, extra={"job_id": job_id})
            now = self._clock.monotonic()
            kept = {job: until for job, until in self._alone_until.items() if until > now}
            self._alone_until = kept | {job_id: now + _LEFT_ALONE}

    async def _advance(self, job_id: JobId) -> None:
        board = await self._post.board(job_id)
        known, fresh = await self._news(board)
        if not fresh or self._may_wait(known, fresh):
            return
        row = await self._store.load(job_id)
        events = _thinned((*known.events, *fresh))
        card = self._draw(row, [one.event for one in events])
        now, upto = self._clock.now(), fresh[-1].number
        told = notices(row, events, board.shown, now, self._titles)
        at_once = bool(told) or _at_once(row, board, fresh)
        due = now if at_once else max(now, (board.edited_at or now) + self._edit_seconds)
        drawn = () if card == known.card else (_letter(row, card, upto, due),)
        await self._post.show(board, upto, (*drawn, *told))
        self._remember(row, _Memory(events, card, now))
        self._written.set()

    async def _news(self, board: Board) -> tuple[_Memory, tuple[Recorded, ...]]:
        """The events that are shown already, read again after a restart; and those after them."""
        known = self._known.get(board.job_id, _Memory())
        if known.upto == board.shown:
            return known, await self._store.events(board.job_id, board.shown)
        events = await self._store.events(board.job_id)
        shown = tuple(one for one in events if one.number <= board.shown)
        return _Memory(_thinned(shown)), events[len(shown) :]

    def _may_wait(self, known: _Memory, fresh: Sequence[Recorded]) -> bool:
        """Progress alone: a card that was drawn a moment ago is not drawn anew for it."""
        again = known.at + self._edit_seconds if known.at is not None else None
        progress = all(isinstance(one.event, ProgressReported) for one in fresh)
        return progress and again is not None and self._clock.now() < again

    def _remember(self, row: JobRow, memory: _Memory) -> None:
        """Keep what the next event is added to: of a bounded number of jobs, the latest."""
        self._known.pop(row.id, None)
        self._known[row.id] = memory
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]


def _at_once(row: JobRow, board: Board, fresh: Sequence[Recorded]) -> bool:
    """A first card, one that settles and one with a change of stage wait for nothing."""
    changed = any(not isinstance(one.event, _NO_CHANGE) for one in fresh)
    return changed or board.card is None or row.status.settled


def _letter(row: JobRow, card: Card, upto: int, due_at: datetime) -> Letter:
    return Letter(
        key=f"{row.id}:card:{upto}",
        kind="card",
        job_id=row.id,
        place=row.context.thread,
        card=card,
        owner=row.context.owner,
        urgent=row.status.settled,
        due_at=due_at,
    )


def _thinned(events: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """Without the progress that newer progress of its stage has followed at once."""
    kept: list[Recorded] = []
    for one in events:
        if kept and _overtakes(one.event, kept[-1].event):
            kept.pop()
        kept.append(one)
    return tuple(kept)


def _overtakes(event: Event, last: Event) -> bool:
    if not (isinstance(event, ProgressReported) and isinstance(last, ProgressReported)):
        return False
    return event.stage == last.stage
