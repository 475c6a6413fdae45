"""A training that fails, hangs or eats memory ends in one line of cause and a hint."""

import asyncio
import os
import re
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import pytest

import pipeline.recipes
from bot import commands
from bot.cli.work import Runner
from bot.settings import Settings
from bot.wiring import House, open_house
from pipeline import recipe, training
from pipeline.artifacts import DataInput
from pipeline.context import Request
from pipeline.events import StageRetried
from pipeline.jobs import JobId, JobStatus
from pipeline.ports.runtime import Limits
from pipeline.ports.store import JobRow
from tests.fakes.chat import FakeChat
from tests.fakes.jobs import ANN

pytestmark = pytest.mark.anyio
SECRET = "hf_" + "FAKE" * 8
MakeRecipe = Callable[[str], str]


@pytest.fixture
async def house(
    tmp_path: Path, environments: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MLTRAINER_ENV_CACHE", str(environments))
    monkeypatch.setenv("MLTRAINER_RETRY_SCALE", "0")
    monkeypatch.setenv("HF_TOKEN", SECRET)
    monkeypatch.setattr(training, "GRACE_SECONDS", 6.0)
    async with open_house(Settings.load()) as opened:
        yield opened


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeRecipe]:
    """Puts a recipe on the shelf whose training (not its rehearsal) begins with these lines."""

    def make(lines: str) -> str:
        source = recipe.RECIPES / "text_classification"
        folder = tmp_path / "shelf" / "broken_task"
        shutil.copytree(source, folder)
        script = folder / "train.py"
        text = script.read_text("utf-8")
        main = re.search(
            r"^def main\(.*?\) -> None:\n(?:    \"\"\".*?\"\"\"\n)?", text, re.MULTILINE | re.DOTALL
        )
        assert main is not None
        code = "    import sys\n    if '--rehearse' not in sys.argv:\n"
        code += "".join(f"        {line}\n" for line in lines.splitlines())
        script.write_text(text[: main.end()] + code + text[main.end() :], "utf-8")
        shelf = [*pipeline.recipes.__path__, str(folder.parent)]
        monkeypatch.setattr(pipeline.recipes, "__path__", shelf)
        forget_recipes()
        return "broken_task"

    yield make
    forget_recipes()


def forget_recipes() -> None:
    recipe.known_recipes.cache_clear()
    recipe.find_task.cache_clear()
    recipe.find_recipe.cache_clear()
    sys.modules.pop("pipeline.recipes.broken_task", None)


async def train(house: House, tmp_path: Path, task: str) -> JobRow:
    data = tmp_path / "messages.csv"
    rows = [f"claim,you won prize {n} claim cash now" for n in range(40)]
    rows += [f"chat,see you at {n} near the station" for n in range(60)]
    data.write_text("\n".join(["label,message", *rows]) + "\n", "utf-8")
    request = Request(
        words="sort these",
        inputs=(DataInput(location=str(data)),),
        settings={"task_type": task},
        budget_seconds=1,
    )
    row = await commands.begin(house.store, home=house.home, owner=ANN, request=request)
    return await Runner(house, print).settle(row.id, FakeChat())


async def test_a_script_that_fails_is_sent_back_once_with_its_error_then_asks(
    house: House, tmp_path: Path, broken: MakeRecipe
) -> None:
    row = await train(house, tmp_path, broken("raise KeyError('no such column')"))
    retried = [
        recorded.event
        for recorded in await house.store.events(row.id)
        if isinstance(recorded.event, StageRetried)
    ]
    assert row.status is JobStatus.WAITING
    assert row.context.waiting is not None
    assert "KeyError: 'no such column'" in row.context.waiting.text
    assert "retry" in row.context.waiting.text
    assert "\n" not in row.context.waiting.text
    assert [event.error for event in retried] == [
        "The step 'train' failed: KeyError: 'no such column'"
    ]


async def test_a_script_that_hangs_is_stopped_at_its_time_limit(
    house: House, tmp_path: Path, broken: MakeRecipe
) -> None:
    row = await train(house, tmp_path, broken("while True: pass"))
    assert row.status is JobStatus.WAITING
    assert row.context.waiting is not None
    assert re.search(r"'train' was stopped after \d+ s: its time limit", row.context.waiting.text)
    assert "--budget-minutes" in row.context.waiting.text


async def test_a_script_that_eats_memory_is_stopped_at_its_limit(
    house: House, tmp_path: Path, broken: MakeRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "_training", lambda *_: Limits(seconds=60, memory=600 << 20))
    lines = "held = []\nwhile True: held.append(bytearray(50 << 20))"
    row = await train(house, tmp_path, broken(lines))
    assert row.status is JobStatus.WAITING
    assert row.context.waiting is not None
    assert "'train' ran out of memory" in row.context.waiting.text
    assert "fewer rows" in row.context.waiting.text


async def test_a_script_that_prints_its_environment_finds_no_secret(
    house: House, tmp_path: Path, broken: MakeRecipe
) -> None:
    assert os.environ["HF_TOKEN"] == SECRET
    lines = (
        "import os, pathlib\n"
        "for key, value in os.environ.items(): print('seen', key, value)\n"
        "for path in pathlib.Path('/proc').glob('[0-9]*/environ'):\n"
        "    try: print('seen', path.read_bytes())\n"
        "    except OSError: pass\n"
        "print('looked everywhere')"
    )
    row = await train(house, tmp_path, broken(lines))
    assert row.status is JobStatus.DONE
    logs = list((house.home / "jobs" / row.id).rglob("output.log"))
    assert any("looked everywhere" in log.read_text("utf-8") for log in logs)
    written = [path for path in (house.home).rglob("*") if path.is_file()]
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]


async def test_what_lies_among_the_results_as_a_link_is_refused_by_name(
    house: House, tmp_path: Path, broken: MakeRecipe
) -> None:
    lines = (
        "import os\nos.makedirs('model', exist_ok=True)\nos.symlink('/etc/passwd', 'extra.json')"
    )
    row = await train(house, tmp_path, broken(lines))
    assert row.status is not JobStatus.DONE
    assert "extra.json" in str(row.context.errors[-1].message)
    assert not list((house.home / "jobs" / row.id / "model").rglob("extra.json"))


async def test_a_cancel_ends_a_running_training_within_five_seconds_children_included(
    house: House, tmp_path: Path, broken: MakeRecipe
) -> None:
    lines = (
        "import os, time as rest\n"
        "if os.fork() == 0:\n"
        "    os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(987654)'])\n"
        "rest.sleep(987654)"
    )
    task = broken(lines)
    training_job = asyncio.ensure_future(train(house, tmp_path, task))
    async with asyncio.timeout(60):
        while not (job := await training_child(house)):
            await asyncio.sleep(0.1)
    began = time.monotonic()
    assert await house.store.request_cancel(job, "me")
    row = await asyncio.wait_for(training_job, 5)
    assert row.status is JobStatus.CANCELLED
    assert time.monotonic() - began < 5
    assert not sleepers()


async def training_child(house: House) -> JobId | None:
    """The job whose training and its child are up, once they are."""
    rows = await house.store.list()
    return rows[0].id if rows and len(sleepers()) == 1 else None


def sleepers() -> list[int]:
    """Processes of this machine that were started by the test's training script."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if "import time; time.sleep(987654)" in (process.info["cmdline"] or [])
    ]
