"""The vault: values go in once and come out only inside an adapter, for one call."""

from datetime import datetime
from typing import Protocol

from pydantic import AwareDatetime

from pipeline.jobs import Actor, Frozen
from pipeline.secrets import SecretRef


class Held(Frozen):
    """What a person may be shown of a secret: its kind and the last 4 characters.

    `name` is whom the service took the owner for, empty while that was not asked.
    """

    kind: str
    ref: str
    tail: str
    at: AwareDatetime
    expires_at: AwareDatetime | None = None
    checked_at: AwareDatetime | None = None
    name: str = ""


class Finder(Protocol):
    """The half of the vault that the pipeline may see: whether a secret is there."""

    async def find(self, owner: Actor, kind: str) -> SecretRef | None:
        """The person's secret of a kind, if it is there and not over."""
        ...


class NothingHeld:
    """The finder of a house without a vault: nobody has connected anything."""

    async def find(self, owner: Actor, kind: str) -> SecretRef | None:  # noqa: ARG002  (as above)
        """Nothing."""
        return None


class Vault(Finder, Protocol):
    """Secrets of people, by reference. One of each kind per person; all use is written down."""

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
        ...

    async def reveal(self, actor: Actor, ref: SecretRef, purpose: str) -> str:
        """Give the value to its owner's call.

        PersonCanFix for anybody else, for a value that is over and for one that was forgotten.
        """
        ...

    async def held(self, owner: Actor) -> tuple[Held, ...]:
        """What a person has here."""
        ...

    async def forget(self, owner: Actor, kind: str | None = None) -> int:
        """Remove one kind, or everything with the person's key; how many were there."""
        ...

    async def rotate(self) -> int:
        """Wrap every person's key with the newest master key; how many were changed.

        Where the master keys are a file of ours, a new one is made first.
        """
        ...

    async def spare(self) -> tuple[str, ...]:
        """Master keys that nothing here needs any more, each in the person's words."""
        ...

    async def check(self) -> None:
        """PersonCanFix when nothing could be stored or revealed here as it is set up."""
        ...

    async def verify(self) -> int | None:
        """Number of the first audit row that is not as it was written; None when all are."""
        ...
