"""Models of others below the home: each whole or not at all, under its id and its revision."""

import asyncio
import contextlib
import fcntl
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from adapters.file_names import clean
from adapters.records import Database
from adapters.weights import files, folders
from adapters.weights.asking import ask
from adapters.weights.needed import by_jobs
from adapters.weights.room import HOME, LEFT_FREE, Room, bytes_in, changed_at
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.folders import flush, remove
from pipeline.ports.clock import Clock
from pipeline.ports.runtime import OnLine
from pipeline.ports.weights import Fetched, Offer

_HUB_ID = re.compile(r"(?=.{1,96}\Z)(?!.*(?:--|\.\.))\w[\w.-]*(?:/\w[\w.-]*)?(?<![.-])", re.ASCII)
_REVISION = re.compile(r"[\w./-]{1,100}", re.ASCII)
_STATE = re.compile(r"[0-9a-f]{12,64}")
_RECEIPT = "weights.json"
_OF_LIBRARY = ".cache"  # what the Hub's library notes beside the files, to go on later
_HERE = "local"
_SHOWN_DIGITS = 12
_FIND_SECONDS, _STALLED_SECONDS = 30.0, 120.0
_LOOK_SECONDS, _SAY_SECONDS = 1.0, 10.0
_LOCK_SECONDS = 0.5
_SLOWEST = 30_000  # bytes a second, over a whole download: what only drips must end as well


@dataclass(frozen=True)
class WeightsShelf:
    """Implements pipeline.ports.weights.Weights with the Hub at `endpoint` and a cache."""

    room: Room
    endpoint: str
    most_bytes: int = files.MOST_BYTES
    find_seconds: float = _FIND_SECONDS
    stalled_seconds: float = _STALLED_SECONDS

    @property
    def cache(self) -> Path:
        """The folder of all models."""
        return self.room.cache

    async def find(self, name: str, *, local: bool) -> Offer:
        """What is offered under a name; where the Hub is out of reach, what is here of it."""
        if local and folders.is_named(name):
            folder = folders.path_of(name)
            size = await asyncio.to_thread(folders.looked_at, folder, self.most_bytes)
            return Offer(f"{_HERE}/{clean(folder.name)}", str(folder), "", "", size)
        model, _, revision = name.partition("@")
        if not _HUB_ID.fullmatch(model) or (revision and not _REVISION.fullmatch(revision)):
            raise files.refused(f"'{name}' is no model of the Hub.", "Write it as owner/name.")
        try:
            found = await self._asked("find", model, revision)
        except TryAgain:
            kept = await asyncio.to_thread(self._kept, model, revision)
            if kept is None:
                raise
            return kept
        if not _STATE.fullmatch(str(found["revision"])):
            raise TryAgain(f"{self.endpoint} does not say which state of {model} it has.")
        size = sum(one["size"] for one in found["files"])
        files.check_size(model, size, self.most_bytes)
        return Offer(model, model, found["revision"], found["license"], size)

    async def fetch(self, offer: Offer, on_line: OnLine) -> Fetched:
        """Its files, whole: from the cache, or brought there."""
        if Path(offer.source).is_absolute():
            async with self._alone(self.cache / _HERE):
                return await self._copy(offer)
        folder = self._folder(offer)
        if not await self.room.is_used(folder):
            async with self._alone(folder):
                if not await self.room.is_used(folder):
                    await self._download(offer, folder, on_line)
        return Fetched(folder, offer.name, offer.license, offer.revision)

    async def _download(self, offer: Offer, folder: Path, on_line: OnLine) -> None:
        """Into a draft beside: it keeps each whole file, and takes its place when all are there."""
        draft = folder.with_name(f".{folder.name}.draft")
        await asyncio.to_thread(_begin, draft)
        async with self.room.taken(offer, draft):
            watch = _Watch(draft, offer, on_line, self.stalled_seconds)
            into = str(draft)
            await self._asked("fetch", offer.source, offer.revision, watch.ended, into=into)
            await asyncio.to_thread(_finish, draft, folder, offer)

    async def _asked(
        self,
        work: str,
        model: str,
        revision: str,
        watch: Callable[[], Awaitable[str]] | None = None,
        **more: object,
    ) -> dict[str, Any]:
        plan = {"work": work, "endpoint": self.endpoint, "name": model, "revision": revision}
        await asyncio.to_thread(self.cache.mkdir, parents=True, exist_ok=True, mode=0o700)
        return await ask({**plan, **more}, self.cache / HOME, watch or self._late)

    async def _late(self) -> str:
        await asyncio.sleep(self.find_seconds)
        return f"{self.endpoint} did not answer in time."

    def _folder(self, offer: Offer) -> Path:
        name = offer.source.replace("/", "--")
        return self.cache / f"{name}@{offer.revision[:_SHOWN_DIGITS]}"

    def _kept(self, model: str, revision: str) -> Offer | None:
        """The newest state of a model that is here already."""
        name = model.replace("/", "--")
        there = sorted(self.cache.glob(f"{name}@*/{_RECEIPT}"), key=changed_at, reverse=True)
        kept = [Offer(**json.loads(path.read_text("utf-8"))) for path in there]
        return next((one for one in kept if one.revision.startswith(revision)), None)

    async def _copy(self, offer: Offer) -> Fetched:
        draft = self.cache / f".{os.getpid()}-{os.urandom(4).hex()}.draft"
        async with self.room.taken(offer, draft):
            revision = await asyncio.to_thread(_copied, Path(offer.source), draft)
            folder = self.cache / f"{offer.name.replace('/', '~')}@{revision}"
            if await self.room.is_used(folder):
                await asyncio.to_thread(remove, draft)
            else:
                draft.rename(folder)
        return Fetched(folder, offer.name, offer.license, revision)

    @contextlib.asynccontextmanager
    async def _alone(self, folder: Path) -> AsyncIterator[None]:
        """One download of a model at a time, also among processes; the others wait for it."""
        self.cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder.with_name(f".{folder.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _locked(handle):  # noqa: ASYNC110 - another process sets no event
                await asyncio.sleep(_LOCK_SECONDS)
            yield
        finally:
            os.close(handle)


@dataclass
class _Watch:
    """Tells how far a download is, and when nothing has come for too long or too much has."""

    draft: Path
    offer: Offer
    on_line: OnLine
    stalled_seconds: float

    async def ended(self) -> str:
        """Return why the download must end."""
        have, grown, told = 0, monotonic(), monotonic()
        ends = grown + self.stalled_seconds + self.offer.size / _SLOWEST
        while monotonic() - grown < self.stalled_seconds:
            if monotonic() > ends:
                return f"The download of {self.offer.name} is too slow."
            await asyncio.sleep(_LOOK_SECONDS)
            now = await asyncio.to_thread(bytes_in, self.draft)
            if now > have:
                have, grown = now, monotonic()
            if have > self.offer.size + LEFT_FREE:
                return f"More came than {self.offer.name} has."
            if monotonic() - told > _SAY_SECONDS:
                told = monotonic()
                await self.on_line(f"{files.shown(have)} of {files.shown(self.offer.size)}")
        return f"The download of {self.offer.name} stands still."


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _begin(draft: Path) -> None:
    """Make the draft, or clear an old one of files that were cut off."""
    draft.mkdir(parents=True, exist_ok=True, mode=0o700)
    for part in draft.rglob("*.incomplete"):
        part.unlink()


def _copied(source: Path, draft: Path) -> str:
    """What is known of a copy; nothing is left of one that cannot be used."""
    try:
        revision = folders.copied(source, draft)
    except PersonCanFix:
        remove(draft)
        raise
    flush(draft)
    return revision


def _finish(draft: Path, folder: Path, offer: Offer) -> None:
    """Leave nothing but the model's files and a note of where they came from."""
    remove(draft / _OF_LIBRARY)
    receipt = {name: getattr(offer, name) for name in offer.__slots__}
    (draft / _RECEIPT).write_text(json.dumps(receipt, indent=1) + "\n", "utf-8")
    flush(draft)
    draft.rename(folder)


def adapter(
    *, home: Path, hf_endpoint: str, weights_gb: float, database: Database, clock: Clock
) -> WeightsShelf:
    """The shelf of a home, whose jobs are in the database."""
    room = Room(home / "weights", int(weights_gb * 1e9), by_jobs(database, clock))
    return WeightsShelf(room, hf_endpoint.rstrip("/"))
