"""Whose token the Hub said it is. It lets this be asked seldom: its answer counts for a while."""

import hashlib
import time
from collections.abc import Mapping
from typing import Any

SECONDS = 300.0
_MOST = 500
_said: dict[str, tuple[float, Mapping[str, Any]]] = {}  # by a digest: no token is kept


def keep(endpoint: str, token: str, told: Mapping[str, Any]) -> None:
    """Remember an answer of `/api/whoami-v2` at this Hub; the oldest gives way."""
    forget(endpoint, token)
    if len(_said) >= _MOST:
        _said.pop(next(iter(_said)))
    _said[_key(endpoint, token)] = (time.monotonic(), told)


def recall(endpoint: str, token: str) -> Mapping[str, Any] | None:
    """What the Hub said of this token in the last SECONDS."""
    at, told = _said.get(_key(endpoint, token), (0.0, None))
    return told if time.monotonic() - at < SECONDS else None


def forget(endpoint: str, token: str) -> None:
    """The token was refused somewhere: its person may change its rights, or has ended it."""
    _said.pop(_key(endpoint, token), None)


def _key(endpoint: str, token: str) -> str:
    return hashlib.sha256(f"{endpoint} {token}".encode()).hexdigest()
