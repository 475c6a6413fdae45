"""A finished job is wanted again in its thread, with a change."""

from pathlib import Path

import pytest

from pipeline.artifacts import DataInput
from pipeline.folders import JobFolder
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.store import JobRow
from tests.unit.bot.finished import finished_job
from tests.unit.bot.front import BEN, DIRECT, DISCORD, THREAD, Front

pytestmark = pytest.mark.anyio


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


async def finished(front: Front) -> JobRow:
    """A job that is done, with what it had read in its folder."""
    made = finished_job()
    folder = JobFolder.of(front.home, made.job_id)
    for name in ("uploads", "data", "runs", "model"):
        (folder.path / name).mkdir(parents=True)
        (folder.path / name / "rows.csv").write_text(name, "utf-8")
    given = DataInput(location=str(folder.uploads / "rows.csv"))
    request = made.request.model_copy(update={"inputs": (given,), "approved": True})
    return await front.job(
        JobStatus.DONE, context=made.evolve(request=request, home=str(front.home))
    )


async def latest(front: Front) -> JobRow:
    found = await front.store.at(THREAD)
    assert found is not None
    return found


async def test_the_same_elsewhere_is_a_new_job_of_the_thread(front: Front) -> None:
    parent = await finished(front)

    await front.say("same on Modal", key="said")
    await front.say("same on Modal", key="said")

    child = await latest(front)
    assert (child.context.parent, child.status) == (parent.id, JobStatus.RUNNABLE)
    assert child.context.request.runtime == "modal"
    assert not child.context.request.approved
    assert child.context.run is None
    folder = JobFolder.of(front.home, child.id)
    assert child.context.request.inputs[0].location == str(folder.uploads / "rows.csv")
    assert sorted(path.name for path in folder.path.iterdir()) == ["data", "uploads"]
    assert len(await front.store.list()) == 2
    assert (await front.store.load(parent.id)).status is JobStatus.DONE


async def test_a_changed_setting_keeps_what_was_read(front: Front) -> None:
    await finished(front)

    await front.say("the same, but with seed=5")

    kept = (await latest(front)).context
    assert kept.request.settings == {"hyperparameters.seed": 5}
    assert Stage.INTAKE_MANAGER in kept.stage_results
    assert Stage.CONFIG not in kept.stage_results


async def test_strangers_and_changes_that_are_none_begin_nothing(front: Front) -> None:
    await finished(front)

    await front.say("same on Modal", by=BEN)
    await front.say("the same with seed=many")

    assert len(await front.store.list()) == 1


async def test_where_there_are_no_threads_it_is_no_new_request(tmp_path: Path) -> None:
    front = Front(tmp_path, platform="discord")
    made = finished_job()
    JobFolder.of(front.home, made.job_id).path.mkdir(parents=True)
    parent = await front.job(JobStatus.DONE, owner=DISCORD, at=DIRECT, context=made)

    await front.say("same on Kaggle", by=DISCORD, at=DIRECT)

    child = await front.store.at(DIRECT)
    assert child is not None
    assert child.context.parent == parent.id
