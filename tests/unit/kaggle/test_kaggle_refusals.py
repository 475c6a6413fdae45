"""What Kaggle refuses: a cause and a next step for the person, nothing lost, nothing doubled."""

from collections.abc import Callable

import pytest

from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain, UnknownName
from tests.fakes.jobs import ANN
from tests.fakes.kaggle.faults import Faults
from tests.unit.kaggle.conftest import House, followed
from tests.unit.kaggle.test_kaggle_runtime import REF, WELL

pytestmark = pytest.mark.anyio
Setting = Callable[[Faults, str], None]


def _status(number: int) -> Setting:
    return lambda faults, call: faults.refuse(call, number, "no", retry_after="3")


FAULTS: dict[str, Setting] = {
    **{str(number): _status(number) for number in (401, 402, 403, 409, 429, 503)},
    "hang": lambda faults, call: faults.set(call, "hang"),
    "drop": lambda faults, call: faults.set(call, "drop"),
    "deafen": lambda faults, call: faults.set(call, "deafen"),
    "nonsense": lambda faults, call: faults.set(call, "nonsense"),
}
AGAIN = {"429", "503", "hang", "drop", "deafen", "nonsense"}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_push_with_a_fault_is_neither_lost_nor_doubled(house: House, fault: str) -> None:
    runtime = house.runtime()
    FAULTS[fault](house.world.faults, "SaveKernel")
    with pytest.raises(MLTrainerError) as told:
        await runtime.submit(house.request(WELL), ANN)
    assert isinstance(told.value, TryAgain if fault in AGAIN else PersonCanFix)
    assert told.value.message.startswith("Kaggle ")
    assert told.value.hint
    if isinstance(told.value, PersonCanFix):
        assert told.value.field == ("kaggle" if fault == "401" else "runtime")
    again = house.runtime()
    handle = await again.find("j-1-0", ANN) or await again.submit(house.request(WELL), ANN)
    assert (await followed(again, handle)).status == "done"
    assert len(house.world.kernels[REF].pushed) == 1
    assert len(house.world.calls("CreateDataset")) == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_look_with_a_fault_loses_nothing(house: House, fault: str) -> None:
    runtime = house.runtime()
    handle = await runtime.submit(house.request(WELL), ANN)
    await followed(runtime, handle)
    FAULTS[fault](house.world.faults, "GetKernelSessionStatus")
    if fault == "403":
        assert (await runtime.check(handle, 0, ANN)).status == "missing"
    else:
        with pytest.raises(MLTrainerError) as told:
            await runtime.check(handle, 0, ANN)
        assert isinstance(told.value, TryAgain if fault in AGAIN else PersonCanFix)
    state = await followed(runtime, handle)
    assert state.status == "done"
    assert "rows seven" in state.lines


async def test_a_log_that_is_out_of_reach_is_told_later(house: House) -> None:
    house.world.held = True
    runtime = house.runtime()
    handle = await runtime.submit(house.request(WELL), ANN)
    for setting in FAULTS.values():
        setting(house.world.faults, "stream")
        state = await runtime.check(handle, 0, ANN)
        assert (state.status, state.lines) == ("running", ())
    house.world.held = False
    assert "rows seven" in (await followed(runtime, handle)).lines


async def test_a_key_that_is_revoked_meanwhile_only_makes_the_run_wait(house: House) -> None:
    runtime = house.runtime()
    handle = await runtime.submit(house.request(WELL), ANN)
    house.ann.active = False
    for _ in range(5):
        with pytest.raises(PersonCanFix, match="does not accept your key") as told:
            await runtime.check(handle, 0, ANN)
        assert told.value.field == "kaggle"
    house.ann.active = True
    assert (await followed(runtime, handle)).status == "done"


async def test_a_gpu_is_asked_for_by_the_name_that_kaggle_gives_it(house: House) -> None:
    await house.runtime().submit(house.request(WELL, gpu="T4"), ANN)
    (pushed,) = house.world.calls("SaveKernel")
    assert (pushed["enableGpu"], pushed["machineShape"]) == (True, "NvidiaTeslaT4")


async def test_too_little_gpu_time_is_told_before_anything_is_sent(house: House) -> None:
    house.ann.gpu_used = 29.5
    with pytest.raises(PersonCanFix, match=r"0\.5 hours of GPU left .* up to 1\.0") as told:
        await house.runtime().submit(house.request(WELL, gpu="T4"), ANN)
    assert "until Saturday, 28 November" in told.value.message
    assert told.value.field == "runtime"
    with pytest.raises(UnknownName, match="H100") as unknown:
        await house.runtime().submit(house.request(WELL, gpu="H100"), ANN)
    assert (unknown.value.field, unknown.value.options) == ("runtime", ("T4",))
    assert house.world.datasets == {}
    assert house.world.uploads == {}


async def test_what_kaggle_says_of_a_push_reaches_the_person(house: House) -> None:
    house.ann.verified = False
    with pytest.raises(PersonCanFix, match="Phone verification is required") as told:
        await house.runtime().submit(house.request(WELL), ANN)
    assert told.value.field == "runtime"
    assert "verified phone number" in told.value.hint
    assert house.world.kernels == {}


async def test_a_kernel_that_would_run_without_its_data_is_taken_back(house: House) -> None:
    runtime = house.runtime()
    house.world.hidden = True
    with pytest.raises(TryAgain, match="does not know the data of the training yet") as told:
        await runtime.submit(house.request(WELL), ANN)
    assert told.value.after is not None
    assert house.world.kernels == {}
    house.world.hidden = False
    handle = await runtime.submit(house.request(WELL), ANN)
    assert (await followed(runtime, handle)).status == "done"
