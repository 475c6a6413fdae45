"""A database server that ends its connections: the next use finds a new one."""

import time

import pytest
import sqlalchemy as sa

from adapters import database
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.errors import Outage
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.fakes.postgres import PostgresServer

pytestmark = pytest.mark.anyio


async def test_a_connection_that_the_server_ended_is_replaced_before_its_use(
    postgres: str, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_TRUSTED_SECONDS", 0.0)
    store = SqlStore(database=Database(postgres), clock=FakeClock())
    await store.database.open()
    row = await store.create(new_job(FakeClock()), [])

    assert postgres_server.terminate_all() > 0

    assert await store.load(row.id) == row
    await store.database.close()


async def test_a_process_that_freezes_in_a_transaction_keeps_no_row(postgres: str) -> None:
    opened = Database(postgres)
    limit = sa.text("SHOW idle_in_transaction_session_timeout")

    assert await opened.read(lambda connection: connection.scalar(limit)) == "10s"
    await opened.close()


async def test_a_change_whose_process_froze_is_an_outage_and_no_mistake_of_ours(
    postgres: str,
) -> None:
    def freeze(connection: sa.Connection) -> None:
        connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 50"))
        time.sleep(0.3)
        connection.execute(sa.text("SELECT 1"))

    opened = Database(postgres)
    with pytest.raises(Outage, match="does not answer"):
        await opened.write(freeze)
    await opened.close()
