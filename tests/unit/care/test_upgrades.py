"""Databases of every earlier version, with jobs in every state: each job goes on at its stage."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adapters import document
from adapters.migrations import FOLDER, newest
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.context import JobContext
from pipeline.errors import MLTrainerError
from pipeline.events import AgentLogged
from pipeline.execution_plan import plan
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.orchestrator import LIVE, Orchestrator
from pipeline.outcomes import Agent, ComeBack
from pipeline.ports.store import Inbound
from tests.unit.care.stored import AT, every_job
from tests.unit.orchestrator.scripted import ARTIFACTS, Clock, Journal, Scripted, ports
from tests.unit.store.test_migrations import build, connected

pytestmark = pytest.mark.anyio

REVISIONS = sorted(path.name[:5] for path in FOLDER.glob("versions/r[0-9]*.py"))
JOBS = {context.job_id: (context, status) for context, status in every_job()}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    sqlite = request.param == "sqlite"
    return f"sqlite:///{tmp_path}/jobs.db" if sqlite else str(request.getfixturevalue("postgres"))


def as_it_was(url: str, revision: str) -> None:
    """The tables of a revision, with every job in them."""
    build(url, revision)
    engine = connected(url)
    with engine.begin() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        known = {column.name for column in tables.tables["jobs"].columns}
        for context_, status in JOBS.values():
            row = {k: v for k, v in old_row(context_, status).items() if k in known}
            connection.execute(tables.tables["jobs"].insert(), row)
            event = AgentLogged(stage=Stage.DATASET, message="what was said then")
            said = {"job_id": context_.job_id, "number": 1, "at": AT, "kind": event.kind}
            said["body"] = event.model_dump_json()
            connection.execute(tables.tables["events"].insert(), said)
    engine.dispose()


def old_row(context: JobContext, status: JobStatus) -> dict[str, Any]:
    return {
        "id": context.job_id,
        "owner": context.owner.key,
        "thread": context.thread.key,
        "context": old_document(context),
        "status": status,
        "stage": context.open_stage,
        "attempt": 1,
        "seq": 7,
        "event_count": 1,
        "wake_at": AT,
        "cancel": False,
        "cancel_by": "",
        "created_at": AT,
        "updated_at": AT,
    }


def old_document(context: JobContext) -> str:
    """As an earlier version wrote it: fields that came later and have a default are not there."""
    saved: dict[str, Any] = json.loads(context.model_dump_json())
    for later in ("parent", "champion", "left", "rebuilt", "redos", "cost", "feedback"):
        if saved[later] in (None, 0, {}) or later == "cost":
            del saved[later]
    return json.dumps(saved)


@pytest.fixture(params=REVISIONS)
async def store(request: pytest.FixtureRequest, url: str) -> AsyncIterator[SqlStore]:
    """The database of a revision, opened by this version."""
    await asyncio.to_thread(as_it_was, url, request.param)
    upgraded = SqlStore(database=Database(url), clock=Clock())
    await upgraded.database.open()
    yield upgraded
    await upgraded.database.close()


def orchestrator(store: SqlStore, home: Path) -> tuple[Orchestrator, Mapping[Stage, Scripted]]:
    clock = Clock()
    clock.time = AT
    clock.pass_(86_400)
    later = timedelta(days=1)
    agents = {one: Scripted(one, [ComeBack(later, ARTIFACTS[one])]) for one in Stage}
    cast: dict[Stage, Agent] = dict(agents)
    made = Orchestrator(store=store, agents=cast, ports=ports(clock, home), journal=Journal())
    return made, agents


async def test_every_job_of_every_revision_is_read_as_it_was(store: SqlStore) -> None:
    assert len(JOBS) >= 100
    rows = {row.id: row for row in await store.list(limit=1000)}
    assert rows.keys() == JOBS.keys()
    for job, (context, status) in JOBS.items():
        assert rows[job].context == context
        assert (rows[job].status, rows[job].seq) == (status, 7)
        assert [one.event for one in await store.events(job)] == [
            AgentLogged(stage=Stage.DATASET, message="what was said then")
        ]
        at = await store.at(context.thread)
        assert at is not None
        assert at.id == job


async def test_every_job_goes_on_at_its_stage_and_runs_none_again(
    store: SqlStore, tmp_path: Path
) -> None:
    due = set(await store.due(datetime.max.replace(tzinfo=AT.tzinfo)))
    assert due == {job for job, (_, status) in JOBS.items() if status is JobStatus.RUNNABLE}
    open_jobs = [job for job, (_, status) in JOBS.items() if status in LIVE]
    assert len(open_jobs) >= 60
    await asyncio.gather(*(goes_on(store, job, tmp_path) for job in open_jobs))


async def goes_on(store: SqlStore, job: JobId, home: Path) -> None:
    """Drive a job by one stage, with its person's reply where it waits for one."""
    context, status = JOBS[job]
    driving, agents = orchestrator(store, home)
    if status is JobStatus.WAITING:
        asked = context.waiting.field if context.waiting else ""
        reply = "approve" if asked == "approval" else "retry"
        await store.receive(job, Inbound(key=f"r{job}", actor="me", text=reply))
    await driving.drive(job)
    ran = [stage for stage in Stage if agents[stage].seen]
    left_out = plan(context.intent.task_type).skipped if context.intent else {}
    wanted = [one for one in Stage if one not in context.stage_results and one not in left_out]
    assert ran == wanted[:1], job
    went_on = await store.load(job)
    assert went_on.seq > 7
    assert went_on.context.stage_results.items() >= context.stage_results.items()
    assert all(len(agents[stage].seen) == 1 for stage in ran)


async def test_a_large_document_is_kept_and_read(store: SqlStore) -> None:
    row = await store.load(JobId("j-00000001"))
    words = "x" * 10_000_000
    large = row.context.evolve(request=row.context.request.model_copy(update={"words": words}))
    await store.save(row, large)
    assert (await store.load(row.id)).context.request.words == words
    assert len(await store.list(limit=1000)) == len(JOBS)


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        '{"schema_version":1,',
        "[]",
        "null",
        '{"schema_version":"one"}',
        '{"schema_version":0}',
        "[" * 100_000,
        "\x01" * 1_000_000,
        '{"schema_version":1,"words":"' + "x" * 10_000_000,
    ],
    ids=lambda text: f"{text[:20]!r}x{len(text)}",
)
async def test_a_damaged_record_fails_its_own_job_with_a_reason(
    present: SqlStore, damage: str
) -> None:
    await spoil(present, damage)


async def test_a_cut_record_or_one_with_a_strange_field_fails_its_own_job(
    present: SqlStore,
) -> None:
    text = document.write(JOBS[JobId("j-00000001")][0])[0]
    for strange in (text[: len(text) // 2], text[:-1], text[:-1] + ',"unheard_of":1}'):
        await spoil(present, strange)


@pytest.fixture
async def present(url: str) -> AsyncIterator[SqlStore]:
    """The database of this version."""
    await asyncio.to_thread(as_it_was, url, newest())
    store = SqlStore(database=Database(url), clock=Clock())
    await store.database.open()
    yield store
    await store.database.close()


async def spoil(store: SqlStore, text: str) -> None:
    """Damage one record: its job fails with a reason, and all others are read."""
    job, other = JobId("j-00000001"), JobId("j-00000002")
    change = sa.text("UPDATE jobs SET context = :text, status = 'runnable' WHERE id = :job")
    asked = {"text": text, "job": job}
    await store.database.write(lambda connection: connection.execute(change, asked))
    with pytest.raises(MLTrainerError, match=f"The saved record of job {job} is damaged") as told:
        await store.load(job)
    assert told.value.hint
    assert job not in await store.due(datetime.max.replace(tzinfo=AT.tzinfo))
    assert (await store.load(other)).context == JOBS[other][0]
    assert len(await store.list(limit=1000)) == len(JOBS) - 1
