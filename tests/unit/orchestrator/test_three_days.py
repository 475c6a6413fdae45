"""A training of three days, looked at twice a minute: what it leaves in the job table."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa

from adapters.store import SqlStore
from adapters.tables import METADATA
from pipeline.agents.monitor import AGENT
from pipeline.artifacts import Run
from pipeline.jobs import Actor, JobStatus, Stage
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import ComeBack
from pipeline.planning import LOCAL
from pipeline.ports.runtime import RunState, Runtime
from tests.unit.orchestrator.scripted import Stageplay, ports, stage_a_play

pytestmark = pytest.mark.anyio

THREE_DAYS = timedelta(days=3)
POLLS = 8640
POLL = THREE_DAYS / POLLS
PRINTED = 120  # looks, after which there is a line more


@dataclass
class Slow:
    """A run that prints a line an hour, and has no end."""

    name: str = LOCAL
    account: str | None = None
    poll_seconds: float = POLL.total_seconds()
    looks: int = 0
    printed: list[str] = field(default_factory=list)

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        del handle, owner
        self.looks += 1
        if self.looks % PRINTED == 0:
            self.printed.append(f"hour {self.looks // PRINTED}, loss 0.3125")
        return RunState("running", tuple(self.printed[lines_read:]), "train")


async def in_training(store: SqlStore, home: Path, there: Slow) -> Stageplay:
    """A job that has submitted its training, in the hands of the real Monitor."""
    run = Run(runtime=LOCAL, name="r", handle="h", status="submitted")
    play = await stage_a_play(store, home, {Stage.MONITOR: [ComeBack(POLL, run)]})
    play.clock.time = await play.orchestrator.drive(play.job) or play.clock.time
    play.orchestrator = Orchestrator(
        store=store,
        agents={**play.agents, Stage.MONITOR: AGENT},
        ports=replace(ports(play.clock, home), runtimes={LOCAL: cast("Runtime", there)}),
        journal=play.journal,
    )
    return play


async def look(play: Stageplay) -> None:
    """The next look, when its time has come."""
    due = await play.orchestrator.drive(play.job)
    assert due is not None
    play.clock.time = due


async def rows(store: SqlStore) -> dict[str, int]:
    """How many rows there are in each table."""
    counts = {
        name: sa.select(sa.func.count()).select_from(one) for name, one in METADATA.tables.items()
    }
    return await store.database.read(
        lambda connection: {name: connection.scalar(one) or 0 for name, one in counts.items()}
    )


async def size(store: SqlStore) -> int:
    """Bytes of the job's row."""
    text = sa.select(sa.func.length(METADATA.tables["jobs"].c.context))
    return await store.database.read(lambda connection: connection.scalar(text) or 0)


@pytest.mark.slow
async def test_three_days_of_looks_leave_no_history_of_them(
    store: SqlStore, tmp_path: Path
) -> None:
    there = Slow()
    play = await in_training(store, tmp_path, there)
    await look(play)
    began, known, bytes_then = play.clock.time, await rows(store), await size(store)

    for _ in range(POLLS):
        await look(play)

    assert play.clock.time - began == THREE_DAYS
    assert there.looks == POLLS + 1
    row = await play.row()
    assert row.status is JobStatus.RUNNABLE
    assert row.context.run is not None
    assert row.context.run.lines_read == POLLS // PRINTED
    assert await rows(store) == known
    assert await size(store) - bytes_then <= 1024
