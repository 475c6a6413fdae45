"""One job through the real orchestrator, beside a person who does what they are told."""

import asyncio
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from adapters.hosts import folder as folder_host
from adapters.records import Database
from adapters.runtimes import local
from adapters.sandbox.levels import choose
from adapters.store import SqlStore
from bot import commands
from bot.accounts.connecting import go_on
from pipeline.agents import find_agents
from pipeline.context import StageError
from pipeline.errors import Bug
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import Agent
from pipeline.ports import Ports
from pipeline.ports.host import Host
from pipeline.ports.store import JobRow
from tests.benchmarks.faults.hub import hub_data, hub_models
from tests.benchmarks.faults.runtimes import kaggle_runs, modal_runs, ray_runs
from tests.benchmarks.faults.trouble import OWNER, Service, Trouble
from tests.contracts.runtimes import BareWorkbench
from tests.fakes.jobs import new_job
from tests.unit.orchestrator.scripted import Clock, Journal, Scripted

OPENED: Mapping[str, Callable[[Path], AbstractContextManager[Service]]] = {
    "hub-data": hub_data,
    "hub-models": hub_models,
    "kaggle": kaggle_runs,
    "modal": modal_runs,
    "ray": ray_runs,
}
_TURNS, _PAUSE = 3000, 0.02
_MOST_WORDS = 3  # of a person, until they lose their patience


@dataclass(frozen=True)
class Carried:
    """What came of a job that met a trouble.

    `said` are causes with their cures, as the job was told them; `did` is what its person did;
    `made` counts runs, repositories or copies; `leaked` are files and errors with a secret.
    """

    service: str
    kind: str
    where: str
    said: tuple[StageError, ...]
    did: tuple[str, ...]
    made: int
    status: JobStatus
    struck: bool
    leaked: tuple[str, ...]
    unclear: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Nothing is lost, nothing doubled, all was told plainly, and no secret with it."""
        is_whole = self.status is JobStatus.DONE and self.made == 1
        return is_whole and self.struck and not self.leaked and not self.unclear


async def carried(name: str, kind: str, folder: Path) -> Carried:
    """Let one job meet one trouble of one service."""
    home = folder / "home"
    home.mkdir(parents=True)
    with OPENED[name](folder) as service:
        await service.connect(OWNER)
        trouble = service.troubles[kind]
        async with _house(service, home) as house:
            trouble.begin()
            row, did = await house.play(trouble)
            said = row.context.errors
            return Carried(
                service=service.name,
                kind=kind,
                where=trouble.where,
                said=said,
                did=tuple(did),
                made=service.made(home, row.id),
                status=row.status,
                struck=trouble.struck() if trouble.struck else bool(said),
                leaked=tuple(_leaked(service.secrets, home, house.journal)),
                unclear=tuple(one for error in said if (one := _unclear(error, service.title))),
            )


@dataclass
class House:
    """A job, its person, and all that works on it."""

    service: Service
    store: SqlStore
    clock: Clock
    journal: Journal
    orchestrator: Orchestrator
    job: JobId

    async def play(self, trouble: Trouble) -> tuple[JobRow, list[str]]:
        """Drive until the job is over; the trouble is, once the job was told of it."""
        did: list[str] = []
        for _ in range(_TURNS):
            due = await self.orchestrator.drive(self.job)
            row = await self.store.load(self.job)
            if row.context.errors:
                trouble.over()
            if due is not None:
                self.clock.time = max(self.clock.time, due)
                await asyncio.sleep(_PAUSE)
            elif row.status in {JobStatus.DONE, JobStatus.CANCELLED} or len(did) == _MOST_WORDS:
                break
            else:
                did.append(await self._answer(row))
        return row, did

    async def _answer(self, row: JobRow) -> str:
        """What the person does about a job that waits or has failed."""
        waiting, account = row.context.waiting, self.service.account
        if waiting and waiting.reason == "credential" and account is not None:
            await self.service.connect(OWNER)
            await go_on(self.store, OWNER, account, f"connected-{row.seq}")
            return f"connects {account.title} again"
        await commands.retry(self.store, row, worked_on=False)
        return "says “retry”"


@asynccontextmanager
async def _house(service: Service, home: Path) -> AsyncIterator[House]:
    clock, journal = Clock(), Journal()
    database = Database(f"sqlite+aiosqlite:///{home}/mltrainer.db")
    await database.open()
    try:
        store = SqlStore(database=database, clock=clock)
        context = new_job(clock, owner=OWNER).evolve(home=str(home))
        ports = service.plugged(await _ports(clock, home))
        await store.create(service.next_up(context, home), ())
        agents: dict[Stage, Agent] = {stage: Scripted(stage) for stage in Stage}
        agents[service.stage] = find_agents()[service.stage]
        driver = Orchestrator(store=store, agents=agents, ports=ports, journal=journal)
        yield House(service, store, clock, journal, driver, context.job_id)
    finally:
        await database.close()


async def _ports(clock: Clock, home: Path) -> Ports:
    bench = BareWorkbench(await choose(None), None)  # type: ignore[arg-type]  # nothing is made

    async def emit(event: object) -> None:
        raise Bug(f"{event} outside a stage")

    return Ports(
        clock=clock,
        emit=emit,
        workbench=bench,
        sources={},
        runtimes={"local": local.adapter(workbench=bench, trainings_at_once={"local": 4})},
        hosts={"folder": cast("Host", folder_host.adapter(models=home / "models"))},
        home=home,
        approval="paid",
    )


def _leaked(secrets: Sequence[str], home: Path, journal: Journal) -> list[str]:
    """Where a secret stands: in a file of the home, or in an error with its traceback."""
    found = [
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and any(one.encode() in path.read_bytes() for one in secrets)
    ]
    told = ["".join(traceback.format_exception(error)) for error in journal.errors]
    return found + [text for text in told if any(one in text for one in secrets)]


def _unclear(error: StageError, title: str) -> str:
    """What is wrong with the words of an error; empty where cause and cure are plain."""
    text = f"{error.message} / {error.hint}"
    lacks = {
        "our own mistake": error.kind == Bug.__name__,
        "does not say who": title not in error.message,
        "no cause": not error.message.endswith((".", "”", "!")),
        "no cure": not error.hint.strip(),
        "more than a line": "\n" in text,
    }
    why = ", ".join(name for name, is_so in lacks.items() if is_so)
    return f"{why}: {text}" if why else ""


def tell(line: str) -> None:
    """Show how far it is."""
    sys.stderr.write(f"{line}\n")
