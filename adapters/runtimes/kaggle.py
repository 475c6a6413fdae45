"""Trains on Kaggle's machines, free of charge, with the owner's own key and hours of GPU.

A run is a private kernel whose name follows from the run's, beside a private data set that
carries the parcel. Kaggle has no stop: a session is bounded when it is pushed. It takes no secret
either, and gets none; what it leaves is fetched from here.
"""

import asyncio
import hashlib
import logging
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.kaggle import endings, errors
from adapters.kaggle.asking import KIND, Kaggle, Values
from adapters.kaggle.at_kaggle import PARCEL
from adapters.kaggle.errors import Refused, meant
from adapters.kaggle.names import handle_of, user_of
from adapters.parcel import reading
from adapters.parcel.packing import pack
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain, UnknownName
from pipeline.jobs import Actor
from pipeline.ports.runtime import Gpu, Offer, RunRequest, RunState
from pipeline.ports.vault import Vault

if TYPE_CHECKING:
    from adapters.kaggle.desk import Desk
    from adapters.kaggle.kernels import Log, Session
    from adapters.kaggle.line import Patience

_log = logging.getLogger(__name__)
POLL_SECONDS = 15.0
MOST_SECONDS = 12 * 3600.0
MOST_BYTES = 16 << 30
_SCRIPT = Path(__file__).parents[1] / "kaggle" / "at_kaggle.py"
_RESULTS = "results.zip"
_SHAPES = {"T4": "NvidiaTeslaT4"}
_INSTALLING = 1800.0  # seconds for the libraries, on top of the steps' own limits
_READY_LOOKS = 60
_REMEMBERED = 1000  # kernels
_LOOKS_FOR_LOG = 3  # of a kernel that has ended well: it may be there a moment later
_RUNNING = frozenset({"QUEUED", "RUNNING", "NEW_SCRIPT", "CANCEL_REQUESTED"})


@dataclass
class KaggleRuntime:
    """Implements pipeline.ports.runtime.Runtime; a handle is `owner/slug` of the kernel."""

    kaggle: Kaggle
    name: str = KIND
    account: str | None = KIND
    poll_seconds: float = POLL_SECONDS
    ready_seconds: float = 5.0
    most_bytes: int = MOST_BYTES
    _without_log: Counter[str] = field(default_factory=Counter)

    @property
    def offer(self) -> Offer:
        """A GPU for nothing, some hours each week."""
        return Offer(
            errors.TITLE,
            gpus=tuple(Gpu(name, 16) for name in _SHAPES),
            priced_on=date(2026, 11, 23),
            stops=False,
            most_seconds=MOST_SECONDS,
            start_seconds=180,
        )

    async def find(self, name: str, owner: Actor) -> str | None:
        """The kernel of this name, if it runs or ended well; another may be pushed again."""
        values = await self.kaggle.values(owner, "find a training")
        return await self._found(values, handle_of(values, name))

    async def submit(self, request: RunRequest, owner: Actor) -> str:
        """Send the parcel, then push the kernel; one that is found there is not pushed again.

        PersonCanFix with field "runtime" when there is no such GPU, too little GPU time left, or
        Kaggle refuses.
        """
        values = await self.kaggle.values(owner, "submit a training")
        handle = handle_of(values, request.name)
        if (found := await self._found(values, handle)) is not None:
            return found
        seconds = min(request.seconds + _INSTALLING, MOST_SECONDS)
        if request.gpu:
            await self._check_gpu(values, request)
        await self._send(values, handle, request)
        return await self._push(values, handle, request.gpu, seconds)

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        """State now; the log is told from its first line each time, and taken from the asked one.

        A kernel that Kaggle does not show is missing: it may be there a moment later.
        """
        values = await self._values_for(handle, owner, "follow a training")
        try:
            session, log = await self.kaggle.try_to(values, lambda desk: _looked(desk, handle))
        except Refused as refused:
            if refused.is_gone:
                return RunState("missing", page=endings.page(handle))
            error = meant(refused, self.kaggle.field)
        else:
            return await self._state(values, handle, session, log, lines_read)
        raise error

    async def collect(self, handle: str, into: Path, owner: Actor) -> None:
        """Fetch and unpack what the steps left, then remove the data set that carried the parcel.

        TryAgain while Kaggle does not show it yet.
        """
        values = await self._values_for(handle, owner, "fetch what a training left")
        with tempfile.TemporaryDirectory(dir=await asyncio.to_thread(_made, into)) as folder:
            draft = Path(folder) / _RESULTS
            most = self.most_bytes
            found = await self.kaggle.ask(
                values, lambda desk: desk.kernels.fetch(handle, _RESULTS, draft, most)
            )
            if found is None:
                raise errors.waiting("Kaggle does not show the results of the training yet.", 20)
            await asyncio.to_thread(reading.unpack, draft, into)
        await self._tidy(values, handle)

    async def cancel(self, handle: str, owner: Actor) -> bool:
        """Kaggle has no stop; only the data set is removed. The session ends at its time limit."""
        await self._tidy(await self._values_for(handle, owner, "cancel a training"), handle)
        return False

    async def _found(self, values: Values, handle: str) -> str | None:
        try:
            session = await self.kaggle.try_to(values, lambda desk: desk.kernels.session(handle))
        except Refused as refused:
            if refused.is_gone:
                return None
            error = meant(refused, self.kaggle.field)
        else:
            return handle if session.status in _RUNNING | {"COMPLETE"} else None
        raise error

    async def _check_gpu(self, values: Values, request: RunRequest) -> None:
        if request.gpu not in _SHAPES:
            raise UnknownName("GPU of Kaggle's", request.gpu, _SHAPES, field="runtime")
        hours = await self.kaggle.ask(values, lambda desk: desk.kernels.hours())
        if hours is not None and hours.left < timedelta(seconds=request.seconds):
            raise endings.too_few(hours, request.seconds)

    async def _send(self, values: Values, handle: str, request: RunRequest) -> None:
        """Make the data set and wait until it can be used; one with the same parcel is used."""
        near = await asyncio.to_thread(_made, request.folder.parent)
        with tempfile.TemporaryDirectory(prefix=".parcel-", dir=near) as folder:
            parcel = await asyncio.to_thread(pack, request, Path(folder))
            told = f"The parcel {await asyncio.to_thread(_digest, parcel)}."
            await self.kaggle.ask(values, lambda desk: _sent(desk, handle, parcel, told))
        state = "making"
        for _ in range(_READY_LOOKS):
            state = await self.kaggle.ask(values, lambda desk: desk.datasets.state(handle))
            if state in {"ready", "failed"}:
                break
            await asyncio.sleep(self.ready_seconds)
        if state == "ready":
            return
        if state == "failed":
            await self._tidy(values, handle)
        raise TryAgain("Kaggle could not take the data of the training in.", "It is sent again.")

    async def _push(self, values: Values, handle: str, gpu: str, seconds: float) -> str:
        text = await asyncio.to_thread(_SCRIPT.read_text, "utf-8")
        try:
            return await self.kaggle.try_to(
                values, lambda desk: _pushed(desk, handle, text, _SHAPES.get(gpu, ""), seconds)
            )
        except Refused as refused:
            error = endings.not_taken(refused)
        raise error

    async def _state(
        self, values: Values, handle: str, session: "Session", log: "Log", lines_read: int
    ) -> RunState:
        told = reading.told(log.lines)
        lines = told.lines[lines_read:]
        state = RunState("running", lines, told.step, told.result, endings.page(handle))
        if session.status in _RUNNING:
            return state
        if session.status == "COMPLETE" and (told.result is None or told.result.ok):
            is_all = told.result is not None or not self._may_come(handle)
            return replace(state, status="done") if is_all else state
        if not told.step and await self._is_without_data(values, handle):
            return RunState("lost")
        await self._tidy(values, handle)
        if (why := endings.never_trained(session, told)) is not None:
            raise why
        return replace(state, status="failed", result=endings.result(session, told, log.seconds))

    async def _is_without_data(self, values: Values, handle: str) -> bool:
        state = await self.kaggle.ask(values, lambda desk: desk.datasets.state(handle))
        return state == "missing"

    def _may_come(self, handle: str) -> bool:
        """Whether a log that is not there is worth another look."""
        if len(self._without_log) >= _REMEMBERED:
            self._without_log.clear()  # at worst, a log that never comes is looked for again
        self._without_log[handle] += 1
        return self._without_log[handle] <= _LOOKS_FOR_LOG

    async def _values_for(self, handle: str, owner: Actor, purpose: str) -> Values:
        """The owner's values; PersonCanFix when they are another account's than the run's."""
        values = await self.kaggle.values(owner, purpose)
        user = handle.partition("/")[0]
        if user.lower() != user_of(values):  # an answer of Kaggle's may write it otherwise
            raise PersonCanFix(
                f"This training runs in the Kaggle account '{user}', and another is connected.",
                f"Connect '{user}' again, then go on.",
                field=KIND,
            )
        return values

    async def _tidy(self, values: Values, handle: str) -> None:
        """Remove the data set; where that fails it stays, private to its owner."""
        try:
            await self.kaggle.ask(values, lambda desk: desk.datasets.delete(handle))
        except MLTrainerError as error:
            _log.warning("The data set %s was not removed: %s", handle, error.message)


def _looked(desk: "Desk", handle: str) -> "tuple[Session, Log]":
    session = desk.kernels.session(handle)
    live = session.status in _RUNNING
    return session, desk.kernels.live_log(handle) if live else desk.kernels.log(handle)


def _pushed(desk: "Desk", handle: str, text: str, accelerator: str, seconds: float) -> str:
    from adapters.kaggle.kernels import Kernel  # noqa: PLC0415  (slow to import)

    user, _, slug = handle.partition("/")
    return desk.kernels.push(Kernel(user, slug, text, handle, accelerator, int(seconds)))


def _sent(desk: "Desk", handle: str, parcel: Path, told: str) -> None:
    """Make the data set, unless an earlier try has; one of another parcel makes room."""
    state = desk.datasets.state(handle)
    if state != "missing" and desk.datasets.about(handle).told not in {told, ""}:
        desk.datasets.delete(handle)
        state = "missing"
    if state == "missing":
        desk.datasets.create(handle, parcel, PARCEL, told)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _made(into: Path) -> Path:
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    return into


def adapter(
    *, vault: Vault, kaggle_api_url: str = errors.API, patience: "Patience | None" = None
) -> KaggleRuntime:
    """The runtime at Kaggle's address."""
    return KaggleRuntime(Kaggle(kaggle_api_url, vault, "runtime", patience))
