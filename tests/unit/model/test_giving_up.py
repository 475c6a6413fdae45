"""Models that are of no use are not asked for ever, and the last try is the program's own."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.agents.codegen import AGENT as CODEGEN
from pipeline.diagnosing import tried_again
from pipeline.errors import Rejected
from pipeline.events import AnswerReceived, ModelCalled, ModelReplied
from pipeline.improving import improved
from pipeline.jobs import Stage
from pipeline.ledger import Ledger
from pipeline.ports.model import ModelRefused
from pipeline.ports.runtime import RunState
from pipeline.retry import REDOS_PER_JOB
from tests.fakes.models import ScriptedModel
from tests.unit.model.desk import Colour, Desk

pytestmark = pytest.mark.anyio
BLUE = Colour(name="blue", sure=1)
STAGE = Stage.CONFIG
CALLED = ModelCalled(stage=STAGE, prompt="config", provider="openai", model="m")
REPLIED = ModelReplied(
    stage=STAGE,
    prompt="config",
    tokens=1,
    cost_usd=0,
    seconds=1,
    provider="openai",
    model="m",
)


def test_a_model_is_silent_after_two_calls_without_an_answer() -> None:
    assert not Ledger.of([CALLED]).is_silent("openai", "m")
    assert Ledger.of([CALLED, CALLED]).is_silent("openai", "m")
    assert not Ledger.of([CALLED, CALLED]).is_silent("openai", "another")


@pytest.mark.parametrize("event", [REPLIED, AnswerReceived(text="I connected another key")])
def test_an_answer_or_a_word_of_the_person_begins_the_count_anew(
    event: ModelReplied | AnswerReceived,
) -> None:
    assert not Ledger.of([CALLED, CALLED, event]).is_silent("openai", "m")


async def test_a_silent_model_is_left_and_the_next_one_goes_on(tmp_path: Path) -> None:
    away = ScriptedModel([ModelRefused("no credit.")], provider="first")
    good = ScriptedModel([BLUE], provider="second")
    desk = Desk(tmp_path, (away, good))

    assert [await desk.ask() for _ in range(4)] == [BLUE] * 4

    assert len(away.asked) == 2
    assert len(desk.said) == 1


async def test_a_stage_that_got_nonsense_says_so_and_no_later_one_asks(tmp_path: Path) -> None:
    model = ScriptedModel(["gar bage"])
    desk = Desk(tmp_path, (model,))

    with pytest.raises(Rejected) as refused:
        await desk.ask()
    assert "writes nothing that can be read" in refused.value.message
    desk.ledger.said.add(f"The rules' own stands: {refused.value.message}")

    assert await desk.ask() is None
    assert len(model.asked) == 2
    assert desk.said == []


async def test_after_the_last_failed_training_no_model_proposes_anything(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    async def propose() -> Colour:
        return BLUE

    tried = [
        await improved(CODEGEN, desk.context.evolve(redos=redos), desk.ports, propose)
        for redos in range(REDOS_PER_JOB + 1)
    ]

    assert tried == [BLUE, BLUE, None]


async def test_a_training_that_failed_again_goes_back_to_the_programs_own_settings(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    ports = replace(desk.ports, ledger=Ledger(replies=3))
    context = desk.context.evolve(redos=REDOS_PER_JOB - 1)

    again = await tried_again(context, ports, RunState("failed", (), "train"), "it", "the error")

    assert again.stage is Stage.CONFIG
    assert again.feedback.splitlines()[1:] == ["the error"]
    assert "program's own" in again.feedback
