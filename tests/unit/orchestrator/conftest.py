"""A store on a disk of its own for every play."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.records import Database
from adapters.store import SqlStore
from tests.unit.orchestrator.scripted import Clock


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    url = f"sqlite+aiosqlite:///{tmp_path}/mltrainer.db"
    opened = SqlStore(database=Database(url), clock=Clock())
    await opened.database.open()
    yield opened
    await opened.database.close()
