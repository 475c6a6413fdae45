"""What Modal may refuse or end: one line with the cause, one with what to do; no key in either."""

import traceback
from dataclasses import replace
from typing import NamedTuple

import pytest
from grpclib import Status

from adapters.runtimes.modal import ModalRuntime
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from tests.fakes.jobs import ANN
from tests.fakes.modal import FakeModal
from tests.fakes.modal.server import ANN_TOKEN
from tests.fakes.modal.state import Result
from tests.unit.modal.conftest import QUICK, WAITS, House

pytestmark = pytest.mark.anyio
SECRET = ANN_TOKEN[1]


class Refusal(NamedTuple):
    """What Modal says at a call, and what the person is told."""

    call: str
    status: Status
    said: str
    kind: type[MLTrainerError]
    words: str
    field: str = "runtime"


REFUSALS = (
    Refusal("SandboxCreate", Status.UNAUTHENTICATED, "", PersonCanFix, "not accepted", "modal"),
    Refusal("SandboxCreate", Status.PERMISSION_DENIED, "", PersonCanFix, "may not run", "modal"),
    Refusal("SandboxCreate", Status.INVALID_ARGUMENT, "", PersonCanFix, "refuses this run"),
    Refusal("SandboxCreate", Status.RESOURCE_EXHAUSTED, "no gpus", PersonCanFix, "free now"),
    Refusal("SandboxCreate", Status.RESOURCE_EXHAUSTED, "rate limit", TryAgain, "slow down"),
    Refusal("SandboxCreate", Status.DATA_LOSS, "", TryAgain, "trouble of its own"),
    Refusal(
        *("SandboxCreate", Status.RESOURCE_EXHAUSTED, "workspace spend limit reached"),
        *(PersonCanFix, "may spend no more"),
    ),
    Refusal(
        *("AppGetOrCreate", Status.FAILED_PRECONDITION, "billing: no payment method"),
        *(PersonCanFix, "may spend no more"),
    ),
    Refusal(
        *("VolumeGetOrCreate", Status.PERMISSION_DENIED, "", PersonCanFix, "may not run", "modal")
    ),
)


def told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize("one", REFUSALS, ids=lambda one: f"{one.call}-{one.words}")
async def test_a_refusal_names_cause_and_cure(house: House, modal: FakeModal, one: Refusal) -> None:
    modal.refuse(one.call, one.status, f"{one.said} {SECRET}")

    with pytest.raises(one.kind, match=one.words) as caught:
        await house.runtime.submit(house.request(), ANN)

    error = caught.value
    assert error.hint
    assert "\n" not in error.message + error.hint
    assert SECRET not in told(error)
    assert not isinstance(error, PersonCanFix) or error.field == one.field
    assert modal.ann.sandboxes == {}


async def test_an_image_that_cannot_be_built_names_the_package(
    house: House, modal: FakeModal
) -> None:
    modal.missing_package = "torch"

    with pytest.raises(PersonCanFix, match=r"could not install the packages .*: torch") as caught:
        await house.runtime.submit(house.request(), ANN)

    assert caught.value.field == "runtime"
    assert modal.ann.sandboxes == {}


async def test_an_image_that_is_never_done_is_given_up(house: House, modal: FakeModal) -> None:
    modal.hang("build")
    quick = ModalRuntime(house.vault, modal.url, replace(QUICK, image=0.5))

    with pytest.raises(PersonCanFix, match="could not install"):
        await quick.submit(house.request(), ANN)


async def test_where_no_machine_is_free_nothing_waits_on(house: House, modal: FakeModal) -> None:
    modal.has_room = False
    quick = ModalRuntime(house.vault, modal.url, replace(QUICK, room=1))

    with pytest.raises(PersonCanFix, match="no H100 GPU free") as caught:
        await quick.submit(house.request(gpu="H100"), ANN)

    assert caught.value.field == "runtime"
    assert [one.result is None for one in modal.ann.sandboxes.values()] == [False]


async def test_an_unknown_gpu_is_named_with_the_known_ones(house: House) -> None:
    with pytest.raises(PersonCanFix, match="Unknown GPU of Modal 'H1000'") as caught:
        await house.runtime.submit(house.request(gpu="H1000"), ANN)

    assert caught.value.field == "runtime"
    assert "H100" in caught.value.options


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Result.GENERIC_STATUS_TIMEOUT, "at its time limit"),
        (Result.GENERIC_STATUS_TERMINATED, "was stopped at Modal"),
        (Result.GENERIC_STATUS_KERNEL_OOM_KILL, "needs more memory"),
        (Result.GENERIC_STATUS_INTERNAL_FAILURE, "ended this training before"),
    ],
)
async def test_what_modal_ends_is_told_and_may_be_tried_again(
    house: House, modal: FakeModal, status: "Result.GenericStatus.ValueType", words: str
) -> None:
    handle = await house.runtime.submit(house.request(WAITS), ANN)
    await house.begun(handle)
    modal.end(modal.ann, status)

    states = [await house.ended(handle) for _ in range(2)]

    for state in states:
        assert (state.status, state.lines[-1]) == ("failed", "epoch 1")
        assert state.why is not None
        assert words in state.why.message
        assert (state.why.field, bool(state.why.hint)) == ("runtime", True)
    assert await house.runtime.find("j-1-0", ANN) is None
    assert await house.runtime.submit(house.request(WAITS), ANN) != handle


async def test_a_look_that_hangs_is_repeated_later(house: House, modal: FakeModal) -> None:
    handle = await house.runtime.submit(house.request(WAITS), ANN)
    quick = ModalRuntime(house.vault, modal.url, replace(QUICK, call=1))

    modal.hang("SandboxGetFromName")
    with pytest.raises(TryAgain, match="in time"):
        await quick.find("j-1-0", ANN)
    modal.hang("SandboxWait")
    with pytest.raises(TryAgain, match="in time"):
        await quick.check(handle, 0, ANN)


@pytest.mark.parametrize("call", ["AppGetOrCreate", "VolumeGetOrCreate", "SandboxGetFromName"])
async def test_a_hanging_question_does_not_wait_as_long_as_files_may(
    house: House, modal: FakeModal, call: str
) -> None:
    modal.hang(call)
    quick = ModalRuntime(house.vault, modal.url, replace(QUICK, call=0.5, files=3600))

    with pytest.raises(TryAgain, match="in time"):
        await quick.submit(house.request(), ANN)

    assert modal.ann.sandboxes == {}


async def test_without_its_output_a_run_is_still_seen_to_run(
    house: House, modal: FakeModal
) -> None:
    handle = await house.runtime.submit(house.request(WAITS), ANN)
    modal.hang("SandboxGetLogs")

    state = await house.runtime.check(handle, 0, ANN)

    assert (state.status, state.lines) == ("running", ())


async def test_a_token_that_was_withdrawn_meanwhile_is_asked_for(
    house: House, modal: FakeModal
) -> None:
    handle = await house.runtime.submit(house.request(WAITS), ANN)
    kept = modal.workspaces.pop(ANN_TOKEN)

    for call in (
        house.runtime.find("j-1-0", ANN),
        house.runtime.check(handle, 0, ANN),
        house.runtime.collect(handle, house.folder / "into", ANN),
        house.runtime.cancel(handle, ANN),
    ):
        with pytest.raises(PersonCanFix, match="not accepted") as caught:
            await call
        assert caught.value.field == "modal"
        assert SECRET not in told(caught.value)
    modal.workspaces[ANN_TOKEN] = kept
    assert (await house.begun(handle)).status == "running"
