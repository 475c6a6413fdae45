"""Opens an owner's own stored key for one call; nobody else's, and never the server's, counts."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from weakref import WeakValueDictionary

from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor
from pipeline.ports.vault import Vault

Renew = Callable[[Mapping[str, str]], Awaitable[Mapping[str, str] | None]]
_turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()


async def values_of(
    vault: Vault,
    owner: Actor,
    kind: str,
    purpose: str,
    title: str,
    *,
    renew: Renew | None = None,
) -> Mapping[str, str]:
    """The values of an owner's account by their fields' ids; to be forgotten after the call.

    `purpose` is written down in the vault's audit, `title` names the service in messages. Values
    that `renew` gives in their place are kept. PersonCanFix with the account's kind as its field
    when the owner has none.
    """
    if renew is None:
        return await _opened(vault, owner, kind, purpose, title)
    turn = _turns.setdefault((owner.key, kind), asyncio.Lock())
    async with turn:  # who renews a login twice with the same words has ended it
        values = await _opened(vault, owner, kind, purpose, title)
        renewed = await renew(values)
        if renewed is None:
            return values
        held = {one.kind: one for one in await vault.held(owner)}[kind]
        tail, name, checked_at = held.tail, held.name, held.checked_at
        text = json.dumps(dict(renewed))
        await vault.put(owner, kind, text, tail=tail, name=name, checked_at=checked_at)
        return renewed


async def _opened(
    vault: Vault, owner: Actor, kind: str, purpose: str, title: str
) -> Mapping[str, str]:
    ref = await vault.find(owner, kind)
    if ref is None:
        held = any(one.kind == kind for one in await vault.held(owner))
        told = f"Your {title} login is over." if held else f"{title} is not connected."
        again = "again " if held else ""
        hint = f"Connect your {title} account {again}(`connect {kind}`), then go on."
        raise PersonCanFix(told, hint, field=kind)
    values: dict[str, str] = json.loads(await vault.reveal(owner, ref, purpose))
    return values
