"""Values that are planted where secrets go in, and the search for where they came out.

Each door has a value of its own, so that what is found names the door it came through. Everything
is searched for the two ends of a value, in the ways in which programs write it down: what is cut
short, split over two pages of a database or packed is found too.
"""

import base64
import contextlib
import gzip
import json
import random
import sqlite3
import string
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psutil

HEX = "0123456789abcdef"
LETTERS = string.ascii_letters + string.digits
BROKEN = '!"ü/'  # what no key has: escaped in JSON and in addresses
WATCH_SECONDS = 0.05
SHAPES = {
    "hf": ("hf_", LETTERS, 34),
    "anthropic": ("sk-ant-" + "api03-", LETTERS + "-_", 95),
    "openai": ("sk-" + "proj-", LETTERS + "-_", 150),
    "google": ("AI" + "za", LETTERS + "-_", 35),
    "groq": ("gs" + "k_", LETTERS, 52),
    "kaggle": ("KG" + "AT_", LETTERS, 32),
    "kaggle-old": ("", HEX, 32),
    "modal-id": ("a" + "k-", LETTERS, 22),
    "modal-secret": ("a" + "s-", LETTERS, 22),
    "slack-bot": ("xo" + "xb-", string.digits + LETTERS, 40),
    "slack-app": ("xa" + "pp-1-", string.ascii_uppercase + string.digits, 60),
    "github": ("gh" + "p_", LETTERS, 36),
    "hex": ("", HEX, 32),
    "master": ("", string.ascii_uppercase, 42),
}
KEPT_ENDS = 12  # drawn characters of an end that is searched for


@dataclass
class Planted:
    """One value and the door through which it went in."""

    door: str
    value: str
    front: int

    @property
    def ends(self) -> tuple[str, str]:
        """The front, with its prefix and some drawn characters, and the end."""
        return self.value[: self.front + KEPT_ENDS], self.value[-KEPT_ENDS:]

    @cached_property
    def written(self) -> set[bytes]:
        """How programs write the ends of a value down."""
        return {form.encode() for end in self.ends for form in _forms(end)}

    @cached_property
    def small(self) -> set[bytes]:
        """Its ends in small letters: a model may keep the words of its examples like that."""
        return {end.lower().encode() for end in self.ends}


@dataclass
class Canaries:
    """What was planted; `may` says of a door where its value belongs: there it is no find."""

    planted: list[Planted] = field(default_factory=list)
    allowed: dict[str, Callable[[str], bool]] = field(default_factory=dict)

    def plant(self, door: str, shape: str = "hf", *, broken: bool = False) -> str:
        """A value for this door in the shape of a real key, or one that only looks like it."""
        prefix, letters, length = SHAPES[shape]
        drawn = random.Random(door)  # noqa: S311 - the same in each run, and no real key
        while True:
            value = prefix + "".join(drawn.choices(letters, k=length))
            mixed = any(one.isdigit() for one in value[-8:]) and value[-1].isalnum()
            if mixed or letters.isupper():
                break
        value += "A" if shape == "master" else ""
        value += BROKEN if broken else ""
        self.planted.append(Planted(door, value, len(prefix)))
        return value

    def keep(self, door: str, value: str, front: int) -> str:
        """A value that somebody else made, whose drawn part begins at `front`."""
        self.planted.append(Planted(door, value, front))
        return value

    def allow(self, door: str, where: Callable[[str], bool]) -> None:
        """Say where the value of a door is at home."""
        self.allowed[door] = where

    def found_in(self, where: str, content: bytes) -> list[str]:
        """Which values stand in something, as `door in where`."""
        lower = content.lower()
        return [
            f"{one.door} in {where}"
            for one in self.planted
            if not self.allowed.get(one.door, _nowhere)(where)
            and (
                any(form in content for form in one.written)
                or any(end in lower for end in one.small)
            )
        ]

    def found_below(self, folder: Path, part: str) -> list[str]:
        """Which values stand in any file of a part of a folder, its name or what it packs."""
        return [
            find
            for path in sorted((folder / part).rglob("*"))
            for name, content in _contents(folder, path)
            for find in self.found_in(name, content)
        ]


def _nowhere(where: str) -> bool:
    del where
    return False


def _forms(text: str) -> Iterator[str]:
    raw = text.encode()
    yield from (text, json.dumps(text)[1:-1], quote(text, safe=""), ascii(text)[1:-1], raw.hex())
    for lead in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * lead + raw).decode()
            yield coded[-(-lead * 8 // 6) : (lead + len(raw)) * 8 // 6]


def _contents(folder: Path, path: Path) -> Iterator[tuple[str, bytes]]:
    """A file by its name, with its name as content, its bytes, and what can be unpacked."""
    name = str(path.relative_to(folder))
    yield f"the name {name}", name.encode()
    if not path.is_file() or path.is_symlink():
        return
    try:
        content = path.read_bytes()
    except FileNotFoundError:  # it was there for a moment
        return
    yield name, content
    if content.startswith(b"SQLite format 3"):
        yield f"{name}, its rows", _rows(path)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                yield f"{name}/{member}", member.encode() + archive.read(member)
    if content.startswith(b"\x1f\x8b"):
        yield f"{name}, unpacked", gzip.decompress(content)


def _rows(path: Path) -> bytes:
    """Every value of a database: a long one lies in pieces over its pages."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump()).encode("utf-8", "replace")


class Watcher:
    """Looks at the programs that a process starts: their arguments and their environments."""

    def __init__(self, pid: Callable[[], int]) -> None:
        self._pid = pid
        self.seen: dict[str, str] = {}  # environments by arguments
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *of: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(WATCH_SECONDS):
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                parent = psutil.Process(self._pid())
                for child in parent.children(recursive=True):
                    self._look(child, parent.cmdline())

    def _look(self, child: psutil.Process, parents: list[str]) -> None:
        """A child that still has the arguments of its parent has not become itself yet."""
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            environ = "\n".join(f"{name}={value}" for name, value in child.environ().items())
            arguments = child.cmdline()
            if arguments and arguments != parents:
                self.seen[" ".join(arguments)] = environ


def scratch(folder: Path) -> str:
    """A folder for temporary files, to be searched as well: a short path, as sockets want it."""
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.mkdtemp(dir=folder)
