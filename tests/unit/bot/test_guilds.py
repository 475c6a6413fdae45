"""Who may do what on a platform where a person is one over many spaces: the place decides."""

from pathlib import Path

import pytest

from pipeline.jobs import Actor, JobStatus, Place
from pipeline.ports.chat import Ok, Whisper
from tests.unit.bot.front import DIRECT, DISCORD, GUILD, Front, all_of, whispered

pytestmark = pytest.mark.anyio

OTHER_GUILD = Place(platform="discord", space="G2", channel="C9", thread="2.2")
IN_GUILD = GUILD.model_copy(update={"thread": "9.9"})
BEN = Actor(platform="discord", space="", id="U2", name="ben")
EVE = Actor(platform="discord", space="", id="U3", name="eve", admin=True)
FAKE_SLACK = Actor(platform="slack", space="G1", id="U1", name="ana", admin=True)
SPEAKERS = {
    "owner here": (DISCORD, IN_GUILD),
    "owner in another guild": (DISCORD, OTHER_GUILD),
    "owner in direct messages": (DISCORD, DIRECT),
    "member here": (BEN, IN_GUILD),
    "member in another guild": (BEN, OTHER_GUILD),
    "member in direct messages": (BEN, Place(platform="discord", space="@U2", channel="D2")),
    "admin here": (EVE, IN_GUILD),
    "admin of another guild": (EVE, OTHER_GUILD),
    "admin in direct messages": (EVE, Place(platform="discord", space="@U3", channel="D3")),
    "somebody on another platform": (FAKE_SLACK, IN_GUILD),
}
OWNER = {who for who in SPEAKERS if who.startswith("owner")}
READ = OWNER | {"member here", "admin here"}
ACT = OWNER | {"admin here"}
CASES = [
    (what, who, who in allowed)
    for what, allowed in {"status": READ, "log": READ, "cancel": ACT, "retry": ACT}.items()
    for who in SPEAKERS
]


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path, "discord")


@pytest.mark.parametrize(("what", "who", "allowed"), CASES)
async def test_each_person_may_do_where_they_speak_what_the_table_says(
    front: Front, what: str, who: str, *, allowed: bool
) -> None:
    status = JobStatus.FAILED if what == "retry" else JobStatus.RUNNABLE
    row = await front.job(status, owner=DISCORD, at=GUILD)
    by, at = SPEAKERS[who]

    reply = await front.type(what, row.id, by=by, at=at)

    refused = isinstance(reply, Whisper) and reply.card.tone == "bad"
    after = await front.store.load(row.id)
    assert refused is not allowed
    acted = (after.seq, after.cancel) != (row.seq, False)
    assert acted is (allowed and what in {"cancel", "retry"})


@pytest.mark.parametrize("who", sorted(set(SPEAKERS) - READ))
async def test_a_job_of_another_guild_is_answered_like_one_that_is_not(
    front: Front, who: str
) -> None:
    row = await front.job(JobStatus.DONE, owner=DISCORD, at=GUILD)
    by, at = SPEAKERS[who]
    real = whispered(await front.type("status", row.id, by=by, at=at))
    made_up = whispered(await front.type("status", "j-00000000", by=by, at=at))
    assert all_of(real).replace(row.id, "j-00000000") == all_of(made_up)


@pytest.mark.parametrize("who", sorted(set(SPEAKERS) - OWNER))
async def test_nobody_reads_a_job_that_stands_in_somebodys_direct_messages(
    front: Front, who: str
) -> None:
    row = await front.job(owner=DISCORD, at=DIRECT)
    by, at = SPEAKERS[who]
    assert whispered(await front.type("status", row.id, by=by, at=at)).tone == "bad"


async def test_in_direct_messages_all_jobs_of_a_person_are_meant(front: Front) -> None:
    row = await front.job(JobStatus.FAILED, owner=DISCORD, at=GUILD)
    await front.type("resume", by=DISCORD, at=DIRECT)
    assert (await front.store.load(row.id)).status is JobStatus.RUNNABLE


async def test_a_command_in_direct_messages_means_the_job_that_fits(front: Front) -> None:
    failed = await front.job(JobStatus.FAILED, owner=DISCORD, at=GUILD)
    done = await front.job(JobStatus.DONE, owner=DISCORD, at=DIRECT)
    await front.type("retry", by=DISCORD, at=DIRECT)
    assert (await front.store.load(failed.id)).status is JobStatus.RUNNABLE
    assert (await front.store.load(done.id)).status is JobStatus.DONE


async def test_a_button_of_a_card_that_was_moved_works_for_its_owner(front: Front) -> None:
    row = await front.waiting("approval", "approval", owner=DISCORD, at=GUILD)
    reply = await front.press("approve", f"{row.id} {row.seq}", by=DISCORD, at=DIRECT)
    assert isinstance(reply, Ok)
    assert await front.replies(row) == ["approve"]
