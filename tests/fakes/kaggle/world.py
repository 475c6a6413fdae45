"""Who has an account at the fake Kaggle, and what there is."""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.fakes.kaggle.faults import Faults

Json = dict[str, Any]
Style = Literal["lines", "bare", "pieces"]  # how what is printed is cut into events
SHAPES = {"NvidiaTeslaT4", "NvidiaL4", "TpuV5E8"}


class RefusedCall(Exception):
    """An answer with a failing status."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


@dataclass
class Person:
    """An account with a token of the new kind and a key of the old one."""

    name: str
    token: str
    key: str
    gpu_hours: float = 30.0
    gpu_used: float = 1.0
    verified: bool = True
    active: bool = True

    @property
    def values(self) -> dict[str, str]:
        """What this person pastes: the token."""
        return {"username": self.name, "key": self.token}

    @property
    def old_values(self) -> dict[str, str]:
        """The same with the old key."""
        return {"username": self.name, "key": self.key}


@dataclass
class DataSet:
    """A data set; `unready` looks tell that it is still being taken in."""

    owner: str
    slug: str
    files: dict[str, bytes]
    private: bool = False
    terms: bool = False
    unready: int = 0
    status: str = "READY"
    size: int | None = None
    told: str = ""

    @property
    def ref(self) -> str:
        return f"{self.owner}/{self.slug}"

    @property
    def bytes(self) -> int:
        return self.size if self.size is not None else sum(map(len, self.files.values()))

    @property
    def described(self) -> Json:
        return {
            "ref": self.ref,
            "title": self.slug,
            "totalBytes": self.bytes,
            "isPrivate": self.private,
            "description": self.told,
        }


@dataclass
class Kernel:
    """A kernel and its newest session; `pushed` holds the body of each push."""

    owner: str
    slug: str
    folder: Path
    pushed: list[Json] = field(default_factory=list)
    status: str = "QUEUED"
    failure: str = ""
    events: list[Json] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ref(self) -> str:
        return f"{self.owner}/{self.slug}"

    @property
    def ended(self) -> bool:
        return self.status in {"COMPLETE", "ERROR", "CANCEL_ACKNOWLEDGED"}

    @property
    def log(self) -> str:
        return json.dumps(self.events)


@dataclass
class Upload:
    """Bytes that were put so far, of as many as were announced."""

    name: str
    size: int
    content: bytearray = field(default_factory=bytearray)

    @property
    def whole(self) -> bool:
        return len(self.content) == self.size


@dataclass
class World:
    """All of it. `asked` are the calls in order: who, which, what.

    `held` keeps sessions waiting; while `hidden`, pushes find no data set; `most_page` bounds a
    page; after `cut` bytes, as often as it has entries, a file that comes or goes breaks off.
    `image` is the Python that kernels find there.
    """

    folder: Path
    people: list[Person] = field(default_factory=list)
    datasets: dict[str, DataSet] = field(default_factory=dict)
    kernels: dict[str, Kernel] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    gifts: dict[str, tuple[str, bytes | Path]] = field(default_factory=dict)
    asked: list[tuple[str, str, Json]] = field(default_factory=list)
    sessions: set["asyncio.Task[None]"] = field(default_factory=set)
    faults: Faults = field(default_factory=Faults)
    held: bool = False
    hidden: bool = False
    deep_mounts: bool = False
    style: Style = "lines"
    unready: int = 1
    most_page: int = 2
    cut: list[int] = field(default_factory=list)
    image: Path | None = None
    storage: str = ""

    def person(self, name: str) -> Person:
        """A new account."""
        one = Person(name, f"KGAT_{secrets.token_hex(16)}", secrets.token_hex(16))
        self.people.append(one)
        return one

    def publish(self, ref: str, files: dict[str, bytes], **more: Any) -> DataSet:
        """A new data set."""
        owner, _, slug = ref.partition("/")
        self.datasets[ref] = DataSet(owner, slug, files, **more)
        return self.datasets[ref]

    def calls(self, name: str) -> list[Json]:
        """What was sent with each call of this name."""
        return [body for _, call, body in self.asked if call == name]

    def give(self, name: str, content: bytes | Path) -> str:
        """An address under which a file can be fetched by everybody who knows it."""
        key = secrets.token_urlsafe(16)
        self.gifts[key] = (name, content)
        return f"{self.storage}/fetch/{key}/{name}"


def page_of(items: list[Any], body: Json, most: int) -> tuple[list[Any], str]:
    """The page that is asked for, and the token of the next one."""
    begin = int(body.get("pageToken") or 0)
    size = min(int(body.get("pageSize") or most), most)
    following = str(begin + size) if begin + size < len(items) else ""
    return items[begin : begin + size], following
