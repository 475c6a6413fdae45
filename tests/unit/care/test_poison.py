"""A job that kills its process, as one that eats all memory does, is parked."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.records import Database
from adapters.store import SqlStore
from pipeline.jobs import JobId, JobStatus, Stage
from tests.unit.orchestrator.scripted import Clock, stage_a_play

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[3]
DRIVING = """
import asyncio, os, signal, sys
from pathlib import Path
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.jobs import JobId, Stage
from pipeline.orchestrator import Orchestrator
from tests.unit.orchestrator.scripted import Clock, Journal, Scripted, ports

def killed(context, ports):
    print("began", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

async def main(home, poison, sound):
    clock = Clock()
    store = SqlStore(database=Database(f"sqlite:///{home}/jobs.db"), clock=clock)
    for job, turns in ((sound, []), (poison, [killed])):
        agents = {stage: Scripted(stage) for stage in Stage}
        agents[Stage.MONITOR].turns = turns
        drive = Orchestrator(
            store=store, agents=agents, ports=ports(clock, Path(home)), journal=Journal()
        ).drive
        await drive(JobId(job))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_after_three_deaths_the_job_is_parked_and_the_others_are_done(
    tmp_path: Path,
) -> None:
    store = SqlStore(database=Database(f"sqlite:///{tmp_path}/jobs.db"), clock=Clock())
    await store.database.open()
    poison, sound = [(await stage_a_play(store, tmp_path)).job for _ in range(2)]

    ends = [await drive(tmp_path, poison, sound) for _ in range(5)]

    assert [end.returncode for end in ends] == [-signal.SIGKILL] * 3 + [0, 0]
    assert b"".join(end.stdout for end in ends).count(b"began") == 3
    parked = await store.load(poison)
    assert parked.status is JobStatus.WAITING
    assert parked.context.waiting is not None
    assert f"died 3 times in the stage {Stage.MONITOR}" in parked.context.waiting.text
    assert (await store.load(sound)).status is JobStatus.DONE
    await store.database.close()


async def drive(home: Path, poison: JobId, sound: JobId) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", DRIVING, str(home), poison, sound]
    work = subprocess.run
    return await asyncio.to_thread(work, command, cwd=ROOT, check=False, stdout=subprocess.PIPE)
