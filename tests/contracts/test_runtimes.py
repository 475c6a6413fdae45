"""The contract of runtimes: what a training can rely on, wherever it is carried."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipeline.ports.runtime import Limits, RunRequest, RunState, Runtime, Step
from tests.contracts.live import LOOK_SECONDS
from tests.contracts.runtimes import MAKERS, Carrier
from tests.fakes.jobs import ANN

pytestmark = pytest.mark.anyio

BASELINE = "print('the middle', flush=True); open('mean.txt', 'w').write('0.5')"
TRAIN = """
import pathlib, sys
print("rows", (pathlib.Path(sys.argv[2]) / "rows.txt").read_text(), flush=True)
pathlib.Path("deep").mkdir()
pathlib.Path("deep/model.bin").write_bytes(bytes(300_000))
"""
WAITS = "import time; print('it began', flush=True); time.sleep(60)"
_LOOKS = 1500


@pytest.fixture(params=sorted(MAKERS))
async def carrier(
    request: pytest.FixtureRequest, anyio_backend: str, tmp_path: Path
) -> AsyncIterator[Carrier]:
    assert anyio_backend == "asyncio"
    async with MAKERS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def runtime(carrier: Carrier) -> Runtime:
    return carrier.runtime()


@pytest.fixture
def name(carrier: Carrier) -> str:
    """What the run is called."""
    return carrier.name


def training(home: Path, name: str, train: str = TRAIN, *, seconds: float = 50) -> RunRequest:
    """Two steps; the second reads rows and may take so long."""
    bundle, fit, run = home / "bundle", home / "fit", home / "runs" / name
    for made in (bundle, fit):
        made.mkdir(exist_ok=True)
    (fit / "rows.txt").write_text("seven")
    steps = []
    for step, script, out in (("baseline", BASELINE, "baselines"), ("train", train, "model")):
        path = bundle / f"{step}.py"
        path.write_text(script)
        limits = Limits(seconds=seconds)
        steps.append(Step(step, path, ("--fit", str(fit)), run / out, (bundle, fit), limits))
    return RunRequest(name, run, (), tuple(steps), seconds=120)


async def ended(runtime: Runtime, handle: str) -> RunState:
    """The state of a run that has ended, with all its lines, each read once."""
    lines: tuple[str, ...] = ()
    for _ in range(_LOOKS):
        state = await runtime.check(handle, len(lines), ANN)
        lines += state.lines
        if state.status != "running":
            return RunState(state.status, lines, state.step, state.result, state.page)
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError("the run did not end")


async def begun(runtime: Runtime, handle: str) -> None:
    """Wait until the second step has printed its line."""
    for _ in range(_LOOKS):
        if "it began" in (await runtime.check(handle, 0, ANN)).lines:
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError("the run did not begin")


async def test_a_training_runs_and_what_it_left_is_brought(
    runtime: Runtime, tmp_path: Path, name: str
) -> None:
    request = training(tmp_path, name)
    handle = await runtime.submit(request, ANN)

    state = await ended(runtime, handle)
    for _ in range(2):
        await runtime.collect(handle, request.folder, ANN)

    assert (state.status, state.step) == ("done", "train")
    told = [line for line in state.lines if line in {"the middle", "rows seven"}]
    assert told == ["the middle", "rows seven"]
    assert not [line for line in state.lines if line.startswith('{"mltrainer')]
    assert (request.folder / "baselines" / "mean.txt").read_text() == "0.5"
    assert (request.folder / "model" / "deep" / "model.bin").stat().st_size == 300_000


async def test_lines_are_given_after_the_asked_number(
    runtime: Runtime, tmp_path: Path, name: str
) -> None:
    handle = await runtime.submit(training(tmp_path, name), ANN)
    state = await ended(runtime, handle)

    rest = (await runtime.check(handle, 1, ANN)).lines

    assert rest == state.lines[1:]
    assert (await runtime.check(handle, len(state.lines), ANN)).lines == ()


async def test_a_run_is_found_by_its_name_alone(
    runtime: Runtime, tmp_path: Path, name: str
) -> None:
    assert await runtime.find(name, ANN) is None
    handle = await runtime.submit(training(tmp_path, name), ANN)

    assert await runtime.find(name, ANN) == handle
    assert await runtime.find(f"{name}0", ANN) is None
    await ended(runtime, handle)


async def test_after_a_restart_a_run_goes_on_or_is_lost_but_never_runs_twice(
    carrier: Carrier, runtime: Runtime, tmp_path: Path, name: str
) -> None:
    handle = await runtime.submit(training(tmp_path, name), ANN)
    second = carrier.runtime()

    if not carrier.keeps:  # it lives as long as the process that began it
        assert await second.find(name, ANN) is None
        assert (await second.check(handle, 0, ANN)).status == "running"
        await runtime.cancel(handle, ANN)
        assert (await second.check(handle, 0, ANN)).status == "lost"
        return
    assert await second.find(name, ANN) == handle
    assert await second.submit(training(tmp_path, name), ANN) == handle
    state = await ended(second, handle)
    assert state.status == "done"
    assert state.lines.count("rows seven") == 1


async def test_the_step_that_fails_is_told_with_its_last_lines(
    runtime: Runtime, tmp_path: Path, name: str
) -> None:
    request = training(
        tmp_path, name, "print('so far', flush=True); raise ValueError('no such column')"
    )

    state = await ended(runtime, await runtime.submit(request, ANN))

    assert (state.status, state.step) == ("failed", "train")
    assert state.result is not None
    assert (state.result.ending, state.result.exit_code) == ("failed", 1)
    assert state.result.tail[-1] == "ValueError: no such column"
    assert "so far" in state.lines
    assert await runtime.find(name, ANN) is None  # so that it can be tried again


async def test_a_step_over_its_limit_is_ended(runtime: Runtime, tmp_path: Path, name: str) -> None:
    request = training(tmp_path, name, WAITS, seconds=1.5)

    state = await ended(runtime, await runtime.submit(request, ANN))

    assert (state.status, state.step) == ("failed", "train")
    assert state.result is not None
    assert state.result.ending == "timeout"


async def test_a_run_is_stopped_where_the_place_has_a_stop(
    runtime: Runtime, tmp_path: Path, name: str
) -> None:
    handle = await runtime.submit(training(tmp_path, name, WAITS), ANN)
    await begun(runtime, handle)

    stopped = [await runtime.cancel(handle, ANN) for _ in range(2)]

    assert stopped == [runtime.offer.stops] * 2
    if runtime.offer.stops:
        assert await _over(runtime, handle)
        assert await runtime.find(name, ANN) is None


async def _over(runtime: Runtime, handle: str) -> bool:
    """Whether a stopped run says so: by its status, or to the person."""
    state = await runtime.check(handle, 0, ANN)
    told = state.why.message if state.why else ""
    return state.status in {"cancelled", "lost"} or "stopped" in told
