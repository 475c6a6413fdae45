"""Who the Hub knows: accounts, the organisations they belong to, and their tokens."""

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.fakes.hub.repos import Repo

Role = Literal["read", "write", "fineGrained"]
_WRITERS = {"admin", "write"}
_ZERO_GPU_DAYS = 30


@dataclass
class Account:
    """A person's account. `orgs` says their role in each organisation."""

    name: str
    pro: bool = False
    orgs: dict[str, str] = field(default_factory=dict)
    verified: bool = True
    days_old: int = 400

    @property
    def may_use_zero(self) -> bool:
        """Whether ZeroGPU is given to this account at all."""
        return self.pro or (self.verified and self.days_old > _ZERO_GPU_DAYS)


@dataclass
class Token:
    """A token of an account. `scopes` are what a fine-grained one may do, by the entity's name."""

    value: str
    account: Account
    role: Role = "write"
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reads_gated: bool = True

    def may_write(self, repo_id: str) -> bool:
        """Whether it may make, change and delete this repository."""
        owner = repo_id.partition("/")[0]
        if owner != self.account.name and self.account.orgs.get(owner) not in _WRITERS:
            return False
        return self.role == "write" or self._has("repo.write", repo_id)

    def may_read(self, repo_id: str, repo: Repo) -> bool:
        """Whether it may see this repository."""
        if not repo.private:
            return True
        owner = repo_id.partition("/")[0]
        if owner != self.account.name and owner not in self.account.orgs:
            return False
        needed = ("repo.content.read", "repo.write")
        return self.role != "fineGrained" or any(self._has(one, repo_id) for one in needed)

    def may_enter(self, repo_id: str, repo: Repo) -> bool:
        """Whether a gated repository lets it in."""
        if not repo.gated or repo_id.partition("/")[0] == self.account.name:
            return True
        is_wide = self.role != "fineGrained" or self.reads_gated
        return is_wide and self.account.name in repo.allowed

    def _has(self, permission: str, repo_id: str) -> bool:
        names = (repo_id.partition("/")[0], repo_id)
        return self.role == "fineGrained" and any(
            permission in self.scopes.get(name, ()) for name in names
        )

    def whoami(self) -> dict[str, Any]:
        """What `/api/whoami-v2` answers."""
        account = self.account
        access: dict[str, Any] = {"displayName": "mltrainer", "role": self.role}
        if self.role == "fineGrained":
            access["fineGrained"] = {
                "canReadGatedRepos": self.reads_gated,
                "global": ["discussion.write"],
                "scoped": [
                    {"entity": self._entity(name), "permissions": list(permissions)}
                    for name, permissions in self.scopes.items()
                ],
            }
        return {
            "type": "user",
            "id": f"id-{account.name}",
            "name": account.name,
            "fullname": account.name.title(),
            "email": f"{account.name}@example.org",
            "emailVerified": account.verified,
            "canPay": account.pro,
            "isPro": account.pro,
            "periodEnd": None,
            "orgs": [
                {"type": "org", "name": name, "fullname": name.title(), "roleInOrg": role}
                for name, role in account.orgs.items()
            ],
            "auth": {"type": "access_token", "accessToken": access},
        }

    def _entity(self, name: str) -> dict[str, str]:
        if "/" in name:
            return {"type": "model", "name": name}
        return {"type": "user" if name == self.account.name else "org", "name": name}


def new_value(seed: str) -> str:
    """A made-up token, the same for the same seed."""
    letters = string.ascii_letters + string.digits
    return "hf_" + "".join(random.Random(seed).choices(letters, k=34))  # noqa: S311 (no secret)
