"""Trainings at Kaggle: carried out there, followed, fetched, and never pushed twice."""

import asyncio
from pathlib import Path

import pytest

from adapters.kaggle.at_kaggle import PARCEL
from adapters.runtimes.kaggle import KaggleRuntime
from pipeline.errors import PersonCanFix, TryAgain
from pipeline.ports.runtime import RunRequest, RunState
from tests.fakes.jobs import ANN, BEN
from tests.fakes.kaggle.world import Style
from tests.unit.kaggle.conftest import House, followed

pytestmark = pytest.mark.anyio
WELL = """
import os, pathlib, sys
rows = (pathlib.Path(sys.argv[2]) / "rows.txt").read_text()
print("rows", rows)
pathlib.Path("model.txt").write_text(rows)
"""
FAILS = "print('about to fail')\nraise ValueError('no such column')"
WAITS = "import time\nprint('begun')\ntime.sleep(60)"
REF = "ann-k/mltrainer-j-1-0"
PAGE = f"https://www.kaggle.com/code/{REF}"


def _plain(state: RunState) -> list[str]:
    return [line for line in state.lines if not line.startswith("{")]


async def _begun(house: House, request: RunRequest) -> tuple[KaggleRuntime, str]:
    """A run whose first step has printed something."""
    runtime = house.runtime()
    handle = await runtime.submit(request, ANN)
    for _ in range(200):
        if "begun" in (await runtime.check(handle, 0, ANN)).lines:
            return runtime, handle
        await asyncio.sleep(0.01)
    raise AssertionError("the step did not begin")


@pytest.mark.parametrize("style", ["lines", "bare", "pieces"])
async def test_a_training_is_carried_out_there_and_fetched(
    house: House, tmp_path: Path, style: Style
) -> None:
    house.world.style = style
    house.world.deep_mounts = style == "bare"
    runtime = house.runtime()
    handle = await runtime.submit(house.request(WELL, WELL), ANN)
    assert list(house.world.datasets) == [REF]
    assert house.world.datasets[REF].private
    state = await followed(runtime, handle)
    assert (state.status, state.step, state.page) == ("done", "s1", PAGE)
    assert _plain(state) == ["rows seven", "rows seven"]
    await runtime.collect(handle, tmp_path / "back", ANN)
    await runtime.collect(handle, tmp_path / "back", ANN)
    for name in ("out0", "out1"):
        assert (tmp_path / "back" / name / "model.txt").read_text() == "seven"
    assert house.world.datasets == {}
    (pushed,) = house.world.calls("SaveKernel")
    assert pushed["isPrivate"] is True
    assert not pushed.get("enableGpu")
    assert pushed["sessionTimeoutSeconds"] == 3600 + 1800
    assert house.ann.token not in str(house.world.asked)


async def test_lines_are_told_once_and_a_restart_misses_none(house: House) -> None:
    runtime, handle = await _begun(house, house.request(WELL, WAITS))
    seen = await runtime.check(handle, 0, ANN)
    assert seen.status == "running"
    assert _plain(seen) == ["rows seven", "begun"]
    assert await runtime.check(handle, len(seen.lines), ANN) == RunState(
        "running", (), "s1", seen.result, PAGE
    )
    restarted = house.runtime()
    assert await restarted.find("j-1-0", ANN) == handle
    assert (await restarted.check(handle, 1, ANN)).lines == seen.lines[1:]


async def test_a_push_whose_answer_is_lost_is_found_and_not_repeated(house: House) -> None:
    house.world.faults.set("SaveKernel", "deafen")
    with pytest.raises(TryAgain, match="cannot be reached"):
        await house.runtime().submit(house.request(WELL), ANN)
    restarted = house.runtime()
    found = await restarted.find("j-1-0", ANN)
    assert found == REF
    assert await restarted.submit(house.request(WELL), ANN) == found
    assert (await followed(restarted, found)).status == "done"
    assert len(house.world.calls("SaveKernel")) == 1
    assert len(house.world.calls("CreateDataset")) == 1


async def test_a_data_set_whose_answer_is_lost_is_used(house: House) -> None:
    house.world.faults.set("CreateDataset", "deafen")
    with pytest.raises(TryAgain):
        await house.runtime().submit(house.request(WELL), ANN)
    handle = await house.runtime().submit(house.request(WELL), ANN)
    assert (await followed(house.runtime(), handle)).status == "done"
    assert len(house.world.calls("CreateDataset")) == 1


async def test_data_of_an_earlier_plan_is_not_trained_on(house: House) -> None:
    house.world.faults.refuse("SaveKernel", 503)
    with pytest.raises(TryAgain):
        await house.runtime().submit(house.request(FAILS), ANN)
    handle = await house.runtime().submit(house.request(WELL), ANN)
    assert (await followed(house.runtime(), handle)).status == "done"


async def test_nobody_finds_a_run_that_never_was(house: House) -> None:
    assert await house.runtime().find("j-9-9", ANN) is None


async def test_a_failing_step_says_why(house: House) -> None:
    runtime = house.runtime()
    handle = await runtime.submit(house.request(WELL, FAILS, WELL), ANN)
    state = await followed(runtime, handle)
    assert (state.status, state.step) == ("failed", "s1")
    assert state.result is not None
    assert (state.result.ending, state.result.exit_code) == ("failed", 1)
    assert state.result.tail[-1] == "ValueError: no such column"
    assert house.world.datasets == {}


@pytest.mark.parametrize(
    ("failure", "ending"),
    [
        ("Your notebook tried to allocate more memory than is available.", "memory"),
        ("Your notebook exceeded the maximum allowed execution time.", "timeout"),
        ("Something else.", "failed"),
    ],
)
async def test_a_session_that_kaggle_ends_tells_its_reason(
    house: House, failure: str, ending: str
) -> None:
    runtime, handle = await _begun(house, house.request(WELL, WAITS))
    house.fake.stop(REF, "ERROR", failure)
    state = await followed(runtime, handle)
    assert (state.status, state.step) == ("failed", "s1")
    assert state.result is not None
    assert (state.result.ending, state.result.tail[-1]) == (ending, failure)


async def test_kaggle_has_no_stop_and_keeps_no_data(house: House) -> None:
    runtime, handle = await _begun(house, house.request(WAITS))
    assert not runtime.offer.stops
    assert await runtime.cancel(handle, ANN) is False
    assert await runtime.cancel(handle, ANN) is False
    assert house.world.datasets == {}
    assert (await runtime.check(handle, 0, ANN)).status == "running"


async def test_a_run_stopped_on_its_page_is_told_and_can_be_trained_anew(house: House) -> None:
    runtime, handle = await _begun(house, house.request(WAITS))
    house.fake.stop(REF)
    with pytest.raises(PersonCanFix, match="stopped on Kaggle's page") as told:
        await runtime.check(handle, 0, ANN)
    assert told.value.field == "runtime"
    assert await runtime.find("j-1-0", ANN) is None
    assert await runtime.submit(house.request(WELL), ANN) == handle
    assert (await followed(runtime, handle)).status == "done"


async def test_a_kernel_that_kaggle_does_not_show_is_missing_and_no_process_counts(
    house: House,
) -> None:
    runtime, handle = await _begun(house, house.request(WAITS))
    house.world.faults.refuse("GetKernelSessionStatus", 404, times=5)
    states = [(await house.runtime().check(handle, 0, ANN)).status for _ in range(6)]
    assert states == ["missing"] * 5 + ["running"]
    house.fake.forget(REF)
    assert (await runtime.check(handle, 0, ANN)).status == "missing"
    assert await runtime.find("j-1-0", ANN) is None
    assert await runtime.submit(house.request(WELL), ANN) == handle
    assert (await followed(runtime, handle)).status == "done"


async def test_a_session_that_begins_without_its_data_is_submitted_anew(house: House) -> None:
    house.world.held = True
    runtime = house.runtime()
    handle = await runtime.submit(house.request(WELL), ANN)
    await runtime.cancel(handle, ANN)
    house.world.held = False
    assert (await followed(runtime, handle)).status == "lost"
    assert await runtime.submit(house.request(WELL), ANN) == handle
    assert (await followed(runtime, handle)).status == "done"


async def test_a_machine_that_cannot_install_is_no_fault_of_the_script(house: House) -> None:
    runtime = house.runtime()
    handle = await runtime.submit(house.request(WELL), ANN)
    await followed(runtime, handle)
    kernel = house.world.kernels[REF]
    kernel.status = "ERROR"
    mark = '{"mltrainer": {"step": "environment"}}'
    kernel.events = [{"stream_name": "stdout", "data": f"{mark}\nNo network\n"}]
    with pytest.raises(PersonCanFix, match="could not install the libraries") as told:
        await runtime.check(handle, 0, ANN)
    assert "training: No network." in told.value.message
    assert told.value.field == "runtime"
    assert "phone number" in told.value.hint


async def test_an_upload_and_a_download_that_break_off_go_on(house: House, tmp_path: Path) -> None:
    big = WELL + "import os\nopen('w.bin', 'wb').write(os.urandom(300_000))\n# " + "x" * 10
    request = house.request(big)
    (tmp_path / "fit" / "noise.gz").write_bytes(bytes(range(256)) * 2000)
    house.world.cut = [100_000, 150_000]
    runtime = house.runtime()
    handle = await runtime.submit(request, ANN)
    assert house.world.cut == []
    assert len(house.world.calls("StartBlobUpload")) == 1
    assert (await followed(runtime, handle)).status == "done"
    house.world.cut = [100_000, 50_000]
    await runtime.collect(handle, tmp_path / "back", ANN)
    assert (tmp_path / "back" / "out0" / "w.bin").stat().st_size == 300_000
    assert house.world.cut == []


async def test_results_that_are_not_shown_yet_or_too_many_are_told(
    house: House, tmp_path: Path
) -> None:
    runtime = house.runtime()
    handle = await runtime.submit(house.request(WELL), ANN)
    await followed(runtime, handle)
    results = house.world.kernels[REF].folder / "working" / "results.zip"
    results.rename(results.with_name("later.zip"))
    with pytest.raises(TryAgain, match="does not show the results") as told:
        await runtime.collect(handle, tmp_path / "back", ANN)
    assert told.value.after is not None
    results.with_name("later.zip").rename(results)
    runtime.most_bytes = 10
    with pytest.raises(PersonCanFix, match="too large"):
        await runtime.collect(handle, tmp_path / "back", ANN)
    assert list((tmp_path / "back").iterdir()) == []
    assert list(house.world.datasets) == [REF]


async def test_an_account_is_the_same_however_its_name_is_written(house: House) -> None:
    handle = REF.replace("ann-k", "Ann-K")
    assert (await house.runtime().check(handle, 0, ANN)).status == "missing"


async def test_data_that_kaggle_cannot_take_in_is_sent_again(house: House) -> None:
    request, runtime = house.request(WELL), house.runtime()
    house.world.publish(REF, {PARCEL: b""}, private=True, status="FAILED")
    with pytest.raises(TryAgain, match="could not take the data"):
        await runtime.submit(request, ANN)
    assert house.world.datasets == {}
    handle = await runtime.submit(request, ANN)
    assert (await followed(runtime, handle)).status == "done"


async def test_two_people_never_use_each_others_accounts(house: House, tmp_path: Path) -> None:
    runtime = house.runtime()
    handle = await runtime.submit(house.request(WELL), ANN)
    await followed(runtime, handle)
    for call in (
        runtime.submit(house.request(WELL), BEN),
        runtime.find("j-1-0", BEN),
        runtime.check(handle, 0, BEN),
        runtime.collect(handle, tmp_path / "back", BEN),
        runtime.cancel(handle, BEN),
    ):
        with pytest.raises(PersonCanFix, match="Kaggle is not connected") as told:
            await call
        assert told.value.field == "kaggle"
    await house.connect(BEN, house.ben.old_values)
    assert await runtime.find("j-1-0", BEN) is None
    with pytest.raises(PersonCanFix, match="runs in the Kaggle account 'ann-k'") as told:
        await runtime.collect(handle, tmp_path / "back", BEN)
    assert told.value.field == "kaggle"
    assert await runtime.submit(house.request(WELL), BEN) == "ben-k/mltrainer-j-1-0"
    assert {who for who, _, _ in house.world.asked} == {"ann-k", "ben-k"}
    assert not (tmp_path / "back").exists()
