"""A home with a vault, and a hand that changes its database from outside."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from adapters.records import Database
from adapters.vault import SqlVault
from adapters.vault.master_keys import choose_source
from tests.fakes.clock import FakeClock

Change = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/mltrainer.db")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def vault(database: Database, clock: FakeClock, tmp_path: Path) -> SqlVault:
    """A vault whose master key is a file in the home."""
    keys = choose_source(None, tmp_path, may_make=True)
    return SqlVault(database=database, clock=clock, keys=keys)


@pytest.fixture
def with_setting(database: Database, clock: FakeClock, tmp_path: Path) -> Callable[..., SqlVault]:
    """A vault on the same database, with master keys as the setting gives them."""

    def make(*keys: str) -> SqlVault:
        source = choose_source(", ".join(keys), tmp_path, may_make=True)
        return SqlVault(database=database, clock=clock, keys=source)

    return make


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """Run a statement on the database file, past everything of ours."""

    def run(statement: str, *values: object) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(tmp_path / "mltrainer.db")) as file:
            found = file.execute(statement, values).fetchall()
            file.commit()
        return found

    return run
