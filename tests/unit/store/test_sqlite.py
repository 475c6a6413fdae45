"""SQLite as it fails in life: a full disk, a damaged file, another process, an old record."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from adapters import database, document
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.context import SCHEMA_VERSION
from pipeline.errors import Bug, MLTrainerError, PersonCanFix, Superseded, TryAgain
from pipeline.events import AgentLogged
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.store import JobRow
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[3]
APPENDING = """
import asyncio, sys
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.events import AgentLogged
from tests.fakes.clock import FakeClock

async def main(path, job_id, count):
    store = SqlStore(database=Database(f"sqlite:///{path}"), clock=FakeClock())
    await store.database.open()
    row = await store.load(job_id)
    for number in range(count):
        event = AgentLogged(stage="dataset", message=str(number))
        await store.append(row, [event])
    await store.database.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(clock: FakeClock, tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = SqlStore(database=Database(f"sqlite:///{tmp_path}/jobs.db"), clock=clock)
    await opened.database.open()
    yield opened
    await opened.database.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 KB where one can be mounted, else a plain folder."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    yield folder
    if mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
async def cramped(clock: FakeClock, disk: Path) -> AsyncIterator[SqlStore]:
    """A store that cannot grow far."""
    store = SqlStore(database=Database(f"sqlite:///{disk}/jobs.db"), clock=clock)
    if not await asyncio.to_thread(disk.is_mount):
        assert store.database.sqlite
        for engine in store.database.sqlite.engines:
            sa.event.listen(engine, "connect", limit_pages)
    await store.database.open()
    yield store
    await store.database.close()


def limit_pages(connection: database.Connection, _record: object) -> None:
    connection.cursor().execute("PRAGMA max_page_count = 100")


def file_of(store: SqlStore) -> Path:
    return Path(store.database.url.database or "")


def change(store: SqlStore, statement: str, *values: object) -> None:
    with sqlite3.connect(file_of(store)) as connection:
        connection.execute(statement, values)
    connection.close()


async def test_two_processes_write_one_job_without_a_gap(store: SqlStore, clock: FakeClock) -> None:
    row = await store.create(new_job(clock), [])
    command = [sys.executable, "-c", APPENDING, str(file_of(store)), row.id, "25"]
    others = [await asyncio.create_subprocess_exec(*command, cwd=ROOT) for _ in range(2)]

    for number in range(25):
        await store.append(row, [AgentLogged(stage=Stage.DATASET, message=str(number))])

    assert [await other.wait() for other in others] == [0, 0]
    assert [one.number for one in await store.events(row.id)] == list(range(1, 76))


async def write_until_full(store: SqlStore, row: JobRow) -> None:
    for _ in range(1000):
        await store.append(row, [AgentLogged(stage=Stage.DATASET, message="x" * 5000)])


async def test_a_full_disk_is_said_and_loses_nothing_that_was_saved(
    cramped: SqlStore, clock: FakeClock
) -> None:
    row = await cramped.create(new_job(clock), [])

    with pytest.raises(TryAgain, match="the disk is full") as full:
        await write_until_full(cramped, row)

    assert "Free some space" in full.value.hint
    assert await cramped.load(row.id) == row
    numbers = [one.number for one in await cramped.events(row.id)]
    assert numbers == list(range(1, len(numbers) + 1))
    with sqlite3.connect(file_of(cramped)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


async def test_a_database_that_was_deleted_is_missed_before_anything_is_written(
    store: SqlStore, clock: FakeClock
) -> None:
    row = await store.create(new_job(clock), [])
    file_of(store).unlink()

    with pytest.raises(PersonCanFix, match="is gone"):
        await store.save(row, row.context)


async def test_a_file_that_is_no_database_is_named(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "jobs.db").write_text("Dear diary, " * 200)
    store = SqlStore(database=Database(f"sqlite:///{tmp_path}/jobs.db"), clock=clock)

    with pytest.raises(PersonCanFix, match=r"jobs\.db: it is not a database") as refused:
        await store.database.open()

    assert "backup" in refused.value.hint
    await store.database.close()


async def test_a_database_in_no_folder_is_named(tmp_path: Path, clock: FakeClock) -> None:
    store = SqlStore(database=Database(f"sqlite:///{tmp_path}/nowhere/jobs.db"), clock=clock)

    with pytest.raises(PersonCanFix, match="nowhere"):
        await store.database.open()

    await store.database.close()


@pytest.mark.parametrize("text", ['{"schema_ver', "{}", "[]", "null", '{"schema_version": 1}'])
async def test_a_damaged_record_fails_its_job_and_no_other(
    store: SqlStore, clock: FakeClock, text: str
) -> None:
    healthy = await store.create(new_job(clock), [])
    damaged = await store.create(new_job(clock), [])
    change(store, "UPDATE jobs SET context = ? WHERE id = ?", text, damaged.id)

    assert [row.id for row in await store.list()] == [healthy.id]
    with pytest.raises(PersonCanFix, match=f"{damaged.id} is damaged"):
        await store.load(damaged.id)

    assert await store.due(clock.now()) == (healthy.id,)


async def test_a_damaged_record_holds_up_nobodys_training(
    store: SqlStore, clock: FakeClock
) -> None:
    damaged = await store.create(new_job(clock), [])
    text = '{"run":{"runtime":"modal","name":"j'
    change(store, "UPDATE jobs SET context = ?, stage = 'monitor'", text)

    assert await store.trainings("modal") == ()
    assert await store.due(clock.now()) == (damaged.id,)


async def test_a_record_of_a_newer_version_waits_for_that_version(
    store: SqlStore, clock: FakeClock
) -> None:
    row = await store.create(new_job(clock), [])
    newer = json.loads(row.context.model_dump_json()) | {"schema_version": SCHEMA_VERSION + 1}
    change(store, "UPDATE jobs SET context = ?", json.dumps(newer))

    with pytest.raises(PersonCanFix, match="newer mltrainer"):
        await store.load(row.id)

    assert await store.due(clock.now()) == (row.id,)


async def test_an_event_of_a_newer_version_hides_no_other(
    store: SqlStore, clock: FakeClock
) -> None:
    told = [AgentLogged(stage=Stage.DATASET, message=text) for text in ("one", "two")]
    row = await store.create(new_job(clock), told)
    change(store, "UPDATE events SET body = ? WHERE number = 1", '{"kind": "job_teleported"}')

    assert [one.event for one in await store.events(row.id)] == told[1:]


async def test_an_older_record_is_brought_up_to_date_step_by_step(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = new_job(clock)
    old = json.loads(job.model_dump_json()) | {"schema_version": SCHEMA_VERSION - 1}
    old["words"] = old.pop("request")["words"]

    def move_words(document: document.Document) -> document.Document:
        return document | {"request": {"words": document.pop("words")}}

    steps: Mapping[int, object] = {SCHEMA_VERSION - 1: move_words}
    monkeypatch.setattr(document, "STEPS", steps)

    assert document.read(job.job_id, json.dumps(old)) == job


async def test_what_could_not_be_read_back_is_never_saved(
    store: SqlStore, clock: FakeClock
) -> None:
    row = await store.create(new_job(clock), [])

    with pytest.raises(Bug, match="cannot be read"):
        await store.save(row, row.context.evolve(starts="three"))

    assert await store.load(row.id) == row


async def test_a_superseded_save_says_so_also_after_the_job_ended(
    store: SqlStore, clock: FakeClock
) -> None:
    row = await store.create(new_job(clock), [])
    await store.save(row, row.context, status=JobStatus.DONE)

    with pytest.raises(Superseded, match="another worker"):
        await store.append(row, [])


def all_kinds(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for child in kind.__subclasses__():
        yield from all_kinds(child)


@pytest.mark.parametrize("kind", sorted(set(all_kinds(exc.DBAPIError)), key=str))
def test_every_error_of_a_database_becomes_one_of_ours(kind: type[exc.DBAPIError]) -> None:
    server = sa.make_url("postgresql+psycopg://ann:geheim@host/jobs")
    foreign = kind("SELECT 1", {}, ValueError("no"))

    with pytest.raises(MLTrainerError) as translated, database.translated(server):
        raise foreign

    assert translated.value.hint
    assert "geheim" not in str(translated.value)


def test_an_unreadable_cell_of_a_file_means_damage_and_not_a_server_that_is_away() -> None:
    error = exc.OperationalError(
        "select", {}, sqlite3.OperationalError("Could not decode to UTF-8")
    )
    told = database.explain(error, sa.make_url("sqlite:////home/me/mltrainer.db"))
    assert isinstance(told, PersonCanFix)
    assert "damaged" in told.message


@pytest.mark.parametrize("url", ["mysql://host/jobs", "jobs.db", ""])
def test_a_database_we_cannot_use_is_refused_by_its_setting(url: str) -> None:
    with pytest.raises(PersonCanFix, match="DATABASE_URL"):
        database.parse_url(url)
