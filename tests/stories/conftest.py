"""What several stories stand on."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.environments import Environments
from pipeline.jobs import TaskType
from pipeline.recipe import requirements
from tests.stories.depot import Depot


@pytest.fixture(scope="module")
def platform(request: pytest.FixtureRequest) -> str:
    """The platform on which a story is told: see tests/stories/story.py."""
    return str(request.param)


@pytest.fixture(scope="session")
def light_python(environments: Path) -> Path:
    """Python of the environment in which texts are learned from, for machines of a service."""

    async def unheard(line: str) -> None:
        del line

    wanted = requirements(TaskType("text_classification"))
    return asyncio.run(Environments(environments).prepare(wanted, unheard))


@pytest.fixture
def depot() -> Iterator[Depot]:
    with Depot() as depot:
        yield depot
