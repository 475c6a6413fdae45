"""Of several processes that read the same message one handles it, for as long as it lives."""

from collections.abc import AsyncIterator

import pytest

from adapters.post import SqlPost
from adapters.records import Database
from pipeline.jobs import Place
from pipeline.ports.chat import Mention
from pipeline.ports.post import CLAIM_SECONDS
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, new_job

pytestmark = pytest.mark.anyio

HERE = Place(platform="slack", space="T1", channel="C1", thread="1.1")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[Database]:
    opened = Database(postgres)
    await opened.open()
    yield opened
    await opened.close()


async def test_one_of_two_processes_handles_a_message(database: Database, clock: FakeClock) -> None:
    first, second = (SqlPost(database=database, clock=clock) for _ in range(2))
    await first.arrive(_mention(), new_job(clock).job_id)
    read_by_both = await second.arrivals(clock.now())

    claimed = [await one.claim(read_by_both[0].mention.key) for one in (first, second)]

    assert claimed == [True, False]
    assert await second.arrivals(clock.now()) == ()


async def test_a_message_whose_process_died_is_handled_by_another(
    database: Database, clock: FakeClock
) -> None:
    dead, living = (SqlPost(database=database, clock=clock) for _ in range(2))
    await dead.arrive(_mention(), new_job(clock).job_id)
    await dead.claim("m1")
    clock.advance(CLAIM_SECONDS - 1)
    await dead.renew("m1")
    clock.advance(CLAIM_SECONDS - 1)

    while_held = await living.arrivals(clock.now())
    clock.advance(2)
    afterwards = await living.arrivals(clock.now())

    assert while_held == ()
    assert [one.mention.key for one in afterwards] == ["m1"]
    assert await living.claim("m1")


async def test_what_is_handled_is_claimed_by_nobody(database: Database, clock: FakeClock) -> None:
    post = SqlPost(database=database, clock=clock)
    await post.arrive(_mention(), new_job(clock).job_id)
    await post.handled("m1")

    assert not await post.claim("m1")


def _mention() -> Mention:
    return Mention(key="m1", place=HERE, actor=ANN, text="make me a spam filter")
