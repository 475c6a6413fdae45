"""The contract of a turn: one process of many has it, and the next one when that one dies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters import turn as turn_
from adapters.database import parse_url
from adapters.lock_session import LockSession, key_of
from adapters.records import Database
from adapters.turn import DatabaseTurn, adapter
from tests.fakes.postgres import PostgresServer

pytestmark = pytest.mark.anyio
LONGEST = 20


@asynccontextmanager
async def trying(turn: DatabaseTurn) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(turn.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def begins(turn: DatabaseTurn) -> bool:
    """Whether it is its turn within a moment."""
    try:
        await asyncio.wait_for(turn.begun(), 2.5)
    except TimeoutError:
        return False
    return True


async def test_one_of_two_has_the_turn_and_the_other_one_when_it_ends(postgres: str) -> None:
    first, second = (DatabaseTurn(parse_url(postgres), "listening") for _ in range(2))

    async with trying(second):
        async with trying(first):
            had = {first: await begins(first), second: await begins(second)}
            assert sorted(had.values()) == [False, True]
            waiting = second if had[first] else first
            if waiting is first:
                return  # the second came first: the end of the first tells nothing
        assert await begins(second)


async def test_turns_of_different_things_do_not_wait_for_each_other(postgres: str) -> None:
    first, second = (DatabaseTurn(parse_url(postgres), name) for name in ("this", "that"))

    async with trying(first), trying(second):
        assert await begins(first)
        assert await begins(second)


async def test_a_database_that_ends_the_session_ends_the_turn_until_it_is_had_again(
    postgres: str, postgres_server: PostgresServer
) -> None:
    turn = DatabaseTurn(parse_url(postgres), "listening")

    async with trying(turn):
        assert await begins(turn)
        postgres_server.terminate_all()
        await asyncio.wait_for(turn.lost(), LONGEST)
        assert await begins(turn)


async def test_who_has_the_turn_shows_that_it_lives(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_, "_BEAT_SECONDS", 0.05)
    url = parse_url(postgres)
    turn = DatabaseTurn(url, "listening")

    async with trying(turn), LockSession.opened(url, name=turn_._NAME, silent=2.0) as other:
        assert await begins(turn)
        for _ in range(30):
            await asyncio.sleep(0.1)
            await other.beat()
        async with other.holding(key_of("turn:listening"), (0,)) as theirs:
            assert not theirs


async def test_where_one_process_has_the_database_there_are_no_turns(tmp_path: object) -> None:
    assert adapter(database=Database(f"sqlite:///{tmp_path}/jobs.db"), doing="listening") is None
