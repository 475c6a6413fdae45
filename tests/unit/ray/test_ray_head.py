"""Trainings on a real head of Ray, which `make ray` puts where this looks for it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.environments import Environments
from adapters.runtimes.ray import RayRuntime, adapter
from pipeline.errors import PersonCanFix
from tests.fakes.jobs import ANN
from tests.fakes.ray.head import REQUIREMENTS, real_head
from tests.unit.ray.conftest import WELL, ended, training

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture(scope="module")
def head(environments: Path) -> Iterator[str]:
    python = Environments(environments).ready(REQUIREMENTS)
    if python is None:
        pytest.skip("Ray is not installed: run `make ray` first")
    with real_head(python) as address:
        yield address


@pytest.fixture
def runtime(head: str) -> RayRuntime:
    made = adapter(ray_address=head)
    assert made is not None
    return made


async def _begun(runtime: RayRuntime, handle: str) -> None:
    while "it began" not in (await runtime.check(handle, 0, ANN)).lines:
        await asyncio.sleep(0.1)


async def test_a_training_in_an_environment_of_its_own_outlives_the_bot(
    head: str, runtime: RayRuntime, tmp_path: Path
) -> None:
    script = f"import packaging; print(packaging.__version__); {WELL}"
    request = training(tmp_path, script, name="j-1-0", needs=("packaging==26.4",))
    handle = await runtime.submit(request, ANN)

    restarted = adapter(ray_address=head)
    assert restarted is not None
    assert await restarted.find("j-1-0", ANN) == handle
    assert await restarted.submit(request, ANN) == handle
    state = await ended(restarted, handle)
    await restarted.collect(handle, request.folder, ANN)

    assert state.status == "done"
    assert [line for line in state.lines if line in {"26.4", "well"}] == ["26.4", "well"]
    assert (request.folder / "model" / "model.bin").stat().st_size == 200_000


async def test_a_training_that_failed_is_told_and_one_that_is_stopped_ends(
    runtime: RayRuntime, tmp_path: Path
) -> None:
    broken = training(tmp_path, "raise ValueError('no such column')", name="j-2-0")
    state = await ended(runtime, await runtime.submit(broken, ANN))
    assert state.result is not None
    assert (state.status, state.result.tail[-1]) == ("failed", "ValueError: no such column")

    waits = "import time; print('it began', flush=True); time.sleep(600)"
    handle = await runtime.submit(training(tmp_path, waits, name="j-2-0"), ANN)
    await _begun(runtime, handle)

    assert await runtime.cancel(handle, ANN)
    assert await runtime.find("j-2-0", ANN) is None
    job = await runtime.client.job(handle)
    assert job is not None
    assert job[0].status == "STOPPED"


async def test_what_the_cluster_lacks_is_told(runtime: RayRuntime, tmp_path: Path) -> None:
    with pytest.raises(PersonCanFix, match="has 2 CPUs and no GPU, not A100"):
        await runtime.submit(training(tmp_path, WELL, name="j-3-0", gpu="A100"), ANN)

    await runtime.client.submit(
        "mltrainer-j-4-0.0", {"entrypoint": "true", "entrypoint_num_gpus": 1}
    )
    await asyncio.sleep(1.5)  # the cluster's clock tells whole seconds
    with pytest.raises(PersonCanFix, match="has not begun the training"):
        await replace(runtime, pending_seconds=0.5).check("mltrainer-j-4-0.0", 0, ANN)
