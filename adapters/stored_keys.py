"""Asks services about keys that are stored here. A value is seen for one call and no longer."""

import json
from collections.abc import Mapping
from typing import Literal

from adapters.credentials import values_of
from adapters.verdicts import Narrow, Slowed, Troubled
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.jobs import Actor
from pipeline.ports.account import Service, Verdict
from pipeline.ports.vault import Vault
from pipeline.secrets import SecretRef

_PURPOSE = "check"


class StoredKeys:
    """pipeline.ports.account.Accounts over the vault and the services by their kind."""

    def __init__(self, vault: Vault, services: Mapping[str, Service]) -> None:
        self._vault = vault
        self._services = services

    async def check(self, owner: Actor, ref: SecretRef) -> Verdict:
        """What the service says of the owner's key; nobody else's can be asked about."""
        service = self._services.get(ref.kind)
        if service is None:
            return Verdict(status="unasked")
        try:
            values = json.loads(await self._vault.reveal(owner, ref, _PURPOSE))
            if service.account.kept:  # those of a login, which is renewed before it is over
                title, renew = service.account.title, service.renewed
                values = await values_of(self._vault, owner, ref.kind, _PURPOSE, title, renew=renew)
            checked = await service.check(values)
        except PersonCanFix as refused:
            is_narrow = isinstance(refused, Narrow)
            told = f"{refused.message} {refused.hint}".strip()
            return Verdict(status="forbidden" if is_narrow else "invalid", detail=told)
        except TryAgain as away:
            told = f"{away.message} {away.hint}".strip()
            return Verdict(status=_unanswered(away), detail=told)
        if checked is None:
            return Verdict(status="unasked", detail="It has the right shape; nobody was asked.")
        whose = f"It belongs to {checked.name}." if checked.name else ""
        return Verdict(status="ok", detail=f"{whose} {checked.detail}".strip())


def _unanswered(away: TryAgain) -> Literal["rate_limited", "server", "network"]:
    match away:
        case Slowed():
            return "rate_limited"
        case Troubled():
            return "server"
        case _:
            return "network"
