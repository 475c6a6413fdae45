"""A worker whose jobs are about to train at a service that keeps its runs in a folder.

    python -m tests.stories.crowding DATABASE_URL FOLDER LIMIT

The agent, the job table, the orchestrator and the shared queue are the real ones. A run at the
service lasts some moments, and is then ended by it, so that its job asks its person.
"""

import asyncio
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from adapters.clock import SystemClock
from adapters.records import Database
from adapters.shared_queue import SharedQueue
from adapters.store import SqlStore
from adapters.turns import Limits
from pipeline.agents.monitor import AGENT
from pipeline.context import JobContext, StageResult
from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor, Stage
from pipeline.orchestrator import Orchestrator
from pipeline.ports.clock import Clock
from pipeline.ports.runtime import Offer, RunRequest, RunState, Runtime, Workbench
from pipeline.ports.store import JobRow, Store
from tests.unit.agents.test_elsewhere import Bench, job
from tests.unit.orchestrator.scripted import Clock as StillClock
from tests.unit.orchestrator.scripted import Journal
from tests.unit.orchestrator.scripted import ports as ports_of

ENDED = "The service has had enough."
SLOW = 0.05  # seconds of a call
BEFORE = tuple(Stage)[: tuple(Stage).index(Stage.MONITOR)]


@dataclass
class Service:
    """Each run is a file, which is over some seconds after it was last touched."""

    folder: Path
    seconds: float
    name: str = "cloud"
    offer: Offer = Offer("Cloud")  # noqa: RUF009  (it is frozen)
    account: str | None = None
    poll_seconds: float = 0.1

    def under_way(self) -> list[str]:
        """The runs that are not over."""
        now = time.time()
        began = [(path.name, path.stat().st_mtime) for path in self.folder.glob("j-*")]
        return [name for name, at in began if now - at < self.seconds]

    def crowds(self) -> list[int]:
        """How many were under way whenever one more began."""
        return [crowd for crowd, _ in self._began()]

    def workers(self) -> set[int]:
        """The processes that have begun one."""
        return {process for _, process in self._began()}

    def _began(self) -> list[tuple[int, int]]:
        lines = (self.folder / "crowds").read_text("utf-8").splitlines()
        return [(int(crowd), int(process)) for crowd, process in map(str.split, lines)]

    def end(self, run: str) -> None:
        """End a run now."""
        os.utime(self.folder / run, (0, 0))

    async def find(self, name: str, owner: Actor) -> str | None:
        del owner
        await asyncio.sleep(SLOW)
        return name if (self.folder / name).exists() else None

    async def submit(self, request: RunRequest, owner: Actor) -> str:
        del owner
        await asyncio.sleep(SLOW)
        (self.folder / request.name).touch(exist_ok=False)
        with (self.folder / "crowds").open("a", encoding="utf-8") as file:
            file.write(f"{len(self.under_way())} {os.getpid()}\n")
        await asyncio.sleep(SLOW)
        return request.name

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        del lines_read, owner
        if handle in self.under_way():
            return RunState("running")
        return RunState("failed", why=PersonCanFix(ENDED, "Retry."))

    async def collect(self, handle: str, into: Path, owner: Actor) -> None:
        raise NotImplementedError

    async def cancel(self, handle: str, owner: Actor) -> bool:
        del owner
        self.end(handle)
        return True


async def about_to_train(store: Store, clock: Clock) -> JobRow:
    """A job whose next stage is its training, with its person's yes."""
    made: JobContext = job(approved=True)
    over = StageResult(status="done", attempts=1, seconds=1.0, at=clock.now())
    return await store.create(made.evolve(stage_results=dict.fromkeys(BEFORE, over)), ())


def orchestrator(
    store: SqlStore, clock: Clock, service: Service, limit: int, *, alone: bool
) -> Orchestrator:
    """The real one, of jobs that train at the service."""
    ports = replace(
        ports_of(StillClock(), service.folder),
        clock=clock,
        workbench=cast("Workbench", Bench()),
        runtimes={service.name: cast("Runtime", service)},
        trainings_at_once={service.name: limit},
    )
    agents = {Stage.MONITOR: AGENT}
    return Orchestrator(store=store, agents=agents, ports=ports, journal=Journal(), alone=alone)


async def main(url: str, folder: Path, limit: int) -> None:
    """Be one of the workers."""
    clock, service = SystemClock(), Service(folder, seconds=0.3)
    store = SqlStore(database=Database(url), clock=clock)
    await store.database.open()
    engine = orchestrator(store, clock, service, limit, alone=False)
    limits = Limits(at_once=3, per_person=50)
    queue = SharedQueue(store=store, clock=clock, url=store.database.url, limits=limits)
    (folder / f"ready-{os.getpid()}").touch()
    await queue.run(engine.drive)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
