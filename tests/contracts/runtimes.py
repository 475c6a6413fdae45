"""Every runtime as the contract needs it: one line in FAKES for each, one in REAL for services."""

import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.kaggle.errors import API
from adapters.kaggle.names import handle_of
from adapters.modal_client import SERVER_URL
from adapters.ray.client import RayClient
from adapters.ray.cluster import Lookout
from adapters.runtimes import kaggle, local, modal
from adapters.runtimes.ray import RayRuntime
from adapters.sandbox.levels import choose
from adapters.workbench import LocalWorkbench
from pipeline.errors import MLTrainerError
from pipeline.ports.runtime import OnLine, Runtime
from tests.contracts.live import IS_LIVE, address, given, name
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN
from tests.fakes.kaggle.fake import FakeKaggle
from tests.fakes.modal import FakeModal
from tests.fakes.modal.server import ANN_TOKEN
from tests.fakes.ray import FakeRay
from tests.fakes.vault import MemoryVault
from tests.unit.kaggle.conftest import QUICK as QUICK_KAGGLE
from tests.unit.modal.conftest import QUICK as QUICK_MODAL


@dataclass(frozen=True)
class Carrier:
    """A runtime as each process makes it. `keeps`: a run goes on without the bot.

    `name` is one that no run there has yet.
    """

    runtime: Callable[[], Runtime]
    keeps: bool = True
    name: str = "j-1-0"


class BareWorkbench(LocalWorkbench):
    """This machine, with the Python of the tests as every environment."""

    async def prepare(self, requirements: tuple[str, ...], on_line: OnLine) -> Path:
        del requirements, on_line
        return Path(sys.executable)


@asynccontextmanager
async def _local(folder: Path) -> AsyncIterator[Carrier]:
    del folder
    bench = BareWorkbench(await choose(None), None)  # type: ignore[arg-type]  # nothing is made
    yield Carrier(
        lambda: local.adapter(workbench=bench, trainings_at_once={"local": 4}), keeps=False
    )


@asynccontextmanager
async def _ray(folder: Path) -> AsyncIterator[Carrier]:
    with FakeRay(folder / "ray") as fake:
        client = RayClient(fake.address)
        yield Carrier(lambda: RayRuntime(client, Lookout(client)))


@asynccontextmanager
async def _kaggle(folder: Path) -> AsyncIterator[Carrier]:
    with FakeKaggle(folder / "kaggle") as fake:
        vault = MemoryVault(clock=FakeClock())
        person = fake.world.person("ann-k")
        await vault.put(ANN, "kaggle", json.dumps(person.values), tail="last")

        def made() -> Runtime:
            one = kaggle.adapter(vault=vault, kaggle_api_url=fake.url, patience=QUICK_KAGGLE)
            return replace(one, poll_seconds=0.01, ready_seconds=0.01)

        yield Carrier(made)


@asynccontextmanager
async def _modal(folder: Path) -> AsyncIterator[Carrier]:
    del folder
    with FakeModal(Path(sys.executable)) as fake:
        vault = MemoryVault(clock=FakeClock())
        values = dict(zip(("token_id", "token_secret"), ANN_TOKEN, strict=True))
        await vault.put(ANN, "modal", json.dumps(values), tail="0001")

        def made() -> Runtime:
            return modal.ModalRuntime(vault, fake.url, QUICK_MODAL)

        yield Carrier(made)


@asynccontextmanager
async def _real_kaggle(folder: Path) -> AsyncIterator[Carrier]:
    """The notebook is removed, with the data set that a failure may have left."""
    del folder
    user, key = given("Kaggle", "KAGGLE_USERNAME", "KAGGLE_KEY")
    values, run = {"username": user, "key": key}, name()
    vault = MemoryVault(clock=FakeClock())
    await vault.put(ANN, "kaggle", json.dumps(values), tail="last")
    url = address("KAGGLE_API_URL", API)
    made = kaggle.adapter(vault=vault, kaggle_api_url=url)
    yield Carrier(lambda: kaggle.adapter(vault=vault, kaggle_api_url=url), name=run)
    handle = handle_of(values, run)
    for remove in (
        lambda desk: desk.kernels.delete(handle),
        lambda desk: desk.datasets.delete(handle),
    ):
        with suppress(MLTrainerError):
            await made.kaggle.ask(values, remove)


@asynccontextmanager
async def _real_modal(folder: Path) -> AsyncIterator[Carrier]:
    del folder
    pair = given("Modal", "MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET")
    vault = MemoryVault(clock=FakeClock())
    values = dict(zip(("token_id", "token_secret"), pair, strict=True))
    await vault.put(ANN, "modal", json.dumps(values), tail="0001")
    url = address("MODAL_SERVER_URL", SERVER_URL)
    carrier = Carrier(lambda: modal.adapter(vault=vault, modal_server_url=url), name=name())
    yield carrier
    await _ended(carrier)


@asynccontextmanager
async def _real_ray(folder: Path) -> AsyncIterator[Carrier]:
    del folder
    (address,) = given("Ray", "RAY_ADDRESS")
    client = RayClient(address.rstrip("/"), os.environ.get("RAY_AUTH_TOKEN", ""))
    carrier = Carrier(lambda: RayRuntime(client, Lookout(client)), name=name())
    yield carrier
    await _ended(carrier)


async def _ended(carrier: Carrier) -> None:
    """Nothing goes on, or costs, after its test."""
    with suppress(MLTrainerError):
        runtime = carrier.runtime()
        handle = await runtime.find(carrier.name, ANN)
        if handle is not None:
            await runtime.cancel(handle, ANN)


FAKES: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Carrier]]] = {
    "local": _local,
    "ray": _ray,
    "kaggle": _kaggle,
    "modal": _modal,
}
REAL: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Carrier]]] = {
    "ray": _real_ray,
    "kaggle": _real_kaggle,
    "modal": _real_modal,
}
MAKERS = REAL if IS_LIVE else FAKES
