"""The audit trail: who did what with which secret, for what and when; never a value.

Each row's seal covers the row and the seal before it, so that a row changed, taken out or put in
later shows. A seal is also noted in the log, outside the database: whoever rewinds both the table
and its head is found out there.
"""

import hashlib
import hmac
import json
import logging
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.tables import AUDIT, DATA_KEYS
from adapters.vault import data_keys

_LONGEST_PURPOSE = 200
BEGIN = "begin"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written down. `subject` is a reference, or what else was acted on."""

    actor: str
    action: str
    subject: str
    purpose: str = ""


async def write(connection: AsyncConnection, key: bytes, entry: Entry, at: datetime) -> None:
    """Add a row behind the last one; the caller holds the vault's lock."""
    last, before = await _last(connection)
    number = last + 1
    short = replace(entry, purpose=entry.purpose[:_LONGEST_PURPOSE])
    seal = _seal(key, before, number, at, short)
    row = asdict(short) | {"number": number, "at": at, "seal": seal}
    await connection.execute(AUDIT.insert().values(row))
    head = DATA_KEYS.update().where(DATA_KEYS.c.owner == data_keys.AUDIT).values(at=at)
    await connection.execute(head)
    _log.info("audit row %d: %s", number, seal)


async def first_broken(connection: AsyncConnection, key: bytes) -> int | None:
    """The number of the first row that is not as it was written; None when the trail is whole.

    It is read from its last beginning: what was sealed with a lost key cannot be checked.
    """
    rows = (await connection.execute(sa.select(AUDIT).order_by(AUDIT.c.number))).all()
    begin = max((i for i, row in enumerate(rows) if row.action == BEGIN), default=0)
    before = rows[begin - 1].seal if begin else ""
    number = rows[begin].number if begin else 1
    for row in rows[begin:]:
        entry = Entry(row.actor, row.action, row.subject, row.purpose)
        seal = _seal(key, before, number, row.at, entry)
        if row.number != number or not hmac.compare_digest(seal.encode(), row.seal.encode()):
            return number
        before, number = row.seal, number + 1
    head = await connection.scalar(
        sa.select(DATA_KEYS.c.at).where(DATA_KEYS.c.owner == data_keys.AUDIT)
    )
    return None if rows and rows[-1].at == head else number


async def _last(connection: AsyncConnection) -> tuple[int, str]:
    """Number and seal of the last row."""
    query = sa.select(AUDIT.c.number, AUDIT.c.seal).order_by(AUDIT.c.number.desc()).limit(1)
    row = (await connection.execute(query)).first()
    return (row.number, row.seal) if row else (0, "")


def _seal(key: bytes, before: str, number: int, at: datetime, entry: Entry) -> str:
    when = at.astimezone(UTC).isoformat()
    facts = [before, number, when, entry.actor, entry.action, entry.subject, entry.purpose]
    return hmac.new(key, json.dumps(facts).encode(), hashlib.sha256).hexdigest()
