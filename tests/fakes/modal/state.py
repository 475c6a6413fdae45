"""What a workspace at the fake holds: volumes, images, and sandboxes that really run."""

import asyncio
import contextlib
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from modal_proto import api_pb2

Result = api_pb2.GenericResult
Status: TypeAlias = "api_pb2.GenericResult.GenericStatus.ValueType"
_PAUSE = 0.02
_EXIT_OF = {
    Result.GENERIC_STATUS_TIMEOUT: 124,
    Result.GENERIC_STATUS_TERMINATED: 137,
    Result.GENERIC_STATUS_KERNEL_OOM_KILL: 137,
}


@dataclass
class Volume:
    """A folder under a name."""

    id: str
    name: str
    folder: Path


@dataclass
class Sandbox:
    """One machine: what it was asked to run, what it printed, how it ended."""

    id: str
    app: str
    asked: Any
    environment: dict[str, str]
    mounts: dict[str, Path]
    folder: Path
    output: bytearray = field(default_factory=bytearray)
    result: api_pb2.GenericResult | None = None
    process: asyncio.subprocess.Process | None = None
    forced: "Status | None" = None

    @property
    def name(self) -> str:
        return str(self.asked.name)

    @property
    def gpu(self) -> str:
        return str(self.asked.resources.gpu_config.gpu_type)

    async def run(self, python: Path) -> None:
        """Run it to its end, with the volumes where it expects them."""
        self.folder.mkdir(parents=True)
        search = f"{python.parent}:/usr/local/bin:/usr/bin:/bin"
        self.process = await asyncio.create_subprocess_exec(
            *(self._here(word) for word in self.asked.entrypoint_args),
            cwd=self.folder,
            env={"PATH": search, **self.environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self.asked.timeout_secs):
                await self._follow(self.process)
        except TimeoutError:
            self.end(Result.GENERIC_STATUS_TIMEOUT)
        await self.process.wait()
        self.result = self._result(self.process.returncode or 0)

    def end(self, status: Status) -> None:
        """End it as Modal does, for one of its reasons."""
        if self.result is not None:
            return
        self.forced = status
        if self.process is None:
            self.result = self._result(0)
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    async def printed(self, start: int) -> bytes | None:
        """What it printed after so many bytes, once there is something; None when it is over."""
        while len(self.output) <= start:
            if self.result is not None:
                return None
            await asyncio.sleep(_PAUSE)
        return bytes(self.output[start:])

    async def ended(self, seconds: float) -> api_pb2.GenericResult:
        """Its result, waited for so long; an empty one while it runs."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds or 0.001):
                while self.result is None:
                    await asyncio.sleep(_PAUSE)
        return self.result or Result()

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while data := await process.stdout.read(4096):
            self.output += data
        await process.wait()

    def _here(self, word: str) -> str:
        for mount, folder in self.mounts.items():
            if word == mount or word.startswith(f"{mount}/"):
                return f"{folder}{word[len(mount) :]}"
        return word

    def _result(self, code: int) -> api_pb2.GenericResult:
        if self.forced is not None:
            return Result(status=self.forced, exitcode=_EXIT_OF.get(self.forced, 0))
        if code == 0:
            return Result(status=Result.GENERIC_STATUS_SUCCESS)
        code = code if code > 0 else 128 - code
        return Result(status=Result.GENERIC_STATUS_FAILURE, exitcode=code)


@dataclass
class Workspace:
    """What one token's owner has; nobody else sees any of it."""

    name: str
    volumes: dict[str, Volume] = field(default_factory=dict)
    sandboxes: dict[str, Sandbox] = field(default_factory=dict)
    images: dict[str, list[str]] = field(default_factory=dict)
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)  # what Modal itself puts into one
    apps: dict[str, str] = field(default_factory=dict)

    def volume(self, name: str) -> Volume | None:
        return next((one for one in self.volumes.values() if one.name == name), None)

    def running(self, app: str, name: str) -> Sandbox | None:
        """The sandbox that runs under a name: there is one at most."""
        alive = (one for one in self.sandboxes.values() if one.result is None)
        return next((one for one in alive if (one.app, one.name) == (app, name)), None)
