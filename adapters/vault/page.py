"""A page of the vault: one transaction under its lock, in which a secret may be opened."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.tables import SECRETS
from adapters.vault import audit, data_keys
from adapters.vault.master_keys import MasterKeys
from adapters.vault.sealing import DoesNotOpen, unseal
from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor
from pipeline.secrets import SecretRef


class Refused(Exception):
    """A value that is not given out: what the trail says, and what the person reads."""

    def __init__(self, action: str, message: str, hint: str) -> None:
        super().__init__(action)
        self.action = action
        self.told = PersonCanFix(message, hint)


@dataclass(frozen=True, slots=True)
class Page:
    """A transaction that holds the vault's lock."""

    connection: AsyncConnection
    masters: MasterKeys
    audit_key: bytes
    now: datetime

    async def write(self, actor: str, action: str, subject: str, purpose: str = "") -> None:
        """Put what is done here into the audit trail."""
        entry = audit.Entry(actor, action, subject, purpose)
        await audit.write(self.connection, self.audit_key, entry, self.now)


async def open_secret(page: Page, actor: Actor, ref: SecretRef) -> str:
    """The value of a reference, for its owner; Refused for all else."""
    query = sa.select(SECRETS).where(SECRETS.c.id == ref.id, SECRETS.c.kind == ref.kind)
    row = (await page.connection.execute(query)).first()
    again = f"Connect it again: mltrainer connect {ref.kind}, or /mltrainer connect in chat."
    if row is None:
        raise Refused("unknown", f"The {ref.kind} access is not stored here any more.", again)
    if row.owner != actor.key:
        own = f"Connect your own: mltrainer connect {ref.kind}, or /mltrainer connect in chat."
        raise Refused("refused", f"Only its owner can use this {ref.kind} access.", own)
    if is_over(row.expires_at, page.now):
        ended = f"The {ref.kind} access ended on {row.expires_at:%Y-%m-%d at %H:%M} UTC."
        raise Refused("expired", ended, again)
    try:
        key = await data_keys.find(page.connection, actor.key, page.masters) or b""
        return unseal(key, row.sealed, *binding(ref, row.owner)).decode()
    except DoesNotOpen:
        changed = f"The {ref.kind} access does not open: its row was changed in the database."
        raise Refused("damaged", changed, again) from None


def binding(ref: SecretRef, owner: str) -> tuple[str, ...]:
    """What a sealed value belongs to: in another row it does not open."""
    return ("secret", ref.id, owner, ref.kind)


def is_over(expires_at: datetime | None, now: datetime) -> bool:
    """Whether the time of a secret has passed."""
    return expires_at is not None and expires_at <= now
