"""A task that needs weights waits for them, with its cause and choices, and goes on with others."""

import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import pipeline.recipes
from bot.cli.work import Runner
from bot.result import Result
from bot.settings import Settings
from bot.wiring import House, open_house
from pipeline import recipe
from pipeline.artifacts import DataInput
from pipeline.context import JobContext, Request
from pipeline.jobs import Actor, JobId, JobStatus, Place, new_job_id
from pipeline.ports.store import Inbound, JobRow
from tests.fakes.chat import FakeChat
from tests.fakes.hub import FakeHub, Model, model
from tests.fakes.hub.repos import part_of

pytestmark = pytest.mark.anyio
TASK = "needy_task"
MENU = """    backbones=(
        Backbone(
            name="grand",
            title="a grand model",
            why="it has read everything",
            hardware="gpu",
            hub="big/grand",
            license="apache-2.0",
        ),
        Backbone(
            name="scratch",
            title="a model from nothing",
            why="needs no weights, and reaches less",
            hardware="cpu",
            asked_only=True,
        ),
    ),
    minimum_rows"""
READS_WEIGHTS = """
    import json
    import sys
    settings = json.loads(open(sys.argv[sys.argv.index("--config") + 1]).read())
    assert open(settings["weights"] + "/config.json").read()
"""


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


@pytest.fixture
async def house(
    tmp_path: Path, environments: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MLTRAINER_ENV_CACHE", str(environments))
    monkeypatch.setenv("MLTRAINER_RETRY_SCALE", "0")
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    async with open_house(Settings.load()) as opened:
        yield opened


@pytest.fixture
def needy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A task whose only model begins with weights, which its training opens."""
    folder = tmp_path / "shelf" / TASK
    shutil.copytree(recipe.RECIPES / "text_classification", folder)
    init, train = folder / "__init__.py", folder / "train.py"
    text = init.read_text("utf-8")
    start, end = text.index("    backbones=("), text.index("    minimum_rows")
    init.write_text(text[:start] + MENU + text[end + len("    minimum_rows") :], "utf-8")
    script = train.read_text("utf-8").replace("if config.weights is not None", "if False")
    begins = script.index("\n", script.index("def main("))
    train.write_text(script[:begins] + READS_WEIGHTS + script[begins:], "utf-8")
    shelves = [*pipeline.recipes.__path__, str(folder.parent)]
    monkeypatch.setattr(pipeline.recipes, "__path__", shelves)
    _forget()
    yield TASK
    _forget()


def _forget() -> None:
    sys.modules.pop(f"pipeline.recipes.{TASK}", None)
    for cached in (recipe.known_recipes, recipe.find_task, recipe.find_recipe):
        cached.cache_clear()


async def asked_for(house: House, tmp_path: Path, task: str) -> JobRow:
    data = tmp_path / "messages.csv"
    rows = [f"claim,you won prize {n} claim cash now" for n in range(40)]
    rows += [f"chat,see you at {n} near the station" for n in range(60)]
    data.write_text("\n".join(["label,message", *rows]) + "\n", "utf-8")
    job = new_job_id()
    request = Request(
        words="sort these",
        inputs=(DataInput(location=str(data)),),
        settings={"task_type": task},
        budget_seconds=1,
    )
    context = JobContext(
        job_id=job,
        created_at=datetime.now(UTC),
        owner=Actor(platform="terminal", space="tty", id="me"),
        thread=Place(platform="terminal", space="tty", channel="tty", thread=job),
        home=str(house.home),
        request=request,
    )
    await house.store.create(context, ())
    return await settled(house, job)


async def settled(house: House, job: JobId) -> JobRow:
    return await Runner(house, print).settle(job, FakeChat())


async def told(house: House, row: JobRow, reply: str) -> JobRow:
    await house.store.receive(row.id, Inbound(key=reply, actor=row.context.owner.key, text=reply))
    return await settled(house, row.id)


async def test_a_job_waits_for_weights_and_goes_on_with_those_of_a_folder(
    house: House, hub: FakeHub, tmp_path: Path, needy: str
) -> None:
    hub.broken = 503
    row = await asked_for(house, tmp_path, needy)
    assert row.status is JobStatus.WAITING
    waiting = row.context.waiting
    assert waiting is not None
    assert waiting.field == "architecture.backbone"
    assert waiting.options == ("try again", "scratch")
    assert "does not answer properly (status 503)" in waiting.text
    shown = Result.of(row, [], state="waiting")
    assert shown.question is not None
    assert shown.error is not None
    assert shown.question.field == "architecture.backbone"
    assert "The weights of grand cannot be had here" in shown.error.message
    hub.broken, hub.models["big/grand"] = 0, Model({"config.json": b"{}", "pytorch_model.bin": b""})
    row = await told(house, row, "1")
    assert row.context.waiting is not None
    assert "There is: config.json, pytorch_model.bin" in row.context.waiting.text
    mine = tmp_path / "mine"
    mine.mkdir()
    for name, content in model().files.items():
        (mine / name).write_bytes(part_of(content, 0, len(content)))
    row = await told(house, row, f"change backbone to {mine}")
    assert row.status is JobStatus.DONE, row.context.waiting
    chosen = row.context.architecture
    assert chosen is not None
    assert (chosen.backbone, chosen.source) == ("local/mine", "local/mine")
    assert chosen.weights is not None
    assert Path(chosen.weights).is_relative_to(house.home)
    passport = (house.home / "jobs" / row.id / "model" / "passport.json").read_text("utf-8")
    assert '"source": "local/mine"' in passport
    assert str(mine) not in passport
