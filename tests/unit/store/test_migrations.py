"""A database built by its revisions alone is the database the code expects."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from adapters.database import file_of, parse_url
from adapters.migrations import FOLDER, newest, upgrade
from adapters.tables import METADATA
from pipeline.errors import PersonCanFix

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.anyio


REVISIONS = [None, *sorted(path.name[:5] for path in FOLDER.glob("versions/r[0-9]*.py"))]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    sqlite = request.param == "sqlite"
    return f"sqlite:///{tmp_path}/jobs.db" if sqlite else str(request.getfixturevalue("postgres"))


def connected(url: str) -> sa.Engine:
    parsed = parse_url(url)
    return sa.create_engine(parsed.set(drivername="sqlite") if file_of(parsed) else parsed)


def build(url: str, revision: str | None) -> None:
    """The tables of an earlier version, None for a database without any."""
    scripts, engine = ScriptDirectory(str(FOLDER)), connected(url)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            for script in reversed(list(scripts.iterate_revisions(revision, "base"))):
                script.module.upgrade()
                context.stamp(scripts, script.revision)
    engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS)
async def test_the_tables_of_each_version_become_those_of_this_one(
    url: str, revision: str | None
) -> None:
    if revision is not None:
        build(url, revision)

    assert await upgrade(url) is (revision != newest())

    engine = connected(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


async def test_of_many_processes_that_start_at_once_one_migrates(url: str) -> None:
    migrated = await asyncio.gather(*(upgrade(url) for _ in range(5)))

    assert sorted(migrated) == [False, False, False, False, True]


async def test_the_database_of_a_newer_version_is_left_alone(url: str) -> None:
    await upgrade(url)
    engine = connected(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'r9999'"))
    engine.dispose()

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
