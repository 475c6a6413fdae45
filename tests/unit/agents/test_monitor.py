"""What the monitor tells of a run: each line once, and of a flood the end."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from pipeline.agents.monitor import AGENT
from pipeline.artifacts import Run
from pipeline.context import JobContext, Waiting
from pipeline.errors import PersonCanFix
from pipeline.events import ProgressReported
from pipeline.following import found_again, once_more
from pipeline.jobs import Actor
from pipeline.outcomes import ComeBack
from pipeline.ports import Ports
from pipeline.ports.runtime import RunState, Runtime
from pipeline.readiness import TRY_AGAIN, apply_reply, without_open_run
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.unit.orchestrator.scripted import Clock
from tests.unit.orchestrator.scripted import ports as ports_of

pytestmark = pytest.mark.anyio


@dataclass
class Talkative:
    """A run that has printed these lines, and goes on."""

    lines: tuple[str, ...]
    name: str = "local"
    poll_seconds: float = 0.5
    account: str | None = None

    async def find(self, name: str, owner: Actor) -> str | None:
        del name, owner
        return "h"

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        del owner
        assert handle == "h"
        return RunState("running", self.lines[lines_read:], "train")


def looking_at(home: Path, lines: tuple[str, ...], where: str) -> tuple[JobContext, Ports]:
    run = Run(runtime=where, name="r", handle="h", status="running")
    runtimes = {where: cast("Runtime", Talkative(lines, where))}
    ports = replace(ports_of(Clock(), home), runtimes=runtimes)
    return new_job(FakeClock()).evolve(run=run), ports


def printed(count: int) -> tuple[str, ...]:
    return tuple(f'{{"step": "train", "message": "{number}"}}' for number in range(count))


async def test_a_flood_of_progress_is_told_by_its_latest_lines(tmp_path: Path) -> None:
    lines = printed(5000)

    outcome = await AGENT.run(*looking_at(tmp_path, lines, "local"))

    assert isinstance(outcome, ComeBack)
    assert isinstance(outcome.artifact, Run)
    assert outcome.artifact.lines_read == 5000
    assert outcome.artifact.log_tail[-1] == lines[-1]
    assert 0 < len(outcome.events) <= 50
    assert isinstance(outcome.events[-1], ProgressReported)
    assert outcome.events[-1].message == "4999"


async def test_all_that_was_missed_of_a_run_elsewhere_is_told(tmp_path: Path) -> None:
    outcome = await AGENT.run(*looking_at(tmp_path, printed(900), "cloud"))

    assert isinstance(outcome, ComeBack)
    assert len(outcome.events) == 900


async def test_a_run_that_is_found_again_is_read_and_charged_from_where_it_was(
    tmp_path: Path,
) -> None:
    context, ports = looking_at(tmp_path, printed(9), "cloud")
    began = ports.clock.now() - timedelta(minutes=30)
    assert context.run is not None
    open_run = context.run.model_copy(update={"lines_read": 4, "submitted_at": began})
    named = without_open_run(context.evolve(run=open_run))
    assert named.run is None
    fresh = Run(runtime="cloud", name="r", submitted_at=ports.clock.now())

    again = found_again(fresh, named.left)
    found = await AGENT.run(context.evolve(run=again), ports)
    assert isinstance(found, ComeBack)
    looked = await AGENT.run(context.evolve(run=found.artifact), ports)

    assert again.submitted_at == began
    assert isinstance(looked, ComeBack)
    assert [one.message for one in looked.events if isinstance(one, ProgressReported)] == [
        "4",
        "5",
        "6",
        "7",
        "8",
    ]
    assert found_again(fresh.model_copy(update={"name": "other"}), named.left).lines_read == 0


def test_a_training_that_was_cut_off_here_again_and_again_can_be_tried_again_by_a_button() -> None:
    run = Run(runtime="local", name="r", handle="h", status="running")
    runtime = cast("Runtime", Talkative(()))
    for lost in (1, 2):
        run = once_more(run, runtime)
        assert (run.status, run.lost) == ("named", lost)

    with pytest.raises(PersonCanFix, match="cut off each of the 3 times") as asked:
        once_more(run, runtime)

    assert asked.value.options == (TRY_AGAIN,)
    waits = Waiting(reason="question", text=asked.value.message, field=asked.value.field)
    context = new_job(FakeClock()).evolve(run=run, waiting=waits)
    assert apply_reply(context, TRY_AGAIN).waiting is None
