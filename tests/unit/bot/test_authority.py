"""Who may do what, as one table; and what cannot be forged, replayed or guessed."""

from pathlib import Path

import pytest

from pipeline.jobs import Actor, JobStatus
from pipeline.ports.chat import AskForm, Ok, Reply, Whisper
from pipeline.ports.store import JobRow
from tests.unit.bot.front import ADMIN, ANA, BEN, FOREIGN, THREAD, Front, all_of, whispered

pytestmark = pytest.mark.anyio

BOT = Actor(platform="slack", space="T1", id="B1", name="another bot")
ELSEWHERE = THREAD.model_copy(update={"thread": "9.9"})
WHO = {"owner": ANA, "member": BEN, "admin": ADMIN, "other workspace": FOREIGN, "bot": BOT}
READ = {"owner", "member", "admin", "bot"}
ACT = {"owner", "admin"}
MATRIX = {
    "status": READ,
    "log": READ,
    "answer": ACT,
    "approve": ACT,
    "change": ACT,
    "cancel": ACT,
    "resume": ACT,
    "retry": ACT,
    "predict": ACT,
    "connect": {"owner"},
}
CASES = [(what, who, who in allowed) for what, allowed in MATRIX.items() for who in WHO]


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


async def wanted(front: Front, what: str) -> JobRow:
    """A job to which this can be done."""
    match what:
        case "answer":
            return await front.waiting(options=("price", "sold"))
        case "approve" | "change":
            return await front.waiting("approval", "approval")
        case "connect":
            return await front.waiting("credential", "huggingface")
        case "resume" | "retry":
            return await front.job(JobStatus.FAILED)
        case "predict":
            return await front.job(JobStatus.DONE)
        case _:
            return await front.job()


async def attempt(front: Front, what: str, row: JobRow, by: Actor) -> Reply:
    """Press the button for it, from another thread of the workspace."""
    argument = {
        "answer": f"{row.id} {row.seq} 1",
        "approve": f"{row.id} {row.seq}",
        "connect": f"{row.id} huggingface",
    }.get(what, row.id)
    action = {"predict": "try", "answer": "answer-1"}.get(what, what)
    return await front.press(action, argument, by=by, at=ELSEWHERE)


def refused(reply: Reply) -> bool:
    return isinstance(reply, Whisper) and reply.card.tone == "bad"


@pytest.mark.parametrize(("what", "who", "allowed"), CASES)
async def test_each_person_may_do_what_the_table_says(
    front: Front, what: str, who: str, *, allowed: bool
) -> None:
    row = await wanted(front, what)
    reply = await attempt(front, what, row, WHO[who])
    after = await front.store.load(row.id)
    changed = (after.seq, after.cancel, len(await front.replies(row))) != (row.seq, False, 0)
    if what == "connect":
        panel = isinstance(reply, Whisper) and bool(reply.card.rows)
        assert panel is allowed
        return
    assert refused(reply) is not allowed
    if not allowed:
        assert not changed


@pytest.mark.parametrize("what", ["status", "log", "cancel", "resume", "retry", "menu", "predict"])
async def test_a_job_of_another_workspace_is_answered_like_one_that_is_not(
    front: Front, what: str
) -> None:
    row = await front.job(JobStatus.DONE)
    real = whispered(await front.type(what, row.id, by=FOREIGN))
    made_up = whispered(await front.type(what, "j-00000000", by=FOREIGN))
    assert all_of(real).replace(row.id, "j-00000000") == all_of(made_up)
    assert real.actions == ()


async def test_an_unknown_job_is_answered_with_the_persons_own_alone(front: Front) -> None:
    hers = await front.job()
    his = await front.job(owner=BEN, at=ELSEWHERE)
    said = all_of(whispered(await front.type("status", "j-00000000", by=BEN)))
    assert his.id in said
    assert hers.id not in said


async def test_a_list_holds_the_persons_own_jobs(front: Front) -> None:
    row = await front.job()
    for who, actor in WHO.items():
        said = all_of(whispered(await front.type("list", by=actor)))
        assert (row.id in said) is (who == "owner")


async def test_forgetting_is_for_ones_own_accounts(front: Front) -> None:
    await front.vault.put(ANA, "huggingface", "{}", tail="1234")
    for actor in (BEN, ADMIN, FOREIGN, BOT):
        assert "nothing" in whispered(await front.type("forget", "hf", by=actor)).title
    assert len(await front.vault.held(ANA)) == 1
    await front.type("forget", "hf")
    assert await front.vault.held(ANA) == ()


async def test_a_stranger_who_presses_reads_why_and_nothing_changes(front: Front) -> None:
    row = await front.waiting("approval", "approval")
    said = whispered(await attempt(front, "approve", row, BEN))
    assert "belongs to ana" in said.title
    assert await front.replies(row) == []


async def test_a_button_pressed_twice_answers_once(front: Front) -> None:
    row = await front.waiting("approval", "approval")
    for _ in range(2):
        assert isinstance(await attempt(front, "approve", row, ANA), Ok)
    assert await front.replies(row) == ["approve"]


async def test_a_button_of_an_earlier_question_answers_no_later_one(front: Front) -> None:
    row = await front.waiting("approval", "approval")
    await front.store.save(row, row.context, status=JobStatus.WAITING)
    assert "no longer" in whispered(await attempt(front, "approve", row, ANA)).title
    assert await front.replies(row) == []


@pytest.mark.parametrize("argument", ["{job} {seq} 9", "{job} {seq} x", "{job} {seq}", "{job}", ""])
async def test_a_forged_option_is_refused(front: Front, argument: str) -> None:
    row = await front.waiting(options=("price", "sold"))
    said = await front.press("answer-1", argument.format(job=row.id, seq=row.seq))
    assert refused(said)
    assert await front.replies(row) == []


async def test_approve_answers_no_question_that_is_no_plan(front: Front) -> None:
    row = await front.waiting(options=("price", "sold"))
    assert refused(await front.press("approve", f"{row.id} {row.seq}"))
    assert await front.replies(row) == []


async def test_a_form_sent_by_another_changes_nothing(front: Front) -> None:
    row = await front.waiting("approval", "approval")
    assert refused(await front.send("change", row.id, {"other": "epochs=5"}, by=BEN))
    assert refused(await front.send("change", row.id, {"other": "epochs=5"}, by=FOREIGN))
    assert await front.replies(row) == []


async def test_who_speaks_in_the_thread_may_try_the_model(front: Front) -> None:
    row = await front.job(JobStatus.DONE)
    assert isinstance(await front.press("try", row.id, by=BEN, at=THREAD), AskForm)
    assert refused(await front.press("try", row.id, by=FOREIGN, at=THREAD))


async def test_a_visitor_of_another_workspace_cannot_speak_to_a_job(front: Front) -> None:
    row = await front.waiting()
    await front.say("cancel", by=FOREIGN)
    await front.say("the last column", by=FOREIGN)
    assert await front.replies(row) == []
    assert len(await front.store.list()) == 1
    assert not (await front.store.load(row.id)).cancel
