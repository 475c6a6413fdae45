"""The database of an archive: brought to this version and this home before it is used."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from adapters.migrations import upgrade
from pipeline.jobs import JobId

_OPEN = ("runnable", "waiting")


def bring_up_to_date(database: Path, *, earlier: str, home: str) -> None:
    """Change the file's tables to those of this version, and its paths to this home's."""
    asyncio.run(upgrade(f"sqlite:///{database}"))
    if earlier != home:
        _move(database, earlier, home)


def counted(database: Path) -> tuple[int, int, JobId | None]:
    """How many jobs there are, how many of them are open, and the latest one."""
    if not database.exists():
        return 0, 0, None
    query = "SELECT id, status FROM jobs ORDER BY created_at DESC, id"
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(query).fetchall()
    unfinished = sum(status in _OPEN for _, status in rows)
    return len(rows), unfinished, JobId(rows[0][0]) if rows else None


def _move(database: Path, earlier: str, home: str) -> None:
    """Let documents name files below this home where they named files below the earlier one."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for job_id, text in connection.execute("SELECT id, context FROM jobs").fetchall():
            try:
                document = json.loads(text)
            except ValueError:
                continue  # a damaged record stays as it is
            moved = json.dumps(_moved(document, earlier, home), separators=(",", ":"))
            connection.execute("UPDATE jobs SET context = ? WHERE id = ?", (moved, job_id))


def _moved(value: object, earlier: str, home: str) -> object:
    match value:
        case dict():
            return {name: _moved(one, earlier, home) for name, one in value.items()}
        case list():
            return [_moved(one, earlier, home) for one in value]
        case str() if value == earlier or value.startswith(f"{earlier}/"):
            return home + value[len(earlier) :]
        case _:
            return value
