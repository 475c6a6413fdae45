"""A real Ray head on this machine, in a process group of its own.

Its ports lie outside the range that Ray gives to workers. It is never ended with `ray stop`, which
would end every Ray of the machine.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

REQUIREMENTS = ("ray[default]==2.60.0",)
_START_SECONDS = 120.0


@contextmanager
def real_head(python: Path, *, cpus: int = 2) -> Iterator[str]:
    """The address of the dashboard of a head, started with the Python of an environment of Ray."""
    folder = Path(tempfile.mkdtemp(prefix="ray-"))  # a socket's path must be short
    gcs, dashboard, agent = _free_ports(3)
    words = [str(python), "-m", "ray.scripts.scripts", "start", "--head", "--block"]
    words += [f"--num-cpus={cpus}", f"--port={gcs}", f"--temp-dir={folder / 'ray'}"]
    words += ["--dashboard-host=127.0.0.1", f"--dashboard-port={dashboard}"]
    words += [f"--dashboard-agent-listen-port={agent}", "--node-ip-address=127.0.0.1"]
    words += ["--min-worker-port=0", "--max-worker-port=0", "--disable-usage-stats"]
    words += ["--object-store-memory=100000000"]
    passed = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))}
    own = {"PATH": f"{python.parent}:{os.environ['PATH']}", "HOME": str(folder)}
    with (folder / "head.log").open("wb") as log:
        process = subprocess.Popen(
            words, env={**passed, **own}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{dashboard}"
        _wait(address, process, folder / "head.log")
        yield address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # SIGTERM takes longer than 20 seconds
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    ends = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < ends:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{address}/api/version", timeout=2, trust_env=False).is_success:
                return
        time.sleep(0.2)
    raise AssertionError(f"the head does not answer:\n{log.read_text(errors='replace')[-2000:]}")


def _free_ports(number: int) -> list[int]:
    """Ports that are free now, below those that Ray and the system give away."""
    found: list[int] = []
    for port in range(6400 + os.getpid() % 1000, 10_000):
        with socket.socket() as trying, suppress(OSError):
            trying.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == number:
            return found
    raise AssertionError("no port is free")
