"""A full or read-only disk and a database that is away: jobs pause, lose nothing and go on."""

import asyncio
import contextlib
import errno
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from adapters.records import Database
from adapters.store import SqlStore
from bot.journal import Journal
from pipeline import pausing
from pipeline.context import JobContext
from pipeline.errors import MLTrainerError
from pipeline.events import AgentLogged, JobResumed
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from tests.fakes.postgres import PostgresServer
from tests.unit.care.small_disk import SmallDisk, small_disk
from tests.unit.orchestrator.scripted import (
    ARTIFACTS,
    Clock,
    Stageplay,
    next_process,
    stage_a_play,
)

pytestmark = pytest.mark.anyio

FULL = OSError(errno.ENOSPC, "No space left on device", "/home/data")


async def opened(url: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(database=Database(url), clock=Clock())
    await store.database.open()
    yield store
    await store.database.close()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    async for one in opened(f"sqlite:///{tmp_path}/mltrainer.db"):
        yield one


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", megabytes=4) as disk:
        yield disk


@pytest.fixture
async def on_disk(disk: SmallDisk) -> AsyncIterator[SqlStore]:
    """A database on the small disk."""
    async for one in opened(f"sqlite:///{disk.path}/mltrainer.db"):
        yield one


@pytest.fixture
async def on_server(postgres: str) -> AsyncIterator[SqlStore]:
    async for one in opened(postgres):
        yield one


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pausing, "_PAUSES", ())


async def told(play: Stageplay) -> list[str]:
    events = [one.event for one in await play.store.events(play.job)]
    said = [one.message for one in events if isinstance(one, AgentLogged)]
    return [one for one in said if one.startswith("Paused")]


def first(then: Callable[[], object], stage: Stage) -> Callable[[JobContext, Ports], Outcome]:
    """A stage that is done, after something happened to the machine."""

    def turn(_context: JobContext, _ports: Ports) -> Outcome:
        then()
        return Done(ARTIFACTS[stage])

    return turn


def is_whole(database: Path) -> bool:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


async def goes_on(play: Stageplay) -> None:
    """The job ends by itself, at the first attempt of each stage."""
    row = await play.play(most=100)
    assert row.status is JobStatus.DONE
    assert {one.attempts for one in row.context.stage_results.values()} == {1}


async def stays_away(play: Stageplay, stage: Stage, match: str, go: Callable[[], object]) -> None:
    """The database goes while a stage works, and nobody waits for it."""
    play.agents[stage].turns = [first(go, stage)]
    for _ in range(9):
        with pytest.raises(MLTrainerError, match=match):
            await play.orchestrator.drive(play.job)


async def is_waited_for(
    play: Stageplay, stage: Stage, *, go: Callable[[], object], come: Callable[[], object]
) -> None:
    """The database goes while a stage works and comes back: what it worked out is saved."""
    play.agents[stage].turns = [first(go, stage)]
    driving = asyncio.create_task(play.orchestrator.drive(play.job))
    while not play.agents[stage].seen:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    assert not driving.done()
    await asyncio.to_thread(come)
    await driving
    await goes_on(play)
    assert len(play.agents[stage].seen) == 1
    assert await told(play) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
async def test_a_job_without_room_pauses_says_so_once_and_goes_on_by_itself(
    store: SqlStore, tmp_path: Path, code: int
) -> None:
    full = [OSError(code, "no", "/home/data") for _ in range(20)]
    play = await stage_a_play(store, tmp_path, {Stage.PREPROCESSING: full})
    due = await play.orchestrator.drive(play.job)
    row = await play.row()
    assert row.status is JobStatus.RUNNABLE
    assert due == row.wake_at > play.clock.now()
    await goes_on(play)
    [said] = await told(play)
    assert "/home/data" in said
    assert "goes on by itself" in said


async def test_another_trouble_is_told_as_well(store: SqlStore, tmp_path: Path) -> None:
    read_only = OSError(errno.EROFS, "Read-only file system", "/home/data")
    troubles = [FULL, FULL, read_only, read_only]
    play = await stage_a_play(store, tmp_path, {Stage.DATASET: troubles})
    await goes_on(play)
    assert [one.split(" (")[0] for one in await told(play)] == [
        "Paused. The disk is full",
        "Paused. The disk is mounted read-only",
    ]


async def test_a_paused_job_was_not_interrupted_by_the_end_of_its_process(
    store: SqlStore, tmp_path: Path
) -> None:
    play = await stage_a_play(store, tmp_path, {Stage.DATASET: [FULL] * 6})
    for _ in range(6):
        next_process(play, tmp_path)
        play.clock.time = (await play.row()).wake_at
        await play.orchestrator.drive(play.job)
    events = [one.event for one in await store.events(play.job)]
    assert not any(isinstance(one, JobResumed) and one.interrupted for one in events)
    await goes_on(play)


async def test_a_paused_job_can_be_cancelled(store: SqlStore, tmp_path: Path) -> None:
    play = await stage_a_play(store, tmp_path, {Stage.DATASET: [FULL] * 5})
    await play.orchestrator.drive(play.job)
    await store.request_cancel(play.job, "me")
    await play.orchestrator.drive(play.job)
    assert await play.status() is JobStatus.CANCELLED


async def test_a_job_does_not_begin_a_stage_without_room_for_it(
    store: SqlStore, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "home", megabytes=200) as disk:
        play = await stage_a_play(store, disk.path)
        disk.fill(left=100 << 20)
        for _ in range(5):
            due = await play.orchestrator.drive(play.job)
            assert due is not None
            play.clock.time = due
        assert not play.agents[Stage.CODEGEN].seen
        [said] = await told(play)
        assert "128 MB" in said
        disk.empty()
        await goes_on(play)
        assert len(await told(play)) == 1


async def test_a_read_only_home_pauses_jobs_until_it_is_writable(
    store: SqlStore, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "home", megabytes=200) as disk:
        play = await stage_a_play(store, disk.path)
        disk.remount("ro")
        assert await play.orchestrator.drive(play.job) is not None
        [said] = await told(play)
        assert "read-only" in said
        disk.remount("rw")
        await goes_on(play)


@pytest.mark.usefixtures("impatient")
async def test_a_database_on_a_full_disk_is_whole_and_its_job_goes_on(
    on_disk: SqlStore, disk: SmallDisk, tmp_path: Path
) -> None:
    play = await stage_a_play(on_disk, tmp_path)
    await stays_away(play, Stage.DATASET, "disk is full", disk.fill)
    disk.empty()
    await goes_on(play)
    assert len(play.agents[Stage.INTENT_PARSER].seen) == 1
    assert is_whole(disk.path / "mltrainer.db")


async def test_what_a_stage_worked_out_waits_for_room_in_the_database(
    on_disk: SqlStore, disk: SmallDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pausing, "_PAUSES", (0.01,) * 1000)
    play = await stage_a_play(on_disk, tmp_path)
    await is_waited_for(play, Stage.DATASET, go=disk.fill, come=disk.empty)


@pytest.mark.usefixtures("impatient")
async def test_a_database_on_a_disk_made_read_only_goes_on_when_it_is_writable(
    on_disk: SqlStore, disk: SmallDisk, tmp_path: Path
) -> None:
    play = await stage_a_play(on_disk, tmp_path)
    await on_disk.database.close()  # a file that is open cannot be made read-only
    disk.remount("ro")
    with pytest.raises(MLTrainerError, match=r"saved in .*mltrainer.db"):
        await play.orchestrator.drive(play.job)
    await on_disk.database.close()
    disk.remount("rw")
    await goes_on(play)
    assert is_whole(disk.path / "mltrainer.db")


async def test_a_log_on_a_full_disk_costs_its_lines_and_no_job(
    store: SqlStore, disk: SmallDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logging.raiseExceptions", True)
    disk.fill()
    journal = Journal(disk.path)
    play = await stage_a_play(store, tmp_path, {Stage.DATASET: [FULL]})
    play.orchestrator._journal = journal
    assert (await play.play()).status is JobStatus.DONE
    disk.empty()
    journal.traceback(JobId("j-00000000"), Stage.DATASET, ValueError("after"))
    assert "after" in (disk.path / "logs" / "mltrainer.log").read_text()


@pytest.mark.usefixtures("impatient")
async def test_a_database_that_is_moved_away_and_back_loses_nothing(
    store: SqlStore, tmp_path: Path
) -> None:
    file, away = tmp_path / "mltrainer.db", tmp_path / "away.db"
    play = await stage_a_play(store, tmp_path)
    await stays_away(play, Stage.DATASET, "is gone", lambda: file.rename(away))
    away.rename(file)
    await goes_on(play)
    assert len(play.agents[Stage.INTENT_PARSER].seen) == 1


async def test_a_server_that_is_restarted_costs_no_stage_and_no_attempt(
    on_server: SqlStore, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    play = await stage_a_play(on_server, tmp_path)
    server = postgres_server
    await is_waited_for(play, Stage.MONITOR, go=server.stop, come=server.start)


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_stays_away_for_long_fails_no_job(
    on_server: SqlStore, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    play = await stage_a_play(on_server, tmp_path)
    await stays_away(play, Stage.CODEGEN, "does not answer", postgres_server.stop)
    await asyncio.to_thread(postgres_server.start)
    await goes_on(play)


def test_a_home_that_is_not_there_is_left_to_whoever_writes(tmp_path: Path) -> None:
    assert pausing.lacking_room(tmp_path / "gone", Stage.DATASET) is None
