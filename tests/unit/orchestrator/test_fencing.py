"""A process that stood still while another went on: what it wakes up to do."""

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from adapters.store import SqlStore
from pipeline.context import JobContext
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import JobStatus, Stage
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from pipeline.ports.runtime import OnLine, Workbench
from pipeline.retry import POLICIES, RetryPolicy
from tests.unit.orchestrator.scripted import ARTIFACTS, ports, stage_a_play

pytestmark = pytest.mark.anyio


@dataclass
class Bench:
    """Prepares an environment as long as a test wants it to."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        del requirements, on_line
        self.begun.set()
        await self.ready.wait()
        return Path("python")


class Emptying:
    """Empties a folder once its environment is there."""

    name = Stage.PREPROCESSING

    @property
    def retry(self) -> RetryPolicy:
        return POLICIES[self.name]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        await ports.workbench.prepare((), _unheard)
        fresh(JobFolder.of(ports.home, context.job_id).prepared)
        return Done(ARTIFACTS[self.name])


async def _unheard(line: str) -> None:
    del line


async def test_who_was_replaced_meanwhile_empties_no_folder_of_the_other(
    store: SqlStore, tmp_path: Path
) -> None:
    play, bench = await stage_a_play(store, tmp_path), Bench()
    frozen = Orchestrator(
        store=store,
        agents={**play.agents, Stage.PREPROCESSING: Emptying()},
        ports=replace(ports(play.clock, tmp_path), workbench=cast("Workbench", bench)),
        journal=play.journal,
    )
    drive = asyncio.create_task(frozen.drive(play.job))
    await bench.begun.wait()
    made = fresh(JobFolder.of(tmp_path, play.job).prepared) / "train.jsonl"
    made.write_text("{}\n", "utf-8")
    assert (await play.play()).status is JobStatus.DONE

    bench.ready.set()
    await drive

    assert made.exists()
