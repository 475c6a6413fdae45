"""A training away from here: its price, the yes it waits for, and what follows a refusal."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from pipeline.agents.monitor import AGENT
from pipeline.artifacts import Architecture, Collected, Run
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix
from pipeline.events import Event, PlanProposed, TrainingCharged
from pipeline.intent import ParsedIntent
from pipeline.jobs import Actor, Stage, TaskType
from pipeline.ledger import Ledger
from pipeline.outcomes import Approve, ComeBack, Redo
from pipeline.placing import estimate, gpu_for, needed_gb
from pipeline.ports import Ports
from pipeline.ports.runtime import (
    Gpu,
    Offer,
    RunRequest,
    RunState,
    SandboxLevel,
    StepResult,
    Workbench,
)
from pipeline.readiness import TRY_AGAIN
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.unit.orchestrator.scripted import ARTIFACTS, Clock
from tests.unit.orchestrator.scripted import ports as ports_of

pytestmark = pytest.mark.anyio

SMALL, LARGE = Gpu("T4", 16, Decimal("0.60")), Gpu("A100", 80, Decimal("2.50"))
CLOUD = Offer(
    "Cloud", (LARGE, SMALL), Decimal("0.20"), date(2026, 11, 1), most_seconds=7200, start_seconds=60
)
FREE = Offer("Free", stops=False)


@dataclass
class Elsewhere:
    """A runtime that refuses, or whose run has ended by the next look."""

    name: str
    offer: Offer
    refusal: PersonCanFix | None = None
    account: str | None = None
    poll_seconds: float = 0.5
    asked: list[RunRequest] = field(default_factory=list)

    async def find(self, name: str, owner: Actor) -> str | None:
        del name, owner
        return None

    async def submit(self, request: RunRequest, owner: Actor) -> str:
        del owner
        if self.refusal:
            raise self.refusal
        self.asked.append(request)
        return request.name

    async def check(self, handle: str, lines_read: int, owner: Actor) -> RunState:
        del handle, lines_read, owner
        ended = StepResult("failed", 1, 5.0, ("Error: no",))
        return RunState("failed", (), "train", ended, page="https://cloud.example/runs/1")

    async def collect(self, handle: str, into: Path, owner: Actor) -> None:
        raise NotImplementedError

    async def cancel(self, handle: str, owner: Actor) -> bool:
        del handle, owner
        return False


@dataclass
class Bench:
    """All that the plan of a run asks of the workbench."""

    level: SandboxLevel = "full"


def job(backbone: str = "tfidf_svc", **request: object) -> JobContext:
    """A job whose training on the cloud is next."""
    made = new_job(FakeClock())
    place = Collected(files=(), runtime="cloud", host="folder", summary=())
    intent = ParsedIntent(task_type=TaskType("text_classification"))
    architecture = Architecture(backbone=backbone, why="", requirements=())
    context = made.with_artifact(ARTIFACTS[Stage.CONFIG]).with_artifact(ARTIFACTS[Stage.CODEGEN])
    return context.evolve(
        collected=place,
        intent=intent,
        architecture=architecture,
        request=made.request.model_copy(update=request),
    )


def house(home: Path, cloud: Elsewhere, told: list[Event]) -> Ports:
    async def emit(event: Event) -> None:
        told.append(event)

    bench = cast("Workbench", Bench())
    runtimes = {"cloud": cloud, "free": Elsewhere("free", FREE)}
    return replace(
        ports_of(Clock(), home), emit=emit, runtimes=runtimes, model_usd=Decimal(1), workbench=bench
    )


def test_the_cheapest_gpu_that_the_weights_fit_into_is_taken(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    network = job("somebody/network")
    assert network.architecture is not None
    chosen = network.architecture.model_copy(update={"weights": str(tmp_path)})
    network = network.evolve(architecture=chosen)
    assert gpu_for(network, CLOUD) == SMALL
    with weights.open("wb") as file:
        file.truncate(5 << 30)  # sparse: it takes no room
    assert needed_gb(network) > SMALL.memory
    assert gpu_for(network, CLOUD) == LARGE
    assert gpu_for(job("tfidf_svc"), CLOUD) is None
    assert gpu_for(network, FREE) is None


def test_the_price_is_that_of_the_longest_time_it_can_take() -> None:
    place = estimate(job("somebody/network"), Elsewhere("cloud", CLOUD), 1740)
    assert (place.gpu, place.most_usd) == (SMALL, Decimal("0.30"))
    assert estimate(job(), Elsewhere("cloud", CLOUD), 99_999).most_seconds == 7200


async def test_the_plan_says_place_price_and_what_leaves_and_waits(tmp_path: Path) -> None:
    outcome = await AGENT.run(job(), house(tmp_path, Elsewhere("cloud", CLOUD), []))

    assert isinstance(outcome, Approve)
    plan = "\n".join(outcome.plan)
    assert "Place: Cloud; it begins after about 60 s; ended there after" in plan
    assert "Price: at most $0.05 by the prices of 2026-11-01" in plan
    assert "Elsewhere: free (nothing)" in plan
    assert "the rows to learn from and the scripts, to Cloud; the held-out rows stay here" in plan


async def test_a_yes_ahead_holds_up_to_the_limit_alone(tmp_path: Path) -> None:
    dear = replace(CLOUD, usd_hour=Decimal(90))
    ahead = job(yes_ahead=True)

    within = await AGENT.run(ahead, house(tmp_path, Elsewhere("cloud", CLOUD), []))
    beyond = await AGENT.run(ahead, house(tmp_path, Elsewhere("cloud", dear), []))

    assert isinstance(within, ComeBack)
    assert isinstance(beyond, Approve)
    assert "--yes approves up to $1.00" in beyond.why


async def test_a_refusal_offers_the_other_places_with_their_price(tmp_path: Path) -> None:
    refusal = PersonCanFix("Cloud has no room.", "Wait an hour.", field="runtime")
    told: list[Event] = []
    ports = house(tmp_path, Elsewhere("cloud", CLOUD, refusal), told)

    with pytest.raises(PersonCanFix) as refused:
        await AGENT.run(job().evolve(run=Run(runtime="cloud", name="r")), ports)

    assert refused.value.message == "Cloud has no room."
    assert refused.value.hint == "Wait an hour. Or train elsewhere: free (nothing)."
    assert refused.value.options == (TRY_AGAIN, "free")


async def test_a_run_that_ended_is_charged_once_however_often_it_is_looked_at(
    tmp_path: Path,
) -> None:
    told: list[Event] = []
    ports = house(tmp_path, Elsewhere("cloud", CLOUD), told)
    began = ports.clock.now() - timedelta(minutes=30)
    run = Run(runtime="cloud", name="r", handle="r", status="running", submitted_at=began)

    seen = await AGENT.run(job().evolve(run=run), ports)
    assert isinstance(seen, ComeBack)
    crashed = await AGENT.run(job().evolve(run=seen.artifact), ports)

    (charged,) = seen.events
    assert isinstance(charged, TrainingCharged)
    assert charged.usd == 0.10
    assert Ledger.of(seen.events).compute_usd == Decimal("0.1")
    assert isinstance(crashed, Redo)
    assert not [event for event in told if isinstance(event, PlanProposed | TrainingCharged)]
