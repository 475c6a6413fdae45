"""The same training on this machine, at Kaggle, at Modal and on Ray comes to the same figures."""

import asyncio
import os
import random
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from adapters.environments import Environments
from bot import commands
from bot.settings import Settings
from bot.wiring import House, open_house
from pipeline.agents import find_agents
from pipeline.artifacts import DataInput, Metrics, Run
from pipeline.context import JobContext, Request
from pipeline.events import Event
from pipeline.jobs import Stage
from pipeline.outcomes import ComeBack, LookAgain
from pipeline.ports import Ports
from tests.fakes.jobs import ANN
from tests.fakes.modal.server import ANN_TOKEN
from tests.fakes.ray.head import REQUIREMENTS, real_head
from tests.stories.one_process import Outside, Shelves, keys_of, outside

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
AWAY = ("kaggle", "modal", "ray")
WORDS = {"table": "predict left from the other columns", "texts": "tell claims from chat"}
# What is tried for as long as there is time differs with the time there is; one model does not.
BACKBONES = {"table": "lightgbm", "texts": "tfidf_svc"}
_LOOKS, _LOOK_SECONDS = 3000, 0.05


def rows(of: str) -> str:
    """200 rows that nobody can learn by heart: every sixth answer is drawn."""
    drawn = random.Random(7)  # noqa: S311  (rows, not keys)
    lines = ["age,visits,left" if of == "table" else "label,message"]
    for number in range(200):
        age, visits = drawn.randint(18, 80), drawn.randint(0, 30)
        says = drawn.random() < 0.5 if number % 6 == 0 else age > 3 * visits
        if of == "table":
            lines.append(f"{age},{visits},{'yes' if says else 'no'}")
        elif says:
            lines.append(f"claim,you won prize {number} call now and claim cash {visits}")
        else:
            words = "you won" if visits > 25 else "see you"
            lines.append(f"chat,{words} at {age} near the station my friend {visits}")
    return "\n".join([*lines, ""])


@pytest.fixture
def real_ray(environments: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a real head of Ray on this machine."""
    python = Environments(environments).ready(REQUIREMENTS)
    if python is None:
        pytest.skip("Ray is not installed: run `make ray` first")
    # With the installer of the tests and its cache, the head makes its environment in seconds.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("UV_SYSTEM_CERTS", "1")
    monkeypatch.setenv("UV_CACHE_DIR", os.environ.get("UV_CACHE_DIR") or _usual_cache())
    with real_head(python) as address:
        yield address


async def test_a_table_comes_to_the_same_figures_wherever_it_is_learned(
    tmp_path: Path, environments: Path
) -> None:
    with outside(tmp_path) as services:
        await come_to_the_same("table", services, tmp_path, environments, services.ray.address)
        assert services.ray.submitted == 1


async def test_texts_come_to_the_same_figures_also_on_a_real_head_of_ray(
    tmp_path: Path, environments: Path, real_ray: str
) -> None:
    with outside(tmp_path) as services:
        await come_to_the_same("texts", services, tmp_path, environments, real_ray)


async def come_to_the_same(
    of: str, services: Outside, folder: Path, environments: Path, ray: str
) -> None:
    """One plan, carried out at each place: every figure is that of this machine."""
    (folder / "rows.csv").write_text(rows(of), "utf-8")
    told = {"MLTRAINER_APPROVAL": "always", "RAY_ADDRESS": ray}
    settings = services.settings(folder / "home", environments, **told)
    async with open_house(settings) as house:
        await keys_of(services, "ann", ANN_TOKEN).give(house.vault(), ANN)
        context = await up_to_its_plan(house, of, folder / "rows.csv")
        services.with_python(await python_of(house, context))
        to = ports(house, settings)
        here, *away = [await figures(place, context, to) for place in ("local", *AWAY)]

    for place, there in zip(AWAY, away, strict=True):
        assert there == pytest.approx(here, abs=1e-6), place
    assert any(0.5 < value < 1 for value in here.values()), "nothing could differ"
    assert len(services.kaggle.world.calls("SaveKernel")) == 1
    assert len(services.modal.ann.sandboxes) == 1


async def up_to_its_plan(house: House, of: str, data: Path) -> JobContext:
    """A job that waits for a yes to its plan, and gets it."""
    inputs, chosen = (DataInput(location=str(data)),), {"architecture.backbone": BACKBONES[of]}
    request = Request(words=WORDS[of], inputs=inputs, settings=chosen, deploy=False)
    row = await commands.begin(house.store, home=house.home, owner=ANN, request=request)
    while (due := await house.drive(row.id)) is not None:
        await asyncio.sleep(max(0.0, (due - house.clock.now()).total_seconds()))
    row = await house.store.load(row.id)
    assert row.context.waiting is not None, row.context.last_error
    assert row.context.waiting.reason == "approval", row.context.waiting
    approved = row.context.request.model_copy(update={"approved": True})
    return row.context.evolve(request=approved, waiting=None)


async def python_of(house: House, context: JobContext) -> Path:
    """The Python of the training's own environment."""
    assert context.bundle is not None

    async def unheard(line: str) -> None:
        del line

    return await house.workbench.prepare(context.bundle.requirements, unheard)


def ports(house: House, settings: Settings) -> Ports:
    """What the agents reach, as in a job."""
    shelves = Shelves.of(settings, house.vault(), house.workbench)

    async def emit(event: Event) -> None:
        del event

    return Ports(
        clock=house.clock,
        emit=emit,
        workbench=house.workbench,
        sources=shelves.sources,
        runtimes=shelves.runtimes,
        hosts=shelves.hosts,
        vault=house.vault(),
        home=house.home,
        approval="always",
    )


async def figures(place: str, context: JobContext, to: Ports) -> Mapping[str, float]:
    """Every figure of the model, and of what it is compared with, when it is trained there."""
    assert context.collected is not None
    moved = context.collected.model_copy(update={"runtime": place})
    metrics = await _trained(context.evolve(collected=moved, run=None), to)
    told = {f"baseline {one.name}": one.value for one in metrics.baselines}
    return {**metrics.metrics, **told, metrics.metric.name: metrics.metric.value}


async def _trained(context: JobContext, to: Ports) -> Metrics:
    """Follow the training until its results are here and scored."""
    agent = find_agents()[Stage.MONITOR]
    for _ in range(_LOOKS):
        outcome = await agent.run(context, to)
        if isinstance(outcome, LookAgain):
            await asyncio.sleep(_LOOK_SECONDS)
            continue
        assert isinstance(outcome, ComeBack), outcome
        run = outcome.artifact
        assert isinstance(run, Run)
        if run.status == "collected" and run.metrics is not None:
            return run.metrics
        context = context.with_artifact(run)
        await asyncio.sleep(_LOOK_SECONDS)
    raise AssertionError("the training did not end")


def _usual_cache() -> str:
    return str(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "uv"))
