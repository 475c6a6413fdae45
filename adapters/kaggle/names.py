"""How a run is called at Kaggle: always the same, so that it is found again by its name."""

import hashlib
import re
from collections.abc import Mapping

_LONGEST = 50
_NO_SIGN = re.compile(r"[^a-z0-9]+")


def user_of(values: Mapping[str, str]) -> str:
    """The user name as addresses there hold it."""
    return values.get("username", "").strip().lower()


def handle_of(values: Mapping[str, str], name: str) -> str:
    """`owner/slug` of a run: its name as Kaggle allows it, made its own again where that is cut."""
    slug = _NO_SIGN.sub("-", f"mltrainer-{name}".lower()).strip("-")
    if len(slug) > _LONGEST or slug != f"mltrainer-{name}":
        digest = hashlib.sha256(name.encode()).hexdigest()[:12]
        slug = f"{slug[: _LONGEST - 13].rstrip('-')}-{digest}"
    return f"{user_of(values)}/{slug}"
