"""Installs packages into a fresh environment with uv, or with pip where uv is missing."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import uv
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from adapters.pip_settings import read_pip_settings
from adapters.torch_build import (
    PIP_CPU,
    UV_CPU,
    check_cpu_torch,
    needs_cpu_torch,
    resolves_to_cpu,
)
from pipeline.errors import MLTrainerError, PersonCanFix, Rejected, TryAgain
from pipeline.ports.runtime import OnLine

CONSTRAINTS = Path(__file__).with_name("constraints.txt")  # `make lock` writes it
_SECONDS = 1200.0
_LONGEST_LINE = 64 << 10
# What an installer needs from the bot's environment. Nothing else is passed: no key, no token.
_PASSED = re.compile(
    r"PATH|HOME|LANG|LC_ALL|TMPDIR|XDG_\w+|UV_\w+|PIP_\w+|(?i:https?|all|no)_(?i:proxy)"
    r"|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|LD_LIBRARY_PATH"
)
_QUIET = {"UV_NO_PROGRESS": "1", "PIP_NO_INPUT": "1", "NO_COLOR": "1"}
_NO_BUILDS = ("--only-binary", ":all:")  # no package's own build code runs on this machine
_DISK_FULL = re.compile(r"no space left|disk quota exceeded|os error 28", re.IGNORECASE)
_NO_NETWORK = re.compile(
    r"dns error|name resolution|connection (refused|reset|error)|tcp connect|timed out|timeout"
    r"|newconnectionerror|network is unreachable|error sending request|max retries",
    re.IGNORECASE,
)
_COMPLAINTS = ("error", "\N{MULTIPLICATION SIGN}")  # how pip's and uv's last words begin
_NO_VERSION = re.compile(
    r"no solution found|no matching distribution|not found in the (package registry|provided)"
    r"|no version of|unsatisfiable",
    re.IGNORECASE,
)


class Installer:
    """Makes environments; `environ` is the bot's environment (os.environ by default).

    Only what `constraints` lists is installed, in these versions, the ones that were tried.
    """

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        *,
        seconds: float = _SECONDS,
        constraints: Path | None = CONSTRAINTS,
    ) -> None:
        self._environ = os.environ if environ is None else environ
        self._seconds = seconds
        self._constraints = constraints
        bounds = () if constraints is None else ("--constraint", str(constraints))
        self._rules = (*_NO_BUILDS, *bounds)

    async def install(self, folder: Path, lines: tuple[str, ...], on_line: OnLine) -> None:
        """Make a virtual environment in `folder` and install the requirement lines, compiled.

        Without a GPU torch comes as its CPU build. Rejected for a package that no recipe knows,
        PersonCanFix or TryAgain with the cause when something cannot be installed, or takes longer
        than the limit.
        """
        if self._constraints is not None:
            _check_known(lines, await asyncio.to_thread(self._constraints.read_text, "utf-8"))
        program = find_uv()
        try:
            async with asyncio.timeout(self._seconds):
                if program is None:
                    await self._with_pip(folder, lines, on_line)
                else:
                    await self._with_uv(program, folder, lines, on_line)
        except TimeoutError:
            raise TryAgain(
                f"Installing the training packages took more than {self._seconds:.0f} s.",
                "Check the network, then retry; what was downloaded is kept.",
            ) from None
        if needs_cpu_torch(lines):
            await asyncio.to_thread(check_cpu_torch, folder)

    async def _with_uv(
        self, program: str, folder: Path, lines: tuple[str, ...], on_line: OnLine
    ) -> None:
        venv = (program, "venv", "--quiet", "--no-python-downloads", "--python", sys.executable)
        await self._run((*venv, str(folder)), folder.parent, on_line)
        if not lines:
            return
        settings = read_pip_settings(self._environ)
        words = (*self._rules, *settings.uv_arguments(), *lines)
        install = (program, "pip", "install", "--python", str(folder / "bin" / "python"))
        if needs_cpu_torch(lines) and not await self._gives_cpu_torch((*install, *words), folder):
            words = (*UV_CPU, *words)
        await self._run((*install, "--compile-bytecode", *words), folder.parent, on_line)

    async def _gives_cpu_torch(self, install: tuple[str, ...], folder: Path) -> bool:
        """Tell from a dry run whether the configured indexes give the CPU build."""
        shown: list[str] = []

        async def keep(line: str) -> None:
            shown.append(line)

        await self._run((*install, "--dry-run"), folder.parent, keep)
        return resolves_to_cpu("\n".join(shown))

    async def _with_pip(self, folder: Path, lines: tuple[str, ...], on_line: OnLine) -> None:
        python = str(folder / "bin" / "python")
        await self._run((sys.executable, "-m", "venv", str(folder)), folder.parent, on_line)
        if not lines:
            return
        install = (python, "-m", "pip", "install", "--progress-bar", "off")
        words = (*self._rules, *lines)
        torch = [line for line in lines if needs_cpu_torch((line,))]
        if torch and not await self._gives_cpu_torch((*install, "--no-deps", *torch), folder):
            words = (*PIP_CPU, *words)
        await self._run((*install, *words), folder.parent, on_line)

    async def _run(self, command: tuple[str, ...], cwd: Path, on_line: OnLine) -> None:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env=self._variables(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            umask=0o022,
            limit=_LONGEST_LINE,
        )
        tail: deque[str] = deque(maxlen=40)
        try:
            async for line in _lines(process):
                tail.append(line)
                await on_line(line)
            code = await process.wait()
        finally:
            await _end(process)
        if code:
            raise _failure(tuple(tail))

    def _variables(self) -> dict[str, str]:
        """The installer's whole environment."""
        passed = {name: value for name, value in self._environ.items() if _PASSED.fullmatch(name)}
        own = read_pip_settings(self._environ).uv_variables()
        passed.pop("UV_PYTHON", None)
        return {"UV_SYSTEM_CERTS": "1", **own, **passed, **_QUIET}


def _check_known(lines: tuple[str, ...], constraints: str) -> None:
    """Rejected for a package that is not listed: its name may be made up, or a look-alike."""
    listed = (line for line in constraints.splitlines() if line and not line.startswith("#"))
    known = {canonicalize_name(Requirement(line).name) for line in listed}
    for line in lines:
        name = Requirement(line).name
        if canonicalize_name(name) not in known:
            raise Rejected(
                f"'{name}' is none of the packages that recipes use: it is not installed."
            )


def find_uv() -> str | None:
    """Path of uv: the packaged one, or one on the PATH."""
    try:
        return uv.find_uv_bin()
    except FileNotFoundError:
        return shutil.which("uv")


async def _lines(process: asyncio.subprocess.Process) -> AsyncIterator[str]:
    if process.stdout is None:
        return
    while True:
        try:
            line = await process.stdout.readline()
        except ValueError:  # a line longer than the limit; its rest follows as the next
            continue
        if not line:
            return
        if text := line.decode(errors="replace").strip():
            yield text


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the installer and its children, if it still runs."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _failure(tail: tuple[str, ...]) -> MLTrainerError:
    """The error of an installer's last lines."""
    text = " ".join(tail)
    cause = _cause(tail)
    if _DISK_FULL.search(text):
        return PersonCanFix(
            "The disk is full: the training packages could not be installed.",
            "Free some space (1 GB, for networks several), or set MLTRAINER_ENV_CACHE to another"
            " disk, then retry.",
        )
    if _NO_NETWORK.search(text):
        return TryAgain(
            f"The package index cannot be reached: {cause}",
            "Check the network and pip's configuration (pip config list), then retry.",
        )
    if _NO_VERSION.search(text):
        return PersonCanFix(
            f"The training packages do not exist for this machine: {cause}",
            "Check pip's configuration (pip config list) and the Python version, then retry.",
        )
    return PersonCanFix(
        f"The training packages could not be installed: {cause}", "See the log, then retry."
    )


def _cause(tail: tuple[str, ...]) -> str:
    """The first line of the installer's complaint."""
    starts = [i for i, line in enumerate(tail) if line.lower().startswith(_COMPLAINTS)]
    told = tail[starts[-1] :] if starts else tail[-3:]
    return " ".join(told)[:300] or "it said nothing"
