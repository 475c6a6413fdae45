"""Accounts whose keys are pasted, and about which nobody is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.ports.account import Account, Checked, LoginLink


@dataclass(frozen=True, slots=True)
class PastedKeys:
    """A pipeline.ports.account.Service that is not asked about: its values are only pasted.

    A service that can be asked, or logged in to, overrides the calls in its own file.
    """

    account: Account

    async def check(self, values: Mapping[str, str]) -> Checked | None:  # noqa: ARG002 (the port's)
        """Nobody is asked."""
        return None

    async def begin_login(self, now: datetime) -> LoginLink | None:  # noqa: ARG002 (the port's)
        """There is no link."""
        return None

    async def finish_login(self, link: LoginLink) -> Mapping[str, str] | None:  # noqa: ARG002
        """No login is ever under way."""
        return None

    async def renewed(self, values: Mapping[str, str]) -> Mapping[str, str] | None:  # noqa: ARG002
        """What was pasted holds until its service ends it."""
        return None
