"""Chooses the sandbox level by trying it: a real script must run, and must find a door shut."""

import asyncio
import contextlib
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from adapters.gpus import device_files
from adapters.sandbox.syscalls import seccomp_program
from adapters.sandbox.view import Sandbox, module_folder
from pipeline.errors import PersonCanFix, UnknownName
from pipeline.ports.runtime import SandboxLevel, Step

_NOBODY = 65534
_LEVELS: tuple[SandboxLevel, ...] = ("full", "partial", "limited")
_PROBE_SECONDS = 20.0
_REFUSAL = (
    "Install bubblewrap (Debian, Ubuntu: 'apt-get install bubblewrap'), or accept a weaker "
    "sandbox with MLTRAINER_SANDBOX=limited."
)
_PROBE = """
import socket, sys
canary, port = sys.argv[1], int(sys.argv[2])
with open("written", "w") as file:
    file.write("yes")
try:
    open(canary).read()
    sys.exit("a file outside can be read")
except OSError:
    pass
try:
    socket.create_connection(("127.0.0.1", port), 1)
    sys.exit("the network can be reached")
except OSError:
    pass
print("shut")
"""


async def choose(setting: SandboxLevel | None = None, *, near: Path | None = None) -> Sandbox:
    """The level the operator demands, or else the best of `full` and `partial`.

    `near` is a folder on the disk where jobs run (a temporary folder by default). PersonCanFix
    when the demanded level, or with no demand both, do not hold on this machine.
    """
    if setting is not None and setting not in _LEVELS:
        raise UnknownName("sandbox level", setting, _LEVELS)
    if setting == "limited":
        return Sandbox("limited", user=_other_user(), gpus=device_files())
    why: list[str] = []
    for level in (setting,) if setting else ("full", "partial"):
        try:
            sandbox = _candidate(level)
            await _try(sandbox, near)
        except OSError as error:
            why.append(f"{level}: {error}")
        else:
            return sandbox
    wanted = f"The sandbox level '{setting}' does not hold" if setting else "No sandbox level holds"
    raise PersonCanFix(f"{wanted} on this machine ({'; '.join(why)}).", _REFUSAL)


def _other_user() -> int | None:
    return _NOBODY if os.geteuid() == 0 else None


def _candidate(level: SandboxLevel) -> Sandbox:
    """The level as it would be run here; OSError when a part of it is missing."""
    if sys.platform != "linux":
        raise OSError("this needs Linux")
    if level == "partial":
        seccomp = seccomp_program(sockets=False)
        return Sandbox(level, user=_other_user(), seccomp=seccomp, gpus=device_files())
    program = shutil.which("bwrap")
    if program is None:
        raise OSError("bubblewrap is not installed")
    seccomp = seccomp_program(sockets=True)
    return Sandbox(level, _other_user(), (program,), seccomp, gpus=device_files())


async def _try(sandbox: Sandbox, near: Path | None) -> None:
    """Run the probe; OSError with its last line when it fails or finds an open door."""
    with _place(near) as place, _listener() as port:
        canary = place / "canary"
        canary.write_text("readable by everybody")
        canary.chmod(0o644)
        script = place / "probe" / "probe.py"
        script.parent.mkdir()
        script.write_text(_PROBE)
        work = place / "work"
        work.mkdir()
        step = Step("self-test", script, (str(canary), str(port)), work)
        async with _started(sandbox.command(Path(sys.executable), step)) as process:
            output = await asyncio.wait_for(_output(process), _PROBE_SECONDS)
        if process.returncode or output[-1:] != ["shut"]:
            raise OSError("; ".join(output[-1:]) or f"exit code {process.returncode}")
        if not (work / "written").is_file():
            raise OSError("the script cannot write its own folder")


@contextlib.contextmanager
def _place(near: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sandbox-", dir=near) as name:
        Path(name).chmod(0o755)  # closed by the sandbox, or not at all
        yield Path(name)


@contextlib.contextmanager
def _listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextlib.asynccontextmanager
async def _started(command: tuple[str, ...]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=module_folder(),
        env={},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        await process.wait()


async def _output(process: asyncio.subprocess.Process) -> list[str]:
    if process.stdout is None:
        return []
    output = await process.stdout.read()
    await process.wait()
    return output.decode(errors="replace").splitlines()
