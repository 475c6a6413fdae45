"""A home goes into an archive and comes back out of it, or nothing changes."""

import asyncio
import contextlib
import errno
import io
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

import pytest

from adapters import backup as backing_up
from adapters import exchange as exchanging
from adapters.backup import back_up
from adapters.lock import HomeLock
from adapters.records import Database
from adapters.restore import restore
from adapters.store import SqlStore
from bot.__main__ import run
from pipeline.errors import PersonCanFix
from pipeline.events import AgentLogged
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.backup import FORMAT, BackedUp, Manifest, Restored
from pipeline.ports.store import JobRow
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.fakes.nobody import NO_SERVICES
from tests.unit.care.small_disk import small_disk
from tests.unit.care.stored import every_job

ROOT = Path(__file__).resolve().parents[3]
HERE = "/the/place/of/the/home"
KEY = b"a master key that nobody else should see"


def url(home: Path) -> str:
    return f"sqlite:///{home / 'mltrainer.db'}"


async def rows(home: Path) -> list[JobRow]:
    store = SqlStore(database=Database(url(home)), clock=FakeClock())
    await store.database.open()
    try:
        return sorted(await store.list(limit=1000), key=lambda row: row.id)
    finally:
        await store.database.close()


async def save_every_job(home: Path) -> None:
    store = SqlStore(database=Database(url(home)), clock=FakeClock())
    await store.database.open()
    for context, status in every_job(HERE):
        row = await store.create(context, [AgentLogged(stage=Stage.DATASET, message="one")])
        await store.save(row, context, status=status)
    await store.database.close()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with jobs in every state, written once."""
    home = tmp_path_factory.mktemp("saved")
    asyncio.run(save_every_job(home))
    return home / "mltrainer.db"


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@pytest.fixture
def home(saved: Path, tmp_path: Path) -> Path:
    """Jobs in every state, their files, a model, a key and what can be made again."""
    home = tmp_path / "here" / "home"
    home.mkdir(parents=True)
    shutil.copy(saved, home)
    with contextlib.closing(sqlite3.connect(home / "mltrainer.db")) as database:
        database.execute("UPDATE jobs SET context = replace(context, ?, ?)", (HERE, str(home)))
        database.commit()
    write(home / "master.key", KEY)
    write(home / "jobs" / "j-00000001" / "data" / "rows.csv", b"a,b\n1,2\n")
    write(home / "jobs" / "j-00000001" / "scratch" / "half", b"x")
    write(home / "jobs" / "j-00000001" / "runs" / "r" / "log", b"loss 1")
    write(home / "models" / "spam" / "model" / "weights.bin", os.urandom(100_000))
    write(home / "environments" / "core" / "python", b"large")
    (home / "jobs" / "j-00000001" / "model").mkdir()
    (home / "jobs" / "j-00000001" / "model" / "link").symlink_to("/etc/passwd")
    return home


def archived(home: Path, file: Path, *, with_key: bool = False, only: bool = False) -> BackedUp:
    return back_up(file, home=home, database_url=url(home), with_key=with_key, database_only=only)


async def put_back(file: Path, home: Path, *, replace: bool = False) -> Restored:
    work = partial(restore, file, home=home, database_url=url(home), replace=replace)
    return await asyncio.to_thread(work)


def everything(folder: Path) -> dict[str, bytes]:
    """All files of a home that a restore must not touch."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.suffix != ".lock"
    }


@pytest.mark.anyio
async def test_jobs_in_every_state_come_back_as_they_were(home: Path, tmp_path: Path) -> None:
    made = archived(home, tmp_path / "b.tar")
    before = await rows(home)
    found = await put_back(tmp_path / "b.tar", tmp_path / "there" / "home")
    after = await rows(tmp_path / "there" / "home")
    assert made.jobs == found.jobs == len(before) >= 100
    assert found.open == sum(not _over(row) for row in before)
    assert [row.context.evolve(home="") for row in after] == [
        row.context.evolve(home="") for row in before
    ]
    assert [(row.status, row.seq) for row in after] == [(row.status, row.seq) for row in before]


def _over(row: JobRow) -> bool:
    return row.status in {JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED}


@pytest.mark.anyio
async def test_files_come_back_without_what_can_be_made_again(home: Path, tmp_path: Path) -> None:
    done = next(row.id for row in await rows(home) if row.status is JobStatus.DONE)
    write(home / "jobs" / done / "runs" / "r" / "log", b"loss 0")
    write(home / "models" / ".spam" / "weights.bin", b"half published")
    archived(home, tmp_path / "b.tar")
    there = tmp_path / "there"
    await put_back(tmp_path / "b.tar", there)
    assert set(everything(there)) == {
        "mltrainer.db",
        "jobs/j-00000001/data/rows.csv",
        "jobs/j-00000001/runs/r/log",
        "models/spam/model/weights.bin",
    }
    weights = Path("models/spam/model/weights.bin")
    assert (there / weights).read_bytes() == (home / weights).read_bytes()


@pytest.mark.anyio
async def test_paths_in_documents_follow_the_home(home: Path, tmp_path: Path) -> None:
    near = f"{home}-2/rows.csv"
    with contextlib.closing(sqlite3.connect(home / "mltrainer.db")) as database:
        change = "UPDATE jobs SET context = json_set(context, '$.request.words', ?)"
        database.execute(change, [near])
        database.commit()
    archived(home, tmp_path / "b.tar")
    await put_back(tmp_path / "b.tar", tmp_path / "there")
    after = await rows(tmp_path / "there")
    assert {row.context.home for row in after} == {str(tmp_path / "there")}
    assert {row.context.request.words for row in after} == {near}


@pytest.mark.anyio
async def test_a_damaged_record_comes_back_as_it_is(home: Path, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(home / "mltrainer.db")) as database:
        database.execute("UPDATE jobs SET context = '{' WHERE id = 'j-00000002'")
        database.commit()
    made = archived(home, tmp_path / "b.tar")
    assert (await put_back(tmp_path / "b.tar", tmp_path / "there")).jobs == made.jobs
    assert len(await rows(tmp_path / "there")) == made.jobs - 1


@pytest.mark.anyio
async def test_the_key_is_in_it_only_if_asked_for(home: Path, tmp_path: Path) -> None:
    assert not archived(home, tmp_path / "without.tar").with_key
    assert KEY not in (tmp_path / "without.tar").read_bytes()
    assert archived(home, tmp_path / "with.tar", with_key=True).with_key
    await put_back(tmp_path / "with.tar", tmp_path / "there")
    assert (tmp_path / "there" / "master.key").read_bytes() == KEY
    assert stat.S_IMODE((tmp_path / "there" / "master.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "with.tar").stat().st_mode) == 0o600


@pytest.mark.anyio
async def test_the_database_alone_is_one_file_and_its_manifest(home: Path, tmp_path: Path) -> None:
    archived(home, tmp_path / "b.tar", only=True)
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert tar.getnames() == ["mltrainer.db", "manifest.json"]
        database = tar.extractfile("mltrainer.db")
        assert database is not None
        assert database.read(20)[18:] == b"\x01\x01", "it needs no log beside it"


@pytest.mark.anyio
async def test_a_backup_beside_a_writer_is_whole(home: Path, tmp_path: Path) -> None:
    store = SqlStore(database=Database(url(home)), clock=FakeClock())
    written, ended = 0, False

    async def write_on() -> None:
        nonlocal written
        row = await store.create(new_job(FakeClock()), ())
        while not ended:
            event = AgentLogged(stage=Stage.DATASET, message="x" * 500)
            row = await store.save(row, row.context.evolve(redos=written), [event])
            written += 1

    writers = [asyncio.create_task(write_on()) for _ in range(4)]
    told = []
    for number in range(5):
        at_least = written + 4
        while written < at_least:
            await asyncio.sleep(0)
        told.append(written)
        await asyncio.to_thread(archived, home, tmp_path / f"{number}.tar", only=True)
    ended = True
    await asyncio.gather(*writers)
    await store.database.close()

    for number in range(5):
        there = tmp_path / f"there{number}"
        await put_back(tmp_path / f"{number}.tar", there)
        with contextlib.closing(sqlite3.connect(there / "mltrainer.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            torn = "SELECT count(*) FROM jobs WHERE event_count <> "
            torn += "(SELECT count(*) FROM events WHERE job_id = jobs.id)"
            assert database.execute(torn).fetchone() == (0,)
            (events,) = database.execute("SELECT count(*) FROM events").fetchone()
            assert events >= told[number] + len(list(every_job()))
        assert len(await rows(there)) >= 104


@pytest.mark.parametrize("kept", [0, 100, 0.3, 0.6, 0.9, 0.999])
@pytest.mark.anyio
async def test_a_cut_archive_changes_nothing(home: Path, tmp_path: Path, kept: float) -> None:
    archived(home, tmp_path / "b.tar")
    whole = (tmp_path / "b.tar").read_bytes()
    end = whole.rstrip(b"\0")  # a tar file ends in zeros
    cut = end[: kept if isinstance(kept, int) else int(len(end) * kept)]
    (tmp_path / "cut.tar").write_bytes(cut)
    before = everything(home)
    with pytest.raises(PersonCanFix, match=r"cut off or broken"):
        await put_back(tmp_path / "cut.tar", home, replace=True)
    assert everything(home) == before
    assert [path.name for path in home.parent.iterdir()] == ["home"]


@pytest.mark.anyio
async def test_one_changed_byte_is_noticed(home: Path, tmp_path: Path) -> None:
    archived(home, tmp_path / "b.tar")
    before = everything(home)
    archive = bytearray((tmp_path / "b.tar").read_bytes())
    archive[archive.index(b"a,b\n1,2\n") + 4] ^= 1
    (tmp_path / "b.tar").write_bytes(archive)
    with pytest.raises(PersonCanFix, match="not as it was written"):
        await put_back(tmp_path / "b.tar", home, replace=True)
    assert everything(home) == before


@pytest.mark.anyio
async def test_a_name_that_comes_twice_is_refused(home: Path, tmp_path: Path) -> None:
    archived(home, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar", "a") as tar:
        tar.addfile(tarfile.TarInfo("jobs/j-00000001/data/rows.csv"), io.BytesIO())
    with pytest.raises(PersonCanFix, match="broken"):
        await put_back(tmp_path / "b.tar", home, replace=True)


@pytest.mark.anyio
async def test_an_archive_of_another_format_is_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backing_up, "Manifest", partial(Manifest, format=FORMAT + 1))
    archived(home, tmp_path / "b.tar")
    with pytest.raises(PersonCanFix, match="made by another mltrainer"):
        await put_back(tmp_path / "b.tar", tmp_path / "there")


@pytest.mark.parametrize("name", [b"a\\b", b"a\nb", b"\xff.csv", "ß".encode(), b"-rf *"])
@pytest.mark.anyio
async def test_any_name_that_a_training_chose_comes_back(
    home: Path, tmp_path: Path, name: bytes
) -> None:
    file = Path("jobs", "j-00000001", "model", os.fsdecode(name))
    write(home / file, b"w")
    archived(home, tmp_path / "b.tar")
    await put_back(tmp_path / "b.tar", tmp_path / "there")
    assert (tmp_path / "there" / file).read_bytes() == b"w"


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, to
    return entry


def extended(name: str, **headers: str) -> tarfile.TarInfo:
    """An entry with headers that have the last word (POSIX pax)."""
    entry = tarfile.TarInfo(name)
    entry.pax_headers = {key.replace("_", "."): value for key, value in headers.items()}
    return entry


@pytest.mark.parametrize(
    "entry",
    [
        tarfile.TarInfo("../outside"),
        tarfile.TarInfo("/outside"),
        tarfile.TarInfo("jobs/../../outside"),
        tarfile.TarInfo("jobs//x"),
        tarfile.TarInfo("jobs/./x"),
        tarfile.TarInfo("jobs"),
        tarfile.TarInfo("environments/core/bin/python"),
        tarfile.TarInfo("jobs\\..\\x/y"),
        link("jobs/j/link", "/etc"),
        link("jobs/j/hard", "master.key", tarfile.LNKTYPE),
        link("jobs/j/pipe", "", tarfile.FIFOTYPE),
        link("jobs/j/device", "", tarfile.CHRTYPE),
        extended("jobs/j/nul", path="jobs/j/a\0b"),
        extended("jobs/j/sparse", GNU_sparse_map="0,0", GNU_sparse_size="99999999"),
    ],
    ids=lambda entry: entry.name,
)
@pytest.mark.anyio
async def test_what_no_backup_holds_is_refused(
    home: Path, tmp_path: Path, entry: tarfile.TarInfo
) -> None:
    archived(home, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar", "a") as tar:
        tar.addfile(entry, io.BytesIO())
    before = everything(home)
    with pytest.raises(PersonCanFix, match="something that is in no backup"):
        await put_back(tmp_path / "b.tar", home, replace=True)
    assert everything(home) == before
    assert not (tmp_path / "outside").exists()


@pytest.mark.anyio
async def test_a_file_beside_the_manifest_is_refused(home: Path, tmp_path: Path) -> None:
    archived(home, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar", "a") as tar:
        tar.addfile(tarfile.TarInfo("jobs/j-00000002/extra"), io.BytesIO())
    with pytest.raises(PersonCanFix, match="not as it was written"):
        await put_back(tmp_path / "b.tar", home, replace=True)


@pytest.mark.anyio
async def test_a_home_that_is_not_empty_is_replaced_only_if_told_and_kept(
    home: Path, tmp_path: Path
) -> None:
    archived(home, tmp_path / "b.tar")
    write(home / "jobs" / "j-00000002" / "later", b"later")
    for name in ("weights", "logs"):
        write(home / name / "file", b"stays with the home")
    before = everything(home)
    with pytest.raises(PersonCanFix, match="not empty") as refused:
        await put_back(tmp_path / "b.tar", home)
    assert "--replace" in refused.value.hint
    found = await put_back(tmp_path / "b.tar", home, replace=True)
    assert found.before is not None
    kept = everything(found.before)
    stay = {name for name in before if name.startswith(("environments", "weights", "logs"))}
    assert kept == {name: content for name, content in before.items() if name not in stay}
    assert len(stay & set(everything(home))) == len(stay) == 3
    assert not (home / "jobs" / "j-00000002" / "later").exists()
    assert (home / "master.key").read_bytes() == KEY
    assert stat.S_IMODE((home / "master.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["master.key", "jobs/j-1/file", "models/spam/file"])
@pytest.mark.anyio
async def test_a_home_with_anything_of_worth_is_not_empty(
    home: Path, tmp_path: Path, name: str
) -> None:
    archived(home, tmp_path / "b.tar")
    write(tmp_path / "there" / name, b"of worth")
    with pytest.raises(PersonCanFix, match="not empty"):
        await put_back(tmp_path / "b.tar", tmp_path / "there")


@pytest.mark.anyio
async def test_the_key_of_the_archive_is_the_one_that_opens_it(home: Path, tmp_path: Path) -> None:
    archived(home, tmp_path / "b.tar", with_key=True)
    (home / "master.key").write_bytes(b"a later key")
    found = await put_back(tmp_path / "b.tar", home, replace=True)
    assert (home / "master.key").read_bytes() == KEY
    assert found.before is not None
    assert (found.before / "master.key").read_bytes() == b"a later key"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:////elsewhere/mltrainer.db", "a file outside the home"),
        ("postgresql://ann@127.0.0.1:9/bot", "DATABASE_URL names a server"),
    ],
)
@pytest.mark.anyio
async def test_a_database_elsewhere_is_not_restored_into_a_home(
    home: Path, tmp_path: Path, url: str, told: str
) -> None:
    archived(home, tmp_path / "b.tar")
    before = everything(home)
    with pytest.raises(PersonCanFix, match=told):
        restore(tmp_path / "b.tar", home=home, database_url=url, replace=True)
    assert everything(home) == before


@pytest.mark.anyio
async def test_a_home_that_is_a_disk_of_its_own_is_refused(home: Path, tmp_path: Path) -> None:
    archived(home, tmp_path / "b.tar")
    with (
        small_disk(tmp_path / "disk", megabytes=8) as disk,
        pytest.raises(PersonCanFix, match="a disk of its own"),
    ):
        await put_back(tmp_path / "b.tar", disk.path)


@pytest.mark.parametrize("lock", ["mltrainer.lock", "talking.lock"])
@pytest.mark.anyio
async def test_a_home_in_use_is_left_alone(home: Path, tmp_path: Path, lock: str) -> None:
    archived(home, tmp_path / "b.tar")
    before = everything(home)
    holder = HomeLock(home / lock)
    assert holder.acquire()
    with pytest.raises(PersonCanFix, match=f"in use by process {os.getpid()}"):
        await put_back(tmp_path / "b.tar", home, replace=True)
    holder.release()
    assert everything(home) == before


DYING = """
import os, signal, sys
from pathlib import Path
import adapters.restore as restoring
step, file, home = sys.argv[1:]
original = getattr(restoring, step)
def die(*args, **kwargs):
    if sys.argv[1] == "_put_aside":
        os.kill(os.getpid(), signal.SIGKILL)
    found = original(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(restoring, step, die)
url = f"sqlite:///{home}/mltrainer.db"
restoring.restore(Path(file), home=Path(home), database_url=url, replace=True)
"""


@pytest.mark.parametrize(
    ("step", "is_new"),
    [
        ("_written", False),
        ("_unpack", False),
        ("bring_up_to_date", False),
        ("_prepared", False),
        ("exchange", True),
        ("_put_aside", True),
    ],
)
@pytest.mark.anyio
async def test_a_restore_that_is_killed_leaves_one_whole_home(
    home: Path, tmp_path: Path, *, step: str, is_new: bool
) -> None:
    archived(home, tmp_path / "b.tar")
    write(home / "jobs" / "j-00000002" / "later", b"later")
    before = everything(home)
    command = [sys.executable, "-c", DYING, step, str(tmp_path / "b.tar"), str(home)]
    ended = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    old = next(home.parent.glob(".home.restoring-*")) if is_new else home
    assert everything(old) == before
    assert len(await rows(home)) >= 100
    assert (await put_back(tmp_path / "b.tar", home, replace=True)).jobs >= 100


@pytest.mark.anyio
async def test_the_earlier_home_stays_until_the_new_one_is_on_disk(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archived(home, tmp_path / "b.tar")
    before = everything(home)

    def power_cut(folder: Path) -> None:
        raise KeyboardInterrupt(folder)

    monkeypatch.setattr("adapters.restore.flush", power_cut)
    with pytest.raises(KeyboardInterrupt):
        await put_back(tmp_path / "b.tar", home, replace=True)
    assert everything(home) == before
    assert [path.name for path in home.parent.iterdir()] == ["home"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two folders at once")
def test_two_folders_change_places_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "new" / "file", b"new")
    write(tmp_path / "home" / "file", b"old")

    def in_between(first: Path, _second: Path) -> None:
        raise AssertionError(first)

    monkeypatch.setattr(Path, "rename", in_between)
    exchanging.exchange(tmp_path / "new", tmp_path / "home")
    assert everything(tmp_path) == {"home/file": b"new", "new/file": b"old"}


@pytest.mark.anyio
async def test_where_no_exchange_is_known_three_steps_do_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging, "_at_once", lambda *_: False)
    archived(home, tmp_path / "b.tar")
    write(home / "jobs" / "j-00000002" / "later", b"later")
    found = await put_back(tmp_path / "b.tar", home, replace=True)
    assert found.before is not None
    assert (found.before / "jobs" / "j-00000002" / "later").exists()
    assert not (home / "jobs" / "j-00000002").exists()
    assert {path.name for path in home.parent.iterdir()} == {"home", found.before.name}


def test_three_steps_that_cannot_be_ended_are_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging, "_at_once", lambda *_: False)
    write(tmp_path / "home" / "file", b"as it was")
    with pytest.raises(PersonCanFix, match="could not be exchanged"):
        exchanging.exchange(tmp_path / "gone", tmp_path / "home")
    assert everything(tmp_path) == {"home/file": b"as it was"}


def test_a_disk_that_fails_at_the_last_moment_leaves_the_earlier_backup(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archived(home, tmp_path / "b.tar")
    earlier = (tmp_path / "b.tar").read_bytes()

    def fails(_file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(PersonCanFix, match="could not be written: Input/output error"):
        archived(home, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_bytes() == earlier
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "here"]


@pytest.mark.parametrize("place", ["jobs/b.tar", "models/spam/b.tar", "nowhere/b.tar"])
def test_a_backup_is_written_neither_among_what_it_keeps_nor_nowhere(
    home: Path, place: str
) -> None:
    before = everything(home)
    with pytest.raises(PersonCanFix, match=r"among the files|no folder"):
        archived(home, home / place)
    assert everything(home) == before


def test_without_a_database_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(PersonCanFix, match="nothing to back up"):
        archived(tmp_path, tmp_path / "b.tar")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_a_file_that_is_gone_when_its_turn_comes_is_left_out(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = backing_up._needed

    def needed(folder: Path, statuses: dict[str, str]) -> Iterator[Path]:
        for path in found(folder, statuses):
            if path.name == "log":
                path.unlink()
            yield path

    monkeypatch.setattr(backing_up, "_needed", needed)
    archived(home, tmp_path / "b.tar")
    await put_back(tmp_path / "b.tar", tmp_path / "there")
    assert (tmp_path / "there" / "jobs" / "j-00000001" / "data" / "rows.csv").exists()


@pytest.mark.anyio
async def test_a_file_that_is_cut_while_it_is_read_spoils_no_backup(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Path("jobs", "j-00000001", "runs", "r", "log")
    read = backing_up._Measured

    def cut(file: IO[bytes], size: int) -> object:
        return read(io.BytesIO(b"loss") if size == len(b"loss 1") else file, size)

    monkeypatch.setattr(backing_up, "_Measured", cut)
    archived(home, tmp_path / "b.tar")
    await put_back(tmp_path / "b.tar", tmp_path / "there")
    assert (tmp_path / "there" / log).read_bytes() == b"loss\0\0"


@pytest.mark.anyio
async def test_a_backup_that_fails_leaves_the_earlier_one(home: Path, tmp_path: Path) -> None:
    archived(home, tmp_path / "b.tar")
    earlier = (tmp_path / "b.tar").read_bytes()
    damaged = bytearray((home / "mltrainer.db").read_bytes())
    damaged[4096 * 3 : 4096 * 4] = os.urandom(4096)
    (home / "mltrainer.db").write_bytes(damaged)
    with pytest.raises(PersonCanFix, match="damaged"):
        archived(home, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_bytes() == earlier
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "here"]


def test_a_database_that_only_a_look_at_every_page_finds_damaged_is_not_backed_up(
    home: Path, tmp_path: Path
) -> None:
    with contextlib.closing(sqlite3.connect(home / "mltrainer.db")) as database:
        query = "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'events'"
        (page,) = database.execute(query).fetchone()
    content = bytearray((home / "mltrainer.db").read_bytes())
    content[4096 * page - 1] ^= 1  # the number of the row that an entry stands for
    (home / "mltrainer.db").write_bytes(content)
    with pytest.raises(PersonCanFix, match="damaged") as refused:
        archived(home, tmp_path / "b.tar")
    assert "earlier backup" in refused.value.hint
    assert not (tmp_path / "b.tar").exists()


@pytest.mark.anyio
async def test_the_archive_of_a_newer_version_changes_nothing(home: Path, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(home / "mltrainer.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'r9999'")
        database.commit()
    archived(home, tmp_path / "b.tar")
    with pytest.raises(PersonCanFix, match="newer mltrainer"):
        await put_back(tmp_path / "b.tar", tmp_path / "there")
    assert not (tmp_path / "there" / "mltrainer.db").exists()


def test_beside_postgresql_files_are_kept_and_the_dump_is_said(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in NO_SERVICES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLTRAINER_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:hidden@db.example/bot")
    assert run(["backup", str(tmp_path / "b.tar")]) == 0
    said = capsys.readouterr().out
    assert "pg_dump --format=custom --file=" in said
    assert "hidden" not in said
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert "mltrainer.db" not in tar.getnames()
        assert "models/spam/model/weights.bin" in tar.getnames()
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(PersonCanFix, match="beside PostgreSQL"):
        asyncio.run(put_back(tmp_path / "b.tar", tmp_path / "there"))


def test_the_commands_say_what_is_kept_and_what_is_there_now(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in NO_SERVICES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLTRAINER_HOME", str(home))
    assert run(["backup", str(tmp_path / "b.tar")]) == 0
    said = capsys.readouterr().out
    assert f"The master key {home / 'master.key'} is not in it" in said
    there = tmp_path / "there"
    monkeypatch.setenv("MLTRAINER_HOME", str(there))
    assert run(["restore", str(tmp_path / "b.tar")]) == 0
    said = capsys.readouterr().out
    assert "jobs, " in said
    assert "the latest is j-" in said
    assert f"put your copy at {there / 'master.key'}" in said
