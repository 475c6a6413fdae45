"""The fake Slack and a desk at it, over HTTP and over a socket."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.fakes.slack import FakeSlack, Person, Rates
from tests.unit.slack.desk import Desk, opened


@pytest.fixture(params=[False, True], ids=["http", "socket"])
def slack(request: pytest.FixtureRequest) -> Iterator[FakeSlack]:
    with FakeSlack(socket_mode=request.param, rates=Rates(burst=50), pauses=(0.0, 0.1)) as fake:
        yield fake


@pytest.fixture
def ann(slack: FakeSlack) -> Person:
    return slack.person("ann")


@pytest.fixture
async def desk(slack: FakeSlack, anyio_backend: str, ann: Person) -> AsyncIterator[Desk]:
    del anyio_backend, ann
    async with opened(slack) as one:
        yield one
