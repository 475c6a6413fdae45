"""A fake Modal, two customers with their keys in the vault, and small trainings."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.runtimes.modal import ModalRuntime, Patience
from pipeline.jobs import Actor
from pipeline.ports.runtime import Limits, RunRequest, RunState, Step
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, BEN
from tests.fakes.modal import FakeModal
from tests.fakes.modal.server import ANN_TOKEN, BEN_TOKEN, Token
from tests.fakes.vault import MemoryVault

QUICK = Patience(call=8, files=20, image=8, room=8, quiet=0.1, watch=2)
BASELINE = "print('the middle', flush=True); open('mean.txt', 'w').write('0.5')"
TRAIN = "print('epoch 1', flush=True); open('weights.bin', 'wb').write(bytes(9_000_000))"
WAITS = "import time; print('epoch 1', flush=True); time.sleep(60)"


def values(token: Token) -> dict[str, str]:
    return {"token_id": token[0], "token_secret": token[1]}


@dataclass
class House:
    """What a test works with; `runtime` is made anew by each look, as after a restart."""

    modal: FakeModal
    folder: Path
    vault: MemoryVault = field(default_factory=lambda: MemoryVault(clock=FakeClock()))

    @property
    def runtime(self) -> ModalRuntime:
        return ModalRuntime(self.vault, self.modal.url, QUICK)

    async def connect(self, owner: Actor, token: Token) -> None:
        await self.vault.put(owner, "modal", json.dumps(values(token)), tail="0001")

    def request(self, train: str = TRAIN, *, gpu: str = "", limit: float = 50) -> RunRequest:
        """Two steps, as a training has; `limit` is that of the second, in seconds."""
        bundle, run = self.folder / "bundle", self.folder / "runs" / "j-1-0"
        bundle.mkdir(exist_ok=True)
        (bundle / "baseline.py").write_text(BASELINE)
        (bundle / "train.py").write_text(train)
        steps = (
            Step("baseline", bundle / "baseline.py", (), run / "baselines"),
            Step("train", bundle / "train.py", (), run / "model", limits=Limits(seconds=limit)),
        )
        return RunRequest("j-1-0", run, ("numpy==2.4.6", "torch"), steps, gpu=gpu, seconds=100)

    async def ended(self, handle: str) -> RunState:
        """The first look at a run that shows it ended, or what that look raises."""
        for _ in range(100):
            state = await self.runtime.check(handle, 0, ANN)
            if state.status != "running":
                return state
        raise AssertionError("the run did not end")

    async def begun(self, handle: str) -> RunState:
        """A look at a run that has printed of its second step."""
        for _ in range(100):
            state = await self.runtime.check(handle, 0, ANN)
            if "epoch 1" in state.lines:
                return state
        raise AssertionError("the run did not begin")


@pytest.fixture
def modal() -> Iterator[FakeModal]:
    with FakeModal(Path(sys.executable)) as fake:
        yield fake


@pytest.fixture
async def house(modal: FakeModal, tmp_path: Path, anyio_backend: str) -> House:
    assert anyio_backend == "asyncio"
    house = House(modal, tmp_path)
    await house.connect(ANN, ANN_TOKEN)
    await house.connect(BEN, BEN_TOKEN)
    return house
