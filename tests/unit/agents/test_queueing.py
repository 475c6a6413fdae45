"""Who may train next where there is a limit: in which order, and never too many, without a lock."""

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline import queueing
from pipeline.artifacts import Run
from pipeline.events import AgentLogged
from pipeline.jobs import JobId
from pipeline.outcomes import ComeBack, LookAgain
from pipeline.ports import Ports
from pipeline.ports.store import Training
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.unit.agents.test_elsewhere import FREE, Elsewhere
from tests.unit.orchestrator.scripted import Clock
from tests.unit.orchestrator.scripted import ports as ports_of

pytestmark = pytest.mark.anyio

NOW = Clock().now()
CLOUD = Elsewhere("cloud", FREE)
MINE, OTHER = JobId("j-mmmmmmmm"), JobId("j-aaaaaaaa")


def run(status: str = "named", minutes: float = 0, **known: object) -> Run:
    """A run that was named or submitted so many minutes ago."""
    at = NOW - timedelta(minutes=minutes)
    given = {"runtime": "cloud", "name": "r", "status": status, "submitted_at": at, **known}
    return Run.model_validate(given)


def other(status: str, minutes: float = 0, *, is_held: bool = False) -> Training:
    return Training(OTHER, run(status, minutes), is_held)


def house(home: Path, *others: Training, limit: int = 1) -> Ports:
    async def trainings(runtime: str) -> tuple[Training, ...]:
        assert runtime == "cloud"
        return others

    limits = {"cloud": limit}
    return replace(ports_of(Clock(), home), trainings=trainings, trainings_at_once=limits)


async def later(mine: Run, ports: Ports) -> ComeBack | LookAgain | None:
    return await queueing.later(new_job(FakeClock(), job_id=MINE), ports, mine, CLOUD)


@pytest.mark.parametrize(
    ("mine", "others", "goes_before"),
    [
        ("named", other("submitted"), True),
        ("named", other("running", 90), True),
        ("named", other("running", 2 * 24 * 60), False),  # its person was told to end it there
        ("named", other("ended"), False),
        ("named", other("collected"), False),
        ("named", other("named", 6), True),
        ("named", other("queued", 6), True),
        ("queued", other("queued", 5), True),  # named at the same moment: the first by its id
        ("named", other("queued", 4), False),
        ("named", other("queued", 6, is_held=True), False),
        ("named", other("called", 4), True),
        ("named", other("called", 6, is_held=True), False),
        ("named", other("running", 90, is_held=True), True),
        ("called", other("queued", 6), False),
        ("called", other("called", 4), True),
        ("called", other("running"), True),
    ],
)
def test_those_go_before_that_have_a_place_or_came_earlier(
    mine: str, others: Training, *, goes_before: bool
) -> None:
    assert queueing.ahead(MINE, run(mine, 5), [others], NOW) == goes_before


def test_a_job_is_not_in_its_own_way() -> None:
    assert queueing.ahead(MINE, run("called"), [Training(MINE, run("called"))], NOW) == 0


async def test_without_a_limit_nobody_is_asked_and_this_machine_keeps_its_own_line(
    tmp_path: Path,
) -> None:
    ports = house(tmp_path, other("running"))
    assert await later(run(), replace(ports, trainings_at_once={"modal": 1})) is None
    here = run(runtime="local")
    assert await later(here, replace(ports, trainings_at_once={"local": 1})) is None


async def test_who_waits_is_told_once_and_then_only_looks(tmp_path: Path) -> None:
    ports = house(tmp_path, other("running"))

    first = await later(run(), ports)
    assert isinstance(first, ComeBack)
    assert isinstance(first.artifact, Run)
    again = await later(first.artifact, ports)

    (told,) = first.events
    assert isinstance(told, AgentLogged)
    assert (
        told.message == "Waits for its turn: 1 training goes before it on Free, with 1 at a time."
    )
    assert again == LookAgain(timedelta(seconds=CLOUD.poll_seconds))


async def test_who_is_far_behind_looks_less_often(tmp_path: Path) -> None:
    many = [Training(JobId(f"j-{number:08}"), run("queued", 9)) for number in range(600)]

    assert await later(run("queued"), house(tmp_path, *many[:6], limit=3)) == LookAgain(
        timedelta(seconds=2 * CLOUD.poll_seconds)
    )
    waits = await later(run("queued"), house(tmp_path, *many, limit=1))
    assert waits == LookAgain(timedelta(minutes=5))


async def test_who_is_called_goes_back_into_the_line_where_it_would_be_one_too_many(
    tmp_path: Path,
) -> None:
    called = await later(run("queued", 5), house(tmp_path, other("queued", 4)))
    assert isinstance(called, ComeBack)
    assert isinstance(called.artifact, Run)
    assert called.artifact.status == "called"

    goes = await later(called.artifact, house(tmp_path, other("queued", 4)))
    back = await later(called.artifact, house(tmp_path, other("called", 4)))

    assert goes is None
    assert isinstance(back, ComeBack)
    assert isinstance(back.artifact, Run)
    assert (back.artifact.status, back.artifact.submitted_at) == (
        "queued",
        called.artifact.submitted_at,
    )


@dataclass
class Crowd:
    """Jobs whose workers read and save in any order, each by a clock that is wrong by minutes."""

    home: Path
    limit: int
    chance: random.Random
    saved: dict[JobId, Run] = field(default_factory=dict)
    there: set[JobId] = field(default_factory=set)
    most: int = 0

    def ports(self) -> Ports:
        others = [Training(job, one) for job, one in self.saved.items()]
        return house(self.home, *others, limit=self.limit)

    async def look(self, job: JobId) -> ComeBack | LookAgain | None:
        """What follows from what is saved now. It is saved itself some time later."""
        if job not in self.saved:
            return ComeBack(timedelta(0), run("named", self.chance.randint(-3, 3)))
        mine = self.saved[job]
        if mine.status == "submitted":
            ended = mine.model_copy(update={"status": "ended"})
            self.there.discard(job)
            return ComeBack(timedelta(0), ended)
        at = new_job(FakeClock(), job_id=job)
        waits = await queueing.later(at, self.ports(), mine, CLOUD)
        return waits or ComeBack(timedelta(0), mine.model_copy(update={"status": "submitted"}))

    def save(self, job: JobId, outcome: ComeBack | LookAgain | None) -> None:
        if isinstance(outcome, ComeBack) and isinstance(outcome.artifact, Run):
            self.saved[job] = outcome.artifact

    async def play(self, jobs: list[JobId]) -> None:
        """Any job may take its next half step, until all have ended; a bad order takes longer."""
        seen: dict[JobId, ComeBack | LookAgain | None] = {}
        for _ in range(20_000):
            waiting = [job for job in jobs if job not in self.saved or self.goes_on(job)]
            if not waiting:
                return
            job = self.chance.choice(waiting)
            if job in seen:
                self.save(job, seen.pop(job))
                continue
            seen[job] = outcome = await self.look(job)
            if _is_submitted(outcome):  # at the service before it is saved
                self.there.add(job)
                self.most = max(self.most, len(self.there))
        raise AssertionError("some never had their turn")

    def goes_on(self, job: JobId) -> bool:
        return self.saved[job].status != "ended"


def _is_submitted(outcome: ComeBack | LookAgain | None) -> bool:
    run = outcome.artifact if isinstance(outcome, ComeBack) else None
    return isinstance(run, Run) and run.status == "submitted"


@pytest.mark.parametrize("limit", [1, 2])
async def test_however_workers_interleave_there_are_never_too_many_and_all_have_their_turn(
    tmp_path: Path, limit: int
) -> None:
    most = set()
    for seed in range(150):
        crowd = Crowd(tmp_path, limit, random.Random(seed))  # noqa: S311  (an order, no secret)
        await crowd.play([JobId(f"j-{number:08}") for number in range(5)])
        most.add(crowd.most)

    assert max(most) == limit
