"""The audit trail: everything is written down, no value is, and a change of it shows."""

import asyncio
import sys
from pathlib import Path

import pytest

from adapters.vault import SqlVault
from pipeline.errors import PersonCanFix
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, BEN
from tests.unit.vault.conftest import Change

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[3]
PUTTING = """
import asyncio, sys
from pathlib import Path
from adapters.records import Database
from adapters.vault import SqlVault
from adapters.vault.master_keys import choose_source
from pipeline.jobs import Actor
from tests.fakes.clock import FakeClock

async def main(home, who, count):
    database = Database(f"sqlite:///{home}/mltrainer.db")
    await database.open()
    keys = choose_source(None, Path(home), may_make=True)
    vault = SqlVault(database=database, clock=FakeClock(), keys=keys)
    actor = Actor(platform="terminal", space="local", id=who)
    for number in range(count):
        await vault.put(actor, "kaggle", str(number), tail="")
    await database.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""
INSERT = "INSERT INTO audit SELECT"
ROWS = "SELECT actor, action, subject, purpose FROM audit WHERE number > 1 ORDER BY number"


async def some_work(vault: SqlVault) -> None:
    ref = await vault.put(ANN, "kaggle", "value", tail="")
    for number in range(4):
        await vault.reveal(ANN, ref, f"use {number}")


async def test_everything_that_is_done_is_written_down(
    vault: SqlVault, clock: FakeClock, change: Change
) -> None:
    end = clock.now()
    first = await vault.put(ANN, "kaggle", "value", tail="")
    await vault.reveal(ANN, first, "download data")
    with pytest.raises(PersonCanFix):
        await vault.reveal(BEN, first, "train")
    second = await vault.put(ANN, "kaggle", "value", tail="", expires_at=end)
    for ref in (first, second):
        with pytest.raises(PersonCanFix):
            await vault.reveal(ANN, ref, "train")
    await vault.rotate()
    await vault.forget(ANN)

    written = change(ROWS)

    assert [row[:3] for row in written] == [
        (ANN.key, "put", str(first)),
        (ANN.key, "reveal", str(first)),
        (BEN.key, "refused", str(first)),
        (ANN.key, "put", str(second)),
        (ANN.key, "unknown", str(first)),
        (ANN.key, "expired", str(second)),
        ("operator", "rotate", "1 keys"),
        (ANN.key, "forget", str(second)),
        (ANN.key, "forget", "everything"),
    ]
    assert [row[3] for row in written][1:4] == ["download data", "train", f"in place of {first}"]
    assert await vault.verify() is None


async def test_a_trail_that_was_left_alone_is_whole(vault: SqlVault) -> None:
    assert await vault.verify() is None
    await some_work(vault)
    assert await vault.verify() is None


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        ("UPDATE audit SET actor = 'terminal:local:ben' WHERE number = 3", 3),
        ("UPDATE audit SET action = 'put' WHERE number = 1", 1),
        ("UPDATE audit SET action = 'begin' WHERE number = 4", 4),
        ("UPDATE audit SET subject = 'other' WHERE number = 6", 6),
        ("UPDATE audit SET purpose = '' WHERE number = 3", 3),
        ("UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE number = 4", 4),
        ("UPDATE audit SET seal = 'ü' WHERE number = 4", 4),
        ("UPDATE audit SET number = 9 WHERE number = 6", 6),
        ("DELETE FROM audit WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 3", 3),
        ("DELETE FROM audit", 1),
        (f"{INSERT} 7, at, actor, action, subject, purpose, seal FROM audit a LIMIT 1", 7),
        (f"{INSERT} 0, at, actor, action, subject, purpose, seal FROM audit a LIMIT 1", 1),
        (f"{INSERT} 7, at, 'x', 'begin', '', '', seal FROM audit a LIMIT 1", 7),
    ],
)
async def test_a_changed_a_removed_and_an_added_row_show(
    vault: SqlVault, change: Change, edit: str, found: int
) -> None:
    await some_work(vault)

    change(edit)

    assert await vault.verify() == found


async def test_a_cut_off_end_shows(vault: SqlVault, clock: FakeClock, change: Change) -> None:
    await some_work(vault)
    clock.advance(1)
    with pytest.raises(PersonCanFix):
        await vault.reveal(BEN, await vault.put(ANN, "modal", "value", tail=""), "train")
    clock.advance(1)
    await vault.forget(ANN, "modal")

    change("DELETE FROM audit WHERE number >= 9")

    assert await vault.verify() == 9


async def test_the_trail_goes_on_under_a_new_master_key_alone(
    vault: SqlVault, tmp_path: Path
) -> None:
    await some_work(vault)
    await vault.rotate()
    newest = (tmp_path / "master.key").read_text().splitlines()[0]
    (tmp_path / "master.key").write_text(newest)

    await some_work(vault)

    assert await vault.verify() is None


async def test_a_long_purpose_is_cut(vault: SqlVault, change: Change) -> None:
    ref = await vault.put(ANN, "kaggle", "value", tail="")
    await vault.reveal(ANN, ref, "p" * 1000)

    assert change("SELECT length(purpose) FROM audit WHERE action = 'reveal'") == [(200,)]
    assert await vault.verify() is None


async def test_processes_that_write_at_once_make_one_whole_trail(
    vault: SqlVault, tmp_path: Path, change: Change
) -> None:
    """They also make the first master key, and the trail's own key, at once."""
    commands = [
        [sys.executable, "-c", PUTTING, str(tmp_path), who, "15"] for who in ("ann", "ann", "ben")
    ]
    running = [await asyncio.create_subprocess_exec(*command, cwd=ROOT) for command in commands]

    codes = [await process.wait() for process in running]

    assert codes == [0, 0, 0]
    numbers = [number for (number,) in change("SELECT number FROM audit ORDER BY number")]
    assert numbers == list(range(1, 47))
    assert await vault.verify() is None
    assert [len(await vault.held(who)) for who in (ANN, BEN)] == [1, 1]
