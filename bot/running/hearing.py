"""The connection of one platform: made at start, and tried again while the platform is away.

A platform that cannot be reached now must not keep the others from being heard, nor the jobs from
being worked on. What only the operator can mend, a token that is refused, ends the whole.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from bot.running import operating
from pipeline.errors import TryAgain
from pipeline.ports.chat import Decide, ThreadedChat

Tell = Callable[[str, str], None]
"""Says something about a platform: its name, and what there is to know."""

PATIENCE = 20.0  # seconds that the start of the others waits for an answer
LOOK_SECONDS = 5.0
_SHORT_DROP = 12  # looks; what mends itself within a minute is not worth a word
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 60.0
_log = logging.getLogger(__name__)


class Hearing:
    """What is heard on a platform; once it is, the platform's own connection mends itself."""

    def __init__(
        self,
        chat: ThreadedChat,
        decide: Decide,
        tell: Tell,
        *,
        scale: float = 1.0,
        patience: float = PATIENCE,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self.name = chat.name
        self.heard = False
        self._chat = chat
        self._decide = decide
        self._tell = tell
        self._scale = scale
        self._patience = patience
        self._look_seconds = look_seconds
        self._late = asyncio.Event()
        self._starting: asyncio.Future[None] | None = None

    @property
    def state(self) -> str:
        """What is said of it at start."""
        return operating.CONNECTED if self.heard else operating.NOT_YET

    async def open(self) -> None:
        """Connect, or say that it is tried again; PersonCanFix when the platform refuses us."""
        self._starting = asyncio.ensure_future(self._start())
        late = asyncio.ensure_future(self._late.wait())
        try:
            await asyncio.wait(
                {self._starting, late},
                timeout=self._patience,
                return_when=asyncio.FIRST_COMPLETED,
            )
        except asyncio.CancelledError:
            await _cancelled(self._starting)
            raise
        finally:
            late.cancel()
        if self._starting.done():
            self._starting.result()
        elif not self._late.is_set():
            self._is_late(operating.NO_ANSWER_YET)

    async def run(self) -> None:
        """For as long as it is wanted; a refusal that comes late is an error here."""
        if self._starting is not None:
            await self._starting
        away = 0
        while True:
            await asyncio.sleep(self._look_seconds)
            if self._chat.connected and away >= _SHORT_DROP:
                self._tell(self.name, operating.CONNECTED)
            away = 0 if self._chat.connected else away + 1
            if away == _SHORT_DROP:
                self._tell(self.name, operating.NO_LONGER)

    async def finish(self) -> None:
        """Listen no more."""
        if self._starting is not None:
            await _cancelled(self._starting)
        self.heard = False
        await self._chat.stop()

    async def _start(self) -> None:
        pause = _FIRST_PAUSE
        while not self.heard:
            try:
                await self._chat.start(self._decide)
            except TryAgain as error:
                self._is_late(error.message)
                asked = error.after.total_seconds() if error.after else 0.0
                await asyncio.sleep(max(pause, asked) * self._scale)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                self.heard = True
        if self._late.is_set():
            self._tell(self.name, operating.CONNECTED)

    def _is_late(self, cause: str) -> None:
        """Said once; the log has every try."""
        _log.warning("%s is not connected: %s", self.name, cause)
        if not self._late.is_set():
            self._late.set()
            self._tell(self.name, f"{cause} {operating.TRIED_AGAIN}")


async def _cancelled(task: asyncio.Future[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait({task})
