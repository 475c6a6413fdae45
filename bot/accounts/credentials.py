"""What a person gives for an account: its shape checked, the service asked, then kept.

A value is never part of what is said about it.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from bot import phrases
from pipeline.errors import TryAgain
from pipeline.jobs import Actor
from pipeline.ports.account import Account, Checked, Service
from pipeline.ports.vault import Vault

_TAIL = 4
_LONG_ENOUGH = 12  # of a shorter value the last 4 characters give too much away


def kind_of(said: str, services: Mapping[str, Service]) -> str | None:
    """The service that is meant by its kind, its name or the name's first letters."""
    wanted = plain(said)
    for kind, service in services.items():
        title = service.account.title
        initials = "".join(word[0] for word in title.lower().split())
        if wanted in {kind, plain(title), initials}:
            return kind
    return None


def plain(name: str) -> str:
    """The letters and digits of a name."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def read(account: Account, values: Mapping[str, str]) -> dict[str, str]:
    """The account's own fields, without the blanks around what was pasted, and a login's values."""
    given = {field.id: values.get(field.id, "").strip() for field in account.fields}
    return given | {one: values[one] for one in account.kept if one in values}


def problems(account: Account, values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each field that has not the right shape."""
    given = read(account, values)
    return {
        field.id: phrases.bad_shape(field.label, field.example)
        for field in account.fields
        if not re.fullmatch(field.shape, given[field.id])
    }


def tail(account: Account, values: Mapping[str, str]) -> str:
    """The last characters of the last secret field: by them its owner knows it again."""
    secret = [values[field.id] for field in account.fields if field.secret]
    return secret[-1][-_TAIL:] if secret and len(secret[-1]) >= _LONG_ENOUGH else ""


async def keep(
    vault: Vault,
    service: Service,
    owner: Actor,
    values: Mapping[str, str],
    *,
    now: datetime,
    know: Callable[[str], None],
) -> Checked | None:
    """Ask the service about values of the right shape, then keep them; None: it gave no answer.

    PersonCanFix when the service refuses them. `know` hears each secret before anything else may
    fail with it in its hands.
    """
    account = service.account
    given = read(account, values)
    for field in account.fields:
        if field.secret:
            know(given[field.id])
    for one in account.kept:
        know(given.get(one, ""))
    checked = await _answer(service, given)
    await vault.put(
        owner,
        account.kind,
        json.dumps(given),
        tail=tail(account, given),
        name=checked.name if checked else "",
        expires_at=checked.expires_at if checked else None,
        checked_at=now if checked else None,
    )
    return checked


async def _answer(service: Service, values: Mapping[str, str]) -> Checked | None:
    """What the service says; a key is not lost because its service is down just now."""
    try:
        return await service.check(values)
    except TryAgain:
        return None
