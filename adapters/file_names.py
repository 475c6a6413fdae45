"""Names of copied files: nothing in them that a shell, a log or a terminal could misread."""

import os
import unicodedata
from pathlib import Path

_LONGEST = 150  # bytes of UTF-8, far below what a file system takes, so that a number fits on
_LONGEST_SUFFIX = 20


def clean(name: str) -> str:
    """The name with separators, control and direction signs as `_`; never empty or hidden.

    A leading hyphen is replaced as well: it would look like an option.
    """
    signs = (_sign(sign) for sign in unicodedata.normalize("NFC", name.strip()))
    plain = "".join(signs).lstrip(".").strip()
    if plain.startswith("-"):
        plain = f"_{plain[1:]}"
    return _short(plain) or "data"


def free(folder: Path, name: str) -> Path:
    """A path in the folder under this name; a name that is taken already gets a number."""
    path = folder / name
    stem, suffix = path.stem, path.suffix
    number = 2
    while os.path.lexists(path):
        path = folder / f"{stem}-{number}{suffix}"
        number += 1
    return path


def _sign(sign: str) -> str:
    misread = unicodedata.category(sign)[0] == "C" or unicodedata.category(sign) in {"Zl", "Zp"}
    return "_" if misread or sign in "/\\" else sign


def _short(name: str) -> str:
    """At most `_LONGEST` bytes, with the suffix kept: it tells how a file is packed."""
    if len(name.encode()) <= _LONGEST:
        return name
    suffix = Path(name).suffix
    suffix = suffix if len(suffix.encode()) <= _LONGEST_SUFFIX else ""
    stem = name.removesuffix(suffix).encode()[: _LONGEST - len(suffix.encode())]
    return stem.decode(errors="ignore") + suffix
