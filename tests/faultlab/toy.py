"""One job with scripted agents in processes that kill themselves once in each stage, at one point.

    python -m tests.faultlab.toy DATABASE_URL FOLDER POINT

The store, the orchestrator and the delivery are the real ones; the chat keeps its messages in
FOLDER, which also remembers where a process has died, and which agents have run. A process that
dies is followed by another, forked from one that has all modules already, until the job is done.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import sqlalchemy as sa

from adapters.clock import SystemClock
from adapters.post import SqlPost
from adapters.records import Database
from adapters.store import SqlStore
from bot.posting.delivery import Delivery
from pipeline.context import JobContext, Request
from pipeline.events import AgentLogged, Event, StageEnded
from pipeline.jobs import Actor, JobId, JobStatus, Place, Stage
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import Agent, Ask, Done, Outcome
from pipeline.ports import Ports
from pipeline.ports.chat import Ref
from pipeline.ports.model import OWN_KEY_AWAY
from pipeline.ports.post import Letter
from pipeline.ports.store import Inbound, JobRow
from pipeline.retry import POLICIES, RetryPolicy
from tests.faultlab.lasting_chat import LastingChat
from tests.unit.orchestrator.scripted import ARTIFACTS, Clock, Journal, ports

Result = TypeVar("Result")
Point = Literal[
    "before the stage",
    "inside the stage",
    "before the save",
    "inside the transaction",
    "after the commit",
    "letter begun",
    "letter sent",
]
POINTS: tuple[Point, ...] = get_args(Point)
JOB = JobId("j-toytoyto")
ASKS = Stage.INTAKE_MANAGER
LEASE = timedelta(seconds=1)
STARTS = len(Stage) + 1
NEVER_ENDED = 70
LOOK_SECONDS, MOST_SECONDS = 0.02, 60.0


@dataclass
class Deaths:
    """Where the process dies: once in each stage, at this point."""

    point: Point
    folder: Path
    saving: Stage | None = None
    owed: list[Stage] = field(default_factory=list)

    def at(self, point: Point, stage: Stage | None) -> None:
        """Die here, if this is the point and it has not happened in this stage."""
        if point != self.point or stage is None:
            return
        with suppress(FileExistsError):
            os.close(os.open(self.folder / f"died-{stage}", os.O_CREAT | os.O_EXCL))
            os.kill(os.getpid(), signal.SIGKILL)

    def with_a_letter(self, point: Point, letter: Letter) -> None:
        """Die with the first new message that follows the end of a stage."""
        if point == self.point and self.owed and letter.kind != "card":
            self.at(point, self.owed.pop(0))


@dataclass(frozen=True)
class Player:
    """An agent that says something and is done when that is told; one asks a question."""

    name: Stage
    deaths: Deaths
    told: Callable[[], Any]

    @property
    def retry(self) -> RetryPolicy:
        return POLICIES[self.name]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        await self.told()
        await ports.emit(AgentLogged(stage=self.name, message=OWN_KEY_AWAY, warning=True))
        await self.told()
        self.deaths.at("inside the stage", self.name)
        with (self.deaths.folder / "ran").open("a") as file:
            file.write(f"{self.name}\n")
        if self.name is ASKS and not context.request.conversation:
            return Ask("Which one?", "metric")
        return Done(ARTIFACTS[self.name])


class DyingDatabase(Database):
    """Dies when everything of a save is written and nothing of it is there."""

    deaths: Deaths

    async def write(self, work: Callable[[sa.Connection], Result]) -> Result:
        def dying(connection: sa.Connection) -> Result:
            done = work(connection)
            self.deaths.at("inside the transaction", self.deaths.saving)
            return done

        return await super().write(dying)


class DyingStore(SqlStore):
    """Dies around the save that ends a stage."""

    def __init__(self, database: DyingDatabase) -> None:
        super().__init__(database=database, clock=SystemClock())
        self.deaths = database.deaths

    async def save(
        self, row: JobRow, context: JobContext, events: Sequence[Event] = (), **more: Any
    ) -> JobRow:
        ended = next((one.stage for one in events if isinstance(one, StageEnded)), None)
        self.deaths.at("before the save", ended)
        self.deaths.saving = ended
        saved = await super().save(row, context, events, **more)
        self.deaths.saving = None
        self.deaths.at("after the commit", ended)
        if ended is not None:
            self.deaths.owed.append(ended)
        return saved


class DyingPost(SqlPost):
    """Dies with a letter under way: before it is sent, or before that is known."""

    deaths: Deaths

    async def begin(self, letter: Letter) -> None:
        await super().begin(letter)
        self.deaths.with_a_letter("letter begun", letter)

    async def sent(self, letter: Letter, ref: Ref | None) -> None:
        self.deaths.with_a_letter("letter sent", letter)
        await super().sent(letter, ref)


class DyingOrchestrator(Orchestrator):
    """Dies before an agent is asked."""

    deaths: Deaths

    async def _attempt(self, row: JobRow, stage: Stage, *more: Any) -> Outcome:
        self.deaths.at("before the stage", stage)
        return await super()._attempt(row, stage, *more)


async def main(url: str, folder: Path, point: Point) -> None:
    """Go on with the job, from wherever it was left, to its end."""
    deaths = Deaths(point, folder)
    database = DyingDatabase(url)
    database.deaths = deaths
    await database.open()
    store = DyingStore(database)
    post = DyingPost(database=database, clock=SystemClock(), lease=LEASE)
    post.deaths = deaths
    chat = LastingChat(file=folder / "chat.json")
    delivery = Delivery(store=store, post=post, chat=chat, clock=SystemClock(), scale=0.01)

    async def told() -> None:
        while await behind(database):
            await asyncio.sleep(LOOK_SECONDS)

    telling = asyncio.ensure_future(delivery.run())
    orchestrator = _orchestrator(store, folder, deaths, told)
    async with asyncio.timeout(MOST_SECONDS):
        await _job(store, folder)
        while (row := await store.load(JOB)).status is not JobStatus.DONE:
            if row.status is JobStatus.WAITING:
                await told()
                await store.receive(JOB, Inbound("answer", "slack:T1:UANN", "f1"))
            await orchestrator.drive(JOB)
        await told()
    telling.cancel()
    await asyncio.wait([telling])
    await database.close()


async def behind(database: Database) -> int:
    """How much is not told yet."""
    query = sa.text(
        "select (select count(*) from outbox where sent_at is null) + (select count(*) from jobs "
        "left join boards on boards.job_id = jobs.id where event_count > coalesce(shown, 0))"
    )
    found = await database.read(lambda connection: connection.scalar(query))
    return int(found or 0)


def _orchestrator(
    store: SqlStore, folder: Path, deaths: Deaths, told: Callable[[], Any]
) -> Orchestrator:
    agents: dict[Stage, Agent] = {stage: Player(stage, deaths, told) for stage in Stage}
    made = DyingOrchestrator(
        store=store,
        agents=agents,
        ports=replace(ports(Clock(), folder), clock=SystemClock()),
        journal=Journal(),
        retry_scale=0.01,
    )
    made.deaths = deaths
    return made


async def _job(store: SqlStore, folder: Path) -> None:
    """The one job, unless it is there already."""
    clock = SystemClock()
    if await store.list():
        return
    context = JobContext(
        job_id=JOB,
        created_at=clock.now(),
        owner=Actor(platform="slack", space="T1", id="UANN"),
        thread=Place(platform="slack", space="T1", channel="C1", thread="1"),
        home=str(folder),
        request=Request(words="make me a model"),
    )
    await store.create(context, ())


def again_and_again(live: Callable[[], None]) -> int:
    """Live in a new process until one ends by itself; the exit code of that one."""
    for _ in range(STARTS):
        child = os.fork()
        if child == 0:
            live()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            return os.waitstatus_to_exitcode(status)
    return NEVER_ENDED


if __name__ == "__main__":
    address, place, where = sys.argv[1:]
    point = next((one for one in POINTS if one == where), None)
    if point is None:
        sys.exit(f"There is no point “{where}”. Known: {', '.join(POINTS)}.")
    life = partial(main, address, Path(place), point)
    sys.exit(again_and_again(lambda: asyncio.run(life())))
