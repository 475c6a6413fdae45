"""What several stories stand on."""

from collections.abc import Iterator

import pytest

from tests.stories.depot import Depot


@pytest.fixture(scope="module")
def platform(request: pytest.FixtureRequest) -> str:
    """The platform on which a story is told: see tests/stories/story.py."""
    return str(request.param)


@pytest.fixture
def depot() -> Iterator[Depot]:
    with Depot() as depot:
        yield depot
