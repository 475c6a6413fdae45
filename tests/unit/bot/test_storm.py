"""Senders that die at every possible moment lose nothing, and keep the order of each thread."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from adapters.post import SqlPost
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.ports.post import Post
from pipeline.ports.store import Store
from tests.fakes.clock import FakeClock
from tests.fakes.post import MemoryPost, Pigeonholes
from tests.fakes.store import MemoryStore
from tests.unit.bot.storm import storms

pytestmark = pytest.mark.anyio


Opened = Callable[[FakeClock], tuple[Store, Callable[[], Post]]]


def in_memory(clock: FakeClock) -> tuple[Store, Callable[[], Post]]:
    store, holes = MemoryStore(clock=clock), Pigeonholes()
    return store, lambda: MemoryPost(store=store, clock=clock, holes=holes)


@pytest.fixture
async def on_disk(tmp_path: Path) -> AsyncIterator[Opened]:
    database = Database(f"sqlite:///{tmp_path}/jobs.db")
    await database.open()

    def opened(clock: FakeClock) -> tuple[Store, Callable[[], Post]]:
        store = SqlStore(database=database, clock=clock)
        return store, lambda: SqlPost(database=database, clock=clock)

    yield opened
    await database.close()


async def with_a_search(runs: int, opened: Opened, *, repeats: bool = False) -> int:
    tally = await storms(range(runs), finds=not repeats, opened=opened, repeats=repeats)
    lost = (tally.lost, tally.not_sent_again, tally.disordered, tally.stale_cards)
    assert lost == (0, 0, 0, 0), tally
    assert tally.doubled == 0, tally
    return tally.deaths


async def without_a_search(runs: int, opened: Opened) -> int:
    tally = await storms(range(runs), finds=False, opened=opened)
    assert (tally.lost, tally.disordered, tally.stale_cards) == (0, 0, 0), tally
    assert tally.doubled_outside == 0, tally
    return tally.deaths


async def test_with_a_search_nothing_is_lost_disordered_or_doubled() -> None:
    assert await with_a_search(40, in_memory) > 800


async def test_where_a_key_is_taken_once_nothing_is_lost_disordered_or_doubled() -> None:
    assert await with_a_search(40, in_memory, repeats=True) > 800


async def test_without_a_search_only_what_was_in_hand_is_doubled_or_missed() -> None:
    assert await without_a_search(40, in_memory) > 800


async def test_the_real_tables_hold_in_a_storm(on_disk: Opened) -> None:
    assert await with_a_search(2, on_disk) > 20
    assert await with_a_search(2, on_disk, repeats=True) > 20
    assert await without_a_search(2, on_disk) > 20


@pytest.mark.lab
async def test_many_storms(on_disk: Opened) -> None:
    assert await with_a_search(300, in_memory) > 6000
    assert await with_a_search(300, in_memory, repeats=True) > 6000
    assert await without_a_search(300, in_memory) > 6000
    assert await with_a_search(15, on_disk) > 200
    assert await without_a_search(15, on_disk) > 200
