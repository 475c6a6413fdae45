"""The dashboard of a small Ray cluster, as its REST interface answers: it really runs the jobs."""

import json
import re
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Self
from urllib.parse import parse_qs

from tests.fakes.ray.jobs import FakeJob

_LARGEST = 100 << 20
_JOB = re.compile(r"/api/jobs/(?P<name>[\w.-]+)(?P<rest>/logs|/stop)?")
_PACKAGE = re.compile(r"/api/packages/gcs/(?P<name>_ray_pkg_[0-9a-f]{16}\.zip)")


@dataclass
class Fault:
    """What goes wrong with requests of such a path: a status, silence, or half an answer."""

    path: str = "/"
    method: str = ""
    status: int = 0
    after: int = 0
    hangs: bool = False
    cuts: bool = False

    def is_meant(self, method: str, path: str) -> bool:
        return path.startswith(self.path) and self.method in {"", method}


@dataclass
class FakeRay:
    """A cluster of one machine. Its facts are for tests to read and to set.

    `image` is a Python that has all that is ever asked for: then nothing is installed.
    """

    folder: Path
    image: Path | None = None
    gpus: tuple[tuple[str, int], ...] = ()
    cpus: int = 2
    token: str = ""
    version: str = "2.60.0"
    full: bool = False
    fault: Fault | None = None
    jobs: dict[str, FakeJob] = field(default_factory=dict)
    packages: dict[str, bytes] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    submitted: int = 0
    looked: int = 0
    lock: Lock = field(default_factory=Lock)
    over: Event = field(default_factory=Event)

    def __enter__(self) -> Self:
        (self.session / "logs").mkdir(parents=True)
        door = type("RayDoor", (Door,), {"ray": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), door)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for job in self.jobs.values():
            job.end()

    @property
    def session(self) -> Path:
        return self.folder / "session_2026"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def submit(self, name: str, wanted: dict[str, Any]) -> bool:
        """Run a job, or let it wait for what there is not; False for a name that is taken."""
        with self.lock:
            if name in self.jobs:
                return False
            self.submitted += 1
            job = FakeJob(wanted, self.session / "logs" / f"job-driver-{name}.log")
            self.jobs[name] = job
            kinds = {f"accelerator_type:{kind}" for kind, _ in self.gpus}
            fits = wanted.get("entrypoint_num_gpus", 0) <= len(self.gpus)
            if fits and not self.full and set(wanted.get("entrypoint_resources") or {}) <= kinds:
                job.start(self.session, self.packages, self.image)
            return True

    def nodes(self) -> list[dict[str, Any]]:
        """The machine; at first a dashboard knows of none."""
        self.looked += 1
        if self.looked == 1:
            return []
        kinds = {f"accelerator_type:{kind}": 1.0 for kind, _ in self.gpus}
        total = {"CPU": float(self.cpus), "memory": 8e9, "node:__internal_head__": 1.0, **kinds}
        if self.gpus:
            total["GPU"] = float(len(self.gpus))
        cards = [{"name": f"NVIDIA {name}", "memoryTotal": size} for name, size in self.gpus]
        return [{"raylet": {"state": "ALIVE", "resourcesTotal": total}, "gpus": cards}]


class Door(BaseHTTPRequestHandler):
    """One connection."""

    ray: FakeRay
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        fixed = {"/nodes": self._nodes, "/api/v0/logs/file": self._file}
        self._serve({**fixed, "/api/version": self._version})

    def do_PUT(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        self._serve({"/api/jobs/": self._submit})

    def do_DELETE(self) -> None:
        self._serve({})

    def log_message(self, *args: object) -> None:
        """Print nothing."""

    def _serve(self, fixed: dict[str, Any]) -> None:
        self.path, _, query = self.path.partition("?")
        self._asked = {name: values[0] for name, values in parse_qs(query).items()}
        self._body = self._read()
        self.ray.headers.append(dict(self.headers))
        if self._fails() or not self._allowed():
            return
        if self.path in fixed:
            fixed[self.path]()
        elif found := _PACKAGE.fullmatch(self.path):
            self._package(found["name"])
        elif found := _JOB.fullmatch(self.path):
            self._job(found["name"], found["rest"])
        else:
            self._send(404, b"404: Not Found")

    def _read(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _fails(self) -> bool:
        fault = self.ray.fault
        if fault is None or not fault.is_meant(self.command, self.path):
            return False
        if fault.hangs:
            self.ray.over.wait(30)
            self.close_connection = True
            return True
        if fault.status:
            after = {"Retry-After": str(fault.after)} if fault.after else {}
            self._send(fault.status, b"a token is never in this text", after)
        return bool(fault.status)

    def _allowed(self) -> bool:
        given = self.headers.get("Authorization", "")
        if self.ray.token and given != f"Bearer {self.ray.token}":
            self._send(403 if given else 401, b"Unauthorized")
            return False
        return True

    def _nodes(self) -> None:
        self._json({"result": True, "data": {"summary": self.ray.nodes()}})

    def _version(self) -> None:
        self._json({"version": "4", "ray_version": self.ray.version})

    def _submit(self) -> None:
        wanted = json.loads(self._body)
        name = wanted.pop("submission_id")
        if self.ray.submit(name, wanted):
            self._json({"job_id": name, "submission_id": name})
        else:
            self._send(500, f"ValueError: Job with submission_id {name} already exists.".encode())

    def _package(self, name: str) -> None:
        if self.command == "PUT":
            if len(self._body) > _LARGEST:
                self._send(413, b"Maximum request body size exceeded")
                return
            self.ray.packages[name] = self._body
        elif name not in self.ray.packages:
            self._send(404, b"Package does not exist")
            return
        self._send(200, b"")

    def _job(self, name: str, rest: str | None) -> None:
        job = self.ray.jobs.get(name)
        if job is None:
            self._send(404, f"Job {name} does not exist".encode())
        elif rest == "/logs":
            log = job.log.read_text(errors="replace") if job.log.exists() else ""
            self._json({"logs": log})
        elif rest == "/stop":
            job.stop()
            self._json({"stopped": True})
        elif self.command == "DELETE" and job.status in {"PENDING", "RUNNING"}:
            self._send(500, b"RuntimeError: Attempted to delete a job in a non-terminal state")
        elif self.command == "DELETE":
            del self.ray.jobs[name]
            self._json({"deleted": True})
        else:
            self._json(job.described(name))

    def _file(self) -> None:
        node, name = self._asked["node_id"], self._asked["filename"]
        path = self.ray.session / "logs" / name
        if node not in {job.node for job in self.ray.jobs.values()}:
            self._send(500, f"Agent for node id: {node} doesn't exist.".encode())
        elif not path.is_file():
            self._send(500, f"A file is not found at: {path}".encode())
        else:
            plain = self._asked.get("format") == "text"
            self._send(200, path.read_bytes() if plain else b"1" + path.read_bytes())

    def _json(self, told: object) -> None:
        self._send(200, json.dumps(told).encode())

    def _send(self, status: int, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        headers = {"Content-Length": str(len(body)), **(more or {})}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        fault = self.ray.fault
        cut = fault is not None and fault.cuts and fault.is_meant(self.command, self.path)
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut
