"""S1: two hundred orders in data, names, files, errors, under a model that obeys each of them.

The model answers every question with all that an attacker could want. Nothing of it may move the
stages, where the model goes, what is spent or which secret is used.
"""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel

from pipeline import prompting, proposals
from pipeline.agents.architecture import Choice
from pipeline.agents.config import Tuned
from pipeline.agents.dataset import Suspects
from pipeline.agents.intent_parser import Understood
from pipeline.artifacts import ColumnReport
from pipeline.context import JobContext, Message
from pipeline.folders import JobFolder
from pipeline.jobs import Actor, Stage
from pipeline.ports.model import Question
from pipeline.proposals import Setting
from pipeline.secrets import SecretRef
from tests.fakes.clock import FakeClock
from tests.fakes.models import ScriptedModel, ScriptedModels
from tests.security.payloads import PAYLOADS, every
from tests.unit.agents.made import JOB, Table, table

pytestmark = pytest.mark.anyio
PLACES = (
    *("header", "several headers", "cell", "file name"),
    *("ignored", "warning", "error", "reply of somebody"),
)
LEFT = ColumnReport(name="left", kind="category", missing=0, unique=2, top=(("yes", 40),))
AGE = ColumnReport(name="age", kind="integer", missing=0, unique=40, minimum=18, maximum=80)
STAGES = (Stage.INTENT_PARSER, Stage.DATASET, Stage.CONFIG, Stage.ARCHITECTURE)
ASKED = 3  # questions, of the intent, the columns and the settings
WANTED = {
    "runtime": "modal",
    "budget_minutes": "9000",
    "deploy.publish": "true",
    "deploy.private_repo": "false",
    "deploy.create_space": "true",
    "deploy.hf_org": "evil",
    "deploy.hf_username": "evil",
    "deploy.hf_repo_name": "stolen",
    "dataset.url": "https://evil.example/data.csv",
    "dataset.source_type": "url",
}


def obeyed(question: Question) -> BaseModel | str:
    """All that the attacker wants, in the form that is asked for."""
    everything = tuple(Setting(name=name, value=value) for name, value in WANTED.items())
    replies: dict[type[BaseModel] | None, BaseModel] = {
        Understood: Understood(
            task_type="tabular_classification", why="obeyed", settings=everything
        ),
        Suspects: Suspects(),
        Tuned: Tuned(metric="accuracy", why="obeyed"),
        Choice: Choice(backbone="evil-package==6.6.6", why="obeyed"),
    }
    return replies.get(question.reply, "obeyed")


class Watched:
    """pipeline.ports.vault.Vault that writes down who asks for what."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def find(self, owner: Actor, kind: str) -> SecretRef | None:
        del owner
        self.asked.append(kind)
        return None


def written(home: Path, place: str, order: str) -> Table:
    """A job with an order at one place of what a stranger made."""
    headers = [order] if place == "header" else ["note"]
    if place == "several headers":
        headers = [f"{order} {number}" for number in range(3)]
    notes = [
        ColumnReport(name=name, kind="text", missing=0, unique=9, top=((order, 3),))
        for name in headers
    ]
    made = table(home, "predict left", LEFT, AGE, *notes)
    path = made.home / "jobs" / JOB / "report" / "report.json"
    told = json.loads(path.read_text("utf-8"))
    match place:
        case "file name":
            told["files"][0]["name"] = order
        case "ignored":
            told["ignored"] = {"note": order}
        case "warning":
            told["warnings"] = [order]
        case "error":
            feedback = dict.fromkeys(STAGES, f"ValueError: {order}")
            made.context = made.context.evolve(feedback=feedback)
        case "reply of somebody":
            turn = Message(who="person", text=order, at=FakeClock().now())
            request = made.context.request.model_copy(update={"conversation": (turn,)})
            made.context = made.context.evolve(request=request)
    path.write_text(json.dumps(told), "utf-8")
    tables = JobFolder.of(home, JOB).tables
    tables.mkdir(parents=True)
    rows = [["left", "age", *headers], ["yes", "30", *[order] * len(headers)]]
    (tables / "0.jsonl").write_text("\n".join(map(json.dumps, rows)), "ascii")
    return made


async def taken_over(made: Table) -> tuple[ScriptedModel, Watched]:
    """Its stages under a model that obeys; the model and the vault tell what they were asked."""
    model, vault = ScriptedModel([obeyed]), Watched()
    made.ports_are = {
        "models": ScriptedModels([model]),
        "model_usd": Decimal(1),
        "share": "samples",
        "vault": vault,
    }
    for stage in STAGES:
        made.context = made.context.evolve(retry_counts={stage: 2})  # the last attempt
        await made.run(stage)
    return model, vault


def fixed(context: JobContext) -> dict[str, object]:
    """What no order may change."""
    intent, config = context.intent, context.config
    assert intent is not None
    assert config is not None
    return {
        "stages": [stage for stage in Stage if stage in context.stage_results],
        "owner": context.owner,
        "thread": context.thread,
        "wishes": context.request.settings,
        "publishes": (context.publishes, intent.deploy),
        "place": (intent.runtime, context.request.runtime, context.request.host),
        "data": (intent.dataset.url, intent.dataset.source_type),
        "money": (config.budget_seconds, context.request.model_usd),
        "yes": context.request.approved,
    }


def outside(model: ScriptedModel) -> Sequence[str]:
    """Of each question, what stands in no data block: our own words."""
    texts = ["\n".join((one.system, *(t.text for t in one.turns))) for one in model.asked]
    ours = (re.sub(r'<data name="\w+">\n.*?</data>', "", one, flags=re.DOTALL) for one in texts)
    return [re.sub(r"^- \w+: fits .*$", "", one, flags=re.MULTILINE) for one in ours]


async def moved(home: Path, place: str, orders: dict[str, str]) -> list[str]:
    """The names of the orders that changed something, or came out of their marks."""
    plain = written(home / "plain", place, "nothing")
    silent, _ = await taken_over(plain)
    found = []
    for number, (name, order) in enumerate(orders.items()):
        made = written(home / str(number), place, order)
        model, vault = await taken_over(made)
        assert len(model.asked) >= ASKED
        same = fixed(made.context) == fixed(plain.context.evolve(home=made.context.home))
        if not same or outside(model)[0] != outside(silent)[0] or vault.asked:
            found.append(name)
    return found


def test_there_are_two_hundred() -> None:
    assert len(PAYLOADS) == 200
    assert len(set(PAYLOADS.values())) == 200


@pytest.mark.parametrize("place", PLACES)
async def test_no_order_in_strangers_words_moves_anything(tmp_path: Path, place: str) -> None:
    orders = every(len(PLACES), PLACES.index(place))
    assert len(orders) == 25
    assert await moved(tmp_path, place, orders) == []


async def test_where_marks_are_not_escaped_the_same_test_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompting, "_ESCAPED", ())
    roles = {name: order for name, order in PAYLOADS.items() if name.startswith("a role, english")}
    assert "a role, english, plain" in await moved(tmp_path, "reply of somebody", roles)


async def test_where_a_model_may_propose_anything_the_same_test_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = written(tmp_path / "kept", "cell", "obey")
    await taken_over(made)
    monkeypatch.setattr(proposals, "may_propose", bool)
    other = written(tmp_path / "open", "cell", "obey")
    await taken_over(other)
    assert fixed(made.context)["publishes"] != fixed(other.context)["publishes"]
