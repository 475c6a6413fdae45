"""Finished jobs go when their time is over, and nothing that anybody still needs goes with them."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters import retention
from adapters.records import Database
from adapters.store import SqlStore
from adapters.tables import ARRIVALS, BOARDS, EVENTS, INBOX, JOBS, OUTBOX, TICKETS
from bot import authority
from bot.running import sweeping
from bot.settings import Settings
from pipeline.artifacts import Champion, Release
from pipeline.context import JobContext
from pipeline.errors import Removed, UnknownName
from pipeline.events import AgentLogged
from pipeline.jobs import Actor, JobId, JobStatus, Stage
from pipeline.ports.chat import Mention
from pipeline.ports.store import Inbound, JobRow
from tests.fakes.jobs import ANN, BEN, new_job
from tests.unit.orchestrator.scripted import Clock

pytestmark = pytest.mark.anyio

DAYS = 30


@dataclass
class Kept:
    """A database with its home; what is saved now was saved `days` ago."""

    url: str
    home: Path
    store: SqlStore
    clock: Clock

    async def job(
        self, days: float, status: JobStatus = JobStatus.DONE, context: JobContext | None = None
    ) -> JobRow:
        self.clock.time = datetime.now(UTC) - timedelta(days=days)
        context = context or new_job(self.clock)
        event = AgentLogged(stage=Stage.DATASET, message="one")
        row = await self.store.create(context, [event])
        (self.home / "jobs" / row.id / "model").mkdir(parents=True)
        (self.home / "jobs" / row.id / "model" / "weights").write_bytes(b"w")
        return await self.store.save(row, row.context, status=status)

    async def sweep(self, days: int = DAYS) -> int:
        work = partial(retention.sweep, database_url=self.url, home=self.home, keep_days=days)
        count, _ = await asyncio.to_thread(work)
        return count

    async def left(self) -> set[JobId]:
        return {row.id for row in await self.store.list(limit=1000)}

    def folders(self) -> set[str]:
        return {one.name for one in (self.home / "jobs").iterdir()}

    async def count(self, table: sa.Table) -> int:
        query = sa.select(sa.func.count()).select_from(table)
        found = await self.store.database.read(lambda connection: connection.scalar(query))
        return int(found or 0)


@pytest.fixture(params=["sqlite", "postgresql"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kept]:
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/jobs.db" if sqlite else request.getfixturevalue("postgres")
    clock = Clock()
    store = SqlStore(database=Database(url), clock=clock)
    await store.database.open()
    yield Kept(url, tmp_path, store, clock)
    await store.database.close()


async def test_finished_jobs_go_with_their_files_and_open_ones_stay(kept: Kept) -> None:
    old = {status: await kept.job(31, status) for status in JobStatus}
    young = await kept.job(29)
    assert await kept.sweep() == 3
    stay = {old[JobStatus.RUNNABLE].id, old[JobStatus.WAITING].id, young.id}
    assert await kept.left() == stay
    assert kept.folders() == stay
    assert await kept.count(EVENTS) == 3
    assert await kept.sweep() == 0


async def test_without_a_limit_everything_is_kept(kept: Kept) -> None:
    await kept.job(4000)
    assert await kept.sweep(days=0) == 0
    assert len(await kept.left()) == 1


async def test_a_removed_job_is_said_to_be_removed(kept: Kept) -> None:
    row = await kept.job(31)
    await kept.sweep()
    with pytest.raises(Removed, match=f"{row.id} ended and was removed on 20") as gone:
        await kept.store.load(row.id)
    assert "published is still there" in gone.value.hint
    with pytest.raises(Removed):
        await kept.store.receive(row.id, Inbound(key="1", actor="me", text="retry"))


async def test_only_its_owner_hears_that_a_job_was_here(kept: Kept) -> None:
    row = await kept.job(31)
    await kept.sweep()

    def asks(actor: Actor) -> Mention:
        return Mention(actor=actor, place=row.context.thread, key="k", text="status")

    with pytest.raises(Removed):
        await authority.visible(kept.store, asks(ANN), row.id)
    with pytest.raises(UnknownName) as unknown:
        await authority.visible(kept.store, asks(BEN), row.id)
    assert not isinstance(unknown.value, Removed)


async def test_what_another_job_needs_is_kept_as_long(kept: Kept) -> None:
    parent, champion, copied = await kept.job(90), await kept.job(90), await kept.job(90)
    release = Release(host="folder", url=None, path=None)
    against = Champion(job=champion.id, release=release)
    fork = new_job(kept.clock).evolve(parent=parent.id)
    await kept.job(31, JobStatus.WAITING, fork)
    await kept.job(1, JobStatus.DONE, new_job(kept.clock).evolve(champion=against))
    await kept.job(1, JobStatus.DONE, new_job(kept.clock).evolve(parent=copied.id))
    assert await kept.sweep() == 1
    assert {parent.id, champion.id} <= await kept.left()
    assert copied.id not in await kept.left()


async def test_what_was_published_is_not_touched(kept: Kept) -> None:
    row = await kept.job(31)
    model = kept.home / "models" / row.id / "model" / "weights"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"w")
    assert await kept.sweep() == 1
    assert model.exists()


async def test_a_job_with_an_unread_word_or_an_unsent_letter_stays(kept: Kept) -> None:
    spoken, told, mentioned = [await kept.job(31) for _ in range(3)]
    await kept.store.receive(spoken.id, Inbound(key="1", actor="me", text="retry"))
    await insert(kept, OUTBOX, letter(told.id, "unsent", None))
    now = datetime.now(UTC)
    await insert(kept, ARRIVALS, arrival("new", now, handled=False, job=mentioned.id))
    assert await kept.sweep() == 0


async def test_all_that_hangs_on_a_job_goes_with_it(kept: Kept) -> None:
    row = await kept.job(31)
    now = datetime.now(UTC)
    word = {"job_id": row.id, "key": "1", "actor": "me", "text": "yes", "used": True, "at": now}
    await insert(kept, INBOX, word)
    await insert(kept, BOARDS, {"job_id": row.id, "shown": 1})
    await insert(kept, OUTBOX, letter(row.id, "sent", now))
    await insert(kept, ARRIVALS, arrival("handled", now, handled=True, job=row.id))
    assert await kept.sweep() == 1
    hanging = (EVENTS, INBOX, BOARDS, OUTBOX, ARRIVALS)
    assert [await kept.count(one) for one in hanging] == [0] * 5


async def test_a_champion_that_a_damaged_record_names_stays(kept: Kept) -> None:
    champion, damaged = await kept.job(31), await kept.job(1)
    text = f'{{"champion":{{"job":"{champion.id}","rel'
    cut = JOBS.update().where(JOBS.c.id == damaged.id).values(context=text)
    await kept.store.database.write(lambda connection: connection.execute(cut))
    assert await kept.sweep() == 0


async def test_a_job_that_moves_on_meanwhile_stays(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await kept.job(31, JobStatus.FAILED)
    found = retention._over

    def then_retried(engine: sa.Engine, before: datetime) -> object:
        rows = found(engine, before)
        with engine.begin() as connection:
            moved = JOBS.update().values(status=JobStatus.RUNNABLE, seq=row.seq + 1)
            connection.execute(moved)
        return rows

    monkeypatch.setattr(retention, "_over", then_retried)
    assert await kept.sweep() == 0
    assert await kept.left() == {row.id}
    assert kept.folders() == {row.id}


async def test_several_processes_sweep_without_a_quarrel(kept: Kept) -> None:
    for _ in range(30):
        await kept.job(31)
    counts = await asyncio.gather(*(kept.sweep() for _ in range(4)))
    assert sum(counts) == 30
    assert await kept.left() == set()
    assert kept.folders() == set()


async def test_files_that_another_process_removes_meanwhile_are_no_trouble(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kept.job(31)
    walk = os.walk

    def then_gone(folder: Path, *, topdown: bool) -> list[tuple[str, list[str], list[str]]]:
        found = list(walk(folder, topdown=topdown))
        shutil.rmtree(folder)
        return found

    monkeypatch.setattr(os, "walk", then_gone)
    assert await kept.sweep() == 1
    assert kept.folders() == set()


async def test_files_that_a_killed_sweep_left_go_with_the_next(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kept.job(31)
    strangers = {"j-beginsnow", os.fsdecode(b"no text \xff")}
    for name in strangers:
        (kept.home / "jobs" / name).mkdir()

    def die(folder: Path) -> None:
        raise KeyboardInterrupt(folder)

    monkeypatch.setattr(retention, "remove", die)
    with pytest.raises(KeyboardInterrupt):
        retention.sweep(database_url=kept.url, home=kept.home, keep_days=DAYS)
    monkeypatch.undo()
    assert len(kept.folders()) == 3
    await kept.sweep()
    assert kept.folders() == strangers


async def test_letters_arrivals_and_tickets_go_when_they_are_spent_and_old(kept: Kept) -> None:
    open_job = await kept.job(31, JobStatus.WAITING)
    old, young = (datetime.now(UTC) - timedelta(days=days) for days in (31, 29))
    for name, at in (("old", old), ("young", young), ("unsent", None)):
        await insert(kept, OUTBOX, letter(open_job.id, name, at))
    for name, at, handled in (("a", old, True), ("b", young, True), ("c", old, False)):
        await insert(kept, ARRIVALS, arrival(name, at, handled=handled))
    for name, at in (("old", old), ("young", young)):
        ticket = {"token": name, "owner": "me", "body": "{}", "expires_at": at, "used": True}
        await insert(kept, TICKETS, ticket)
    await kept.sweep()
    assert [await kept.count(one) for one in (OUTBOX, ARRIVALS, TICKETS)] == [2, 2, 1]


async def test_one_sweep_is_bounded_and_says_that_there_is_more(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_JOBS_AT_ONCE", 2)
    for _ in range(3):
        await kept.job(31)
    settings = Settings(home=kept.home, database_url=kept.url, keep_days=DAYS)
    assert await sweeping.swept(settings)
    assert len(await kept.left()) == 1
    assert not await sweeping.swept(settings)
    assert await kept.left() == set()


async def test_a_sweep_ends_in_time_and_goes_on_with_the_rest(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=kept.home, database_url=kept.url, keep_days=DAYS)
    row = await kept.job(31)
    monkeypatch.setattr(retention, "_SECONDS", -1.0)
    assert await sweeping.swept(settings)
    assert await kept.left() == {row.id}
    monkeypatch.undo()
    assert not await sweeping.swept(settings)
    assert await kept.left() == set()


async def test_spent_tickets_are_a_reason_to_go_on(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_ROWS_AT_ONCE", 2)
    old = datetime.now(UTC) - timedelta(days=31)
    for token in "abc":
        ticket = {"token": token, "owner": "me", "body": "{}", "expires_at": old, "used": True}
        await insert(kept, TICKETS, ticket)
    settings = Settings(home=kept.home, database_url=kept.url, keep_days=DAYS)
    assert await sweeping.swept(settings)
    assert not await sweeping.swept(settings)
    assert await kept.count(TICKETS) == 0


async def test_a_database_that_is_away_does_not_end_the_bot(tmp_path: Path) -> None:
    away = Settings(home=tmp_path, database_url="postgresql://nobody@127.0.0.1:9/x", keep_days=1)
    assert not await sweeping.swept(away)


async def insert(kept: Kept, table: sa.Table, row: dict[str, object]) -> None:
    await kept.store.database.write(lambda connection: connection.execute(table.insert(), row))


def letter(job: JobId, key: str, sent_at: datetime | None) -> dict[str, object]:
    made = {"key": key, "platform": "slack", "thread": "t", "job_id": job, "kind": "reply"}
    due = datetime.now(UTC)
    return {**made, "body": "{}", "due_at": due, "begun_at": None, "sent_at": sent_at, "tries": 0}


def arrival(key: str, at: datetime, *, handled: bool, job: str = "j-none0000") -> dict[str, object]:
    made = {"key": key, "platform": "slack", "thread": key, "job_id": job, "body": "{}"}
    return {**made, "at": at, "due_at": at, "tries": 0, "handled": handled}
