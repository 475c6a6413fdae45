"""The power fails: what was saved is there, with the files that it speaks of."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.records import Database
from adapters.store import SqlStore
from pipeline.context import JobContext
from pipeline.folders import JobFolder
from pipeline.jobs import JobStatus, Stage
from pipeline.outcomes import Done
from pipeline.ports import Ports
from tests.fakes.disk import PowerlessDisk, powered
from tests.stories.serving import ROOT
from tests.unit.orchestrator.scripted import ARTIFACTS, Clock, stage_a_play

pytestmark = pytest.mark.anyio

MEGABYTES = 200
START_SECONDS = 60.0
TABLE = "text,label\n" + "win a prize,spam\n" * 1000
SAVER = """
import asyncio, sys
from adapters.records import Database
from adapters.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from pipeline.jobs import JobId

async def main():
    store = SqlStore(database=Database(sys.argv[1]), clock=FakeClock())
    await store.database.open()
    row = await store.create(new_job(FakeClock(), job_id=JobId("j-saved")), ())
    while True:
        print(row.seq, flush=True)
        row = await store.save(row, row.context)

asyncio.run(main())
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[PowerlessDisk]:
    with powered(tmp_path, MEGABYTES) as disk:
        if disk is None:
            pytest.skip("a disk can only be mounted by root, where mounting is allowed")
        yield disk


async def opened(disk: PowerlessDisk) -> SqlStore:
    store = SqlStore(database=Database(url_of(disk)), clock=Clock())
    await store.database.open()
    return store


def url_of(disk: PowerlessDisk) -> str:
    return f"sqlite:///{disk.path}/mltrainer.db"


def saved_until_killed(url: str, seconds: float) -> int:
    """The last save that a process said was done before it was killed."""
    command = [sys.executable, "-c", SAVER, url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as saver:
        assert saver.stdout is not None
        first = saver.stdout.readline()
        time.sleep(seconds)
        saver.kill()
        return int([first, *saver.stdout.read().split()][-1])


@pytest.mark.parametrize(
    "seed", [0, 1, *[pytest.param(seed, marks=pytest.mark.lab) for seed in range(2, 20)]]
)
async def test_no_save_that_was_done_is_lost(disk: PowerlessDisk, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - a play, no key

    said = saved_until_killed(url_of(disk), draw.uniform(0.0, 1.5))
    disk.lose_power()

    store = await opened(disk)
    (row,) = await store.list()
    assert row.seq >= said
    await store.database.close()


async def test_the_files_of_a_stage_are_there_when_its_end_is(disk: PowerlessDisk) -> None:
    def fetch(context: JobContext, ports: Ports) -> Done:
        data = JobFolder.of(ports.home, context.job_id).data
        data.mkdir(parents=True)
        (data / "table.csv").write_text(TABLE, "utf-8")
        return Done(ARTIFACTS[Stage.DATASET])

    store = await opened(disk)
    play = await stage_a_play(store, disk.path, {Stage.DATASET: [fetch]})
    await play.play()
    await store.database.close()
    disk.lose_power()

    store = await opened(disk)
    row = await store.load(play.job)
    assert row.status is JobStatus.DONE
    assert (JobFolder.of(disk.path, play.job).data / "table.csv").read_text("utf-8") == TABLE
    await store.database.close()
