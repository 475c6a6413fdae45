"""Trains at Modal: one sandbox in the owner's workspace, with a volume that brings and takes away.

Sandbox and volume bear the run's name. Modal lets one sandbox of a name run at a time, so a crash
between its start and the saving of its handle starts nothing twice; one that has ended meanwhile
is told by what it left on the volume. The volume goes once its results are here.
"""

import asyncio
import math
import shlex
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from adapters import modal_machines as machines
from adapters.credentials import values_of
from adapters.installer import CONSTRAINTS
from adapters.modal_client import KIND, SERVER_URL, TITLE, client_of, no_room
from adapters.modal_offer import CORES, MOST_SECONDS, memory_of, offer
from adapters.parcel.packing import CARRY, NAME, pack
from adapters.parcel.reading import Told, told, unpack
from pipeline.errors import PersonCanFix, TryAgain, UnknownName
from pipeline.jobs import Actor
from pipeline.ports.runtime import Offer, RunRequest, RunState
from pipeline.ports.vault import Vault

if TYPE_CHECKING:
    import modal

_MOUNT, _RESULTS, _LOG = "/parcel", "results.zip", "output.log"
# The last line of a run that ended well: Modal gives exit code 0 also to one that it gave up.
_WELL = "The training ended well."
# The steps work on the machine's own disk; on the volume is only what comes and goes.
_SCRIPT = (
    f'python "$1/{CARRY.name}" "$1/{NAME}" work --results "$1/{_RESULTS}"; code=$?; '
    f'cp work/{_LOG} "$1/{_LOG}"; echo $code > "$1/{machines.ENDED}"; '
    f'if [ $code = 0 ]; then echo "{_WELL}"; fi; exit $code'
)
_PINS = "/constraints.txt"
_MARKER = ".collected"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for one question, for files on their way, for an image, for a free machine.

    Output of a sandbox that runs counts as read after a pause of `quiet`, or `watch` in all.
    """

    call: float = 60
    files: float = 3600
    image: float = 1800
    room: float = 300
    quiet: float = 1
    watch: float = 10


@dataclass(slots=True)
class ModalRuntime:
    """Implements pipeline.ports.runtime.Runtime. A handle is `SANDBOX:NAME`, or `:NAME`.

    The latter is one that had ended before it was noted; its output is on the volume.
    """

    vault: Vault
    url: str = SERVER_URL
    patience: Patience = field(default_factory=Patience)
    name: str = "modal"
    account: str | None = KIND
    poll_seconds: float = 10.0

    @property
    def offer(self) -> Offer:
        """GPUs by the second."""
        return offer()

    async def find(self, name: str, owner: Actor) -> str | None:
        """A run of this name that goes on, or has left its results."""
        async with self._client(owner, "find a training", self.patience.call) as client:
            return await _known(client, name)

    async def submit(self, request: RunRequest, owner: Actor) -> str:
        """Upload the parcel, make the image, start the sandbox; its time limit is Modal's own."""
        _check_gpu(request.gpu)
        patience = self.patience
        most = patience.files + patience.image + patience.room + patience.call
        with tempfile.TemporaryDirectory(prefix="mltrainer-") as folder:
            parcel = await asyncio.to_thread(pack, request, Path(folder))
            async with self._client(owner, "train", most) as client:
                async with self._answer():
                    handle = await _known(client, request.name)
                return handle or await self._started(client, request, parcel)

    async def _started(self, client: "modal.Client", request: RunRequest, parcel: Path) -> str:
        import modal  # noqa: PLC0415  (slow to import; the client has it)

        async with self._answer():
            app = await modal.App.lookup.aio(machines.APP, create_if_missing=True, client=client)
        image = await self._image(app, request)
        async with self._answer():
            volume = await machines.volume_of(client, request.name, create=True)
        async with _limited(self.patience.files, _slow()):
            await machines.load(volume, {CARRY.name: CARRY, NAME: parcel})
        try:
            async with _limited(self.patience.room, no_room(request.gpu)):
                sandbox = await modal.Sandbox.create.aio(
                    *("sh", "-c", _SCRIPT, "train", _MOUNT),
                    app=app,
                    name=request.name,
                    image=image,
                    gpu=request.gpu or None,
                    # Requested and limit in one: nothing may cost more than was said.
                    cpu=(CORES, CORES),
                    memory=(memory_of(request.gpu), memory_of(request.gpu)),
                    timeout=math.ceil(min(request.seconds, MOST_SECONDS)),
                    volumes={_MOUNT: volume},
                    block_network=True,
                    client=client,
                )
        except modal.exception.AlreadyExistsError:
            handle = await _known(client, request.name)
            if handle is None:
                raise _raced() from None
            return handle
        async with self._answer():
            await machines.note(volume, machines.NUMBER, sandbox.object_id)
        return _handle(sandbox.object_id, request.name)

    async def _image(self, app: "modal.App", request: RunRequest) -> "modal.Image":
        import modal  # noqa: PLC0415  (as above)

        image = _described(request)
        try:
            async with _limited(self.patience.image, _unbuilt("")):
                return await image.build.aio(app)
        except modal.exception.ImageBuildError as error:
            names = (Requirement(line).name for line in request.requirements)
            said = str(error)
            named = ", ".join(name for name in names if name in said)
            raise _unbuilt(named) from None

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        """State now; the output is read from its first line on, as nothing is kept between."""
        number, name = _parts(handle)
        async with self._client(owner, "follow a training", self.patience.call) as client:
            if not number:
                log = await machines.text(client, name, _LOG)
                return _state(told(log.split("\n")[:-1]), lines_read, "done" if log else "lost")
            sandbox = await machines.sandbox(client, number)
            if sandbox is None:
                return RunState("lost")
            code = await sandbox.poll.aio()  # before the output: when it is over, that is whole
            lines = await self._printed(sandbox, is_over=code is not None)
            is_done, run = lines[-1:] == [_WELL], told(line for line in lines if line != _WELL)
            page = f"https://modal.com/id/{number}"
            if code is None:
                return _state(run, lines_read, "running", page)
            if code == 0 and (is_done or await machines.found(client, name) is not None):
                return _state(run, lines_read, "done", page)
            await machines.forget(client, name)
            if run.result is None or run.result.ok:
                why = await machines.why_cut_off(sandbox, code)
                return replace(_state(run, lines_read, "failed", page), why=why)
            return _state(run, lines_read, "failed", page)

    async def _printed(self, sandbox: "modal.Sandbox", *, is_over: bool) -> list[str]:
        quiet, most = self.patience.quiet, self.patience.watch
        if is_over:
            quiet = most = self.patience.call
        return await machines.printed(sandbox, quiet, most)

    async def collect(self, handle: str, into: Path, owner: Actor) -> None:
        """Download and unpack the results; the volume goes last, so that this can be repeated."""
        _, name = _parts(handle)
        marker, draft = into / _MARKER, into / f".{_RESULTS}"
        await asyncio.to_thread(into.mkdir, parents=True, exist_ok=True, mode=0o700)
        async with self._client(owner, "collect a training", self.patience.files) as client:
            if not await asyncio.to_thread(marker.exists):
                async with self._answer():
                    volume, size = await machines.left(client, name, _RESULTS)
                await machines.download(volume, _RESULTS, size, draft)
                await asyncio.to_thread(unpack, draft, into)
                await asyncio.to_thread(_marked, marker, draft)
            async with self._answer():
                await machines.forget(client, name)

    async def cancel(self, handle: str, owner: Actor) -> bool:
        """End the sandbox, wait until it is over, and remove the volume."""
        number, name = _parts(handle)
        async with self._client(owner, "stop a training", self.patience.call) as client:
            sandbox = await machines.sandbox(client, number) if number else None
            if sandbox is not None:
                await sandbox.terminate.aio()
                await machines.over(sandbox)
            await machines.forget(client, name)
        return True

    def _answer(self) -> AbstractAsyncContextManager[None]:
        """The limit of one question, where files may take much longer."""
        late = TryAgain("Modal does not answer in time.", "Try again in a minute.")
        return _limited(self.patience.call, late)

    @asynccontextmanager
    async def _client(
        self, owner: Actor, purpose: str, seconds: float
    ) -> AsyncIterator["modal.Client"]:
        values = await values_of(self.vault, owner, KIND, purpose, TITLE)
        async with client_of(self.url, values, seconds) as client:
            del values
            yield client


@asynccontextmanager
async def _limited(seconds: float, error: PersonCanFix | TryAgain) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise error from None


def _described(request: RunRequest) -> "modal.Image":
    """An image with the versions that were tried, as on this machine; torch for what it runs on."""
    import modal  # noqa: PLC0415  (as above)

    pins = [line for line in CONSTRAINTS.read_text("utf-8").splitlines() if "==" in line]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    written = " ".join(shlex.quote(pin) for pin in pins)
    image = modal.Image.debian_slim(python_version=python)
    if not request.requirements:
        return image
    torch = "" if request.gpu else " --torch-backend cpu"
    return image.run_commands(f"printf '%s\\n' {written} > {_PINS}").uv_pip_install(
        *request.requirements,
        extra_options=f"--only-binary :all: --constraint {_PINS}{torch}",
    )


def _check_gpu(gpu: str) -> None:
    known = [one.name for one in offer().gpus]
    if gpu and gpu not in known:
        raise UnknownName("GPU of Modal", gpu, known, field="runtime")


def _state(run: Told, lines_read: int, status: machines.Status, page: str = "") -> RunState:
    return RunState(status, run.lines[lines_read:], run.step, run.result, page)


async def _known(client: "modal.Client", name: str) -> str | None:
    """Handle of a run that goes on, or has ended well."""
    running = await machines.running(client, name)
    number = running.object_id if running else await machines.found(client, name)
    return None if number is None else _handle(number, name)


def _handle(number: str, name: str) -> str:
    return f"{number}:{name}"


def _parts(handle: str) -> tuple[str, str]:
    number, _, name = handle.partition(":")
    return number, name


def _marked(marker: Path, draft: Path) -> None:
    marker.touch()
    draft.unlink(missing_ok=True)


def _raced() -> TryAgain:
    return TryAgain("Modal says that this training runs already.", "It is looked up again.")


def _slow() -> TryAgain:
    return TryAgain("The files for Modal were not uploaded in time.", "It is tried again.")


def _unbuilt(named: str) -> PersonCanFix:
    packages = f": {named}" if named else ""
    return PersonCanFix(
        f"Modal could not install the packages of this training{packages}.",
        "Retry, or train somewhere else.",
        field="runtime",
    )


def adapter(*, vault: Vault, modal_server_url: str = SERVER_URL) -> ModalRuntime:
    """The runtime at Modal's address."""
    return ModalRuntime(vault, modal_server_url)
