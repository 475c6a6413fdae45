"""A small Hub on this machine: models with files, as its own client asks for them."""

import hashlib
import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

CONFIG = b'{"model_type": "bert"}'
_API = re.compile(r"/api/models/(?P<id>[\w.-]+(?:/[\w.-]+)?)(?:/revision/(?P<revision>.+))?")
_TALKS = re.compile(r"/api/models/(?P<id>[\w.-]+/[\w.-]+)/discussions")
_FILE = re.compile(r"/(?P<id>[\w.-]+/[\w.-]+)/resolve/(?P<revision>[^/]+)/(?P<name>.+)")


def safetensors(size: int = 64) -> bytes:
    """A file of that form with one tensor of zeros."""
    told = {"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}
    header = json.dumps(told).encode()
    return struct.pack("<Q", len(header)) + header + bytes(size)


@dataclass
class Model:
    """A model: its files, its licence, and how it behaves."""

    files: dict[str, bytes]
    license: str | None = "apache-2.0"
    gated: bool = False
    private: bool = False
    asked: list[str] = field(default_factory=list)
    proposed: "Model | None" = None
    proposed_by: str = "SFconvertbot"

    @property
    def revision(self) -> str:
        """A state of the files, as long as a commit's."""
        told = b"".join(name.encode() + content for name, content in sorted(self.files.items()))
        return hashlib.sha1(told, usedforsecurity=False).hexdigest()

    def at(self, revision: str | None) -> "Model | None":
        """The model in one of its states: its own, or as somebody proposed to change it."""
        if revision in {None, "main", self.revision}:
            return self
        proposed = self.proposed
        return proposed if proposed and revision in {"refs/pr/7", proposed.revision} else None

    def described(self, name: str) -> dict[str, Any]:
        content = self.files[name]
        told: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": "0" * 40}
        if name.endswith(".safetensors"):
            digest = hashlib.sha256(content).hexdigest()
            told["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 130}
        return told


def model(license_id: str | None = "apache-2.0", **more: bytes) -> Model:
    """A usable model; `more` are further files, `a__b` for the name `a.b`."""
    files = {name.replace("__", "."): content for name, content in more.items()}
    whole = {"config.json": CONFIG, "model.safetensors": safetensors(), "tokenizer.json": b"{}"}
    return Model({**whole, **files}, license=license_id)


class Door(BaseHTTPRequestHandler):
    """One request."""

    hub: "FakeHub"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, *args: object) -> None:
        """Print nothing."""

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.tokens += (
            [self.headers["Authorization"]] if "Authorization" in self.headers else []
        )
        if self.hub.silent:
            self.hub.over.wait(60)
        if self.hub.broken:
            self._refuse(self.hub.broken, "Broken")
        elif found := _TALKS.fullmatch(path):
            self._tell_proposals(found["id"])
        elif found := _API.fullmatch(path):
            self._describe(found["id"], found["revision"])
        elif found := _FILE.fullmatch(path):
            self._give(found["id"], found["revision"], found["name"], body=body)
        else:
            self._refuse(404, "EntryNotFound")

    def _known(self, name: str) -> Model | None:
        known = self.hub.models.get(name)
        if known is None or known.private:
            self._refuse(401, "RepoNotFound")
            return None
        return known

    def _describe(self, name: str, revision: str | None) -> None:
        if (known := self._known(name)) is None:
            return
        known = known.at(revision)
        if known is None:
            self._refuse(404, "RevisionNotFound")
            return
        told = {
            "id": name,
            "sha": known.revision,
            "private": False,
            "gated": "auto" if known.gated else False,
            "tags": [],
            "cardData": {"license": known.license} if known.license else {},
            "siblings": [known.described(one) for one in sorted(known.files)],
        }
        self._send(200, json.dumps(told).encode())

    def _tell_proposals(self, name: str) -> None:
        if (known := self._known(name)) is None:
            return
        one = {
            "num": 7,
            "title": "Adding `safetensors` variant of this model",
            "author": {"name": known.proposed_by},
            "status": "open",
            "isPullRequest": True,
            "createdAt": "2026-11-01T00:00:00.000Z",
            "repo": {"name": name, "type": "model"},
        }
        found = [one] if known.proposed else []
        told = {"count": len(found), "start": 0, "discussions": found}
        self._send(200, json.dumps(told).encode())

    def _give(self, name: str, revision: str, file: str, *, body: bool) -> None:
        if (known := self._known(name)) is None:
            return
        if known.gated:
            self._refuse(403, "GatedRepo")
            return
        known = known.at(revision)
        if known is None or file not in known.files:
            self._refuse(404, "EntryNotFound")
            return
        content, begin = known.files[file], 0
        if (asked := re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))) and body:
            begin = int(asked[1])
        known.asked += [f"{file} from {begin}"] if body else []
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"'}
        headers["X-Repo-Commit"] = known.revision
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
        self._send(206 if begin else 200, content[begin:], headers, body=body, file=file)

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, b"{}", {"X-Error-Code": code, "X-Error-Message": code})

    def _send(
        self,
        status: int,
        content: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        body: bool = True,
        file: str = "",
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not body or self.command == "HEAD":
            return
        if self.hub.cut_after and file.endswith(".safetensors"):
            self.wfile.write(content[: self.hub.cut_after])
            self.close_connection = True
            self.hub.cut_after, self.hub.broken = 0, 503
            return
        self.wfile.write(content)


class FakeHub:
    """Speaks what the Hub speaks, on a port of its own.

    After `cut_after` bytes a weights file breaks off, and the Hub breaks down; `silent` keeps every
    request waiting; `broken` is the status that every request is answered with.
    """

    def __init__(self, models: Mapping[str, Model] | None = None) -> None:
        self.models = dict(models or {})
        self.cut_after = 0
        self.silent, self.broken = False, 0
        self.tokens: list[str] = []
        self.over = Event()
        door = type("DoorOfThis", (Door,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), door)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
