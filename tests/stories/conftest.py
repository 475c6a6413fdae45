"""What several stories stand on."""

from collections.abc import Iterator

import pytest

from tests.stories.depot import Depot


@pytest.fixture
def depot() -> Iterator[Depot]:
    depot = Depot()
    yield depot
    depot.server.shutdown()
    depot.server.server_close()
