"""The fake Discord, people on it, and a desk at it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.fakes.discord import FakeDiscord, Person
from tests.unit.discord.desk import Desk, opened


@pytest.fixture
def discord() -> Iterator[FakeDiscord]:
    with FakeDiscord() as fake:
        yield fake


@pytest.fixture
def ann(discord: FakeDiscord) -> Person:
    return discord.person("ann")


@pytest.fixture
def ben(discord: FakeDiscord) -> Person:
    return discord.person("ben")


@pytest.fixture
async def desk(discord: FakeDiscord, anyio_backend: str, ann: Person) -> AsyncIterator[Desk]:
    del anyio_backend, ann
    async with opened(discord) as one:
        yield one
