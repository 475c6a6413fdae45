"""A data key per person, wrapped with a master key. Deleting it forgets everything of theirs.

The audit trail has one of its own, and its row is the vault's lock: a transaction begins by
touching it, so that writers queue up (SQLite: on the database, PostgreSQL: on that row).
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.tables import DATA_KEYS
from adapters.vault.master_keys import MasterKeys
from adapters.vault.sealing import DoesNotOpen, new_key, seal, unseal
from pipeline.errors import Bug, PersonCanFix

AUDIT = "audit"  # no person: their keys are platform:space:id


async def lock(connection: AsyncConnection) -> bool:
    """Keep every other writer of the vault out until the commit; False in an unused vault."""
    touch = DATA_KEYS.update().where(DATA_KEYS.c.owner == AUDIT).values(at=DATA_KEYS.c.at)
    return (await connection.execute(touch)).rowcount == 1


async def find(connection: AsyncConnection, owner: str, masters: MasterKeys) -> bytes | None:
    """The key of an owner; None where there is none (any more)."""
    query = sa.select(DATA_KEYS).where(DATA_KEYS.c.owner == owner)
    row = (await connection.execute(query)).first()
    return None if row is None else _unwrap(row.wrapped, owner, row.master, masters)


async def make(connection: AsyncConnection, owner: str, masters: MasterKeys, at: datetime) -> bool:
    """A key for an owner; False when another process was faster."""
    row = {"owner": owner, "at": at} | _wrapped(new_key(), owner, masters)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(DATA_KEYS).values(row).on_conflict_do_nothing()
    made = await connection.execute(insert.returning(DATA_KEYS.c.owner))
    return made.first() is not None


async def find_or_make(
    connection: AsyncConnection, owner: str, masters: MasterKeys, at: datetime
) -> bytes:
    """The key of an owner, made where there is none."""
    key = await find(connection, owner, masters)
    if key is None:
        await make(connection, owner, masters, at)
        key = await find(connection, owner, masters)
    if key is None:
        raise Bug(f"The key of {owner} was stored and is not there.")
    return key


async def drop(connection: AsyncConnection, owner: str) -> None:
    """Forget the key of an owner, and with it all that was sealed with it."""
    await connection.execute(DATA_KEYS.delete().where(DATA_KEYS.c.owner == owner))


async def people_besides(connection: AsyncConnection, owner: str) -> bool:
    """Whether anybody else has a key here."""
    query = sa.select(DATA_KEYS.c.owner).where(DATA_KEYS.c.owner.not_in((AUDIT, owner))).limit(1)
    return (await connection.execute(query)).first() is not None


async def rewrap(connection: AsyncConnection, masters: MasterKeys) -> int:
    """Wrap every key with the newest master key; how many people's that were."""
    query = sa.select(DATA_KEYS).where(DATA_KEYS.c.master != masters.newest.id)
    rows = (await connection.execute(query)).all()
    changed = [
        {"known": row.owner}
        | _wrapped(_unwrap(row.wrapped, row.owner, row.master, masters), row.owner, masters)
        for row in rows
    ]
    if changed:
        change = DATA_KEYS.update().where(DATA_KEYS.c.owner == sa.bindparam("known"))
        await connection.execute(change, changed)
    return sum(row.owner != AUDIT for row in rows)


async def masters_in_use(connection: AsyncConnection) -> set[str]:
    """Ids of the master keys that something is wrapped with."""
    return set(await connection.scalars(sa.select(DATA_KEYS.c.master).distinct()))


def _wrapped(key: bytes, owner: str, masters: MasterKeys) -> dict[str, bytes | str]:
    master = masters.newest
    return {
        "wrapped": seal(master.value, key, "data key", owner, master.id),
        "master": master.id,
    }


def _unwrap(wrapped: bytes, owner: str, master: str, masters: MasterKeys) -> bytes:
    try:
        return unseal(masters.find(master).value, wrapped, "data key", owner, master)
    except DoesNotOpen as error:
        raise PersonCanFix(
            f"The key of {owner} does not open: its row in the database was changed from outside.",
            "Restore the database from a backup, or forget these secrets and connect again.",
        ) from error
