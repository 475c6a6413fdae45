"""Runs one measured process after another, and tells what each one took."""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from adapters.environments import variables

LIMIT_SECONDS = 900.0
_POLL_SECONDS = 0.05
_ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "PYTHONWARNINGS": "ignore",
}


class Failed(Exception):
    """A script of the benchmark that ended badly; the text holds its last lines."""


@dataclass(frozen=True)
class Ran:
    """One process: its last line, wall and processor seconds, peak memory, load when it ended."""

    last: str
    seconds: float
    cpu_seconds: float
    peak_mb: float
    load: float

    @property
    def cost(self) -> dict[str, float]:
        """What it took, to be stored."""
        return {
            "seconds": round(self.seconds, 2),
            "cpu_seconds": round(self.cpu_seconds, 2),
            "peak_mb": round(self.peak_mb),
            "load": round(self.load, 2),
        }


def run(python: Path, *arguments: str | Path, folder: Path) -> Ran:
    """Run a script in `folder` on one thread; Failed when it fails or takes too long."""
    environment = {**os.environ, **variables(python), **_ONE_CORE}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen(
            [python, *arguments], cwd=folder, stdout=output, stderr=errors, env=environment
        )
        code, cpu_seconds, peak_mb = _waited(process, began + LIMIT_SECONDS)
        seconds = time.monotonic() - began
        said, moaned = _text(output), _text(errors)
    if code:
        told = f"{arguments[0]} ended with {code}\n{said[-2000:]}\n{moaned[-4000:]}"
        raise Failed(told)
    last = (said.strip().splitlines() or [""])[-1]
    return Ran(last, seconds, cpu_seconds, peak_mb, os.getloadavg()[0])


def cores() -> int:
    """How many cores this process and its children may use."""
    return len(os.sched_getaffinity(0))


def _waited(process: "subprocess.Popen[bytes]", deadline: float) -> tuple[int, float, float]:
    """Exit status, processor seconds and peak MB, with what the process itself waited for."""
    try:
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                process.returncode = os.waitstatus_to_exitcode(status)
                spent = usage.ru_utime + usage.ru_stime
                return process.returncode, spent, usage.ru_maxrss / 1024
            if time.monotonic() > deadline:
                raise Failed(f"{process.args!r} took more than {LIMIT_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
