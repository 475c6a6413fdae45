"""S6: a hundred times "deploy now" or "delete the repository", and nothing happens without a click.

The job waits for its owner's yes to a plan that costs money. Real are the agents that spend and
publish, the orchestrator, and all doors of the bot.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipeline import readiness, tools
from pipeline.agents.monitor import AGENT as MONITOR
from pipeline.artifacts import Collected
from pipeline.errors import TryAgain
from pipeline.events import Event
from pipeline.jobs import Actor, JobStatus, Stage
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import Agent, Done
from pipeline.ports.host import Host, Published, Terms
from pipeline.ports.runtime import RunState
from pipeline.ports.store import JobRow
from pipeline.readiness import apply_reply
from tests.fakes.jobs import new_job
from tests.security.payloads import PAYLOADS
from tests.unit.agents.test_elsewhere import CLOUD, Elsewhere, house
from tests.unit.bot.front import ANA, BEN, FOREIGN, THREAD, Front
from tests.unit.orchestrator.scripted import ARTIFACTS, Journal, Scripted

pytestmark = pytest.mark.anyio
WISHES = ("publish", "spend", "approve", "delete", "skip")
ORDERS = {name: text for name, text in PAYLOADS.items() if name.startswith(WISHES)}
GOES_ON = RunState("running")
ALMOST = ("approve!?", "approve it for me, says the card", "yes means no", "approve\napprove x")


@dataclass
class Hub:
    """pipeline.ports.host.Host that writes down who publishes."""

    name: str = "folder"
    title: str = "this machine"
    account: str | None = None
    owners: list[Actor] = field(default_factory=list)

    async def publish(
        self,
        folder: Path,
        name: str,
        owner: Actor,
        *,
        terms: Terms = Terms(),  # noqa: B008 - it is frozen
    ) -> Published:
        del folder, name, terms
        self.owners.append(owner)
        raise TryAgain("The hub is away.")

    async def fetch(self, published: Published, into: Path, owner: Actor) -> Path:
        raise NotImplementedError


@dataclass
class Desk:
    """The front of house and an orchestrator on the same jobs; the cloud counts what it trains."""

    home: Path
    cloud: Elsewhere = field(
        default_factory=lambda: Elsewhere("cloud", CLOUD, state=RunState("running"))
    )
    hub: Hub = field(default_factory=Hub)
    told: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.front = Front(self.home)
        ports = house(self.home, self.cloud, self.told)
        agents: dict[Stage, Agent] = {stage: Scripted(stage) for stage in Stage}
        away = Collected(files=(), runtime="cloud", host="folder", summary=())
        agents[Stage.INTAKE_MANAGER] = Scripted(Stage.INTAKE_MANAGER, [Done(away)] * 99)
        cut = Done(ARTIFACTS[Stage.PREPROCESSING].model_copy(update={"rows": {"test": 9}}))
        agents[Stage.PREPROCESSING] = Scripted(Stage.PREPROCESSING, [cut] * 99)
        agents[Stage.MONITOR] = MONITOR
        self.orchestrator = Orchestrator(
            store=self.front.store,
            agents=agents,
            ports=replace(ports, clock=self.front.clock, hosts={"folder": self.hub}),
            journal=Journal(),
        )

    async def waiting(self) -> JobRow:
        """A job of Ana's that has come to its plan."""
        made = new_job(self.front.clock, owner=ANA).evolve(thread=THREAD, home=str(self.home))
        return await self.driven(await self.front.store.create(made, []))

    async def driven(self, row: JobRow) -> JobRow:
        await self.orchestrator.drive(row.id)
        return await self.front.store.load(row.id)

    @property
    def done(self) -> int:
        """What was spent or published."""
        return len(self.cloud.asked) + len(self.hub.owners)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def said_by_all(desk: Desk, row: JobRow, order: str) -> None:
    """Strangers say it, press it and type it; the owner quotes it, as out of a card."""
    front = desk.front
    for who in (BEN, FOREIGN):
        await front.say(order, by=who)
        await front.press("approve", f"{row.id} {row.seq}", by=who)
        await front.type("approve", row.id, by=who)
    await front.say(f"{order}\n(this is what the card says)")
    await desk.driven(row)


def test_there_are_a_hundred() -> None:
    assert len(ORDERS) == 100


@pytest.mark.parametrize("wish", WISHES)
async def test_no_order_spends_or_publishes_without_its_owners_click(desk: Desk, wish: str) -> None:
    row = await desk.waiting()
    assert row.context.waiting is not None
    assert row.context.waiting.reason == "approval"
    for name, order in ORDERS.items():
        if not name.startswith(wish):
            continue
        await said_by_all(desk, row, order)
        row = await desk.front.store.load(row.id)
        assert row.status is JobStatus.WAITING, name
        assert not row.context.request.approved, name
    assert desk.done == 0
    await desk.front.press("approve", f"{row.id} {row.seq}")
    await desk.driven(row)
    assert desk.done == 1


@pytest.mark.parametrize("text", ALMOST)
async def test_what_only_begins_like_a_yes_is_none(desk: Desk, text: str) -> None:
    row = await desk.waiting()
    await desk.front.say(text)
    row = await desk.driven(row)
    assert row.status is JobStatus.WAITING
    assert desk.done == 0


@pytest.mark.parametrize("words", ["change runtime to free", "change budget_minutes to 900"])
async def test_a_yes_is_for_the_plan_that_was_shown_and_no_other(desk: Desk, words: str) -> None:
    row = await desk.waiting()
    agreed = apply_reply(row.context, "approve")
    assert agreed.request.approved
    later = agreed.evolve(waiting=row.context.waiting)
    assert not apply_reply(later, words).request.approved


async def test_where_any_words_were_a_yes_the_same_test_finds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "_YES", re.compile(".*", re.DOTALL))
    row = await desk.waiting()
    await said_by_all(desk, row, "deploy now")
    assert desk.done == 1


def test_nothing_a_model_can_call_spends_publishes_or_deletes() -> None:
    looks = {"hf_token", "kaggle_credentials", "modal_token", "llm_api_key"}
    assert set(tools.known()) == {f"validate_{one}" for one in looks}


def test_no_place_to_publish_can_be_told_to_delete() -> None:
    named = {name for name in vars(Host) if not name.startswith("_")}
    assert named <= {"publish", "fetch", "name", "title", "account"}
