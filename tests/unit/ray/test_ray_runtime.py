"""Trainings on a Ray cluster: what it has, what it lacks, and what it forgets."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.ray.packages import packed
from adapters.runtimes.ray import adapter
from pipeline.errors import PersonCanFix
from pipeline.ports.runtime import Gpu
from tests.fakes.jobs import ANN
from tests.fakes.ray import Fault
from tests.unit.ray.conftest import WELL, House, ended, training

pytestmark = pytest.mark.anyio


async def test_a_large_parcel_travels_in_parts_and_leaves_nothing_behind(house: House) -> None:
    request = house.request()
    runtime = replace(house.runtime, part_bytes=2000)

    handle = await runtime.submit(request, ANN)
    state = await ended(runtime, handle)
    await runtime.collect(handle, request.folder, ANN)

    assert len(house.ray.packages) > 3
    assert (state.status, state.page) == ("done", f"{house.ray.address}/#/jobs/{handle}")
    assert (request.folder / "model" / "model.bin").stat().st_size == 200_000
    assert sorted(path.name for path in request.folder.iterdir()) == ["model", "output.log"]
    assert not list(house.ray.session.glob("mltrainer-*"))


async def test_what_is_too_large_for_a_cluster_is_not_sent(house: House) -> None:
    with pytest.raises(PersonCanFix, match="too large for a Ray cluster") as told:
        packed(house.request(), "job", house.folder / "packed", part=100)

    assert told.value.field == "runtime"


async def test_the_offer_tells_the_gpus_of_the_cluster(house: House) -> None:
    house.ray.gpus = (("A100", 40_960), ("A100", 40_960))
    runtime = house.runtime
    while not (offer := runtime.offer).gpus:
        await asyncio.sleep(0.05)

    assert offer.gpus == (Gpu("A100", 40),)
    assert offer.stops
    assert not offer.usd_hour
    handle = await runtime.submit(house.request(gpu="A100"), ANN)
    wanted = house.ray.jobs[handle].wanted
    assert wanted["entrypoint_num_gpus"] == 1
    assert wanted["entrypoint_resources"] == {"accelerator_type:A100": 0.001}
    assert (await ended(runtime, handle)).status == "done"


async def test_a_gpu_that_the_cluster_does_not_have_is_refused_with_what_it_has(
    house: House,
) -> None:
    with pytest.raises(PersonCanFix, match=r"has 2 CPUs and no GPU, not A100") as told:
        await house.runtime.submit(house.request(gpu="A100"), ANN)

    assert told.value.field == "runtime"
    assert house.ray.submitted == 0


async def test_a_ray_that_is_too_old_to_give_files_back_is_refused_at_once(house: House) -> None:
    house.ray.version = "2.33.0"
    with pytest.raises(PersonCanFix, match=r"runs Ray 2\.33, which cannot give back") as told:
        await house.runtime.submit(house.request(), ANN)
    assert told.value.field == "runtime"
    assert house.ray.submitted == 0

    house.ray.version = "3.0.0.dev0"
    assert await house.runtime.submit(house.request(), ANN)


async def test_a_training_that_the_cluster_does_not_begin_is_told_and_can_begin_anew(
    house: House,
) -> None:
    house.ray.full = True
    runtime = house.runtime
    handle = await runtime.submit(house.request(), ANN)
    house.ray.jobs[handle].began -= 700

    with pytest.raises(PersonCanFix, match="has not begun the training in 12 min") as told:
        await runtime.check(handle, 0, ANN)

    assert "2 CPUs and no GPU" in told.value.message
    assert told.value.field == "runtime"
    assert (await runtime.check(handle, 0, ANN)).status == "lost"
    assert await runtime.find("j-1-0", ANN) is None
    house.ray.full = False
    again = await runtime.submit(house.request(), ANN)
    assert again != handle
    assert (await ended(runtime, again)).status == "done"


async def test_a_training_that_waits_can_be_cancelled(house: House) -> None:
    house.ray.full = True
    runtime = house.runtime
    handle = await runtime.submit(house.request(), ANN)

    assert await runtime.cancel(handle, ANN)
    assert (await runtime.check(handle, 0, ANN)).status == "cancelled"
    assert house.ray.jobs[handle].stopped


async def test_after_a_failure_the_same_run_is_another_job(house: House) -> None:
    first = await house.runtime.submit(house.request("raise SystemExit(1)"), ANN)
    await ended(house.runtime, first)

    second = await house.runtime.submit(house.request(), ANN)

    assert second != first
    assert (await ended(house.runtime, second)).status == "done"
    assert await house.runtime.find("j-1-0", ANN) == second


async def test_packages_that_cannot_be_installed_are_the_clusters_matter(house: House) -> None:
    runtime = house.runtime
    handle = await runtime.submit(house.request(needs=("no package at all",)), ANN)

    with pytest.raises(PersonCanFix, match="could not install the packages: ") as told:
        await ended(runtime, handle)

    assert told.value.field == "runtime"
    assert (await runtime.check(handle, 0, ANN)).status == "lost"


async def test_a_cluster_that_was_started_anew_knows_no_training(house: House) -> None:
    handle = await house.runtime.submit(house.request(), ANN)
    await ended(house.runtime, handle)
    house.ray.jobs.clear()

    assert (await house.runtime.check(handle, 0, ANN)).status == "lost"
    assert await house.runtime.find("j-1-0", ANN) is None


async def test_results_that_went_with_their_machine_are_told_and_made_anew(house: House) -> None:
    runtime, request = house.runtime, house.request()
    handle = await runtime.submit(request, ANN)
    await ended(runtime, handle)
    (house.ray.session / "logs" / f"{handle}.zip").unlink()

    with pytest.raises(PersonCanFix, match="no longer has what the training left") as told:
        await runtime.collect(handle, request.folder, ANN)

    assert "begins anew" in told.value.hint
    assert (await runtime.check(handle, 0, ANN)).status == "lost"
    assert await runtime.find("j-1-0", ANN) is None


async def test_a_training_that_takes_too_long_is_ended_there(house: House) -> None:
    script = "import time; print('it began', flush=True); time.sleep(60)"
    request = replace(house.request(script), seconds=1)
    handle = await house.runtime.submit(request, ANN)

    state = await ended(house.runtime, handle)

    assert state.result is not None
    assert (state.status, state.result.ending) == ("failed", "timeout")
    assert "The training took longer than it may." in state.lines


async def test_a_name_of_any_signs_is_one_word_on_the_cluster(house: House, tmp_path: Path) -> None:
    request = training(tmp_path, WELL, name="j 1; touch $HOME")

    handle = await house.runtime.submit(request, ANN)

    assert handle == "mltrainer-j_1__touch__HOME.0"
    assert (await ended(house.runtime, handle)).status == "done"


async def test_the_token_of_the_settings_goes_along_and_is_never_shown(house: House) -> None:
    house.ray.token = "ray-of-the-house"  # noqa: S105  (a fake cluster's)
    given = SecretStr(house.ray.token)
    runtime = adapter(ray_address=f"{house.ray.address}/", ray_auth_token=given)
    assert runtime is not None

    assert await runtime.find("j-1-0", ANN) is None

    assert house.ray.token not in repr(runtime)
    for token, words in (("", "asks for a token"), ("another", "does not take our token")):
        house.token = token
        with pytest.raises(PersonCanFix, match=words) as told:
            await house.runtime.find("j-1-0", ANN)
        assert "RAY_AUTH_TOKEN" in told.value.hint


def test_without_an_address_there_is_no_such_place() -> None:
    assert adapter(ray_address=None) is None
    assert adapter(ray_address="") is None


@pytest.mark.parametrize("address", ["auto", "ray://head:10001", "head:6379", "ftp://h"])
async def test_an_address_that_is_no_dashboard_says_what_to_set(address: str) -> None:
    runtime = adapter(ray_address=address)
    assert runtime is not None

    with pytest.raises(PersonCanFix, match="RAY_ADDRESS") as told:
        await runtime.find("j-1-0", ANN)
    assert "http://host:8265" in told.value.hint
    assert not runtime.offer.gpus


async def test_a_token_that_is_none_is_not_sent(house: House) -> None:
    house.token = "two\nlines"  # noqa: S105  (as above)

    with pytest.raises(PersonCanFix, match="RAY_AUTH_TOKEN is no token") as told:
        await house.runtime.find("j-1-0", ANN)
    assert house.token not in told.value.message
    assert house.ray.headers == []


async def test_a_password_in_the_address_is_not_shown(house: House) -> None:
    address = house.ray.address.replace("http://", "http://ann:hush@")
    runtime = adapter(ray_address=address)
    assert runtime is not None
    handle = await runtime.submit(house.request(), ANN)

    state = await ended(runtime, handle)

    assert state.page == f"{house.ray.address}/#/jobs/{handle}"
    assert house.ray.headers[-1]["Authorization"].startswith("Basic ")
    assert "hush" not in repr(runtime) + runtime.offer.title


async def test_another_service_at_the_address_is_told_apart(house: House) -> None:
    handle = await house.runtime.submit(house.request(), ANN)
    house.ray.fault = Fault(status=200)
    with pytest.raises(PersonCanFix, match="is no dashboard of Ray"):
        await house.runtime.check(handle, 0, ANN)
