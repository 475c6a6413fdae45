"""Follows a job's events and shows them through a chat port until the job settles."""

import asyncio

from bot import cards
from pipeline.events import Recorded
from pipeline.jobs import JobId, JobStatus
from pipeline.ports.chat import Chat
from pipeline.ports.store import JobRow, Store

POLL_SECONDS = 0.2


async def settled(store: Store, row: JobRow) -> bool:
    """Nothing more will happen before its person speaks: no reply and no cancel is under way."""
    if row.status is JobStatus.WAITING:
        return not row.cancel and not await store.unread(row.id)
    return row.status.settled


class Follower:
    """One job on one card. Everything up to event `after` was shown before."""

    def __init__(
        self, store: Store, chat: Chat, job_id: JobId, *, after: int = 0, quiet: bool = False
    ) -> None:
        self._store = store
        self._chat = chat
        self._job_id = job_id
        self._after = after
        self._quiet = quiet

    async def follow(self) -> JobRow:
        """Show every event as it comes, then what the job says at its end; returns its last row.

        A row is read before its events, so that all events of a settled row are shown.
        """
        row = await self._store.load(self._job_id)
        shown = [one.event for one in await self._events() if one.number <= self._after]
        live = cards.told(shown, quiet=self._quiet).model_copy(update={"log": ()})
        card = cards.live_card(row, live)
        ref = await self._chat.post(row.context.thread, card, f"{row.id}-card-{self._after}")
        ending = f"{row.id}-end-{self._after}"
        while True:
            done = await settled(self._store, row)
            for recorded in await self._events(self._after):
                self._after = recorded.number
                live = cards.advance(live, recorded.event, quiet=self._quiet)
                ref = await self._chat.edit(ref, cards.live_card(row, live))
            if done:
                break
            await asyncio.sleep(POLL_SECONDS)
            row = await self._store.load(self._job_id)
        card = cards.ending_card(row, [one.event for one in await self._events()])
        await self._chat.post(row.context.thread, card, ending, notify=row.context.owner)
        return row

    async def _events(self, after: int = 0) -> tuple[Recorded, ...]:
        return await self._store.events(self._job_id, after)
