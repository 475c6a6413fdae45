"""Runs the command line in a process that kills itself at one chosen point, once.

    python -m tests.stories.dying POINT STAGE MARK -- run "words" --data FILE

POINT is `inside` (the agent has begun), `before_save` (its answer is there, nothing is written) or
`after_save` (written, nothing else happened). MARK is a file that remembers that it has happened.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.store import SqlStore
from bot.__main__ import main
from pipeline.context import JobContext
from pipeline.events import Event, StageEnded
from pipeline.jobs import Stage
from pipeline.ledger import Ledger
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import Outcome
from pipeline.ports.store import JobRow

INSIDE_SECONDS = 0.15


def install(point: str, stage: Stage, mark: Path) -> None:
    """Put the failpoint around the orchestrator's attempt or the store's save."""

    def die() -> None:
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    attempt, save = Orchestrator._attempt, SqlStore.save

    async def dying_attempt(self: Orchestrator, row: JobRow, now: Stage, ledger: Ledger) -> Outcome:
        if now is not stage or point != "inside":
            return await attempt(self, row, now, ledger)
        asyncio.get_running_loop().call_later(INSIDE_SECONDS, die)
        outcome = await attempt(self, row, now, ledger)
        die()
        return outcome

    async def dying_save(
        self: SqlStore,
        row: JobRow,
        context: JobContext,
        events: Sequence[Event] = (),
        **more: Any,
    ) -> JobRow:
        ends = any(isinstance(one, StageEnded) and one.stage is stage for one in events)
        if ends and point == "before_save":
            die()
        saved = await save(self, row, context, events, **more)
        if ends and point == "after_save":
            die()
        return saved

    Orchestrator._attempt = dying_attempt  # type: ignore[method-assign,assignment]
    SqlStore.save = dying_save  # type: ignore[method-assign]


if __name__ == "__main__":
    point, stage, mark, _, *arguments = sys.argv[1:]
    install(point, Stage(stage), Path(mark))
    main(arguments)
