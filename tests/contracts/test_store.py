"""The contract of the job table, held by the real one and by the fake."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.records import Database
from adapters.store import SqlStore
from pipeline.artifacts import Run
from pipeline.context import JobContext, StageResult
from pipeline.errors import Superseded, UnknownName
from pipeline.events import AgentLogged, AnswerReceived, Event, PipelineStarted
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.ports.store import Inbound, JobRow, Store, Training
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, BEN, new_job
from tests.fakes.store import MemoryStore

pytestmark = pytest.mark.anyio


def said(message: str) -> Event:
    return AgentLogged(stage=Stage.DATASET, message=message)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgres", "memory"])
async def store(
    request: pytest.FixtureRequest, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore(clock=clock)
        return
    url = f"sqlite:///{tmp_path}/jobs.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
    real = SqlStore(database=Database(url), clock=clock)
    await real.database.open()
    yield real
    await real.database.close()


@pytest.fixture
async def job(store: Store, clock: FakeClock) -> JobRow:
    return await store.create(new_job(clock), [PipelineStarted(words="make me a spam filter")])


async def test_a_job_is_read_back_as_it_was_saved(store: Store, job: JobRow) -> None:
    assert await store.load(job.id) == job
    assert job.status is JobStatus.RUNNABLE


async def test_a_save_changes_context_status_and_time_at_once(
    store: Store, job: JobRow, clock: FakeClock
) -> None:
    later = clock.now() + timedelta(hours=1)

    saved = await store.save(
        job, job.context.evolve(starts=3), [said("hm")], status=JobStatus.WAITING, wake_at=later
    )

    assert await store.load(job.id) == saved
    assert (saved.context.starts, saved.status, saved.wake_at) == (3, JobStatus.WAITING, later)
    assert saved.seq == job.seq + 1
    assert [one.number for one in await store.events(job.id)] == [1, 2]


async def test_the_slower_of_two_writers_writes_nothing(store: Store, job: JobRow) -> None:
    await store.receive(job.id, Inbound("k", ANN.key, "yes"))
    fast = await store.save(job, job.context.evolve(starts=1), [said("fast")])

    with pytest.raises(Superseded):
        await store.save(
            job,
            job.context.evolve(starts=2),
            [said("slow")],
            consumed=await store.unread(job.id),
        )

    assert await store.load(job.id) == fast
    assert [one.event for one in await store.events(job.id, after=1)] == [said("fast")]
    assert len(await store.unread(job.id)) == 1


async def test_a_worker_that_was_overtaken_appends_nothing(store: Store, job: JobRow) -> None:
    await store.save(job, job.context)

    with pytest.raises(Superseded):
        await store.append(job, [said("late")])

    assert len(await store.events(job.id)) == 1


async def test_of_twenty_writers_at_once_one_wins(store: Store, job: JobRow) -> None:
    saves = (store.save(job, job.context.evolve(starts=n), [said(str(n))]) for n in range(20))

    ended = await asyncio.gather(*saves, return_exceptions=True)

    won = [row for row in ended if isinstance(row, JobRow)]
    assert [await store.load(job.id)] == won
    assert all(isinstance(other, Superseded) for other in ended if other not in won)
    assert len(await store.events(job.id)) == 2


async def test_events_have_no_gap_under_twenty_appends_at_once(store: Store, job: JobRow) -> None:
    await asyncio.gather(*(store.append(job, [said(str(n)), said("and")]) for n in range(20)))

    recorded = await store.events(job.id)
    assert [one.number for one in recorded] == list(range(1, 42))
    assert len(await store.events(job.id, after=40)) == 1


async def test_a_cancelled_append_is_there_whole_or_not_at_all(store: Store, job: JobRow) -> None:
    for pause in range(30):
        writing = asyncio.create_task(store.append(job, [said("one"), said("two")]))
        await asyncio.sleep(pause / 10_000)
        writing.cancel()
        await asyncio.wait({writing})

    numbers = [one.number for one in await store.events(job.id)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) % 2 == 1
    await store.save(job, job.context)


async def test_events_carry_aware_times(store: Store, job: JobRow, clock: FakeClock) -> None:
    (first,) = await store.events(job.id)

    assert first.at == clock.now()
    assert first.at.utcoffset() == timedelta()


async def test_a_job_is_put_off_and_nothing_else_of_it_is_written(
    store: Store, job: JobRow, clock: FakeClock
) -> None:
    later = clock.now() + timedelta(minutes=1)
    saved = await store.save(job, job.context.evolve(starts=3), [said("hm")])
    clock.advance(5)

    put_off = await store.postpone(saved, later)

    assert await store.load(job.id) == put_off
    assert (put_off.wake_at, put_off.context, put_off.updated_at) == (
        later,
        saved.context,
        saved.updated_at,
    )
    assert len(await store.events(job.id)) == 2
    assert await store.due(clock.now()) == ()
    await store.save(put_off, put_off.context)


async def test_of_two_who_put_a_job_off_one_wins(
    store: Store, job: JobRow, clock: FakeClock
) -> None:
    await store.postpone(job, clock.now())

    with pytest.raises(Superseded):
        await store.postpone(job, clock.now() + timedelta(days=9))

    assert await store.due(clock.now()) == (job.id,)


async def test_a_worker_that_puts_off_sees_a_cancel(
    store: Store, job: JobRow, clock: FakeClock
) -> None:
    await store.request_cancel(job.id, BEN.key)

    put_off = await store.postpone(job, clock.now() + timedelta(days=9))

    assert (put_off.cancel, put_off.cancel_by) == (True, BEN.key)
    assert await store.due(clock.now()) == (job.id,)


async def test_a_row_counts_the_events_of_its_job(store: Store, job: JobRow) -> None:
    saved = await store.save(job, job.context, [said("one"), said("two")])
    await store.append(saved, [said("three")])

    assert (job.event_count, saved.event_count) == (1, 3)
    assert (await store.load(job.id)).event_count == 4


async def test_a_runnable_job_is_due_when_its_time_has_come(
    store: Store, job: JobRow, clock: FakeClock
) -> None:
    await store.save(job, job.context, wake_at=clock.now() + timedelta(seconds=5))
    assert await store.due(clock.now()) == ()

    clock.advance(5)

    assert await store.due(clock.now()) == (job.id,)


async def test_a_waiting_job_is_due_when_its_person_has_spoken(
    store: Store, job: JobRow, clock: FakeClock
) -> None:
    waiting = await store.save(job, job.context, status=JobStatus.WAITING)
    assert await store.due(clock.now()) == ()

    await store.receive(job.id, Inbound("k1", ANN.key, "label"))
    assert await store.due(clock.now()) == (job.id,)

    await store.save(
        waiting,
        waiting.context,
        [AnswerReceived(text="label")],
        status=JobStatus.WAITING,
        consumed=await store.unread(job.id),
    )
    assert await store.due(clock.now()) == ()
    assert await store.unread(job.id) == ()


@pytest.mark.parametrize("status", [JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED])
async def test_an_ended_job_is_never_due_and_cannot_be_cancelled(
    store: Store, job: JobRow, clock: FakeClock, status: JobStatus
) -> None:
    await store.save(job, job.context, status=status)
    await store.receive(job.id, Inbound("k", ANN.key, "hello?"))

    assert await store.request_cancel(job.id, ANN.key) is False
    assert await store.due(clock.now()) == ()


@pytest.mark.parametrize("status", [JobStatus.RUNNABLE, JobStatus.WAITING])
async def test_a_cancel_makes_a_job_due_whatever_it_waits_for(
    store: Store, job: JobRow, clock: FakeClock, status: JobStatus
) -> None:
    later = clock.now() + timedelta(days=3)
    await store.save(job, job.context, status=status, wake_at=later)

    assert await store.request_cancel(job.id, "terminal:local:ben") is True

    assert await store.due(clock.now()) == (job.id,)


async def test_a_worker_sees_a_cancel_with_its_next_save_and_is_not_overtaken_by_it(
    store: Store, job: JobRow
) -> None:
    await store.request_cancel(job.id, BEN.key)
    await store.append(job, [said("still at it")])

    saved = await store.save(job, job.context)

    assert (saved.cancel, saved.cancel_by) == (True, BEN.key)
    answered = await store.save(saved, saved.context, cancel=False)
    assert (answered.cancel, answered.cancel_by) == (False, "")
    assert await store.load(job.id) == answered


async def test_a_message_is_kept_once_whoever_brings_it_again(store: Store, job: JobRow) -> None:
    word = Inbound("event-1", ANN.key, "approve")

    kept = [await store.receive(job.id, word) for _ in range(3)]

    assert kept == [True, False, False]
    assert await store.unread(job.id) == (word,)


async def test_messages_are_read_in_the_order_they_came(store: Store, job: JobRow) -> None:
    words = tuple(Inbound(key, ANN.key, f"word {key}") for key in ("c", "a", "b"))
    for word in words:
        await store.receive(job.id, word)

    assert await store.unread(job.id) == words


async def test_an_unknown_job_is_answered_with_the_known_ones(store: Store, job: JobRow) -> None:
    unknown = JobId("j-00000000")

    for asked in (
        store.load(unknown),
        store.request_cancel(unknown, ANN.key),
        store.receive(unknown, Inbound("k", ANN.key, "hello")),
    ):
        with pytest.raises(UnknownName, match=unknown) as refused:
            await asked
        assert job.id in refused.value.hint


async def test_the_list_shows_the_latest_jobs_of_one_owner_or_of_all(
    store: Store, clock: FakeClock
) -> None:
    made = []
    for owner in (ANN, BEN, ANN):
        made.append((await store.create(new_job(clock, owner=owner), [])).id)
        clock.advance(1)

    first, second, third = made
    assert [row.id for row in await store.list()] == [third, second, first]
    assert [row.id for row in await store.list(owner=ANN.key)] == [third, first]
    assert [row.id for row in await store.list(limit=1)] == [third]


def at(job: JobRow, stage: Stage, runtime: str, status: str = "named") -> JobContext:
    """The job as it is when its run at a runtime is next, or long over."""
    over = StageResult(status="done", attempts=1, seconds=1.0, at=job.updated_at)
    done = tuple(Stage)[: tuple(Stage).index(stage)]
    run = Run.model_validate({"runtime": runtime, "name": f"{job.id}-0", "status": status})
    return job.context.evolve(run=run, stage_results=dict.fromkeys(done, over))


async def test_the_trainings_at_a_place_are_those_of_open_jobs_in_that_stage(
    store: Store, clock: FakeClock
) -> None:
    async def training(
        runtime: str, run: str = "named", status: JobStatus = JobStatus.RUNNABLE
    ) -> JobRow:
        made = await store.create(new_job(clock), [])
        return await store.save(made, at(made, Stage.MONITOR, runtime, run), status=status)

    named, running = await training("modal"), await training("modal", "running")
    held = await training("modal", "called", JobStatus.WAITING)
    kaggle = await training("kaggle", "submitted")
    await training("modal", "running", JobStatus.FAILED)
    await store.create(new_job(clock), [])
    published = await store.create(new_job(clock), [])
    await store.save(published, at(published, Stage.DEPLOY, "modal", "proven"))

    assert {one.job_id: one for one in await store.trainings("modal")} == {
        row.id: Training(row.id, row.context.run, is_held=row is held)
        for row in (named, running, held)
        if row.context.run
    }
    assert [one.job_id for one in await store.trainings("kaggle")] == [kaggle.id]
    assert await store.trainings("ray") == ()
    assert await store.trainings("%") == ()


async def test_words_that_look_like_a_run_are_none(store: Store, clock: FakeClock) -> None:
    made = await store.create(new_job(clock), [])
    words = '"run":{"runtime":"modal","name":"x"}'
    said = made.context.request.model_copy(update={"words": words})
    await store.save(made, at(made, Stage.MONITOR, "local").evolve(request=said))

    assert await store.trainings("modal") == ()
