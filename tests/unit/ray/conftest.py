"""A small cluster, and trainings to carry there."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.ray.client import RayClient
from adapters.ray.cluster import Lookout
from adapters.runtimes.ray import RayRuntime
from pipeline.ports.runtime import RunRequest, RunState, Step
from tests.fakes.jobs import ANN
from tests.fakes.ray import FakeRay

WELL = "print('well', flush=True); open('model.bin', 'wb').write(bytes(200_000))"
_LOOKS, _LOOK_SECONDS = 3000, 0.02


class House:
    """What a test works with; `runtime` is made anew by each look, as after a restart."""

    def __init__(self, ray: FakeRay, folder: Path) -> None:
        self.ray = ray
        self.folder = folder
        self.token = ""

    @property
    def runtime(self) -> RayRuntime:
        client = RayClient(self.ray.address, self.token, seconds=2, transfer_seconds=2)
        return RayRuntime(client, Lookout(client))

    @property
    def quick(self) -> RayRuntime:
        """The same, which waits no longer for an answer than a test may."""
        client = RayClient(self.ray.address, self.token, seconds=0.3, transfer_seconds=0.3)
        return RayRuntime(client, Lookout(client))

    def request(
        self, script: str = WELL, *, gpu: str = "", needs: tuple[str, ...] = ()
    ) -> RunRequest:
        return training(self.folder, script, gpu=gpu, needs=needs)


def training(
    folder: Path, script: str, *, name: str = "j-1-0", gpu: str = "", needs: tuple[str, ...] = ()
) -> RunRequest:
    """A training of one step."""
    bundle, run = folder / "bundle", folder / "runs" / name
    bundle.mkdir(exist_ok=True)
    (bundle / "train.py").write_text(script)
    step = Step("train", bundle / "train.py", (), run / "model", (bundle,))
    return RunRequest(name, run, needs, (step,), gpu=gpu, seconds=120)


async def ended(runtime: RayRuntime, handle: str) -> RunState:
    """The state of a run that has ended, with all its lines."""
    for _ in range(_LOOKS):
        state = await runtime.check(handle, 0, ANN)
        if state.status != "running":
            return state
        await asyncio.sleep(_LOOK_SECONDS)
    raise AssertionError("the run did not end")


@pytest.fixture
def ray(tmp_path: Path) -> Iterator[FakeRay]:
    with FakeRay(tmp_path / "cluster") as fake:
        yield fake


@pytest.fixture
def house(ray: FakeRay, tmp_path: Path) -> House:
    return House(ray, tmp_path)
