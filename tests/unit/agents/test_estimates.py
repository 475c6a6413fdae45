"""What a plan says of time and money: measured by the rehearsal, or only the limits."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pipeline.artifacts import Architecture, Bundle, Collected, Preprocessing, TrainingConfig
from pipeline.context import JobContext
from pipeline.estimating import likely_seconds
from pipeline.intent import ParsedIntent
from pipeline.jobs import Stage, TaskType
from pipeline.placing import Estimate, estimate, others
from pipeline.planning import plan_lines
from pipeline.ports.runtime import Gpu, Offer
from pipeline.recipe import find_recipe, recipe_folder
from pipeline.scripts import Stopwatch
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.unit.agents.test_elsewhere import Elsewhere
from tests.unit.orchestrator.scripted import ARTIFACTS

TEXTS = TaskType("text_classification")
CLOUD = Offer("Cloud", usd_hour=Decimal(3), priced_on=date(2026, 11, 1), start_seconds=30)


def job(rows: int, *, work: float | None = 0.5, budget: float = 300) -> JobContext:
    """A job whose 200 rehearsed texts took 3 seconds, of them `work` after the start."""
    cut = ARTIFACTS[Stage.PREPROCESSING]
    settled, written = ARTIFACTS[Stage.CONFIG], ARTIFACTS[Stage.CODEGEN]
    assert isinstance(cut, Preprocessing)
    assert isinstance(settled, TrainingConfig)
    assert isinstance(written, Bundle)
    parts = {"train": rows - rows // 10, "validation": rows // 10, "test": 400}
    return new_job(FakeClock()).evolve(
        collected=Collected(files=(), runtime="local", host="folder", summary=()),
        intent=ParsedIntent(task_type=TEXTS),
        preprocessing=cut.model_copy(update={"rows": parts}),
        config=settled.model_copy(update={"budget_seconds": budget}),
        architecture=Architecture(backbone="tfidf_svc", why="", requirements=()),
        bundle=written.model_copy(update={"rehearsal_seconds": 3.0, "rehearsal_work": work}),
    )


def time_of(context: JobContext) -> str:
    return next(line for line in plan_lines(context) if line.startswith("Time"))


def test_the_plan_says_how_long_by_the_rehearsal_and_the_limit_beside_it() -> None:
    expected = "Time: about 15 to 35 s of training by its rehearsal, 5 min at the latest"
    assert time_of(job(6000)) == expected
    assert time_of(job(150)).startswith("Time: about 3 to 6 s of training by its rehearsal")
    assert time_of(job(18_000, work=1, budget=1200)).startswith("Time: about 2 to 3 min")


@pytest.mark.parametrize(
    "context",
    [
        job(6000, work=None),  # saved before it was measured, or a script that was changed
        job(6000, budget=30),
        job(30_000, work=0.001),
        job(6000).evolve(architecture=Architecture(backbone="other", why="", requirements=())),
    ],
    ids=["not measured", "the limit decides", "too many rows", "another model"],
)
def test_where_nothing_sure_is_known_only_the_limit_is_said(context: JobContext) -> None:
    assert likely_seconds(context) is None
    assert re.fullmatch(r"Time: up to \d+ (s|min) of training", time_of(context))
    assert estimate(context, Elsewhere("cloud", CLOUD), 900).likely_usd is None


def test_each_place_has_its_likely_price_beside_the_highest() -> None:
    context = job(6000)
    free = Elsewhere("free", Offer("Free", start_seconds=120))
    cloud = Elsewhere("cloud", CLOUD)
    place = estimate(context, cloud, 900)
    rest = others(context, {"cloud": cloud, "free": free}, "cloud", 900)

    lines = plan_lines(context, (), place, rest)

    assert "Price: about $0.06, at most $0.78 by the prices of 2026-11-01" in lines
    assert "Elsewhere: free (nothing; about 3 min)" in lines


def test_nothing_is_foretold_of_a_gpu_that_was_not_measured() -> None:
    on_card = replace(CLOUD, gpus=(Gpu("T4", 16, Decimal("0.60")),))
    network = job(6000).evolve(
        architecture=Architecture(backbone="modernbert", why="", requirements=())
    )
    place = estimate(network, Elsewhere("cloud", on_card), 900)
    assert (place.likely_seconds, place.likely_usd) == (None, None)


def test_a_likely_price_is_never_above_the_highest() -> None:
    short = replace(CLOUD, most_seconds=20)
    place = estimate(job(6000), Elsewhere("cloud", short), 900)
    assert place.likely_usd is None
    tiny = Estimate("cloud", CLOUD, None, 0, 10, likely_seconds=9)
    assert tiny.likely_usd == tiny.most_usd
    (line,) = [line for line in plan_lines(job(6000), (), tiny) if line.startswith("Price")]
    assert line == "Price: at most $0.01 by the prices of 2026-11-01"


@pytest.mark.anyio
async def test_the_work_is_measured_from_the_first_progress_to_the_last() -> None:
    clock, heard = FakeClock(), list[str]()

    async def on_line(line: str) -> None:
        heard.append(line)

    watch = Stopwatch(clock, on_line)
    for seconds, line in ((2.0, "a warning"), (1.0, '{"step": "train"}')):
        clock.advance(seconds)
        await watch(line)
    assert watch.seconds is None
    clock.advance(0.5)
    await watch('{"step": "train", "done": 1}')
    assert watch.seconds == 0.5
    assert len(heard) == 3


def test_a_bundle_that_was_saved_before_its_work_was_measured_still_loads() -> None:
    saved = '{"folder": "", "files": {}, "requirements": [], "rehearsal_seconds": 3.0}'
    assert Bundle.model_validate_json(saved).rehearsal_work is None


def test_the_rows_of_a_rehearsal_are_those_that_its_script_takes() -> None:
    (said,) = {one.rehearsed_rows for one in find_recipe(TEXTS).backbones if one.rehearsed_rows}
    script = (recipe_folder(TEXTS) / "train.py").read_text("utf-8")
    assert f"REHEARSAL_ROWS = {said}\n" in script
