"""Where a model is published: whose account, under which name, and whether the token may write."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.hub_refusals import KIND, TITLE, TOKENS
from adapters.verdicts import Narrow
from pipeline.errors import PersonCanFix
from pipeline.ports.host import Terms

_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")
_DOUBLE = re.compile(r"-{2,}|\.{2,}")
_LONGEST = 90
_WRITERS = {"admin", "write", "contributor"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A repository's id, and what its owner is given: `pro` runs Spaces on plain hardware."""

    repo: str
    pro: bool


def spot(me: Mapping[str, Any], terms: Terms, job: str) -> Spot:
    """What `/api/whoami-v2` and the person's words make of it.

    PersonCanFix when the account does not belong there, or its token may not write there.
    """
    owner, _, named = terms.name.rpartition("/")
    owner = owner.strip() or terms.owner.strip() or str(me["name"])
    roles = {str(one["name"]): str(one.get("roleInOrg", "")) for one in me.get("orgs") or ()}
    roles[str(me["name"])] = "admin"
    known = {name.casefold(): name for name in roles}
    if owner.casefold() not in known:
        raise _elsewhere(str(me["name"]), owner, roles)
    owner = known[owner.casefold()]
    if roles[owner] not in _WRITERS:
        raise PersonCanFix(
            f"Your {TITLE} account {me['name']} may only read at {owner}.",
            f"Ask its admins for the right to write, or publish as {me['name']}.",
            field="deploy.hf_org",
            options=(str(me["name"]),),
        )
    _check_token(me, owner)
    is_org = owner != me["name"]
    return Spot(f"{owner}/{slug(named) or f'mltrainer-{job}'}", bool(me.get("isPro")) or is_org)


def slug(name: str) -> str:
    """A name as the Hub takes it; empty where nothing of it can stand."""
    return _DOUBLE.sub("-", _STRANGE.sub("-", name)).strip("-.")[:_LONGEST].strip("-.")


def _check_token(me: Mapping[str, Any], owner: str) -> None:
    access = (me.get("auth") or {}).get("accessToken") or {}
    role = access.get("role", "write")
    scopes = (access.get("fineGrained") or {}).get("scoped") or ()
    allowed = {
        str(scope["entity"].get("name"))
        for scope in scopes
        if "repo.write" in scope.get("permissions", ())
    }
    if role == "read" or (role == "fineGrained" and owner not in allowed):
        raise Narrow(
            f"Your {TITLE} token may not write to {owner}.",
            f"Make one that may at {TOKENS} and connect it (`connect {KIND}`), then say “retry”.",
            field=KIND,
        )


def _elsewhere(me: str, owner: str, roles: Mapping[str, str]) -> PersonCanFix:
    mine = [name for name, role in roles.items() if role in _WRITERS]
    return PersonCanFix(
        f"Your {TITLE} account {me} does not belong to {owner}.",
        f"Publish as {' or '.join(sorted(mine))}, or connect an account that belongs there.",
        field="deploy.hf_org",
        options=sorted(mine),
    )
