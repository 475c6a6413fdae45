"""A training away from here: its price, the yes it waits for, and what follows a refusal."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from pipeline.agents.monitor import AGENT
from pipeline.artifacts import Architecture, Collected, Run
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix, Superseded
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
from pipeline.training import most_seconds
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
CRASHED = RunState("failed", (), "train", StepResult("failed", 1, 5.0, ("Error: no",)))


@dataclass
class Elsewhere:
    """A runtime that refuses, or whose run has ended by the next look."""

    name: str
    offer: Offer
    refusal: PersonCanFix | None = None
    state: RunState = CRASHED
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
        return self.state

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


async def test_a_worker_that_another_overtook_submits_nothing(tmp_path: Path) -> None:
    async def refused(event: Event) -> None:
        raise Superseded(f"Another worker went on with this job: {event.kind}.")

    cloud = Elsewhere("cloud", CLOUD)
    named = Run(runtime="cloud", name="j-1", sandbox="full")
    frozen = replace(house(tmp_path, cloud, []), emit=refused)

    with pytest.raises(Superseded):
        await AGENT.run(job().with_artifact(named), frozen)

    assert cloud.asked == []


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


def running(ports: Ports, **known: object) -> JobContext:
    """The job of a run that was submitted half an hour ago, and seen ten minutes ago."""
    now = ports.clock.now()
    began, seen = now - timedelta(minutes=30), now - timedelta(minutes=10)
    run = Run(runtime="cloud", name="r", handle="r-1", status="running", submitted_at=began)
    return job().evolve(run=run.model_copy(update={"seen_at": seen, **known}))


def charges(events: Iterable[Event]) -> list[tuple[str, float]]:
    return [(one.run, one.usd) for one in events if isinstance(one, TrainingCharged)]


async def test_a_run_that_ended_is_charged_once_however_often_it_is_looked_at(
    tmp_path: Path,
) -> None:
    told: list[Event] = []
    ports = house(tmp_path, Elsewhere("cloud", CLOUD), told)
    context = running(ports)

    seen = await AGENT.run(context, ports)
    assert isinstance(seen, ComeBack)
    crashed = await AGENT.run(context.evolve(run=seen.artifact), ports)
    ports.ledger.note(seen.events[0])
    found = await AGENT.run(context, ports)

    assert charges(seen.events) == [("r-1", 0.05)]
    assert Ledger.of(seen.events).compute_usd == Decimal("0.05")
    assert isinstance(crashed, Redo)
    assert not [event for event in told if isinstance(event, PlanProposed | TrainingCharged)]
    assert isinstance(found, ComeBack)
    assert charges(found.events) == []


async def test_it_is_never_charged_more_than_the_plan_said(tmp_path: Path) -> None:
    ports = house(tmp_path, Elsewhere("cloud", CLOUD), [])
    days_ago = ports.clock.now() - timedelta(days=3)

    seen = await AGENT.run(running(ports, submitted_at=days_ago), ports)

    assert isinstance(seen, ComeBack)
    most = estimate(job(), ports.runtimes["cloud"], most_seconds(job())).most_usd
    assert charges(seen.events) == [("r-1", float(most))]


async def test_it_is_charged_by_the_gpu_that_it_was_given(tmp_path: Path) -> None:
    ports = house(tmp_path, Elsewhere("cloud", CLOUD), [])
    began = ports.clock.now() - timedelta(minutes=16)

    seen = await AGENT.run(running(ports, gpu=LARGE.name, submitted_at=began), ports)

    assert isinstance(seen, ComeBack)
    assert charges(seen.events) == [("r-1", 0.51)]  # not the machine that would be taken now


async def test_what_the_service_itself_ends_is_charged_and_told(tmp_path: Path) -> None:
    why = PersonCanFix("Cloud ended it at its time limit.", "Allow more.", field="runtime")
    state = RunState("failed", ("the last words",), why=why)
    ports = house(tmp_path, Elsewhere("cloud", CLOUD, state=state), [])
    context = running(ports)

    seen = await AGENT.run(context, ports)
    assert isinstance(seen, ComeBack)
    assert isinstance(seen.artifact, Run)
    assert seen.artifact.log_tail == ("the last words",)
    assert charges(seen.events) == [("r-1", 0.05)]
    with pytest.raises(PersonCanFix, match="at its time limit"):
        await AGENT.run(context.evolve(run=seen.artifact), ports)


async def test_a_run_that_is_lost_is_charged_until_it_was_last_seen(tmp_path: Path) -> None:
    ports = house(tmp_path, Elsewhere("cloud", CLOUD, state=RunState("lost")), [])
    context = running(ports, submitted_at=ports.clock.now() - timedelta(minutes=16))

    gone = await AGENT.run(context, ports)
    assert isinstance(gone, ComeBack)
    again = await AGENT.run(context.evolve(run=gone.artifact), ports)
    assert isinstance(again, ComeBack)

    assert charges(gone.events) == [("r-1", 0.02)]  # six minutes
    second = TrainingCharged(run="r-2", runtime="cloud", seconds=60, usd=0.01)
    assert Ledger.of([*gone.events, second]).compute_usd == Decimal("0.03")
    assert isinstance(again.artifact, Run)
    assert (again.artifact.status, again.artifact.lost) == ("named", 1)


async def test_what_is_missing_is_looked_for_some_times_by_whoever_looks(tmp_path: Path) -> None:
    ports = house(tmp_path, Elsewhere("cloud", CLOUD, state=RunState("missing")), [])
    context, looks = running(ports), 0
    while context.run and context.run.status == "running":
        outcome = await AGENT.run(context, ports)
        assert isinstance(outcome, ComeBack)
        saved = type(context).model_validate_json(
            context.with_artifact(outcome.artifact).model_dump_json()
        )
        context, looks = saved, looks + 1

    assert looks == 4
    named = await AGENT.run(context, ports)
    assert isinstance(named, ComeBack)
    assert isinstance(named.artifact, Run)
    assert (named.artifact.status, named.artifact.missing) == ("named", 0)


async def test_a_run_that_never_ends_is_for_its_person_after_two_days(tmp_path: Path) -> None:
    state = RunState("running", page="https://cloud.example/runs/1")
    ports = house(tmp_path, Elsewhere("cloud", CLOUD, state=state), [])
    now = ports.clock.now()

    waits = await AGENT.run(running(ports, submitted_at=now - timedelta(hours=40)), ports)
    with pytest.raises(PersonCanFix, match="not ended in two days") as late:
        await AGENT.run(running(ports, submitted_at=now - timedelta(hours=48)), ports)

    assert isinstance(waits, ComeBack)
    assert (late.value.field, late.value.options) == ("runtime", (TRY_AGAIN, "local"))
    assert "End it there at https://cloud.example/runs/1" in late.value.hint


async def test_one_that_is_shown_again_is_followed_on(tmp_path: Path) -> None:
    ports = house(tmp_path, Elsewhere("cloud", CLOUD, state=RunState("running")), [])

    outcome = await AGENT.run(running(ports, missing=3), ports)

    assert isinstance(outcome, ComeBack)
    assert isinstance(outcome.artifact, Run)
    assert (outcome.artifact.missing, outcome.artifact.seen_at) == (0, ports.clock.now())


async def test_a_training_that_leads_nowhere_is_charged_when_it_is_stopped(tmp_path: Path) -> None:
    told: list[Event] = []
    line = '{"step": "train", "numbers": {"loss": NaN}}'
    ports = house(tmp_path, Elsewhere("cloud", CLOUD, state=RunState("running", (line,))), told)

    assert isinstance(await AGENT.run(running(ports), ports), Redo)

    assert charges(told) == [("r-1", 0.05)]


async def test_a_run_that_somebody_stops_there_is_no_fault_of_its_script(tmp_path: Path) -> None:
    well = StepResult("ok", 0, 5.0, ())
    state = RunState("cancelled", (), "baseline", well)
    ports = house(tmp_path, Elsewhere("cloud", CLOUD, state=state), [])

    with pytest.raises(PersonCanFix, match="was stopped on Cloud") as stopped:
        await AGENT.run(running(ports, status="ended"), ports)

    assert stopped.value.field == "runtime"
