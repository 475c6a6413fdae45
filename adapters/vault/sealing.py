"""AES-256-GCM, the one cipher here, and the one file that encrypts.

What a sealed value is bound to (owner, reference, …) is not kept in it: it opens only for the same.
"""

import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class DoesNotOpen(Exception):
    """Another key, or something else than what was sealed."""


def new_key() -> bytes:
    """A random key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, value: bytes, *bound: str) -> bytes:
    """A fresh nonce, then the encrypted value with its tag."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, _binding(bound))


def unseal(key: bytes, sealed: bytes, *bound: str) -> bytes:
    """The value; DoesNotOpen for another key, another binding, or changed bytes."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _binding(bound))
    except (InvalidTag, ValueError) as error:
        raise DoesNotOpen from error


def _binding(bound: tuple[str, ...]) -> bytes:
    """One text for a list of texts: as JSON no two lists look alike."""
    return json.dumps(bound).encode()
