"""A whole job whose network is beaten: what is published is the linear model, and nothing more."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.environments import Environments
from bot import commands
from bot.cli.work import Runner
from bot.settings import Settings
from bot.wiring import House, open_house
from pipeline.artifacts import DataInput
from pipeline.context import Request
from pipeline.jobs import JobStatus
from pipeline.ports.store import JobRow
from pipeline.recipe import read_requirements, requirements
from tests.fakes.chat import FakeChat
from tests.fakes.hub import FakeHub, Model
from tests.fakes.jobs import ANN
from tests.unit.apart import tiny_encoder
from tests.unit.text_classification.test_network import TASK, letters

pytestmark = pytest.mark.anyio
UNTAUGHT = 1e-9  # the learning rate of a network that learns nothing


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return letters(tmp_path / "letters.csv", 480)


@pytest.fixture
def hub(deep_python: Path, tmp_path: Path, texts: Path) -> Iterator[FakeHub]:
    """A Hub whose ModernBERT is a tiny one that knows nothing."""
    tiny = tiny_encoder(deep_python, tmp_path / "tiny", texts)
    files = {path.name: path.read_bytes() for path in tiny.iterdir()}
    with FakeHub({"answerdotai/ModernBERT-base": Model({**files})}) as hub:
        yield hub


@pytest.fixture
async def house(
    tmp_path: Path, environments: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    if Environments(environments).ready(requirements(TASK)) is None:
        pytest.skip("the light stack is not installed yet: the contract tests install it")
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MLTRAINER_ENV_CACHE", str(environments))
    monkeypatch.setenv("MLTRAINER_RETRY_SCALE", "0")
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    async with open_house(Settings.load()) as opened:
        yield opened


async def trained(house: House, texts: Path) -> JobRow:
    settings = {"task_type": TASK, "backbone": "modernbert", "learning_rate": UNTAUGHT, "epochs": 1}
    request = Request(
        words="tell calm from storm",
        inputs=(DataInput(location=str(texts)),),
        settings=settings,
        budget_seconds=60,
    )
    row = await commands.begin(house.store, home=house.home, owner=ANN, request=request)
    return await Runner(house, print).settle(row.id, FakeChat())


async def test_the_folder_names_the_model_that_it_holds(house: House, texts: Path) -> None:
    row = await trained(house, texts)
    assert row.status is JobStatus.DONE, row.context.waiting
    assert row.context.architecture is not None
    assert row.context.architecture.backbone == "modernbert"
    folder = house.home / "jobs" / row.id / "model"
    assert "library_name: tfidf_svc" in (folder / "README.md").read_text("utf-8")
    assert read_requirements(folder) == tuple(sorted(requirements(TASK)))
    passport = json.loads((folder / "passport.json").read_text("utf-8"))
    assert passport["backbone"] == "tfidf_svc"
    assert "weights" not in passport
    assert "torch" not in passport["versions"]
    assert row.context.release is not None
    assert row.context.release.proof is not None
