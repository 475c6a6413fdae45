"""The same crash twice stops the job, and its card says what was tried and what is left."""

from pathlib import Path

import pytest

from adapters.store import SqlStore
from bot import cards
from bot.job_card import job_card
from pipeline.context import JobContext
from pipeline.events import AgentLogged, ModelReplied
from pipeline.jobs import JobStatus, Stage
from pipeline.outcomes import Done, Redo
from pipeline.ports import Ports
from tests.unit.orchestrator.scripted import ARTIFACTS, Stageplay, stage_a_play

pytestmark = pytest.mark.anyio
CRASH = "The training crashed: KeyError: 'price'"
DIFF = "The column has another name.\n--- train.py\n+++ train.py\n@@ -1 +1 @@\n-price\n+cost"


class Mending:
    """A stage of the scripts that changes them each time, at a price."""

    name = Stage.CODEGEN

    def __init__(self, play: Stageplay) -> None:
        self.retry = play.agents[self.name].retry
        play.orchestrator._agents[self.name] = self  # type: ignore[index]

    async def run(self, context: JobContext, ports: Ports) -> Done:
        del context
        await ports.emit(
            ModelReplied(
                stage=self.name,
                prompt="codegen",
                tokens=900,
                cost_usd=0.2,
                seconds=1,
                limit_usd=1,
            )
        )
        await ports.emit(AgentLogged(stage=self.name, message=DIFF))
        return Done(ARTIFACTS[self.name])


async def test_the_same_crash_twice_is_shown_with_all_that_was_tried(
    store: SqlStore, tmp_path: Path
) -> None:
    crash = Redo(Stage.CODEGEN, CRASH)
    play = await stage_a_play(store, tmp_path, {Stage.MONITOR: [crash, crash]})
    Mending(play)
    row = await play.play()
    events = [one.event for one in await store.events(play.job)]

    assert row.status is JobStatus.WAITING
    card = job_card(row, events)
    facts = dict(card.facts)
    assert facts["Tried"] == f"2 times\nmonitor: {CRASH}\nmonitor: {CRASH}"
    assert facts["Change"] == "The column has another name.\n-price\n+cost"
    assert "1 of 2 new scripts" in facts["Left"]
    assert facts["Left"].endswith("$0.60 of $1.00 for language models")
    assert [one.label for one in card.actions] == ["Retry", "Change", "Cancel"]
    assert dict(cards.ending_card(row, events).facts)["Tried"] == facts["Tried"]
