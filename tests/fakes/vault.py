"""The vault in memory, by the same rules as the real one; it encrypts nothing."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import Bug, PersonCanFix
from pipeline.jobs import Actor
from pipeline.ports.clock import Clock
from pipeline.ports.vault import Held
from pipeline.secrets import SecretRef


@dataclass(frozen=True)
class _Kept:
    value: str
    shown: Held


class MemoryVault:
    """pipeline.ports.vault.Vault. `trail` is what the real one writes down: who, what, which."""

    def __init__(self, *, clock: Clock, on_value: Callable[[str], None] | None = None) -> None:
        self._clock = clock
        self._on_value = on_value
        self._kept: dict[tuple[str, str], _Kept] = {}
        self.trail: list[tuple[str, str, str]] = []

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
        ref = _new_ref(kind)
        self._tell(value)
        shown = Held(
            kind=kind,
            ref=str(ref),
            tail=tail[-4:],
            at=self._clock.now(),
            expires_at=expires_at,
            checked_at=checked_at,
            name=name,
        )
        self._kept[owner.key, kind] = _Kept(value, shown)
        self.trail.append((owner.key, "put", str(ref)))
        return ref

    async def reveal(self, actor: Actor, ref: SecretRef, purpose: str) -> str:
        assert purpose
        owner, kept = next(
            ((key[0], one) for key, one in self._kept.items() if one.shown.ref == str(ref)),
            ("", None),
        )
        if kept is None:
            raise self._refused(actor, "unknown", ref, "is not stored here any more.")
        if owner != actor.key:
            raise self._refused(actor, "refused", ref, "can only be used by its owner.")
        if self._is_over(kept):
            raise self._refused(actor, "expired", ref, "has ended.")
        self.trail.append((actor.key, "reveal", str(ref)))
        self._tell(kept.value)
        return kept.value

    async def held(self, owner: Actor) -> tuple[Held, ...]:
        mine = [kept.shown for key, kept in self._kept.items() if key[0] == owner.key]
        return tuple(sorted(mine, key=lambda shown: shown.kind))

    async def find(self, owner: Actor, kind: str) -> SecretRef | None:
        kept = self._kept.get((owner.key, kind))
        if kept is None or self._is_over(kept):
            return None
        return SecretRef.parse(kept.shown.ref)

    async def forget(self, owner: Actor, kind: str | None = None) -> int:
        removed = [key for key in self._kept if key[0] == owner.key and kind in (key[1], None)]
        for key in removed:
            self.trail.append((owner.key, "forget", self._kept.pop(key).shown.ref))
        return len(removed)

    async def rotate(self) -> int:
        return len({owner for owner, _ in self._kept})

    async def spare(self) -> tuple[str, ...]:
        return ()

    async def check(self) -> None:
        return

    async def verify(self) -> int | None:
        return None

    def _tell(self, value: str) -> None:
        if self._on_value is not None:
            self._on_value(value)

    def _is_over(self, kept: _Kept) -> bool:
        end = kept.shown.expires_at
        return end is not None and end <= self._clock.now()

    def _refused(self, actor: Actor, action: str, ref: SecretRef, what: str) -> PersonCanFix:
        self.trail.append((actor.key, action, str(ref)))
        message = f"The {ref.kind} access {what}"
        return PersonCanFix(message, f"Connect your own: mltrainer connect {ref.kind}.")


def _new_ref(kind: str) -> SecretRef:
    try:
        return SecretRef.parse(f"secret:{kind}:{secrets.token_hex(16)}")
    except ValueError as error:
        raise Bug("A kind of secret is written in lowercase letters and _.") from error
