"""A database built by its revisions alone is the database the code expects."""

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from adapters.migrations import FOLDER, newest, upgrade
from adapters.tables import METADATA
from pipeline.errors import PersonCanFix

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.anyio


async def test_revisions_build_the_schema_from_zero(tmp_path: Path) -> None:
    await upgrade(f"sqlite:///{tmp_path}/jobs.db")

    engine = sa.create_engine(f"sqlite:///{tmp_path}/jobs.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


async def test_of_many_processes_that_start_at_once_one_migrates(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/jobs.db"

    migrated = await asyncio.gather(*(upgrade(url) for _ in range(5)))

    assert sorted(migrated) == [False, False, False, False, True]


async def test_the_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/jobs.db"
    await upgrade(url)
    with contextlib.closing(sqlite3.connect(tmp_path / "jobs.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'r9999'")
        database.commit()

    with pytest.raises(PersonCanFix, match=f"newer mltrainer .*r9999, here {newest()}"):
        await upgrade(url)


def test_the_newest_file_is_the_head_of_one_line_of_revisions() -> None:
    assert ScriptDirectory(str(FOLDER)).get_heads() == [newest()]


async def test_a_database_that_is_up_to_date_costs_no_import_of_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/jobs.db"
    await upgrade(url)
    look = (
        "import asyncio, sys\n"
        "from adapters.migrations import upgrade\n"
        "changed = asyncio.run(upgrade(sys.argv[1]))\n"
        "sys.exit(bool(changed or {'alembic', 'mako'} & set(sys.modules)))"
    )

    process = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", look, url], cwd=ROOT, check=False
    )

    assert process.returncode == 0
