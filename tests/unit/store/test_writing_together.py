"""Changes that come at the same time: one commit for many, and each of them whole or not at all."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.records import Database
from pipeline.errors import Outage, PersonCanFix, Superseded

pytestmark = pytest.mark.anyio

WORDS = sa.Table("words", sa.MetaData(), sa.Column("word", sa.Text, primary_key=True))
MANY = 50


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/words.db")
    await database.open()
    await database.write(WORDS.metadata.create_all)
    yield database
    await database.close()


def adding(word: str) -> Callable[[sa.Connection], str]:
    def add(connection: sa.Connection) -> str:
        connection.execute(WORDS.insert().values(word=word))
        return word

    return add


def file_of(database: Database) -> Path:
    return Path(database.url.database or "")


def on_disk(database: Database) -> list[str]:
    """What another program finds."""
    with closing(sqlite3.connect(file_of(database))) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM words ORDER BY word")]


def commits_of(database: Database) -> list[None]:
    """One entry a commit from now on."""
    assert database.sqlite
    seen: list[None] = []
    for engine in database.sqlite.engines:
        sa.event.listen(engine, "commit", lambda _: seen.append(None))
    return seen


async def test_changes_that_come_together_share_commits(database: Database) -> None:
    commits = commits_of(database)
    words = [f"{number:02}" for number in range(MANY)]

    written = await asyncio.gather(*(database.write(adding(word)) for word in words))

    assert written == words == on_disk(database)
    assert len(commits) < MANY / 4


async def test_each_is_told_only_when_its_change_is_on_disk(database: Database) -> None:
    async def add(word: str) -> bool:
        await database.write(adding(word))
        return word in on_disk(database)

    assert all(await asyncio.gather(*(add(f"{number}") for number in range(MANY))))


async def test_a_change_that_fails_leaves_the_others_whole(database: Database) -> None:
    def overtaken(connection: sa.Connection) -> None:
        adding("half")(connection)
        raise Superseded("Moved on by another.")

    ended = await asyncio.gather(
        database.write(adding("a")),
        database.write(overtaken),
        database.write(adding("b")),
        database.write(overtaken),
        database.write(adding("c")),
        return_exceptions=True,
    )

    assert [type(one) for one in ended] == [str, Superseded, str, Superseded, str]
    assert on_disk(database) == ["a", "b", "c"]


async def test_a_change_whose_caller_is_cancelled_is_whole(database: Database) -> None:
    writing = [asyncio.ensure_future(database.write(adding(word))) for word in "abc"]
    await asyncio.sleep(0)
    writing[0].cancel()

    ended = await asyncio.gather(*writing, return_exceptions=True)

    assert isinstance(ended[0], asyncio.CancelledError)
    assert on_disk(database) == ["a", "b", "c"]


async def test_a_commit_that_fails_is_told_to_all_who_are_in_it(database: Database) -> None:
    assert database.sqlite
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def fail(_: sa.Connection) -> None:
        raise full

    for engine in database.sqlite.engines:
        sa.event.listen(engine, "commit", fail)
    adds = (database.write(adding(word)) for word in "abc")
    ended = await asyncio.gather(*adds, return_exceptions=True)

    assert [type(one) for one in ended] == [Outage] * 3
    assert on_disk(database) == []


async def test_another_program_that_writes_is_waited_for(database: Database) -> None:
    with closing(sqlite3.connect(file_of(database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.ensure_future(database.write(adding("late")))
        reading = await database.read(lambda found: found.execute(sa.select(WORDS)).all())
        assert (reading, writing.done()) == ([], False)
        other.execute("COMMIT")

        assert await writing == "late"


async def test_what_waits_for_other_things_writes_alone(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(WORDS.insert().values(word="slow"))
        writing = asyncio.ensure_future(database.write(adding("quick")))
        await asyncio.sleep(0)
        assert not writing.done()

    assert await writing == "quick"
    assert on_disk(database) == ["quick", "slow"]


async def test_after_its_close_the_file_is_opened_anew(database: Database) -> None:
    await database.close()

    assert await database.write(adding("again")) == "again"


async def test_a_file_that_is_gone_is_told_to_all_who_write(database: Database) -> None:
    file_of(database).unlink()

    adds = (database.write(adding(word)) for word in "abc")
    ended = await asyncio.gather(*adds, return_exceptions=True)

    assert [type(one) for one in ended] == [PersonCanFix] * 3
