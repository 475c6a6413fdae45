"""The condition of what is kept: the database and the master keys of its secrets."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from adapters.database import file_of, parse_url
from adapters.migrations import belongs_to_newer, newest, standing
from adapters.records import Database
from adapters.tables import DATA_KEYS
from pipeline.ports.check import Check
from pipeline.ports.vault import Vault

if TYPE_CHECKING:  # it is slow to import
    from adapters.vault.master_keys import KeySource


async def is_there(url: str) -> bool:
    """Whether there is a file to look at; a server always counts."""
    file = file_of(parse_url(url))
    return file is None or await asyncio.to_thread(file.exists)


async def is_current(url: str) -> bool:
    """Whether its tables are those of this version."""
    return await is_there(url) and await standing(url) == newest()


async def look(url: str) -> Check:
    """One line on the database, which is left as it is; its errors come as ours."""
    if not await is_there(url):
        return _well("none yet; it is made at the first start")
    stands = await standing(url)
    if stands is not None and stands > newest():
        raise belongs_to_newer(stands)
    if stands != newest():
        return _well("of an older version; it is brought up to date at the next start")
    shared = "" if file_of(parse_url(url)) else "; many processes may work on it"
    return _well(f"opens, is up to date and can be written{shared}")


async def look_at_keys(keys: "KeySource", file: Path | None) -> Check:
    """The master keys alone; `file` is where they are kept, None for the setting."""
    if file is not None and not await asyncio.to_thread(file.exists):
        return _well("none yet; it is made with the first secret", "secrets")
    await asyncio.to_thread(keys.load, make=False)
    return _well("private; nothing is stored yet", "secrets")


async def look_at_secrets(database: Database, vault: Vault, file: Path | None) -> Check:
    """Whether the master keys open what is stored; PersonCanFix when they do not."""
    there = file is None or await asyncio.to_thread(file.exists)
    if not there and not await _is_used(database):
        return _well("none yet; it is made with the first secret", "secrets")
    await vault.check()
    broken = await vault.verify()
    if broken is None:
        return _well("private, and opens what is stored", "secrets")
    return Check(
        name="audit",
        ok=False,
        detail=f"Row {broken} of the audit trail is not as it was written.",
        hint="Somebody changed the database by hand; compare it with a backup.",
    )


async def _is_used(database: Database) -> bool:
    query = sa.select(sa.func.count()).select_from(DATA_KEYS)
    async with database.reading() as connection:
        return bool(await connection.scalar(query))


def _well(detail: str, name: str = "database") -> Check:
    return Check(name=name, ok=True, detail=detail)
