"""Jobs of the small cluster: each really runs its entrypoint, in folders as Ray makes them."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class FakeJob:
    """One job. One that asks for more than there is stays pending."""

    wanted: dict[str, Any]
    log: Path
    began: float = field(default_factory=time.time)
    process: "subprocess.Popen[bytes] | None" = None
    stopped: bool = False
    deaf: bool = False
    node: str = "node-1"

    @property
    def status(self) -> str:
        if self.process is None:
            return "STOPPED" if self.stopped and self.wanted.get("fits") else "PENDING"
        code = self.process.poll()
        if code is None:
            return "RUNNING"
        if self.stopped:
            return "STOPPED"
        return "FAILED" if code else "SUCCEEDED"

    def described(self, name: str) -> dict[str, Any]:
        over = self.status in {"SUCCEEDED", "FAILED", "STOPPED"}
        code = self.process.poll() if self.process else None
        words = {"FAILED": f"Job entrypoint command failed with exit code {code}"}
        return {
            "type": "SUBMISSION",
            "submission_id": name,
            "status": self.status,
            "entrypoint": self.wanted["entrypoint"],
            "message": words.get(self.status, f"Job is {self.status}."),
            "start_time": int(self.began * 1000),
            "metadata": self.wanted.get("metadata"),
            "driver_node_id": self.node if self.process else None,
            "driver_exit_code": code if over else None,
        }

    def start(self, session: Path, packages: dict[str, bytes], image: Path | None = None) -> None:
        """Unpack its packages and run its entrypoint through a shell, as Ray does."""
        resources = session / "runtime_resources"
        told = self.wanted["runtime_env"]
        folder = _unpacked(resources / "working_dir_files", told["working_dir"], packages)
        modules = [
            _unpacked(resources / "py_modules_files", one, packages) for one in told["py_modules"]
        ]
        if image is not None:
            begin = folder / "begin.py"
            begin.write_text(begin.read_text("utf-8").replace('"--install", ', ""), "utf-8")
        with self.log.open("wb") as log:
            line = f"Running entrypoint for job: {self.wanted['entrypoint']}\n"
            log.write(line.encode())
            log.flush()
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", self.wanted["entrypoint"]],
                cwd=folder,
                env={
                    "PATH": f"{(image or Path(sys.executable)).parent}:{os.environ['PATH']}",
                    "PYTHONPATH": ":".join(map(str, modules)),
                    "HOME": str(session),
                    "A_KEY": "of the cluster",
                },
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Ask the whole process group to end; one that is deaf goes on."""
        if self.deaf:
            return
        self.stopped = True
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)

    def end(self) -> None:
        """When the cluster goes."""
        if self.process is not None:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _unpacked(folder: Path, address: str, packages: dict[str, bytes]) -> Path:
    """A package is unpacked once, whoever uses it."""
    name = address.removeprefix("gcs://")
    into = folder / name.removesuffix(".zip")
    if not into.is_dir():
        into.mkdir(parents=True)
        file = folder / name
        file.write_bytes(packages[name])
        with zipfile.ZipFile(file) as archive:
            archive.extractall(into)
    return into
