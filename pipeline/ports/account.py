"""Services people have accounts at: what a form asks for, and how a key or a login is checked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from pydantic import AwareDatetime

from pipeline.jobs import Actor, Frozen
from pipeline.secrets import SecretRef


class AccountField(Frozen):
    """One thing to paste. `shape` is what the whole value must match; `example` shows it."""

    id: str
    label: str
    shape: str
    example: str
    secret: bool = True


class Account(Frozen):
    """A service. `kind` is its file's name; `page` is where a person makes a key.

    `leaks` are patterns that find a key of this service in the middle of a text; `login` says
    whether it has a link to log in with instead, and `kept` are ids of values that only this gives.
    """

    kind: str
    title: str
    use: str
    page: str
    fields: tuple[AccountField, ...]
    leaks: tuple[str, ...] = ()
    login: bool = False
    kept: tuple[str, ...] = ()

    @property
    def public(self) -> tuple[str, ...]:
        """The ids of fields that may stand in a log."""
        return tuple(one.id for one in self.fields if not one.secret)


class LoginLink(Frozen):
    """Where a person logs in, with the code they type there; `state` is kept for the end."""

    url: str
    code: str
    state: str
    expires_at: AwareDatetime


class Checked(Frozen):
    """A service has accepted the values: whom it takes them for, and until when they hold.

    `detail` is a sentence about what they are good for, if the service says so.
    """

    name: str
    expires_at: AwareDatetime | None = None
    detail: str = ""


class Service(Protocol):
    """An account's outside. Each call raises PersonCanFix (refused) or TryAgain (no answer)."""

    @property
    def account(self) -> Account:
        """What the service is and what it asks for."""
        ...

    async def check(self, values: Mapping[str, str]) -> Checked | None:
        """Ask the service about values of the right shape; None where it cannot be asked."""
        ...

    async def begin_login(self, now: datetime) -> LoginLink | None:
        """A link to log in with; None where the service has none."""
        ...

    async def finish_login(self, link: LoginLink) -> Mapping[str, str] | None:
        """The values that a finished login gives; None while the person is not done."""
        ...

    async def renewed(self, values: Mapping[str, str]) -> Mapping[str, str] | None:
        """What is to be kept in place of a login that is soon over; None where it holds."""
        ...


class Verdict(Frozen):
    """What a service says of a stored key, with the cure in a sentence; `unasked`: it cannot be."""

    status: Literal[
        "ok", "missing", "invalid", "forbidden", "rate_limited", "network", "server", "unasked"
    ]
    detail: str = ""


class Accounts(Protocol):
    """Looks at stored keys without showing them."""

    async def check(self, owner: Actor, ref: SecretRef) -> Verdict:
        """Whether the service takes the owner's key."""
        ...


class NoAccounts:
    """A house that can ask no service."""

    async def check(self, owner: Actor, ref: SecretRef) -> Verdict:  # noqa: ARG002  (nobody is asked)
        """Nothing is known."""
        return Verdict(status="unasked")
