"""S3: a secret in an error of any stage, or in what a training elsewhere printed, is kept nowhere.

Whole jobs with canaries at every door are in tests/stories/test_canary.py and, for language models,
in tests/stories/test_model_canary.py; here every stage fails in every way.
"""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from adapters import guarded_agents, guarded_runtime
from adapters.records import Database
from adapters.sanitizer import KeySanitizer
from adapters.store import SqlStore
from bot.journal import Journal
from bot.settings import Settings
from bot.wiring import open_house
from pipeline import asking
from pipeline.errors import (
    Bug,
    MLTrainerError,
    PersonCanFix,
    Rejected,
    TryAgain,
    UnknownName,
    from_unexpected,
)
from pipeline.jobs import JobId, Stage
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import Agent
from pipeline.ports.runtime import RunState, StepResult
from pipeline.ports.store import Store
from tests.fakes.jobs import ANN, new_job
from tests.fakes.store import MemoryStore
from tests.stories.canaries import Canaries
from tests.unit.agents.test_elsewhere import CLOUD, Elsewhere
from tests.unit.orchestrator.scripted import Clock, Scripted, ports

pytestmark = pytest.mark.anyio
ERRORS: dict[str, Callable[[str], Exception]] = {
    "the person's": lambda key: PersonCanFix(f"401 for {key}.", f"Was {key} right?", options=[key]),
    "an unknown name": lambda key: UnknownName("host", key, [key, "folder"]),
    "a pause": lambda key: TryAgain(f"429 for Bearer {key}.", f"{key}", after=timedelta(seconds=1)),
    "a refusal": lambda key: Rejected(f"bad: {key}", feedback=f"ValueError: '{key}'"),
    "a bug": lambda key: Bug(f"KeyError: {key}", f"see {key}"),
    "a library's": lambda key: ConnectionError(f"POST https://x/?token={key}"),
    "a disk's": lambda key: OSError(28, "No space left", f"/home/x/{key}"),
}


class House:
    """Scripted agents, a store and a real log."""

    def __init__(self, home: Path, store: Store, journal: Journal) -> None:
        self.home, self.store, self.journal, self.clock = home, store, journal, Clock()

    async def failed(self, stage: Stage, error: Exception, sanitizer: KeySanitizer | None) -> JobId:
        """Drive a job until this stage has failed for good; the agents are guarded or not."""
        agents: dict[Stage, Agent] = {one: Scripted(one) for one in Stage}
        agents[stage] = Scripted(stage, [error] * 9)
        guarded = guarded_agents.guard(agents, sanitizer) if sanitizer else agents
        orchestrator = Orchestrator(
            store=self.store,
            agents=guarded,
            ports=ports(self.clock, self.home),
            journal=self.journal,
        )
        row = await self.store.create(new_job(self.clock).evolve(home=str(self.home)), [])
        while (due := await orchestrator.drive(row.id)) is not None:
            self.clock.time = max(self.clock.time, due)
        return row.id

    async def kept(self, job: JobId) -> str:
        """All that is kept of a job, and what a model would be told of it."""
        row = await self.store.load(job)
        events = [one.event.model_dump_json() for one in await self.store.events(job)]
        told = [
            turn.text
            for stage in Stage
            for turn in asking._told(row.context, ports(self.clock, self.home), stage)
        ]
        assert events
        return "\n".join((row.context.model_dump_json(), *events, *told))


@pytest.fixture
def house(tmp_path: Path, journal: Journal) -> House:
    return House(tmp_path, MemoryStore(clock=Clock()), journal)


@pytest.fixture
async def on_disk(tmp_path: Path, journal: Journal) -> AsyncIterator[House]:
    database = Database(f"sqlite:///{tmp_path}/mltrainer.db")
    await database.open()
    yield House(tmp_path, SqlStore(database=database, clock=Clock()), journal)
    await database.close()


@pytest.mark.parametrize("stage", Stage)
async def test_no_error_of_a_stage_keeps_or_tells_its_secret(
    stage: Stage, house: House, sanitizer: KeySanitizer
) -> None:
    canaries = Canaries()
    for name, error in ERRORS.items():
        key = canaries.plant(f"{stage}: {name}")
        held = canaries.plant(f"{stage}: {name}, by heart", "hex")  # no shape: it passed the vault
        sanitizer.know(held)
        job = await house.failed(stage, error(f"{key} {held}"), sanitizer)
        assert canaries.found_in("what is kept", (await house.kept(job)).encode()) == []
    assert (house.home / "logs" / "mltrainer.log").stat().st_size > 0
    assert canaries.found_below(house.home, ".") == []


async def test_with_the_guard_nothing_comes_into_a_database(
    on_disk: House, sanitizer: KeySanitizer
) -> None:
    canaries = Canaries()
    for name, error in ERRORS.items():
        await on_disk.failed(Stage.CODEGEN, error(canaries.plant(name)), sanitizer)
    assert canaries.found_below(on_disk.home, ".") == []


async def test_without_the_guard_the_same_test_finds(on_disk: House) -> None:
    canaries = Canaries()
    key = canaries.plant("an error")
    for name in ("the person's", "an unknown name", "a pause", "a refusal", "a disk's"):
        job = await on_disk.failed(Stage.CODEGEN, ERRORS[name](key), None)
        assert canaries.found_in("what is kept", (await on_disk.kept(job)).encode()), name
    assert any("mltrainer.db" in find for find in canaries.found_below(on_disk.home, "."))


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
async def test_an_error_stays_what_it_was_in_all_but_its_words(
    error: Callable[[str], Exception], sanitizer: KeySanitizer, tmp_path: Path
) -> None:
    raised = error("no secret at all")
    agents: dict[Stage, Agent] = {Stage.CODEGEN: Scripted(Stage.CODEGEN, [raised])}
    guarded = guarded_agents.guard(agents, sanitizer)[Stage.CODEGEN]
    with pytest.raises(type(from_unexpected(raised))) as caught:
        await guarded.run(new_job(Clock()), ports(Clock(), tmp_path))
    assert (caught.value is raised) is isinstance(raised, MLTrainerError)
    assert caught.value.message == from_unexpected(error("no secret at all")).message


async def test_what_a_training_elsewhere_prints_is_cleaned(sanitizer: KeySanitizer) -> None:
    canaries = Canaries()
    key = canaries.plant("a cell")
    ended = StepResult("failed", 1, 1.0, ("before", f"ValueError: '{key}'"))
    state = RunState("failed", (f'{{"message": "{key}"}}', "epoch 1"), "train", ended)
    runtimes = {"cloud": Elsewhere("cloud", CLOUD, state=state)}
    assert canaries.found_in("what came", repr(state).encode())

    cloud = guarded_runtime.guard(runtimes, sanitizer)["cloud"]
    seen = await cloud.check("run", 0, ANN)

    assert canaries.found_in("what is seen", repr(seen).encode()) == []
    assert (seen.status, seen.step, seen.lines[1]) == ("failed", "train", "epoch 1")
    assert seen.result is not None
    assert (seen.result.ending, seen.result.tail[0]) == ("failed", "before")
    assert (cloud.name, cloud.offer, cloud.poll_seconds) == ("cloud", CLOUD, 0.5)


async def test_every_agent_and_every_runtime_of_the_bot_is_guarded(
    tmp_path: Path, journal: Journal
) -> None:
    del journal  # it puts the log back
    async with open_house(Settings(home=tmp_path / "home", sandbox="limited")) as house:
        orchestrator = house.drive.__self__  # type: ignore[attr-defined]  # a bound method
        agents, runtimes = orchestrator._agents, orchestrator._ports.runtimes
    assert set(agents) == set(Stage)
    assert all(isinstance(one, guarded_agents.GuardedAgent) for one in agents.values())
    assert set(runtimes) == {"local", "kaggle", "modal"}
    assert all(isinstance(one, guarded_runtime.GuardedRuntime) for one in runtimes.values())
