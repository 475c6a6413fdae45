"""The lock of a home: one process at a time drives its jobs.

The kernel's file lock decides, so a process that dies lets go at once. A holder that is stopped
for long is replaced: its file is removed and a new one locked in its place. When it wakes up, it
sees that the file is no longer its own; what it still tries to save loses the compare-and-swap.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import PersonCanFix

_MAKE = os.O_RDWR | os.O_CREAT
_TRIES = 3
_PAUSE = 0.02  # a look by holder() takes the lock for less than that


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock, and since when.

    `everything`: it drives every job of the home, not only those a person spoke to. `leaving`: it
    is about to end.
    """

    pid: int
    since: datetime
    everything: bool = False
    leaving: bool = False


class HomeLock:
    """A lock on `path`, made when missing. A stopped holder keeps it for `patience` seconds."""

    def __init__(self, path: Path, *, patience: float = 10.0) -> None:
        self._path = path
        self._patience = patience
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object took the lock and did not release it."""
        return self._file is not None

    def acquire(self, *, everything: bool = False) -> bool:
        """Take the lock; False when another process has it. `everything` as in Holder."""
        for _ in range(_TRIES):
            if self.held:
                return True
            with self._opened() as file:
                if not _lock(file, fcntl.LOCK_EX):
                    self._replace_if_frozen()
                elif self._is_current(file):
                    os.ftruncate(file, 0)  # a holder that crashed left its own, maybe longer
                    os.pwrite(file, _describe(_us(everything=everything)), 0)
                    self._file = os.dup(file)  # only now: a full disk leaves nothing held
            if not self.held:
                time.sleep(_PAUSE)
        return self.held

    def release(self) -> None:
        """Let go. The file stays: it may be another process's by now."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def leave(self) -> None:
        """Tell others that it is let go of soon, so that a successor waits."""
        if self._file is not None and (us := _read(self._file)):
            os.pwrite(self._file, _describe(replace(us, leaving=True)), 0)

    def beat(self) -> bool:
        """Show that the holder is alive, once a second; False when it was replaced."""
        if self._file is None or not self._is_current(self._file):
            return False
        os.utime(self._file)
        return True

    def holder(self) -> Holder | None:
        """Who works in this home, this process included; None when nobody does."""
        try:
            file = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            for _ in range(_TRIES):
                if not self.held and _lock(file, fcntl.LOCK_SH):
                    return None
                if found := _read(file):
                    return found
                time.sleep(_PAUSE)
            return None
        finally:
            os.close(file)

    def is_alive(self) -> bool:
        """Whether a process holds it that is not stopped for long."""
        return self.holder() is not None and not self._is_frozen()

    def is_passing(self) -> bool:
        """Whether nobody has it for long: its holder is about to end, or stands still."""
        holder = self.holder()
        return holder is None or holder.leaving or _is_stopped(holder.pid)

    def held_by(self) -> int | None:
        """Id of the process that works in this home."""
        holder = self.holder()
        return holder.pid if holder else None

    def _replace_if_frozen(self) -> None:
        """Remove the file of a stopped holder; one process at a time may do that."""
        if not self._is_frozen():
            return
        guard = os.open(self._path.with_name(self._path.name + ".takeover"), _MAKE, 0o600)
        try:
            if _lock(guard, fcntl.LOCK_EX) and self._is_frozen():
                self._path.unlink()
        finally:
            os.close(guard)

    def _is_frozen(self) -> bool:
        holder = self.holder()
        try:
            quiet = time.time() - self._path.stat().st_mtime
        except FileNotFoundError:  # somebody else is replacing it just now
            return False
        return holder is not None and quiet >= self._patience and _is_stopped(holder.pid)

    def _is_current(self, file: int) -> bool:
        try:
            return os.fstat(file).st_ino == self._path.stat().st_ino
        except FileNotFoundError:
            return False

    @contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            file = os.open(self._path, _MAKE, 0o600)
        except OSError as error:
            raise PersonCanFix(
                f"The home {self._path.parent} cannot be written: {error.strerror}.",
                "Make it writable, or set MLTRAINER_HOME to a folder that is.",
            ) from error
        try:
            yield file
        finally:
            os.close(file)


def _lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_stopped(pid: int) -> bool:
    import psutil  # noqa: PLC0415 (hardly ever needed, and slow to import)

    try:
        status = psutil.Process(pid).status()
    except psutil.NoSuchProcess:
        return False
    return status in {psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP}


def _us(*, everything: bool) -> Holder:
    return Holder(os.getpid(), datetime.now(UTC), everything)


def _describe(holder: Holder) -> bytes:
    """As JSON; as long for one who leaves as before, which it is written over."""
    told = {"since": holder.since.isoformat(), "leaving": int(holder.leaving)}
    return json.dumps(asdict(holder) | told).encode()


def _read(file: int) -> Holder | None:
    try:
        text = json.loads(os.pread(file, 200, 0))
        return Holder(
            pid=text["pid"],
            since=datetime.fromisoformat(text["since"]),
            everything=text.get("everything", False),
            leaving=bool(text.get("leaving", False)),
        )
    except ValueError:
        return None
