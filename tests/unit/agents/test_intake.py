"""Intake asks for the owner's account before anything begins, and takes no typed path in a chat."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.agents.intake_manager import AGENT
from pipeline.artifacts import DataInput
from pipeline.context import JobContext, Request
from pipeline.errors import PersonCanFix
from pipeline.folders import JobFolder
from pipeline.jobs import Actor, Place
from pipeline.outcomes import NeedCredential, Outcome
from pipeline.ports import Ports
from pipeline.ports.runtime import Offer
from pipeline.secrets import SecretRef
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, BEN, new_job

pytestmark = pytest.mark.anyio
SLACK = Place(platform="slack", space="T1", channel="C1", thread="1")


class Looked(Exception):
    """Intake has come as far as the data."""


@dataclass
class Anywhere:
    """A runtime or a host, as far as intake sees it."""

    account: str | None = None
    title: str = "a place"
    offer: Offer = field(default_factory=lambda: Offer("kaggle"))


@dataclass
class Everything:
    """A source that shows what it was asked for."""

    def takes(self, location: str) -> bool:
        raise Looked(location)


@dataclass
class Held:
    owners: set[str] = field(default_factory=set)

    async def find(self, owner: Actor, kind: str) -> SecretRef | None:
        return SecretRef(kind, "0" * 8) if owner.key in self.owners else None


async def intake(
    home: Path,
    context: JobContext,
    *,
    runtime: str | None = None,
    host: str | None = None,
    held: Held | None = None,
) -> Outcome:
    async def emit(event: object) -> None: ...

    ports = Ports(
        clock=FakeClock(),
        emit=emit,
        workbench=None,  # type: ignore[arg-type]  # intake comes only as far as the source
        sources={"any": Everything()},  # type: ignore[dict-item]  # as above
        runtimes={"local": Anywhere(runtime)},  # type: ignore[dict-item]  # as above
        hosts={"folder": Anywhere(host)},  # type: ignore[dict-item]  # as above
        home=home,
        approval="paid",
        vault=held or Held(),
    )
    return await AGENT.run(context, ports)


def asked(*locations: str, place: Place | None = None, deploy: bool = True) -> JobContext:
    inputs = tuple(DataInput(location=one) for one in locations or ("a.csv",))
    job = new_job(FakeClock())
    request = Request(words="flag spam", inputs=inputs, deploy=deploy)
    return job.evolve(request=request, thread=place or job.thread)


@pytest.mark.parametrize(
    ("runtime", "host", "kind"), [("kaggle", None, "kaggle"), (None, "huggingface", "huggingface")]
)
async def test_a_missing_account_is_asked_for_before_the_data_is_touched(
    tmp_path: Path, runtime: str | None, host: str | None, kind: str
) -> None:
    outcome = await intake(tmp_path, asked(), runtime=runtime, host=host)
    assert isinstance(outcome, NeedCredential)
    assert outcome.kind == kind


async def test_only_the_owners_account_counts(tmp_path: Path) -> None:
    strangers = await intake(tmp_path, asked(), host="huggingface", held=Held({BEN.key}))
    assert isinstance(strangers, NeedCredential)
    with pytest.raises(Looked):
        await intake(tmp_path, asked(), host="huggingface", held=Held({ANN.key}))


async def test_what_is_not_published_needs_no_account_of_the_host(tmp_path: Path) -> None:
    with pytest.raises(Looked):
        await intake(tmp_path, asked(deploy=False), host="huggingface")


@pytest.mark.parametrize("path", ["/etc/passwd", "../../mltrainer.db", "secret.csv", "~/x.csv"])
async def test_a_path_typed_in_a_chat_is_no_data(tmp_path: Path, path: str) -> None:
    with pytest.raises(PersonCanFix, match="typed in a chat"):
        await intake(tmp_path, asked(path, place=SLACK))


async def test_a_link_among_the_uploads_leads_nowhere_else(tmp_path: Path) -> None:
    context = asked(place=SLACK)
    uploads = JobFolder.of(tmp_path, context.job_id).uploads
    uploads.mkdir(parents=True)
    (uploads / "a.csv").symlink_to("/etc/passwd")
    told = context.request.model_copy(
        update={"inputs": (DataInput(location=str(uploads / "a.csv")),)}
    )
    with pytest.raises(PersonCanFix):
        await intake(tmp_path, context.evolve(request=told))


async def test_attachments_and_addresses_of_a_chat_are_data(tmp_path: Path) -> None:
    context = asked("https://data.test/a.csv", place=SLACK)
    upload = str(JobFolder.of(tmp_path, context.job_id).uploads / "1" / "a.csv")
    for location in ("https://data.test/a.csv", "hf:ann/mails", upload):
        told = context.request.model_copy(update={"inputs": (DataInput(location=location),)})
        with pytest.raises(Looked, match=location):
            await intake(tmp_path, context.evolve(request=told))
