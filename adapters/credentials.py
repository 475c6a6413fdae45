"""Opens an owner's own stored key for one call; nobody else's, and never the server's, counts."""

import json
from collections.abc import Mapping

from pipeline.errors import PersonCanFix
from pipeline.jobs import Actor
from pipeline.ports.vault import Vault


async def values_of(
    vault: Vault, owner: Actor, kind: str, purpose: str, title: str
) -> Mapping[str, str]:
    """The values of an owner's account by their fields' ids; to be forgotten after the call.

    `purpose` is written down in the vault's audit, `title` names the service in messages.
    PersonCanFix with the account's kind as its field when the owner has none.
    """
    ref = await vault.find(owner, kind)
    if ref is None:
        raise PersonCanFix(
            f"{title} is not connected.",
            f"Connect your {title} account (`connect {kind}`), then go on.",
            field=kind,
        )
    values: dict[str, str] = json.loads(await vault.reveal(owner, ref, purpose))
    return values
