"""What only the real post office has: its tables, and other processes at them."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.pending import unshown
from adapters.post import SqlPost
from adapters.records import Database
from adapters.store import SqlStore
from adapters.tables import ARRIVALS, OUTBOX, TICKETS
from pipeline.events import PipelineStarted
from pipeline.jobs import JobId, JobStatus, Place
from pipeline.ports.chat import Card, Mention
from pipeline.ports.post import Letter, Ticket
from pipeline.ports.store import JobRow
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, new_job

pytestmark = pytest.mark.anyio

HERE = Place(platform="slack", space="T1", channel="C1", thread="1.1")
MONTH = 31 * 86400


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    one = Database(f"sqlite:///{tmp_path}/jobs.db")
    await one.open()
    yield one
    await one.close()


@pytest.fixture
async def row(database: Database, clock: FakeClock) -> JobRow:
    store = SqlStore(database=database, clock=clock)
    return await store.create(new_job(clock).evolve(thread=HERE), [PipelineStarted(words="x")])


async def put(post: SqlPost, row: JobRow, clock: FakeClock, key: str) -> Letter:
    card, now = Card(title=key), clock.now()
    letter = Letter(key=key, kind="notice", job_id=row.id, place=HERE, card=card, due_at=now)
    board = await post.board(row.id)
    await post.show(board, board.shown + 1, [letter])
    return letter


async def count(database: Database, table: sa.Table) -> int:
    async with database.reading() as connection:
        return (await connection.scalar(sa.select(sa.func.count()).select_from(table))) or 0


async def test_what_another_process_is_sending_is_left_to_it_for_a_while(
    database: Database, row: JobRow, clock: FakeClock
) -> None:
    lease = timedelta(minutes=2)
    one, other = (SqlPost(database=database, clock=clock, lease=lease) for _ in range(2))
    letter = await put(one, row, clock, "n1")
    await one.begin(letter)

    clock.advance(119)
    assert await other.outgoing("slack", clock.now()) == ()
    clock.advance(1)
    (found,) = await other.outgoing("slack", clock.now())
    assert found.uncertain
    assert await one.outgoing("slack", clock.now()) == ()


async def test_what_a_process_let_go_of_is_for_everybody_at_once(
    database: Database, row: JobRow, clock: FakeClock
) -> None:
    lease = timedelta(minutes=2)
    one, other = (SqlPost(database=database, clock=clock, lease=lease) for _ in range(2))
    letter = await put(one, row, clock, "n1")
    await one.begin(letter)
    await one.delay(letter, clock.now(), uncertain=True)
    (found,) = await other.outgoing("slack", clock.now())
    assert found.uncertain


async def test_one_process_alone_needs_no_lease(
    database: Database, row: JobRow, clock: FakeClock
) -> None:
    before = SqlPost(database=database, clock=clock)
    await before.begin(await put(before, row, clock, "n1"))
    after = SqlPost(database=database, clock=clock)
    (found,) = await after.outgoing("slack", clock.now())
    assert found.uncertain


async def test_a_token_does_not_stand_in_its_table(database: Database, clock: FakeClock) -> None:
    post = SqlPost(database=database, clock=clock)
    ticket = Ticket(owner=ANN, place=HERE, purpose="connect")
    token = await post.issue(ticket, clock.now() + timedelta(minutes=10))
    async with database.reading() as connection:
        (kept,) = (await connection.execute(sa.select(TICKETS))).all()
    assert token not in str(tuple(kept))
    assert len(token) <= 40


async def test_what_is_over_is_forgotten_in_passing(
    database: Database, row: JobRow, clock: FakeClock
) -> None:
    post = SqlPost(database=database, clock=clock)
    for key in ("a", "b"):
        mention = Mention(key=key, actor=ANN, place=HERE, text="filter spam")
        await post.arrive(mention, JobId("j-aaaaaaaa"))
        await post.handled(key)
        letter = await put(post, row, clock, key)
        await post.begin(letter)
        await post.sent(letter, None)
        ticket = Ticket(owner=ANN, place=HERE, purpose="connect")
        await post.issue(ticket, clock.now() + timedelta(minutes=10))
        clock.advance(MONTH)

    assert [await count(database, table) for table in (ARRIVALS, OUTBOX, TICKETS)] == [1, 1, 1]


async def test_what_waits_is_never_forgotten(
    database: Database, row: JobRow, clock: FakeClock
) -> None:
    post = SqlPost(database=database, clock=clock)
    await post.arrive(Mention(key="a", actor=ANN, place=HERE, text="x"), row.id)
    await put(post, row, clock, "n1")
    clock.advance(10 * MONTH)
    await post.handled("unknown")
    await post.sent(await put(post, row, clock, "n2"), None)

    assert len(await post.arrivals(clock.now())) == 1
    assert [one.key for one in await post.outgoing("slack", clock.now())] == ["n1"]


async def test_a_letter_of_a_newer_version_waits_for_it(
    database: Database, row: JobRow, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    post = SqlPost(database=database, clock=clock)
    await put(post, row, clock, "n1")
    async with database.writing() as connection:
        await connection.execute(OUTBOX.update().values(body='{"kind": "hologram"}'))
    with caplog.at_level(logging.WARNING):
        assert await post.outgoing("slack", clock.now()) == ()
    assert "cannot be read" in caplog.text
    assert "hologram" not in caplog.text


async def test_a_platform_is_no_pattern(database: Database, row: JobRow, clock: FakeClock) -> None:
    post = SqlPost(database=database, clock=clock)
    assert await post.unshown("slack") == (row.id,)
    assert await post.unshown("s%") == ()
    assert await post.unshown("slac_") == ()


async def test_a_job_that_ended_while_its_platform_was_away_is_shown_within_a_minute(
    database: Database, clock: FakeClock, row: JobRow
) -> None:
    post = SqlPost(database=database, clock=clock)
    store = SqlStore(database=database, clock=clock)
    await post.show(await post.board(row.id), 1, ())
    assert await post.unshown("slack") == ()
    ended = await store.save(row, row.context, status=JobStatus.DONE)
    clock.advance(86400)
    assert await post.unshown("slack") == ()

    await store.append(ended, [PipelineStarted(words="late")])
    clock.advance(61)

    assert await post.unshown("slack") == (row.id,)


async def test_jobs_that_ended_long_ago_are_passed_over_by_an_index(
    database: Database, clock: FakeClock
) -> None:
    asked = unshown().params(prefix="slack:", since=clock.now())
    dialect = database.engine.dialect
    text = str(asked.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))

    def explained(connection: sa.Connection) -> list[str]:
        nothing = (None,) * text.count("?")
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", nothing)
        return [one.detail for one in found]

    plan = await database.read(explained)

    assert any("ix_jobs_ended (status=? AND updated_at>?)" in step for step in plan), plan
