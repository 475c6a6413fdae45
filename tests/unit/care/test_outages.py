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
from pipeline.errors import MLTrainerError, Outage
from pipeline.events import AgentLogged
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from tests.fakes.postgres import PostgresServer
from tests.unit.care.small_disk import SmallDisk, small_disk
from tests.unit.orchestrator.scripted import ARTIFACTS, Clock, Stageplay, stage_a_play

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
    assert (await play.play(most=100)).status is JobStatus.DONE
    [said] = await told(play)
    assert "/home/data" in said
    assert "goes on by itself" in said
    assert (await play.row()).context.stage_results[Stage.PREPROCESSING].attempts == 1


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
        assert (await play.play()).status is JobStatus.DONE
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
        assert (await play.play()).status is JobStatus.DONE


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pausing, "_PAUSES", ())


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", megabytes=4) as disk:
        yield disk


@pytest.mark.usefixtures("impatient")
async def test_a_database_on_a_full_disk_is_whole_and_its_job_goes_on(
    disk: SmallDisk, tmp_path: Path
) -> None:
    async for store in opened(f"sqlite:///{disk.path}/mltrainer.db"):
        play = await stage_a_play(store, tmp_path)
        play.agents[Stage.DATASET].turns = [first(disk.fill, Stage.DATASET)]
        for _ in range(3):
            with pytest.raises(Outage, match="disk is full"):
                await play.orchestrator.drive(play.job)
        assert Stage.INTENT_PARSER in (await play.row()).context.stage_results
        disk.empty()
        row = await play.play()
        assert row.status is JobStatus.DONE
        assert row.context.stage_results[Stage.DATASET].attempts == 1
        assert len(play.agents[Stage.INTENT_PARSER].seen) == 1
        assert is_whole(disk.path / "mltrainer.db")


async def test_what_a_stage_worked_out_waits_for_room_in_the_database(
    disk: SmallDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pausing, "_PAUSES", (0.01,) * 1000)
    async for store in opened(f"sqlite:///{disk.path}/mltrainer.db"):
        play = await stage_a_play(store, tmp_path)
        play.agents[Stage.DATASET].turns = [first(disk.fill, Stage.DATASET)]
        driving = asyncio.create_task(play.orchestrator.drive(play.job))
        while not play.agents[Stage.DATASET].seen:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        disk.empty()
        await driving
        assert await play.status() is JobStatus.DONE
        assert len(play.agents[Stage.DATASET].seen) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_database_on_a_disk_made_read_only_goes_on_when_it_is_writable(
    disk: SmallDisk, tmp_path: Path
) -> None:
    async for store in opened(f"sqlite:///{disk.path}/mltrainer.db"):
        play = await stage_a_play(store, tmp_path)
        await store.database.close()  # a file that is open cannot be made read-only
        disk.remount("ro")
        with pytest.raises(MLTrainerError, match=r"saved in .*mltrainer.db"):
            await play.orchestrator.drive(play.job)
        await store.database.close()
        disk.remount("rw")
        assert (await play.play()).status is JobStatus.DONE
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
    play.agents[Stage.DATASET].turns = [first(lambda: file.rename(away), Stage.DATASET)]
    with pytest.raises(MLTrainerError, match="is gone"):
        await play.orchestrator.drive(play.job)
    away.rename(file)
    assert (await play.play()).status is JobStatus.DONE
    assert len(play.agents[Stage.INTENT_PARSER].seen) == 1


async def test_a_server_that_is_restarted_costs_no_stage_and_no_attempt(
    postgres_server: PostgresServer, postgres: str, tmp_path: Path
) -> None:
    async for store in opened(postgres):
        play = await stage_a_play(store, tmp_path)
        play.agents[Stage.MONITOR].turns = [first(postgres_server.stop, Stage.MONITOR)]
        driving = asyncio.create_task(play.orchestrator.drive(play.job))
        while not play.agents[Stage.MONITOR].seen:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        assert not driving.done()
        await asyncio.to_thread(postgres_server.start)
        await driving
        row = await play.row()
        assert row.status is JobStatus.DONE
        assert row.context.stage_results[Stage.MONITOR].attempts == 1
        assert len(play.agents[Stage.MONITOR].seen) == 1
        assert await told(play) == []


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_stays_away_for_long_fails_no_job(
    postgres_server: PostgresServer, postgres: str, tmp_path: Path
) -> None:
    async for store in opened(postgres):
        play = await stage_a_play(store, tmp_path)
        play.agents[Stage.CODEGEN].turns = [first(postgres_server.stop, Stage.CODEGEN)]
        for _ in range(20):
            with pytest.raises(Outage, match="does not answer"):
                await play.orchestrator.drive(play.job)
        await asyncio.to_thread(postgres_server.start)
        row = await play.play()
        assert row.status is JobStatus.DONE
        assert row.context.stage_results[Stage.CODEGEN].attempts == 1
