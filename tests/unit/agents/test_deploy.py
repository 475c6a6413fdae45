"""Publishing takes the owner's own account, whoever let the job go on."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.agents.deploy import AGENT
from pipeline.artifacts import Collected, Run
from pipeline.errors import TryAgain
from pipeline.jobs import Actor
from pipeline.outcomes import NeedCredential, Outcome
from pipeline.ports import Ports
from pipeline.ports.host import Published, Terms
from pipeline.secrets import SecretRef
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, BEN, new_job

pytestmark = pytest.mark.anyio


@dataclass
class Hub:
    """pipeline.ports.host.Host, which is away as soon as somebody publishes."""

    name: str = "hub"
    title: str = "The Hub"
    account: str | None = "hub"
    owners: list[Actor] = field(default_factory=list)

    async def publish(
        self,
        folder: Path,
        name: str,
        owner: Actor,
        *,
        terms: Terms = Terms(),  # noqa: B008  (it is frozen)
    ) -> Published:
        del folder, name
        assert terms.private
        self.owners.append(owner)
        raise TryAgain("The hub is away.")

    async def fetch(self, published: Published, into: Path, owner: Actor) -> Path:
        raise NotImplementedError


@dataclass
class HeldBy:
    owner: Actor

    async def find(self, owner: Actor, kind: str) -> SecretRef | None:
        return SecretRef(kind, "0" * 8) if owner.key == self.owner.key else None


async def deploy(home: Path, hub: Hub, holder: Actor) -> Outcome:
    async def emit(event: object) -> None: ...

    ports = Ports(
        clock=FakeClock(),
        emit=emit,
        workbench=None,  # type: ignore[arg-type]  # nothing is proven here
        sources={},
        runtimes={},
        hosts={"hub": hub},
        home=home,
        approval="paid",
        vault=HeldBy(holder),
    )
    context = new_job(FakeClock(), owner=ANN).evolve(
        run=Run(runtime="local", name="run", folder=str(home)),
        collected=Collected(files=(), runtime="local", host="hub", summary=()),
    )
    return await AGENT.run(context, ports)


async def test_the_owner_publishes_with_their_own_account(tmp_path: Path) -> None:
    hub = Hub()
    with pytest.raises(TryAgain):
        await deploy(tmp_path, hub, ANN)
    assert hub.owners == [ANN]


async def test_an_account_that_was_forgotten_meanwhile_is_asked_for_again(tmp_path: Path) -> None:
    hub = Hub()
    outcome = await deploy(tmp_path, hub, BEN)
    assert isinstance(outcome, NeedCredential)
    assert (outcome.kind, outcome.title) == ("hub", "The Hub")
    assert hub.owners == []
