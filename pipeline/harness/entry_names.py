"""Where an entry of an archive may be written: below one folder, whatever its name says."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

Reason = Literal["unsafe", "twice", "litter"]
Parts = tuple[str, ...]

_DRIVE = re.compile(r"[A-Za-z]:")
_MOST_FOLDERS = 16
_LONGEST = 150  # bytes of one part; file systems take 255


@dataclass(slots=True)
class Places:
    """The paths given out in one archive; names that differ only by case count as one."""

    _files: set[str] = field(default_factory=set)
    _folders: set[str] = field(default_factory=set)

    def place(self, name: str) -> Parts | Reason:
        """Parts of a path that is safe and free, or why there is none."""
        parts = safe_parts(name)
        if isinstance(parts, str):
            return parts
        path = "/".join(parts).casefold()
        folders = {str(parent) for parent in PurePosixPath(path).parents}
        if path in self._files | self._folders or folders & self._files:
            return "twice"
        self._files.add(path)
        self._folders |= folders
        return parts


def safe_parts(name: str) -> Parts | Reason:
    """The parts of an entry's name, each of them clean; litter is hidden or a system's own."""
    plain = name.replace("\\", "/")  # some packers on Windows write it between folders
    if "\0" in plain or plain.startswith("/") or _DRIVE.match(plain):
        return "unsafe"
    parts = tuple(_clean(part) for part in plain.split("/") if part not in {"", "."})
    if not parts or ".." in parts or len(parts) > _MOST_FOLDERS:
        return "unsafe"
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return "litter"
    return parts


def _clean(part: str) -> str:
    """One part without signs that a log or a shell could misread."""
    plain = "".join(_sign(sign) for sign in part)
    plain = f"_{plain[1:]}" if plain.startswith("-") else plain
    if len(plain.encode()) <= _LONGEST:
        return plain
    suffix = PurePosixPath(plain).suffix[:10]
    stem = plain.removesuffix(suffix).encode()[: _LONGEST - len(suffix.encode())]
    return stem.decode(errors="ignore") + suffix


def _sign(sign: str) -> str:
    category = unicodedata.category(sign)
    return "_" if category[0] == "C" or category in {"Zl", "Zp"} else sign
