"""Trainings at Modal: carried there and back, found after a restart, never run twice."""

import asyncio
import json
from dataclasses import replace

import pytest
from grpclib import Status

from adapters.runtimes.modal import ModalRuntime
from pipeline.errors import PersonCanFix, TryAgain
from tests.fakes.jobs import ANN, BEN
from tests.fakes.modal import FakeModal
from tests.fakes.modal.server import ANN_TOKEN
from tests.unit.modal.conftest import QUICK, TRAIN, WAITS, House

pytestmark = pytest.mark.anyio
FAILS = "print('epoch 1', flush=True); raise SystemExit('no such column')"
SHOWS = "import json, os; print(json.dumps(dict(os.environ)), flush=True)"


async def test_a_training_goes_there_and_its_results_come_back(house: House) -> None:
    request = house.request(gpu="T4")

    handle = await house.runtime.submit(request, ANN)
    state = await house.ended(handle)
    await house.runtime.collect(handle, request.folder, ANN)

    assert (state.status, state.step) == ("done", "train")
    assert [line for line in state.lines if line[0] != "{"] == ["the middle", "epoch 1"]
    assert state.page.startswith("https://modal.com/id/sb-")
    assert (request.folder / "baselines" / "mean.txt").read_text() == "0.5"
    assert (request.folder / "model" / "weights.bin").stat().st_size == 9_000_000
    assert house.modal.ann.volumes == {}


async def test_what_may_be_spent_is_bound_there(house: House) -> None:
    await house.runtime.submit(house.request(gpu="A100-80GB"), ANN)

    (sandbox,) = house.modal.ann.sandboxes.values()
    needs = sandbox.asked.resources
    assert (sandbox.gpu, sandbox.asked.timeout_secs) == ("A100-80GB", 100)
    assert (needs.memory_mb, needs.memory_mb_max) == (80 << 10, 80 << 10)
    assert (needs.milli_cpu, needs.milli_cpu_max) == (2000, 2000)
    access = sandbox.asked.network_access
    assert access.network_access_type == access.NetworkAccessType.BLOCKED


@pytest.mark.parametrize("gpu", ["", "T4"])
async def test_the_image_has_the_versions_that_were_tried(house: House, gpu: str) -> None:
    await house.runtime.submit(house.request(gpu=gpu), ANN)

    commands = " ".join(word for lines in house.modal.ann.images.values() for word in lines)
    assert "numpy==2.4.6 torch" in commands
    assert "--constraint /constraints.txt" in commands
    assert "scikit-learn==" in commands
    assert ("--torch-backend cpu" in commands) is (gpu == "")


async def test_a_script_sees_no_key(house: House) -> None:
    state = await house.ended(await house.runtime.submit(house.request(SHOWS), ANN))

    seen = next(json.loads(line) for line in state.lines if "PATH" in line)
    assert not [name for name in seen if "TOKEN_" in name or "MODAL" in name]
    assert not set(ANN_TOKEN) & set(seen.values())


async def test_only_new_lines_are_given(house: House) -> None:
    handle = await house.runtime.submit(house.request(), ANN)
    whole = await house.ended(handle)

    rest = await house.runtime.check(handle, 2, ANN)

    assert rest.lines == whole.lines[2:]
    assert len(rest.lines) == 2


async def test_after_a_restart_it_is_found_and_not_begun_again(house: House) -> None:
    request = house.request(WAITS)
    handle = await house.runtime.submit(request, ANN)

    found = await house.runtime.find("j-1-0", ANN)
    again = await house.runtime.submit(request, ANN)
    state = await house.begun(handle)

    assert found == again == handle
    assert state.lines[0] == "the middle"
    assert len(house.modal.ann.sandboxes) == 1


async def test_two_at_once_begin_one_training_that_ends_well(house: House) -> None:
    request = house.request(f"import time; time.sleep(2)\n{TRAIN}")

    handles = await asyncio.gather(*(house.runtime.submit(request, ANN) for _ in range(2)))

    assert len(set(handles)) == len(house.modal.ann.sandboxes) == 1
    assert (await house.ended(handles[0])).status == "done"


async def test_what_an_earlier_run_of_the_name_left_is_no_result(house: House) -> None:
    await house.ended(await house.runtime.submit(house.request(), ANN))
    (volume,) = house.modal.ann.volumes.values()
    (volume.folder / "ended").write_text("1\n")

    handle = await house.runtime.submit(house.request(WAITS), ANN)
    house.modal.lose(house.modal.ann)

    assert (await house.runtime.check(handle, 0, ANN)).status == "lost"
    assert await house.runtime.find("j-1-0", ANN) is None


@pytest.mark.parametrize("is_noted", [True, False])
async def test_one_that_ended_while_the_bot_was_away_is_found(
    house: House, *, is_noted: bool
) -> None:
    request = house.request()
    await house.ended(await house.runtime.submit(request, ANN))
    if not is_noted:  # the bot died between the start and this note
        (volume,) = house.modal.ann.volumes.values()
        (volume.folder / "sandbox").unlink()

    handle = await house.runtime.find("j-1-0", ANN)
    assert handle is not None
    state = await house.runtime.check(handle, 0, ANN)
    await house.runtime.collect(handle, request.folder, ANN)

    assert (state.status, state.lines[0]) == ("done", "the middle")
    assert (request.folder / "model" / "weights.bin").exists()
    assert len(house.modal.ann.sandboxes) == 1


async def test_a_training_whose_last_line_is_not_shown_has_ended_well(house: House) -> None:
    request = house.request()
    handle = await house.runtime.submit(request, ANN)
    await house.ended(handle)
    (sandbox,) = house.modal.ann.sandboxes.values()
    del sandbox.output[-5:]

    state = await house.runtime.check(handle, 0, ANN)
    await house.runtime.collect(handle, request.folder, ANN)

    assert state.status == "done"
    assert (request.folder / "model" / "weights.bin").exists()


async def test_results_are_collected_as_often_as_asked(house: House) -> None:
    request = house.request()
    handle = await house.runtime.submit(request, ANN)
    await house.ended(handle)

    for _ in range(2):
        await house.runtime.collect(handle, request.folder, ANN)

    assert (request.folder / "baselines" / "mean.txt").exists()


async def test_a_download_that_breaks_off_is_taken_up_again(house: House) -> None:
    house.modal.cut = 2
    request = house.request()
    handle = await house.runtime.submit(request, ANN)
    await house.ended(handle)

    await house.runtime.collect(handle, request.folder, ANN)

    assert house.modal.cut == 0
    assert (request.folder / "model" / "weights.bin").stat().st_size == 9_000_000


async def test_results_stay_there_until_they_are_here(house: House) -> None:
    house.modal.cut = 1000
    request = house.request()
    handle = await house.runtime.submit(request, ANN)
    await house.ended(handle)

    with pytest.raises(TryAgain):
        await house.runtime.collect(handle, request.folder, ANN)
    house.modal.cut = 0
    await house.runtime.collect(handle, request.folder, ANN)

    assert (request.folder / "model" / "weights.bin").exists()


async def test_a_step_that_fails_says_what_it_said(house: House) -> None:
    handle = await house.runtime.submit(house.request(FAILS), ANN)

    state = await house.ended(handle)

    assert (state.status, state.step) == ("failed", "train")
    assert state.result is not None
    assert (state.result.ending, state.result.exit_code) == ("failed", 1)
    assert state.result.tail == ("epoch 1", "no such column")
    assert await house.runtime.find("j-1-0", ANN) is None
    assert house.modal.ann.volumes == {}


async def test_a_step_over_its_limit_is_told_as_that(house: House) -> None:
    handle = await house.runtime.submit(house.request(WAITS, limit=0.5), ANN)

    state = await house.ended(handle)

    assert state.result is not None
    assert (state.status, state.result.ending) == ("failed", "timeout")


async def test_cancelling_ends_it_for_good(house: House) -> None:
    handle = await house.runtime.submit(house.request(WAITS), ANN)
    await house.begun(handle)

    stopped = [await house.runtime.cancel(handle, ANN) for _ in range(2)]

    assert stopped == [True, True]
    (sandbox,) = house.modal.ann.sandboxes.values()
    assert sandbox.result is not None
    assert house.modal.ann.volumes == {}
    assert await house.runtime.find("j-1-0", ANN) is None


async def test_a_run_that_modal_has_forgotten_is_lost(house: House, modal: FakeModal) -> None:
    handle = await house.runtime.submit(house.request(WAITS), ANN)
    modal.lose(modal.ann)

    assert (await house.runtime.check(handle, 0, ANN)).status == "lost"
    assert await house.runtime.cancel(handle, ANN) is True


async def test_nobody_reaches_the_training_of_another(house: House) -> None:
    handle = await house.runtime.submit(house.request(WAITS), ANN)

    found = await house.runtime.find("j-1-0", BEN)
    state = await house.runtime.check(handle, 0, BEN)
    await house.runtime.cancel(handle, BEN)

    assert (found, state.status, state.lines) == (None, "lost", ())
    assert (await house.begun(handle)).status == "running"


async def test_without_a_key_its_owner_alone_is_asked(house: House) -> None:
    await house.vault.forget(BEN)
    house.modal.tokens.clear()

    with pytest.raises(PersonCanFix, match="not connected") as caught:
        await house.runtime.submit(house.request(), BEN)

    assert caught.value.field == "modal"
    assert house.modal.tokens == []


async def test_a_hanging_upload_leaves_nothing_running(house: House, modal: FakeModal) -> None:
    modal.hang("VolumePutFiles2")
    quick = ModalRuntime(house.vault, modal.url, replace(QUICK, files=0.5))

    with pytest.raises(TryAgain, match="not uploaded in time"):
        await quick.submit(house.request(), ANN)

    assert modal.ann.sandboxes == {}


async def test_a_short_trouble_is_not_seen(house: House, modal: FakeModal) -> None:
    for call in ("AppGetOrCreate", "VolumePutFiles2", "SandboxWait", "SandboxGetLogs"):
        modal.refuse(call, Status.UNAVAILABLE, times=2)
    request = house.request()

    handle = await house.runtime.submit(request, ANN)

    assert (await house.ended(handle)).status == "done"
    assert len(modal.ann.sandboxes) == 1


def test_the_price_of_each_gpu_is_known(house: House) -> None:
    offer = house.runtime.offer

    assert offer.priced_on is not None
    assert offer.stops
    assert 0 < offer.usd_hour < min(gpu.usd_hour for gpu in offer.gpus)
    assert all(gpu.memory >= 16 for gpu in offer.gpus)
