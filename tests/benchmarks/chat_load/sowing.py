"""The jobs that are there before anybody speaks: real ones, copied from one that was really made.

One job is worked on up to its plan by `mltrainer run`. Its document, its events and its files are
then given to many threads: there it waits for a yes, or has had one and is being trained by a
script that prints a line a second.
"""

import asyncio
import json
import random
import shutil
from datetime import timedelta
from pathlib import Path

from adapters.clock import SystemClock
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.context import JobContext
from pipeline.events import Event
from pipeline.folders import JobFolder
from pipeline.jobs import Actor, JobId, JobStatus, Place, new_job_id
from tests.benchmarks.chat_load.town import Thread, Town
from tests.fakes.slack.workspace import TEAM
from tests.stories.serving import Served

WORDS = "tell claims from chat in these messages"
METRONOME = '''\
"""Trains nothing, and says so once a second."""

import sys
import time

sys.path.insert(0, __file__.rpartition("/")[0])

from progress import say

for second in range({seconds}):
    numbers = {{"loss": 1 / (second + 1)}}
    say("train", f"step {{second}} of many", done=second / {seconds}, numbers=numbers)
    time.sleep(1)
'''
NOTHING = '"""No baseline."""\n'
LONG_AGO = timedelta(days=1)


class Seed:
    """The one real job, in the home of the bot that is to be put to the test."""

    def __init__(self, bot: Served) -> None:
        self.home = bot.home
        table = bot.folder / "messages.csv"
        bot.folder.mkdir(parents=True, exist_ok=True)
        table.write_text(_messages(), "utf-8")
        done = bot.run("run", WORDS, "--data", str(table), "--json", "--quiet")
        told = json.loads(done.stdout.splitlines()[-1])
        if told["status"] != "waiting":
            raise RuntimeError(f"the first job did not come to its plan: {done.stdout}")
        self.job = JobId(told["job"])

    async def sow(self, town: Town, *, planned: int, training: int, seconds: int) -> None:
        """Give the job to so many threads; the scripts go on for so many seconds."""
        database = Database(f"sqlite:///{self.home / 'mltrainer.db'}")
        store = SqlStore(database=database, clock=SystemClock())
        try:
            mould = (await store.load(self.job)).context
            events = [one.event for one in await store.events(self.job)]
            for _ in range(planned):
                thread = await self._give(store, mould, events, town, JobStatus.WAITING)
                town.planned.append(thread)
            agreed = mould.evolve(
                request=mould.request.model_copy(update={"approved": True}), waiting=None
            )
            for _ in range(training):
                thread = await self._give(store, agreed, events, town, JobStatus.RUNNABLE)
                town.training.append(thread)
                await asyncio.to_thread(self._furnish, JobId(thread.job), seconds)
        finally:
            await database.close()

    async def _give(
        self,
        store: SqlStore,
        mould: JobContext,
        events: list[Event],
        town: Town,
        status: JobStatus,
    ) -> Thread:
        root, _ = town.begin("look at what I am about to make", mention=False)
        job = new_job_id()
        context = mould.evolve(
            job_id=job,
            created_at=mould.created_at - LONG_AGO,
            owner=Actor(platform="slack", space=TEAM, id=root.owner.id, name=root.owner.name),
            thread=Place(platform="slack", space=TEAM, channel=root.channel, thread=root.ts),
        )
        told = events if status is JobStatus.WAITING else events[:-1]
        row = await store.create(context, told)
        if status is JobStatus.WAITING:
            await store.save(row, context, status=status)
        return Thread(root.channel, root.ts, root.owner, job)

    def _furnish(self, job: JobId, seconds: int) -> None:
        """The files that a training needs, with the script in the place of the real one."""
        theirs, ours = JobFolder.of(self.home, self.job), JobFolder.of(self.home, job)
        shutil.copytree(theirs.bundle, ours.bundle)
        shutil.copytree(theirs.prepared, ours.prepared)
        (ours.bundle / "baseline.py").write_text(NOTHING, "utf-8")
        (ours.bundle / "train.py").write_text(METRONOME.format(seconds=seconds), "utf-8")


def _messages() -> str:
    """150 short messages of two kinds, easy to tell apart."""
    drawn = random.Random(3)  # noqa: S311 - rows, not keys
    wins = [f"claim,you won prize number {n} call and claim cash {n * 7}" for n in range(60)]
    chat = [f"chat,see you at {n % 12} near the station my friend {n}" for n in range(90)]
    lines = [*wins, *chat]
    drawn.shuffle(lines)
    return "\n".join(["label,message", *lines, ""])


def scripts_end(home: Path, jobs: list[str]) -> list[int]:
    """How many lines each training has printed."""
    logs = [next((home / "jobs" / job / "runs").glob("*/output.log"), None) for job in jobs]
    return [len(log.read_text("utf-8").splitlines()) if log else 0 for log in logs]
