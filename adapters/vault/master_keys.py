"""Master keys: what opens every person's key. From the setting, or from a file in the home.

The newest stands first and is the one that new keys are wrapped with; older ones only open.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from adapters.vault.sealing import KEY_BYTES
from pipeline.errors import PersonCanFix

SETTING = "MLTRAINER_MASTER_KEYS"
FILE = "master.key"
_OTHERS = 0o077
_ID_LENGTH = 8
_MAKE_ONE = "openssl rand -base64 32"
_LOST = (
    "If it is lost, nobody can open what was stored with it: "
    "mltrainer secrets forget --all, then connect your accounts again."
)


class MasterKeyMissing(PersonCanFix):
    """The master key that something was stored with is not there."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """32 bytes, named by a short id that tells nothing about them."""

    value: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """The name under which a wrapped key remembers it."""
        return hmac.new(self.value, b"master key id", hashlib.sha256).hexdigest()[:_ID_LENGTH]


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The keys there are, newest first; `place` is where a person finds them."""

    keys: tuple[MasterKey, ...]
    place: str

    @property
    def newest(self) -> MasterKey:
        """The one to wrap with."""
        return self.keys[0]

    def find(self, key_id: str) -> MasterKey:
        """The key of an id; MasterKeyMissing when it is not here."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise MasterKeyMissing(
            f"Secrets here were stored with the master key {key_id}, "
            f"which {self.place} does not hold: it holds another one.",
            f"Put that key back into {self.place}, behind the newer ones. {_LOST}",
        )


class KeySource(Protocol):
    """Where master keys come from. Read anew for each use: another process may add one."""

    def load(self, *, make: bool) -> MasterKeys:
        """The keys; where there is none yet, one is made if `make` and the source allow it."""
        ...

    def renew(self) -> MasterKeys:
        """The keys with a new one in front where the source is ours to change."""
        ...


def choose_source(setting: str | None, home: Path, *, may_make: bool) -> KeySource:
    """The setting where it is given, else the file in the home."""
    if setting is not None:
        return KeySetting(setting)
    return KeyFile(home / FILE, may_make=may_make)


class KeySetting:
    """The keys of MLTRAINER_MASTER_KEYS. Only the operator changes them."""

    def __init__(self, text: str) -> None:
        self._text = text

    def load(self, *, make: bool) -> MasterKeys:  # noqa: ARG002  (nothing can be made here)
        """The keys; PersonCanFix for a bad one, which is not shown."""
        return _parse(self._text.replace(",", " ").split(), SETTING)

    def renew(self) -> MasterKeys:
        """The same keys: the operator has put a new one in front already."""
        return self.load(make=False)


class KeyFile:
    """A file with one key a line, readable by its owner alone."""

    def __init__(self, path: Path, *, may_make: bool) -> None:
        self._path = path
        self._may_make = may_make

    def load(self, *, make: bool) -> MasterKeys:
        """The keys of the file, made with a first one where there is none."""
        try:
            return self._read()
        except FileNotFoundError:
            if not make:
                raise self._gone() from None
        except PermissionError as error:
            raise PersonCanFix(
                f"The master key in {self._path} may not be read.",
                "Run mltrainer as the user who owns it.",
            ) from error
        if not self._may_make:
            raise PersonCanFix(
                f"{SETTING} is not set, and nothing secret is stored on a server without it.",
                f"Set it to what this prints, the same on every machine: {_MAKE_ONE}",
            )
        _write(self._path, [_new_line()], replace=False)
        return self._read()

    def renew(self) -> MasterKeys:
        """Put a new key in front; the older ones stay, for what a backup may hold."""
        lines = [encode(key.value) for key in self.load(make=False).keys]
        _write(self._path, [_new_line(), *lines], replace=True)
        return self._read()

    def _read(self) -> MasterKeys:
        with self._path.open(encoding="utf-8", errors="replace") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise PersonCanFix(
                    f"The master key in {self._path} can be read by other people here.",
                    f"Close it: chmod 600 {self._path}",
                )
            return _parse(file.read().split(), str(self._path))

    def _gone(self) -> MasterKeyMissing:
        return MasterKeyMissing(
            f"The master key is gone: there is no {self._path}, and secrets here need it.",
            f"Put a backup of that file in its place, or its keys into {SETTING}. {_LOST}",
        )


def encode(key: bytes) -> str:
    """A key as it is written down."""
    return base64.urlsafe_b64encode(key).decode()


def _new_line() -> str:
    return encode(secrets.token_bytes(KEY_BYTES))


def _parse(texts: Iterable[str], place: str) -> MasterKeys:
    """Read keys; PersonCanFix names the bad ones by their place, never by what they are."""
    decoded = [_decode(text) for text in texts]
    bad = [str(number) for number, key in enumerate(decoded, 1) if key is None]
    if bad or not decoded:
        what = f"Key {', '.join(bad)} in {place} is" if bad else f"{place} holds"
        problem = "not 32 bytes in base64" if bad else "no key"
        raise PersonCanFix(f"{what} {problem}.", f"A new key is made by: {_MAKE_ONE}")
    unique = dict.fromkeys(key for key in decoded if key is not None)
    return MasterKeys(keys=tuple(MasterKey(key) for key in unique), place=place)


def _decode(text: str) -> bytes | None:
    """A key of either base64 alphabet, with or without its padding."""
    bare = text.replace("+", "-").replace("/", "_").rstrip("=")
    try:
        key = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def _write(path: Path, lines: Iterable[str], *, replace: bool) -> None:
    """Put a whole file in place, on the disk before anything is stored with its keys."""
    file, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as written:
            written.write("\n".join(lines) + "\n")
            written.flush()
            os.fsync(written.fileno())
        if replace:
            temporary.replace(path)
        else:
            _link_unless_there(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _link_unless_there(temporary: Path, path: Path) -> None:
    """Of two processes that make the first key one wins, and both read the winner's."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
