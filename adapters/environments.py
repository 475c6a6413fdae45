"""Cached training environments: one folder per set of requirements, made once, whole or not at all.

Two processes may ask for the same environment at once: a file lock lets one of them build it in
a temporary folder beside, which is renamed into place when it is complete. A crash leaves only
such a temporary folder, which the next build of the same environment removes.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from adapters.installer import CONSTRAINTS, Installer
from pipeline.errors import PersonCanFix, Rejected, TryAgain
from pipeline.folders import flush
from pipeline.ports.runtime import OnLine

_LOCK_POLL_SECONDS = 0.2
_LOCK_SECONDS = 1800.0
_KEY_LENGTH = 16
_LAYOUT = "3"  # another number makes every environment anew
_NATIVE = Path("lib", "native")


class Environments:
    """The environments under one folder."""

    def __init__(self, cache: Path, installer: Installer | None = None) -> None:
        self._cache = cache
        self._installer = installer or Installer()

    def ready(self, requirements: tuple[str, ...]) -> Path | None:
        """Python of the environment with these requirements where it is made already."""
        python = self._python(_plain(requirements))
        return python if python.exists() else None

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        """Python of the environment with these requirements; installer output goes to `on_line`.

        Rejected when a line is not a plain package with versions, PersonCanFix or TryAgain when it
        cannot be installed. Cancelling ends the installer.
        """
        lines = _plain(requirements)
        python = self._python(lines)
        folder = python.parent.parent
        if await asyncio.to_thread(python.exists):
            return python
        await asyncio.to_thread(_make_cache, self._cache)
        async with _locked(self._cache / f".{folder.name}.lock"):
            if not python.exists():
                await self._build(folder, lines, on_line)
        return python

    def _python(self, lines: tuple[str, ...]) -> Path:
        return self._cache / environment_key(lines) / "bin" / "python"

    async def _build(self, folder: Path, lines: tuple[str, ...], on_line: OnLine) -> None:
        draft = folder.with_name(f".{folder.name}.draft")
        for leftover in (draft, folder):
            await asyncio.to_thread(shutil.rmtree, leftover, ignore_errors=True)
        try:
            await self._installer.install(draft, lines, on_line)
            await asyncio.to_thread(_offer_openmp, draft)
            await asyncio.to_thread(_finish, draft, folder)
        finally:
            await asyncio.to_thread(shutil.rmtree, draft, ignore_errors=True)


def variables(python: Path) -> dict[str, str]:
    """What a script of this environment needs in its process environment."""
    folder = python.parent.parent / _NATIVE
    return {"LD_LIBRARY_PATH": str(folder)} if folder.is_dir() else {}


def _offer_openmp(draft: Path) -> None:
    """Put the OpenMP library that scikit-learn carries where LightGBM finds it.

    LightGBM's wheel expects libgomp from the system, and a bare Debian has none. With this one
    link both load the same library, which is also kinder to the threads of the two.
    """
    carried = sorted(draft.glob("lib/python*/site-packages/*.libs/libgomp*.so*"))
    if carried:
        folder = draft / _NATIVE
        folder.mkdir(parents=True)
        (folder / "libgomp.so.1").symlink_to(os.path.relpath(carried[0], folder))


def environment_key(lines: tuple[str, ...]) -> str:
    """Name of the environment: its lines in any order, this Python, this platform."""
    facts = [_LAYOUT, *sorted(lines), platform.python_version(), sys.platform, platform.machine()]
    facts.append(CONSTRAINTS.read_text("utf-8"))
    facts += platform.libc_ver()
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:_KEY_LENGTH]


def _plain(requirements: tuple[str, ...]) -> tuple[str, ...]:
    """Requirements as `name[extra]version; marker`; options and addresses are refused."""
    lines = []
    for text in requirements:
        try:
            line = Requirement(text)
        except InvalidRequirement as error:
            raise Rejected(f"'{text}' is not a requirement of the form name==version.") from error
        if line.url:
            raise Rejected(f"'{text}' names an address; only packages of the index are installed.")
        lines.append(str(line))
    return tuple(sorted(set(lines)))


def _make_cache(cache: Path) -> None:
    try:
        cache.mkdir(parents=True, exist_ok=True)
        cache.chmod(0o755)
    except OSError as error:
        raise PersonCanFix(
            f"The environment cache {cache} cannot be made: {error.strerror}.",
            "Set MLTRAINER_ENV_CACHE to a folder that can be written.",
        ) from error


@contextlib.asynccontextmanager
async def _locked(path: Path) -> AsyncIterator[None]:
    """Hold the lock file; TryAgain when another process keeps it too long."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        for _ in range(int(_LOCK_SECONDS / _LOCK_POLL_SECONDS)):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            await asyncio.sleep(_LOCK_POLL_SECONDS)
        else:
            raise TryAgain(
                "Another process is still building this environment.",
                "Let it finish, or end it; then retry.",
            )
        yield
    finally:
        os.close(handle)


def _finish(draft: Path, folder: Path) -> None:
    """Let everybody read it (the sandbox may run as another user), then put it into place."""
    if os.geteuid() == 0:
        for parent, _, files in os.walk(draft):
            os.chmod(parent, 0o755)  # noqa: PTH101, S103
            for name in files:
                _let_read(Path(parent, name))
    flush(draft)  # a power cut must not leave half an environment under the name of a whole one
    draft.rename(folder)


def _let_read(file: Path) -> None:
    mode = file.lstat().st_mode
    if not file.is_symlink() and mode & 0o044 != 0o044:  # noqa: PLR2004
        file.chmod(mode | 0o044 | (0o011 if mode & 0o100 else 0))
