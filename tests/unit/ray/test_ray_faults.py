"""A cluster in trouble: each fault has one line of cause and cure, and nothing runs twice."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.ray.client import RayClient
from adapters.ray.cluster import Lookout
from adapters.runtimes.ray import RayRuntime
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from tests.fakes.jobs import ANN
from tests.fakes.ray import Fault
from tests.unit.ray.conftest import House, ended

pytestmark = pytest.mark.anyio

FAULTS: dict[str, tuple[Fault, type[MLTrainerError], str]] = {
    "401": (Fault(status=401), PersonCanFix, "asks for a token"),
    "402": (Fault(status=402), PersonCanFix, "refused the request"),
    "403": (Fault(status=403), PersonCanFix, "asks for a token"),
    "409": (Fault(status=409), PersonCanFix, "refused the request"),
    "429": (Fault(status=429, after=7), TryAgain, "cannot answer now"),
    "503": (Fault(status=503), TryAgain, "cannot answer now"),
    "hangs": (Fault(hangs=True), TryAgain, "does not answer"),
    "cut": (Fault(cuts=True), TryAgain, "does not answer"),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
async def test_a_fault_is_told_with_its_cure_and_nothing_runs_twice(
    house: House, name: str
) -> None:
    fault, kind, words = FAULTS[name]
    runtime, request = house.quick, house.request()

    handle = ""
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "submit": lambda: runtime.submit(request, ANN),
        "check": lambda: runtime.check(handle, 0, ANN),
        "collect": lambda: runtime.collect(handle, request.folder, ANN),
        "cancel": lambda: runtime.cancel(handle, ANN),
    }

    async def refused(call: str) -> None:
        house.ray.fault = fault
        with pytest.raises(kind, match=words) as told:
            await calls[call]()
        house.ray.fault = None
        _check_words(told.value, house)

    await refused("submit")
    handle = await house.runtime.submit(request, ANN)
    await refused("check")
    assert (await ended(house.runtime, handle)).status == "done"
    await refused("collect")
    await refused("cancel")
    await house.runtime.collect(handle, request.folder, ANN)

    assert (request.folder / "model" / "model.bin").stat().st_size == 200_000
    assert house.ray.submitted == 1


def _check_words(error: MLTrainerError, house: House) -> None:
    """One line each of cause and cure, with nothing in them of what the cluster sent."""
    assert error.hint
    assert "\n" not in error.message + error.hint
    assert house.ray.address.removeprefix("http://") in error.message
    assert "never in this text" not in error.message + error.hint


async def test_how_long_to_wait_is_what_the_cluster_asks(house: House) -> None:
    house.ray.fault = Fault(status=429, after=7)

    with pytest.raises(TryAgain) as told:
        await house.runtime.find("j-1-0", ANN)

    assert told.value.after == timedelta(seconds=7)


async def test_a_submission_whose_answer_was_lost_is_found_not_repeated(house: House) -> None:
    house.ray.fault = Fault("/api/jobs/", "POST", cuts=True)
    with pytest.raises(TryAgain):
        await house.runtime.submit(house.request(), ANN)
    house.ray.fault = None

    handle = await house.runtime.find("j-1-0", ANN)

    assert handle is not None
    assert (await ended(house.runtime, handle)).status == "done"
    assert house.ray.submitted == 1


async def test_results_that_are_cut_on_the_way_come_with_the_next_try(house: House) -> None:
    runtime, request = house.runtime, house.request()
    handle = await runtime.submit(request, ANN)
    await ended(runtime, handle)

    house.ray.fault = Fault("/api/v0/logs/file", cuts=True)
    with pytest.raises(TryAgain):
        await runtime.collect(handle, request.folder, ANN)
    house.ray.fault = None
    await runtime.collect(handle, request.folder, ANN)

    assert sorted(path.name for path in request.folder.iterdir()) == ["model", "output.log"]


async def test_an_upload_that_is_too_large_for_the_dashboard_is_refused(house: House) -> None:
    house.ray.fault = Fault("/api/packages", "PUT", status=413)

    with pytest.raises(PersonCanFix, match="takes no files of this size") as told:
        await house.runtime.submit(house.request(), ANN)

    assert told.value.field == "runtime"
    assert not list(house.folder.rglob("*.zip"))


async def test_a_cluster_that_is_not_there_is_named(house: House) -> None:
    client = RayClient("http://127.0.0.1:1", seconds=2)
    runtime = RayRuntime(client, Lookout(client))

    with pytest.raises(TryAgain, match=r"127\.0\.0\.1:1 does not answer") as told:
        await runtime.submit(replace(house.request()), ANN)

    assert "RAY_ADDRESS" in told.value.hint
    assert runtime.offer.title.endswith("127.0.0.1:1, which does not answer now")


async def test_a_run_that_cannot_be_stopped_yet_is_tried_again(house: House) -> None:
    script = "import signal, time; print('x', flush=True); time.sleep(60)"
    runtime = replace(house.runtime, stop_seconds=0.2)
    handle = await runtime.submit(house.request(script), ANN)
    while "x" not in (await runtime.check(handle, 0, ANN)).lines:
        pass
    house.ray.jobs[handle].deaf = True

    with pytest.raises(TryAgain, match="has not ended"):
        await runtime.cancel(handle, ANN)
    house.ray.jobs[handle].deaf = False
    assert await house.runtime.cancel(handle, ANN)
