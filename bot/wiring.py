"""The composition root: settings in, a working house out. The only file that imports adapters."""

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from adapters.clock import SystemClock
from adapters.lock import HomeLock
from adapters.platforms.terminal import Terminal
from adapters.queue import EmbeddedQueue
from adapters.records import Database
from adapters.store import SqlStore
from adapters.workbench import adapter as make_workbench
from bot.journal import Journal, set_up
from bot.settings import Settings, make_home
from pipeline.agents import find_agents
from pipeline.errors import Bug
from pipeline.events import Event
from pipeline.jobs import Actor, Place
from pipeline.orchestrator import Orchestrator
from pipeline.ports import Ports
from pipeline.ports.clock import Clock
from pipeline.ports.queue import Drive
from pipeline.ports.runtime import SandboxLevel, Workbench
from pipeline.ports.store import Store


@dataclass(frozen=True, slots=True)
class Records:
    """The saved jobs of a home: all that looking at them and wishing needs."""

    settings: Settings
    home: Path
    clock: Clock
    store: Store
    lock: HomeLock


@dataclass(frozen=True, slots=True)
class House(Records):
    """A home that can work: agents, workbench and shelves plugged in."""

    workbench: Workbench
    drive: Drive

    def queue(self) -> EmbeddedQueue:
        """The in-process runner."""
        return EmbeddedQueue(store=self.store, clock=self.clock, lock=self.lock)


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncIterator[Records]:
    """Open the job table, brought up to date; enough for list, status, log and every wish."""
    await asyncio.to_thread(make_home, settings.home)
    set_up(settings.home)
    clock = SystemClock()
    store = SqlStore(database=Database(settings.database_url), clock=clock)
    await store.database.open()
    try:
        yield Records(
            settings=settings,
            home=settings.home,
            clock=clock,
            store=store,
            lock=HomeLock(settings.home / "mltrainer.lock"),
        )
    finally:
        await store.database.close()


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Open everything a job needs to run."""
    async with open_records(settings) as records:
        workbench = await open_workbench(settings)
        parts = {
            "workbench": workbench,
            "models": settings.home / "models",
            "allow_private_urls": settings.allow_private_urls,
        }
        ports = Ports(
            clock=records.clock,
            emit=_nowhere,
            workbench=workbench,
            sources=shelf("sources", **parts),
            runtimes=shelf("runtimes", **parts),
            hosts=shelf("hosts", **parts),
            home=settings.home,
            approval=settings.approval,
        )
        orchestrator = Orchestrator(
            store=records.store,
            agents=find_agents(),
            ports=ports,
            journal=Journal(settings.home),
            retry_scale=settings.retry_scale,
        )
        yield House(
            settings=settings,
            home=settings.home,
            clock=records.clock,
            store=records.store,
            lock=records.lock,
            workbench=workbench,
            drive=orchestrator.drive,
        )


async def open_workbench(settings: Settings) -> Workbench:
    """The workbench at the best sandbox level of this machine."""
    level: SandboxLevel | None = settings.sandbox
    return await make_workbench(env_cache=settings.env_cache, sandbox=level)


def terminal(*, actor: Actor, place: Place, out: TextIO | None = None) -> Terminal:
    """One person's terminal; `out` defaults to stdout."""
    return Terminal(actor=actor, place=place, out=out)


def shelf(name: str, **parts: object) -> Mapping[str, Any]:
    """Every adapter of a shelf by its file name; each one's `adapter(...)` names what it needs."""
    package = importlib.import_module(f"adapters.{name}")
    return {
        found.name: _made(f"adapters.{name}.{found.name}", parts)
        for found in pkgutil.iter_modules(package.__path__)
    }


def _made(module: str, parts: Mapping[str, object]) -> object:
    factory = getattr(importlib.import_module(module), "adapter", None)
    if factory is None:
        raise Bug(f"{module} must define adapter(...).")
    needed = inspect.signature(factory).parameters
    return factory(**{part: value for part, value in parts.items() if part in needed})


async def _nowhere(event: Event) -> None:
    """Outside a stage there is nothing to write an event to; the orchestrator replaces this."""
    raise Bug(f"{type(event).__name__} was emitted outside a stage.")
