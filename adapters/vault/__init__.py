"""The vault: each secret sealed with its owner's key, each of those keys with a master key.

A transaction that writes begins with the vault's lock (data_keys.lock), and ends with the audit
row of what it did: one is never there without the other.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import uninterrupted
from adapters.records import Database
from adapters.tables import SECRETS
from adapters.vault import audit, data_keys
from adapters.vault.master_keys import KeySource, MasterKeyMissing, MasterKeys
from adapters.vault.page import Page, Refused, binding, is_over, open_secret
from adapters.vault.sealing import seal
from pipeline.errors import Bug
from pipeline.jobs import Actor
from pipeline.ports.clock import Clock
from pipeline.ports.vault import Held
from pipeline.secrets import SecretRef

_ID_BYTES = 16
_TAIL = 4
_NO_PUBLIC_FIELDS: Mapping[str, Collection[str]] = MappingProxyType({})


class SqlVault:
    """pipeline.ports.vault.Vault on SQLite or PostgreSQL.

    `on_value` hears each value that passes, and each text in one that is a JSON object, so that
    logs can leave them out; `public` names the fields by kind that may stand in a log.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        keys: KeySource,
        on_value: Callable[[str], None] | None = None,
        public: Mapping[str, Collection[str]] = _NO_PUBLIC_FIELDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._on_value = on_value
        self._public = public

    @uninterrupted
    async def put(
        self,
        owner: Actor,
        kind: str,
        value: str,
        *,
        tail: str,
        name: str = "",
        expires_at: datetime | None = None,
        checked_at: datetime | None = None,
    ) -> SecretRef:
        """Encrypt and keep a value in place of an older one of its kind."""
        self._tell(kind, value)
        facts = {
            "tail": tail[-_TAIL:],
            "expires_at": expires_at,
            "checked_at": checked_at,
            "name": name,
        }
        async with self._page() as page:
            return await _keep(page, owner, kind, value, facts)

    @uninterrupted
    async def reveal(self, actor: Actor, ref: SecretRef, purpose: str) -> str:
        """Give the value to its owner's call; a refusal is written down before it is raised."""
        value, refused = "", None
        async with self._page() as page:
            try:
                value = await open_secret(page, actor, ref)
            except Refused as no:
                refused = no
            action = refused.action if refused else "reveal"
            await page.write(actor.key, action, str(ref), purpose)
        if refused:
            raise refused.told
        self._tell(ref.kind, value)
        return value

    @uninterrupted
    async def held(self, owner: Actor) -> tuple[Held, ...]:
        """What a person has here."""
        query = sa.select(SECRETS).where(SECRETS.c.owner == owner.key).order_by(SECRETS.c.kind)
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).all()
        return tuple(
            Held(
                kind=row.kind,
                ref=str(SecretRef(row.kind, row.id)),
                tail=row.tail,
                at=row.at,
                expires_at=row.expires_at,
                checked_at=row.checked_at,
                name=row.name,
            )
            for row in found
        )

    @uninterrupted
    async def find(self, owner: Actor, kind: str) -> SecretRef | None:
        """The person's secret of a kind, if it is there and not over."""
        query = sa.select(SECRETS.c.id, SECRETS.c.expires_at).where(
            SECRETS.c.owner == owner.key, SECRETS.c.kind == kind
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        if row is None or is_over(row.expires_at, self._clock.now()):
            return None
        return SecretRef(kind, row.id)

    @uninterrupted
    async def forget(self, owner: Actor, kind: str | None = None) -> int:
        """Remove one kind, or everything with the person's key; how many were there.

        Everything can also be forgotten when the master key is lost and nobody else has anything
        here: the vault then begins anew.
        """
        try:
            async with self._page() as page:
                return await _forget(page, owner, kind)
        except MasterKeyMissing as missing:
            if kind is not None:
                raise
            return await self._forget_locked(owner, missing)

    @uninterrupted
    async def rotate(self) -> int:
        """Wrap every key with the newest master key, after making one where they are a file."""
        async with self._page() as page:
            masters = await asyncio.to_thread(self._keys.renew)
            changed = await data_keys.rewrap(page.connection, masters)
            await page.write("operator", "rotate", f"{changed} keys", f"to {masters.newest.id}")
        return changed

    @uninterrupted
    async def spare(self) -> tuple[str, ...]:
        """Master keys that nothing here is wrapped with."""
        async with self._page() as page:
            used = await data_keys.masters_in_use(page.connection)
        return tuple(
            f"key {number} ({key.id})"
            for number, key in enumerate(page.masters.keys, 1)
            if key.id not in used
        )

    @uninterrupted
    async def check(self) -> None:
        """PersonCanFix when the master keys are missing, bad or not the right ones."""
        async with self._page():
            return

    @uninterrupted
    async def verify(self) -> int | None:
        """Number of the first audit row that is not as it was written."""
        async with self._page() as page:
            return await audit.first_broken(page.connection, page.audit_key)

    @asynccontextmanager
    async def _page(self) -> AsyncIterator[Page]:
        """Take the lock, then read the master keys: another process may just have added one."""
        async with self._database.writing() as connection:
            used = await data_keys.lock(connection)
            masters = await asyncio.to_thread(self._keys.load, make=not used)
            if not used:
                await self._begin(connection, masters, "the vault is new")
            yield await self._turned(connection, masters)

    async def _forget_locked(self, owner: Actor, missing: MasterKeyMissing) -> int:
        """Forget everything without its key, and begin a trail with one that is there."""
        async with self._database.writing() as connection:
            await data_keys.lock(connection)
            if await data_keys.people_besides(connection, owner.key):
                raise missing
            await data_keys.drop(connection, data_keys.AUDIT)
            masters = await asyncio.to_thread(self._keys.load, make=True)
            await self._begin(connection, masters, "the master key was lost")
            page = await self._turned(connection, masters)
            return await _forget(page, owner, None)

    async def _begin(self, connection: AsyncConnection, masters: MasterKeys, why: str) -> None:
        """Begin a trail: with a key of its own, and a row that says so."""
        made = await data_keys.make(connection, data_keys.AUDIT, masters, self._clock.now())
        await data_keys.lock(connection)
        if made:
            page = await self._turned(connection, masters)
            await page.write("operator", audit.BEGIN, "audit", why)

    async def _turned(self, connection: AsyncConnection, masters: MasterKeys) -> Page:
        now = self._clock.now()
        key = await data_keys.find_or_make(connection, data_keys.AUDIT, masters, now)
        return Page(connection, masters, key, now)

    def _tell(self, kind: str, value: str) -> None:
        """Let the logs know what to leave out."""
        if self._on_value is not None:
            for text in (value, *_texts_in(value, self._public.get(kind, ()))):
                if text:
                    self._on_value(text)


async def _keep(
    page: Page, owner: Actor, kind: str, value: str, facts: Mapping[str, object]
) -> SecretRef:
    """Seal a value under a new name, and remove what it replaces."""
    ref = _new_ref(kind)
    key = await data_keys.find_or_make(page.connection, owner.key, page.masters, page.now)
    replaced = await _remove(page.connection, owner, kind)
    row = {
        "id": ref.id,
        "owner": owner.key,
        "kind": kind,
        "sealed": seal(key, value.encode(), *binding(ref, owner.key)),
        "at": page.now,
    }
    await page.connection.execute(SECRETS.insert().values(row | dict(facts)))
    older = "".join(f"in place of {one}" for one in replaced)
    await page.write(owner.key, "put", str(ref), older)
    return ref


async def _forget(page: Page, owner: Actor, kind: str | None) -> int:
    removed = await _remove(page.connection, owner, kind)
    for ref in removed:
        await page.write(owner.key, "forget", str(ref))
    if kind is None:
        await data_keys.drop(page.connection, owner.key)
        await page.write(owner.key, "forget", "everything")
    return len(removed)


async def _remove(
    connection: AsyncConnection, owner: Actor, kind: str | None
) -> tuple[SecretRef, ...]:
    """Delete the secrets of a kind, or of every kind."""
    statement = SECRETS.delete().where(SECRETS.c.owner == owner.key)
    if kind is not None:
        statement = statement.where(SECRETS.c.kind == kind)
    removed = await connection.execute(statement.returning(SECRETS.c.kind, SECRETS.c.id))
    return tuple(SecretRef(row.kind, row.id) for row in removed)


def _new_ref(kind: str) -> SecretRef:
    ref = SecretRef(kind, secrets.token_hex(_ID_BYTES))
    try:
        return SecretRef.parse(str(ref))
    except ValueError as error:
        raise Bug("A kind of secret is written in lowercase letters and _.") from error


def _texts_in(value: str, public: Collection[str]) -> tuple[str, ...]:
    """The texts of a value that is a JSON object, but for those that may be shown."""
    try:
        fields = json.loads(value)
    except ValueError:
        return ()
    if not isinstance(fields, dict):
        return ()
    return tuple(
        text for name, text in fields.items() if isinstance(text, str) and name not in public
    )
