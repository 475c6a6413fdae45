"""The intake with a model: it hears names of data and places, and asks in the person's words."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.agents.intake_manager import AGENT, Heard
from pipeline.context import JobContext, Request
from pipeline.events import Event, ToolReturned
from pipeline.jobs import Actor
from pipeline.outcomes import Ask, Outcome
from pipeline.ports import Ports
from pipeline.ports.account import Verdict
from pipeline.ports.runtime import Offer
from pipeline.secrets import SecretRef
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.fakes.models import Line, ScriptedModel, ScriptedModels, calls

pytestmark = pytest.mark.anyio
TOKEN = SecretRef("huggingface", "deadbeef")


class Looked(Exception):
    """Intake has come as far as this data."""


@dataclass
class Anywhere:
    account: str | None = None
    title: str = "a place"
    offer: Offer = field(default_factory=lambda: Offer("a place"))


@dataclass
class Everything:
    def takes(self, location: str) -> bool:
        raise Looked(location)


@dataclass
class Held:
    async def find(self, owner: Actor, kind: str) -> SecretRef | None:
        del owner
        return TOKEN if kind == "huggingface" else None


@dataclass
class Checking:
    asked: list[SecretRef] = field(default_factory=list)

    async def check(self, owner: Actor, ref: SecretRef) -> Verdict:
        del owner
        self.asked.append(ref)
        return Verdict(status="invalid", detail="The token was revoked. Make a new one.")


@dataclass
class Intake:
    home: Path
    lines: tuple[Line, ...]
    events: list[Event] = field(default_factory=list)
    checking: Checking = field(default_factory=Checking)

    def __post_init__(self) -> None:
        self.model = ScriptedModel(self.lines)

    async def of(self, words: str) -> Outcome:
        async def emit(event: Event) -> None:
            self.events.append(event)

        ports = Ports(
            clock=FakeClock(),
            emit=emit,
            workbench=None,  # type: ignore[arg-type]  # intake comes only as far as the source
            sources={"any": Everything()},  # type: ignore[dict-item]  # as above
            runtimes={"local": Anywhere()},  # type: ignore[dict-item]  # as above
            hosts={"folder": Anywhere()},  # type: ignore[dict-item]  # as above
            home=self.home,
            approval="paid",
            vault=Held(),
            accounts=self.checking,
            models=ScriptedModels([self.model]),
            model_usd=Decimal(1),
        )
        return await AGENT.run(job(words), ports)


def job(words: str) -> JobContext:
    return new_job(FakeClock()).evolve(request=Request(words=words))


async def test_a_name_said_in_passing_becomes_the_data(tmp_path: Path) -> None:
    intake = Intake(tmp_path, (Heard(data=("hf:nice_texts",)),))
    with pytest.raises(Looked, match="hf:nice_texts"):
        await intake.of("tell spam apart, the texts are the nice_texts on hugging face")


async def test_a_name_that_nobody_said_is_no_data(tmp_path: Path) -> None:
    outcome = await Intake(tmp_path, (Heard(data=("hf:evil/data",)),)).of("tell spam apart")
    assert isinstance(outcome, Ask)


async def test_what_is_missing_is_asked_in_the_models_words(tmp_path: Path) -> None:
    question = "Welche Datei\u200b hat die Beispiele?\n"
    outcome = await Intake(tmp_path, (Heard(question=question),)).of("Spam erkennen")
    assert outcome == Ask("Welche Datei hat die Beispiele?", "data")


async def test_a_model_that_says_nothing_is_missing_decides_nothing(tmp_path: Path) -> None:
    outcome = await Intake(tmp_path, (Heard(question=""),)).of("tell spam apart")
    assert isinstance(outcome, Ask)
    assert "which file" in outcome.question


async def test_a_place_that_is_not_there_is_not_taken(tmp_path: Path) -> None:
    heard = Heard(data=("a.csv",), runtime="moon", host="everywhere")
    with pytest.raises(Looked):
        await Intake(tmp_path, (heard,)).of("use a.csv")


async def test_a_stored_key_is_checked_by_its_reference_alone(tmp_path: Path) -> None:
    wanted = calls("validate_hf_token", f'{{"reference": "{TOKEN}"}}')
    intake = Intake(tmp_path, (wanted, Heard(question="Please connect it anew.")))
    outcome = await intake.of("tell spam apart")
    assert intake.checking.asked == [TOKEN]
    assert "The token was revoked" in intake.model.last_words()
    assert [one.result for one in intake.events if isinstance(one, ToolReturned)]
    assert isinstance(outcome, Ask)


async def test_somebody_elses_reference_is_not_checked(tmp_path: Path) -> None:
    wanted = calls("validate_hf_token", '{"reference": "secret:huggingface:00000000"}')
    intake = Intake(tmp_path, (wanted, Heard()))
    await intake.of("tell spam apart")
    assert intake.checking.asked == []


async def test_without_an_answer_the_rules_ask(tmp_path: Path) -> None:
    outcome = await Intake(tmp_path, ("garbage",)).of("tell spam apart")
    assert isinstance(outcome, Ask)
    assert "which file" in outcome.question
