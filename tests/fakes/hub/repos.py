"""What the Hub keeps: models, data sets and Spaces, with their files, commits and revisions."""

import hashlib
import json
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml  # type: ignore[import-untyped]  # it ships no types

CONFIG = b'{"model_type": "bert"}'
Kind = Literal["model", "dataset", "space"]
PLURAL: Mapping[Kind, str] = {"model": "models", "dataset": "datasets", "space": "spaces"}
PREFIX: Mapping[Kind, str] = {"model": "", "dataset": "datasets/", "space": "spaces/"}
LARGE = 10_000_000  # bytes from which a file goes into LFS whatever its name
_LARGE_NAMES = re.compile(r".+\.(safetensors|bin|pt|parquet|onnx|pkl|joblib|zip|gz|npy|npz|cbm)")
_FRONT = re.compile(rb"\A---\r?\n(.*?)\r?\n---", re.DOTALL)


def safetensors(size: int = 64) -> bytes:
    """A file of that form with one tensor of zeros."""
    told = {"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}
    header = json.dumps(told).encode()
    return struct.pack("<Q", len(header)) + header + bytes(size)


@dataclass(frozen=True)
class Large:
    """A file in the large store: on disk, so that the test's memory stays flat."""

    path: Path
    size: int
    sha256: str

    def __len__(self) -> int:
        return self.size


Content = bytes | Large


def sha256_of(content: Content) -> str:
    """What a large file is known by."""
    return content.sha256 if isinstance(content, Large) else hashlib.sha256(content).hexdigest()


def blob_of(content: Content) -> str:
    """What git knows a file by."""
    told = f"large {content.sha256}".encode() if isinstance(content, Large) else content
    return hashlib.sha1(b"blob %d\0" % len(told) + told, usedforsecurity=False).hexdigest()


def part_of(content: Content, begin: int, end: int) -> bytes:
    """The bytes from `begin` until before `end`."""
    if isinstance(content, bytes):
        return content[begin:end]
    with content.path.open("rb") as file:
        file.seek(begin)
        return file.read(end - begin)


def front_matter_of(readme: bytes) -> dict[str, Any] | None:
    """The YAML in front of a card; None where there is none, ValueError where it is broken."""
    found = _FRONT.match(readme)
    if not found:
        return None
    try:
        told = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        raise ValueError from error
    return told if isinstance(told, dict) else {}


def goes_large(path: str, size: int) -> bool:
    """Whether a file is kept by LFS."""
    return size > LARGE or _LARGE_NAMES.fullmatch(path) is not None


def nothing_asked(given: list[Any]) -> list[Any]:
    """What a Space answers unless a test says otherwise: what it was given."""
    return given


@dataclass(frozen=True)
class Commit:
    """A state that was saved."""

    sha: str
    title: str
    by: str
    files: Mapping[str, Content]


@dataclass
class Repo:
    """A repository: its files, its licence, and how it behaves.

    `allowed` are accounts that a gated one lets in; `branches` hold files under other revisions.
    """

    files: dict[str, Content]
    license: str | None = "apache-2.0"
    gated: bool = False
    private: bool = False
    asked: list[str] = field(default_factory=list)
    proposed: "Repo | None" = None
    proposed_by: str = "SFconvertbot"
    allowed: set[str] = field(default_factory=set)
    branches: dict[str, dict[str, Content]] = field(default_factory=dict)
    commits: list[Commit] = field(default_factory=list)
    disabled: bool = False
    downloads: int = 3
    sdk: str = ""
    hardware: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    stages: list[str] = field(default_factory=lambda: ["NO_APP_FILE"])
    box: str = "Textbox"
    answer: Callable[[list[Any]], list[Any]] = nothing_asked
    questions: list[list[Any]] = field(default_factory=list)

    @property
    def revision(self) -> str:
        """The state of the files now, as long as a commit's."""
        told = "".join(f"{name}\0{blob_of(one)}\0" for name, one in sorted(self.files.items()))
        told += str(len(self.commits))
        return hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()

    def at(self, revision: str | None) -> "Repo | None":
        """The repository in one of its states: its own, an earlier one, a branch, a proposal."""
        if revision in {None, "main", self.revision}:
            return self
        for commit in self.commits:
            if commit.sha == revision:
                return _Earlier(dict(commit.files), self.license, sha=commit.sha)
        for name, files in self.branches.items():
            branch = Repo(files, self.license)
            if revision in {name, branch.revision}:
                return branch
        proposed = self.proposed
        return proposed if proposed and revision in {"refs/pr/7", proposed.revision} else None

    def commit(self, title: str, by: str) -> str:
        """Save the files as they are; returns the new revision."""
        self.commits.append(Commit("", title, by, {}))
        self.commits[-1] = Commit(self.revision, title, by, dict(self.files))
        return self.revision

    @property
    def front_matter(self) -> dict[str, Any]:
        """What the card says of itself in YAML."""
        readme = self.files.get("README.md", b"")
        try:
            return front_matter_of(part_of(readme, 0, 1 << 20)) or {}
        except ValueError:
            return {}

    @property
    def card(self) -> dict[str, Any]:
        """The card's data, with the licence."""
        return ({"license": self.license} if self.license else {}) | self.front_matter

    def described(self, name: str, *, blobs: bool = True) -> dict[str, Any]:
        """A file as `siblings` list it."""
        content = self.files[name]
        if not blobs:
            return {"rfilename": name}
        told: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": blob_of(content)}
        if goes_large(name, len(content)):
            size = len(content)
            told["lfs"] = {"sha256": sha256_of(content), "size": size, "pointerSize": 130}
        return told

    def entry(self, name: str) -> dict[str, Any]:
        """A file as the tree lists it."""
        content = self.files[name]
        size = len(content)
        told: dict[str, Any] = {"type": "file", "path": name, "size": size, "oid": blob_of(content)}
        if goes_large(name, size):
            told["lfs"] = {"oid": sha256_of(content), "size": size, "pointerSize": 130}
        return told


@dataclass
class _Earlier(Repo):
    """A state that was saved: its revision stays what it was."""

    sha: str = ""

    @property
    def revision(self) -> str:
        return self.sha


Model = Repo


def model(license_id: str | None = "apache-2.0", **more: bytes) -> Repo:
    """A usable model; `more` are further files, `a__b` for the name `a.b`."""
    files = {name.replace("__", "."): content for name, content in more.items()}
    whole = {"config.json": CONFIG, "model.safetensors": safetensors(), "tokenizer.json": b"{}"}
    return Repo({**whole, **files}, license=license_id)


def dataset(files: Mapping[str, bytes], *, card: str = "license: mit") -> Repo:
    """A data set with these files and a card of this YAML."""
    return Repo({"README.md": f"---\n{card}\n---\n# Data\n".encode(), **files}, license=None)
