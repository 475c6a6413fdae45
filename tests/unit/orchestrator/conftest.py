"""A store on a disk of its own for every play."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.store import SqlStore
from tests.unit.orchestrator.scripted import Clock


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    url = f"sqlite+aiosqlite:///{tmp_path}/mltrainer.db"
    opened = SqlStore(url=url, clock=Clock())
    await opened.open()
    yield opened
    await opened.close()
