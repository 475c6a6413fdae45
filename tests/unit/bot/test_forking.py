"""A finished job is wanted again in its thread, with a change."""

from pathlib import Path

import pytest

from bot import forking
from pipeline.artifacts import DataInput
from pipeline.errors import PersonCanFix
from pipeline.folders import JobFolder
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.ports.chat import Attachment, Mention
from pipeline.ports.store import JobRow
from tests.unit.bot.finished import finished_job
from tests.unit.bot.front import ADMIN, ANA, BEN, DIRECT, DISCORD, THREAD, Front

pytestmark = pytest.mark.anyio


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


async def finished(front: Front) -> JobRow:
    """A job that is done, with what it had read in its folder."""
    made = finished_job()
    folder = JobFolder.of(front.home, made.job_id)
    for name in ("uploads", "data", "runs", "model", "published"):
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


async def test_a_message_that_comes_again_after_later_ones_begins_nothing_more(
    front: Front,
) -> None:
    await finished(front)
    said = Mention(key="e1", actor=ANA, place=THREAD, text="same with seed=5", message="1.1")
    for job_id in ("j-00000001", "j-00000002"):
        await front.conversation.heard(said, JobId(job_id))
        child = await front.store.load(JobId(job_id))
        await front.store.save(child, child.context, status=JobStatus.DONE)

    await front.conversation.heard(said, JobId("j-00000001"))

    assert len(await front.store.list()) == 3
    assert (await latest(front)).id == "j-00000002"


async def test_a_copy_that_broke_off_is_begun_anew(front: Front) -> None:
    parent = await finished(front)
    half = JobFolder.of(front.home, JobId("j-00000001"))
    half.data.mkdir(parents=True)
    (half.data / "half.csv").write_text("cut", "utf-8")

    row = await forking.fork(
        front.store, parent, home=front.home, owner=ANA, wanted={}, job_id=JobId("j-00000001")
    )

    assert row.context.parent == parent.id
    assert [path.name for path in half.data.iterdir()] == ["rows.csv"]


async def test_what_an_admin_wants_again_stays_its_owners(front: Front) -> None:
    await finished(front)

    await front.say("same on Modal", by=ADMIN)

    child = await latest(front)
    assert child.context.request.runtime == "modal"
    assert child.context.owner == ANA


async def test_files_that_the_same_again_would_not_use_begin_nothing(front: Front) -> None:
    parent = await finished(front)
    front.chat.files["f-1"] = b"text,label\n"

    await front.say("same again", files=(Attachment(id="f-1", name="new.csv", size=11),))

    assert len(await front.store.list()) == 1
    ((_, whisper),) = front.chat.whispers
    assert f"mltrainer retrain {parent.id} --data FILE" in whisper.body


async def test_a_job_that_has_read_nothing_is_no_beginning(front: Front) -> None:
    parent = await front.job(JobStatus.WAITING)

    with pytest.raises(PersonCanFix, match="has not read its data yet"):
        await forking.fork(front.store, parent, home=front.home, owner=ANA, wanted={})


async def test_where_there_are_no_threads_it_is_no_new_request(tmp_path: Path) -> None:
    front = Front(tmp_path, platform="discord")
    made = finished_job()
    JobFolder.of(front.home, made.job_id).path.mkdir(parents=True)
    parent = await front.job(JobStatus.DONE, owner=DISCORD, at=DIRECT, context=made)

    await front.say("same on Kaggle", by=DISCORD, at=DIRECT)

    child = await front.store.at(DIRECT)
    assert child is not None
    assert child.context.parent == parent.id
