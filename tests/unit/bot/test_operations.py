"""Interrupt, undo and compact: by words, by command and by button, as cancel is."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot import commands, phrases, words
from pipeline import compacting, stopping
from pipeline.context import JobContext, StageResult, Waiting
from pipeline.events import AgentLogged
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.chat import Ok, Suggest
from pipeline.ports.store import JobRow
from tests.fakes.jobs import new_job
from tests.unit.bot.front import ANA, BEN, CHANNEL, THREAD, Front, all_of, whispered

pytestmark = pytest.mark.anyio
DONE = (Stage.INTAKE_MANAGER, Stage.INTENT_PARSER, Stage.DATASET, Stage.PREPROCESSING)
DOORS = ["button", "command", "words"]


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


def grown(front: Front, turns: int = 0) -> JobContext:
    """A job with four stages done and so much talk."""
    now = front.clock.now()
    results = {one: StageResult(status="done", attempts=1, seconds=1, at=now) for one in DONE}
    context = new_job(front.clock, owner=ANA).evolve(stage_results=results)
    for turn in range(turns):
        context = context.with_message("person", f"turn {turn}", now + timedelta(seconds=turn))
    return context


async def stopped(front: Front, turns: int = 0) -> JobRow:
    """A job that its person stopped."""
    context = stopping.stopped(grown(front, turns), "pause:ana", front.clock.now()).context
    return await front.job(JobStatus.WAITING, context=context)


@pytest.mark.parametrize("door", DOORS)
async def test_a_job_at_work_is_interrupted_by_each_door(front: Front, door: str) -> None:
    row = await front.job()
    match door:
        case "button":
            assert isinstance(await front.press("interrupt", row.id), Ok)
        case "command":
            said = whispered(await front.type("interrupt"))
            assert phrases.STOPPING in said.title
        case _:
            await front.say("interrupt")
    row = await front.store.load(row.id)
    assert (row.cancel, row.cancel_by) == (True, f"{stopping.PAUSE}ana")


@pytest.mark.parametrize("name", ["interrupt", "undo", "compact"])
async def test_only_who_may_cancel_may_do_it(front: Front, name: str) -> None:
    row = await front.job(JobStatus.RUNNABLE if name == "interrupt" else JobStatus.FAILED)
    argument = f"{row.id} dataset" if name == "undo" else row.id
    assert "belongs to ana" in all_of(whispered(await front.type(name, argument, by=BEN)))
    after = await front.store.load(row.id)
    assert (after.seq, after.cancel, after.status) == (row.seq, False, row.status)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (JobStatus.WAITING, "the job is waiting. Reply to what it asks"),
        (JobStatus.DONE, "the job is done"),
        (JobStatus.CANCELLED, "the job is cancelled"),
    ],
)
async def test_a_job_that_is_not_at_work_is_not_interrupted(
    front: Front, status: JobStatus, told: str
) -> None:
    row = await front.job(status)
    card = whispered(await front.press("interrupt", row.id))
    assert told in f"{card.title} {card.body}"


async def test_a_stopped_job_offers_resume_and_goes_on_by_it(front: Front) -> None:
    row = await stopped(front)
    card = whispered(await front.type("status", row.id))
    assert [one.label for one in card.actions][:3] == ["Resume", "Change", "Cancel"]
    assert "undo STAGE" in card.body
    await front.push(card.actions[0])
    row = await front.store.load(row.id)
    assert (row.status, row.context.waiting) == (JobStatus.RUNNABLE, None)


@pytest.mark.parametrize("status", [JobStatus.WAITING, JobStatus.FAILED])
@pytest.mark.parametrize("door", DOORS)
async def test_an_undo_keeps_what_was_before_the_stage(
    front: Front, door: str, status: JobStatus
) -> None:
    row = await front.job(status, context=grown(front))
    match door:
        case "button":
            assert isinstance(await front.press("undo", f"{row.id} dataset"), Ok)
        case "command":
            assert phrases.GOING_ON in whispered(await front.type("undo", "dataset")).title
        case _:
            await front.say("undo the dataset stage")
    row = await front.store.load(row.id)
    assert row.status is JobStatus.RUNNABLE
    assert set(row.context.stage_results) == set(DONE[:2])


@pytest.mark.parametrize("said", ["{job} intent parser", "intent_parser {job}", "intent {job}"])
async def test_an_undo_names_its_job_before_the_stage_or_after(front: Front, said: str) -> None:
    row = await front.job(JobStatus.FAILED, context=grown(front))
    await front.job(JobStatus.FAILED, at=THREAD.model_copy(update={"thread": "2"}))
    await front.type("undo", said.format(job=row.id))
    row = await front.store.load(row.id)
    assert set(row.context.stage_results) == {Stage.INTAKE_MANAGER}


async def test_of_several_jobs_the_button_keeps_the_stage(front: Front) -> None:
    rows = [
        await front.job(
            JobStatus.FAILED,
            at=THREAD.model_copy(update={"thread": str(number)}),
            context=grown(front),
        )
        for number in range(2)
    ]
    card = whispered(await front.type("undo", "dataset"))
    assert {row.actions[0].argument for row in card.rows} == {f"{one.id} dataset" for one in rows}
    await front.push(card.rows[0].actions[0])
    status = [(await front.store.load(row.id)).status for row in rows]
    assert sorted(status) == [JobStatus.FAILED, JobStatus.RUNNABLE]


@pytest.mark.parametrize("stage", ["", "dessert"])
async def test_an_undo_of_what_is_no_stage_lists_the_stages(front: Front, stage: str) -> None:
    row = await front.job(JobStatus.FAILED, context=grown(front))
    told = all_of(whispered(await front.type("undo", stage)))
    assert all(one in told for one in ("preprocessing", "codegen"))
    assert (await front.store.load(row.id)).seq == row.seq


@pytest.mark.parametrize("name", ["undo", "compact"])
async def test_a_job_at_work_is_to_be_interrupted_first(front: Front, name: str) -> None:
    row = await front.job(context=grown(front, turns=30))
    argument = f"{row.id} dataset" if name == "undo" else row.id
    card = whispered(await front.press(name, argument))
    assert card.title == words.AT_WORK
    assert f"/mltrainer interrupt {row.id}" in card.body


async def test_compact_says_how_many_turns_became_one(front: Front) -> None:
    row = await stopped(front, turns=20)
    turns = len(row.context.request.conversation)
    card = whispered(await front.press("compact", row.id))
    row = await front.store.load(row.id)
    assert f"{turns - compacting.KEPT} turns became one" in card.title
    assert len(row.context.request.conversation) == compacting.KEPT + 1
    assert row.status is JobStatus.WAITING, "it still waits"
    assert row.context.waiting is not None
    events = [one.event for one in await front.store.events(row.id)]
    assert isinstance(events[-1], AgentLogged), "its card is drawn anew, for its buttons"


async def test_a_short_talk_is_left_as_it_is(front: Front) -> None:
    row = await stopped(front, turns=2)
    assert "short already" in whispered(await front.press("compact", row.id)).title
    assert (await front.store.load(row.id)).seq == row.seq


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Undo dataset!", ("undo", "dataset")),
        ("/undo j-abcdefgh the intent parser", ("undo", "j-abcdefgh the intent parser")),
        ("undo", ("undo", "")),
        ("undo all that the last filter did to my pictures", None),
        ("interrupt", ("interrupt", "")),
        ("compact", ("compact", "")),
        ("compact cars", None),
    ],
)
def test_words_that_are_operations(said: str, read: tuple[str, str] | None) -> None:
    assert commands.read_command(said) == read


async def test_the_jobs_that_fit_are_suggested(front: Front) -> None:
    failed = await front.job(JobStatus.FAILED)
    other = THREAD.model_copy(update={"thread": "2"})
    working = await front.job(at=other)
    for name, row in (("undo", failed), ("interrupt", working), ("compact", failed)):
        asked = Suggest(key="s", actor=ANA, place=CHANNEL, command=name, typed="")
        found = await front.conversation.decide(asked)
        assert [one.value for one in getattr(found, "choices", ())] == [row.id]


async def test_a_waiting_job_that_is_asked_something_else_stays_so_by_resume(front: Front) -> None:
    waiting = Waiting(reason="question", text="Which one?", field="target")
    row = await front.job(JobStatus.WAITING, context=grown(front).evolve(waiting=waiting))
    await commands.resume(front.store, row, worked_on=True)
    assert (await front.store.load(row.id)).status is JobStatus.WAITING
