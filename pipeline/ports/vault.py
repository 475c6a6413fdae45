"""The vault: values go in once and come out only inside an adapter, for one call."""

from typing import Protocol

from pipeline.jobs import Actor
from pipeline.secrets import SecretRef


class Vault(Protocol):
    """Secrets of people, by reference."""

    async def put(self, owner: Actor, kind: str, value: str) -> SecretRef:
        """Encrypt and keep a value."""
        ...

    async def reveal(self, actor: Actor, ref: SecretRef, purpose: str) -> str:
        """Give the value to its owner's call; anybody else is refused, and it is written down."""
        ...
