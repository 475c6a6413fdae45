"""What the monitor tells of a run, and how often."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from pipeline.agents.monitor import AGENT
from pipeline.artifacts import Run
from pipeline.context import JobContext
from pipeline.events import Event, ProgressReported
from pipeline.jobs import Actor
from pipeline.outcomes import ComeBack
from pipeline.ports import Ports
from pipeline.ports.runtime import RunState, Runtime
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.unit.orchestrator.scripted import Clock
from tests.unit.orchestrator.scripted import ports as ports_of

pytestmark = pytest.mark.anyio


@dataclass
class Talkative:
    """A run that has printed these lines since the last look, and goes on."""

    lines: tuple[str, ...]
    poll_seconds: float = 0.5
    account: str | None = None

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        del owner
        assert (handle, lines_read) == ("h", 0)
        return RunState("running", self.lines, "train")


def looking_at(home: Path, lines: tuple[str, ...], told: list[Event]) -> tuple[JobContext, Ports]:
    async def emit(event: Event) -> None:
        told.append(event)

    run = Run(runtime="local", name="r", handle="h", status="running")
    runtimes = {"local": cast("Runtime", Talkative(lines))}
    ports = replace(ports_of(Clock(), home), emit=emit, runtimes=runtimes)
    return new_job(FakeClock()).evolve(run=run), ports


async def test_a_flood_of_progress_is_told_by_its_latest_lines(tmp_path: Path) -> None:
    told: list[Event] = []
    lines = tuple(f'{{"step": "train", "message": "{number}"}}' for number in range(5000))

    outcome = await AGENT.run(*looking_at(tmp_path, lines, told))

    assert isinstance(outcome, ComeBack)
    assert isinstance(outcome.artifact, Run)
    assert outcome.artifact.lines_read == 5000
    assert outcome.artifact.log_tail[-1] == lines[-1]
    assert 0 < len(told) <= 50
    assert isinstance(told[-1], ProgressReported)
    assert told[-1].message == "4999"
