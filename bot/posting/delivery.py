"""One platform's way out: from events to letters, from letters to its chat."""

import asyncio
import contextlib
from collections.abc import Mapping

from bot.job_card import NO_TITLES
from bot.posting.projector import Projector
from bot.posting.sender import Counts, Sender
from pipeline.ports.chat import ThreadedChat
from pipeline.ports.clock import Clock
from pipeline.ports.post import Post
from pipeline.ports.store import Store


class Delivery:
    """Shows every job of a platform where it was asked for, until cancelled.

    `titles` are the services' names by kind.
    """

    def __init__(
        self,
        *,
        store: Store,
        post: Post,
        chat: ThreadedChat,
        clock: Clock,
        titles: Mapping[str, str] = NO_TITLES,
        scale: float = 1.0,
    ) -> None:
        written = asyncio.Event()
        self._projector = Projector(
            store=store,
            post=post,
            platform=chat.name,
            clock=clock,
            titles=titles,
            written=written,
            manners=chat.manners,
        )
        self._sender = Sender(post=post, chat=chat, clock=clock, written=written, scale=scale)

    @property
    def counts(self) -> Counts:
        """What became of the letters since the start."""
        return self._sender.counts

    async def run(self) -> None:
        """Write and send until cancelled."""
        loops = [asyncio.ensure_future(one.run()) for one in (self._projector, self._sender)]
        try:
            await asyncio.gather(*loops)
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.wait(loops)

    async def drain(self, seconds: float) -> None:
        """Before an end: say what there is to say, as far as the time reaches."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._projector.project()
                await self._sender.flush()
