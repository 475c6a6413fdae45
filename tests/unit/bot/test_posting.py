"""From events to letters: one card, kept up to date, and a reply for four things."""

import asyncio
from collections.abc import Iterable

import pytest

from bot import phrases
from bot.job_card import job_card
from bot.posting.projector import Projector
from pipeline.artifacts import Picture
from pipeline.context import StageError, Waiting
from pipeline.errors import TryAgain
from pipeline.events import (
    AgentLogged,
    AnswerReceived,
    CredentialNeeded,
    Event,
    JobCancelled,
    JobResumed,
    PipelineEnded,
    PlanProposed,
    QuestionAsked,
    StageEnded,
    StageFailed,
    StageRetried,
    ToolCalled,
)
from pipeline.jobs import JobId, JobStatus, Stage
from pipeline.ports.chat import Card
from pipeline.ports.store import JobRow
from pipeline.transitions import heard
from tests.fakes.post import MemoryPost
from tests.unit.bot.finished import NOW, finished_job
from tests.unit.bot.office import ANA, ELSEWHERE, HERE, Office, progress, started

pytestmark = pytest.mark.anyio

TARGET = Waiting(reason="question", text="Which column?", field="target")
ASKED = QuestionAsked(text="Which column?", field="target")
RESUMED = JobResumed(stage=Stage.MONITOR, why="it was interrupted", interrupted=True)
GOES_ON = JobResumed(stage=Stage.MONITOR, why="it may go on")


def ended(status: JobStatus) -> Event:
    return PipelineEnded(status=status, seconds=9.0)


@pytest.fixture
def office() -> Office:
    return Office()


async def test_a_job_has_one_card_that_is_edited(office: Office) -> None:
    row = await office.job()
    await office.round()
    await office.happens(row, started(), StageEnded(stage=Stage.DATASET, seconds=1.0))
    await office.round()

    (card,) = office.chat.thread(HERE)
    assert [line.state for line in card.card.stages][2] == "done"
    assert len(card.cards) == 2


async def test_jobs_of_two_threads_have_their_own_cards(office: Office) -> None:
    await office.job(HERE)
    await office.job(ELSEWHERE)
    await office.round()
    assert (len(office.titles(HERE)), len(office.titles(ELSEWHERE))) == (1, 1)


async def test_progress_alone_edits_a_card_every_five_seconds(office: Office) -> None:
    row = await office.job(HERE, started(Stage.MONITOR))
    await office.round()
    for tenth in range(100):
        await office.store.append(row, [progress(tenth / 100)])
        await office.projector.project()
        await office.sender.step()
        office.clock.advance(0.1)

    (card,) = office.chat.thread(HERE)
    assert len(card.cards) == 1 + 2


async def test_progress_is_drawn_no_more_often_than_it_is_shown(office: Office) -> None:
    row = await office.job(HERE, started(Stage.MONITOR))
    await office.round()

    await office.store.append(row, [progress(0.5)])
    await office.projector.project()
    assert await office.post.unshown("slack") == (row.id,)

    office.clock.advance(5)
    await office.projector.project()
    assert await office.post.unshown("slack") == ()


async def test_a_change_of_stage_waits_for_nothing(office: Office) -> None:
    row = await office.job()
    await office.round()
    await office.happens(row, started())
    await office.projector.project()
    await office.sender.step()
    assert len(office.chat.thread(HERE)[0].cards) == 2


async def test_a_card_that_looks_the_same_is_not_edited(office: Office) -> None:
    row = await office.job()
    await office.round()
    await office.store.append(row, [ToolCalled(tool="look", arguments="{}")])
    office.clock.advance(9)
    await office.round()
    assert len(office.chat.thread(HERE)[0].cards) == 1
    assert await office.post.unshown("slack") == ()


async def test_progress_never_makes_a_reply(office: Office) -> None:
    row = await office.job(HERE, started(Stage.MONITOR))
    quiet = [
        progress(0.5),
        AgentLogged(stage=Stage.MONITOR, message="Small data.", warning=True),
        StageRetried(stage=Stage.MONITOR, attempt=2, max_attempts=3, delay=1, error="Broke."),
        StageEnded(stage=Stage.MONITOR, seconds=3.0),
        PlanProposed(lines=("train",), needs_yes=False),
        JobCancelled(by="ana"),
    ]
    await office.happens(row, *quiet)
    await office.happens(row, ended(JobStatus.CANCELLED), status=JobStatus.CANCELLED)
    await office.round()
    assert office.notices() == []


@pytest.mark.parametrize(
    ("event", "waiting", "says"),
    [
        (ASKED, TARGET, "Which column?"),
        (
            CredentialNeeded(credential="huggingface", why="To publish."),
            Waiting(reason="credential", text="To publish.", field="huggingface"),
            "huggingface account. To publish.",
        ),
        (
            PlanProposed(lines=("train",), needs_yes=True, why="It costs $2."),
            Waiting(reason="approval", text="It costs $2.", field="approval"),
            "It costs $2.",
        ),
    ],
)
async def test_waiting_for_you_is_told_to_the_owner(
    office: Office, event: Event, waiting: Waiting, says: str
) -> None:
    row = await office.job()
    await office.happens(row, event, status=JobStatus.WAITING, waiting=waiting)
    await office.round()

    card, notice = office.chat.thread(HERE)
    assert (card.notify, notice.notify) == (None, ANA)
    assert says in notice.card.title
    assert card.card.tone == "waiting"


async def test_an_account_that_was_connected_is_told_to_nobody_in_particular(
    office: Office,
) -> None:
    waiting = Waiting(reason="credential", text="To publish.", field="huggingface")
    row = await office.job()
    needed = CredentialNeeded(credential="huggingface", why="To publish.")
    row = await office.happens(row, needed, status=JobStatus.WAITING, waiting=waiting)
    await office.round()
    received = heard(row.context, phrases.connected("ana", "huggingface"), NOW).events
    await office.happens(row, *received)
    await office.round()

    last = office.chat.thread(HERE)[-1]
    assert (last.card.title, last.notify) == ("ana connected huggingface.", None)


async def test_a_question_that_was_answered_meanwhile_is_not_asked(office: Office) -> None:
    row = await office.job()
    await office.happens(row, ASKED, status=JobStatus.WAITING, waiting=TARGET)
    await office.happens(row, AnswerReceived(text="price"), GOES_ON)
    await office.round()
    assert office.notices() == []


async def test_only_the_latest_of_two_questions_is_asked(office: Office) -> None:
    row = await office.job()
    again = TARGET.model_copy(update={"refused": "There is no such column."})
    await office.happens(row, ASKED, status=JobStatus.WAITING, waiting=TARGET)
    second = QuestionAsked(text="No such column. Which one?", field="target")
    await office.happens(
        row, AnswerReceived(text="prce"), second, status=JobStatus.WAITING, waiting=again
    )
    await office.round()
    assert office.notices() == ["I need your answer: No such column. Which one?"]


async def test_a_failure_is_told_with_its_cause(office: Office) -> None:
    row = await office.job()
    error = StageError(
        stage=Stage.MONITOR, attempt=1, kind="Bug", message="It broke.", hint="Retry.", at=NOW
    )
    broke = StageFailed(stage=Stage.MONITOR, error="Bug", reason="It broke.", hint="Retry.")
    await office.store.save(
        row,
        row.context.evolve(errors=(error,)),
        [broke, ended(JobStatus.FAILED)],
        status=JobStatus.FAILED,
    )
    await office.round()

    _, notice = office.chat.thread(HERE)
    assert (notice.card.title, notice.notify) == ("The job failed. It broke. Retry.", ANA)


async def test_after_a_crash_the_owner_is_told_once(office: Office) -> None:
    row = await office.job(HERE, started(Stage.MONITOR))
    await office.round()
    await office.happens(row, RESUMED, started(Stage.MONITOR))
    await office.round()
    office.restart()
    await office.happens(row, progress(0.5))
    await office.round()

    _, notice = office.chat.thread(HERE)
    assert "monitor" in notice.card.title
    assert notice.notify == ANA


async def test_who_asked_for_it_is_not_called_when_it_goes_on(office: Office) -> None:
    row = await office.job()
    await office.happens(row, ended(JobStatus.FAILED), status=JobStatus.FAILED)
    await office.round()
    await office.happens(row, GOES_ON, started(Stage.MONITOR))
    await office.round()

    _, failed, resumed = office.chat.thread(HERE)
    assert (failed.notify, resumed.notify) == (ANA, None)
    assert resumed.card.title == "The job has resumed at monitor."


async def test_going_on_after_an_answer_is_no_resuming(office: Office) -> None:
    row = await office.job()
    await office.happens(row, ASKED, status=JobStatus.WAITING, waiting=TARGET)
    await office.round()
    await office.happens(row, AnswerReceived(text="price"))
    await office.happens(row, GOES_ON, started())
    await office.round()
    assert len(office.notices()) == 1


async def test_done_is_told_after_card_and_picture(office: Office) -> None:
    row = await office.job(HERE, started(Stage.MONITOR))
    await office.round()
    finished = finished_job()
    assert finished.run is not None
    picture = Picture(file="f1.png", dark="f1-dark.png", title="Hits and misses", alt="f1 0.96")
    run = finished.run.model_copy(update={"pictures": (picture,)})
    context = finished.evolve(job_id=row.id, owner=ANA, thread=HERE, run=run)
    await office.store.save(row, context, [ended(JobStatus.DONE)], status=JobStatus.DONE)
    await office.round()

    card, file, notice = office.chat.thread(HERE)
    assert card.card.tone == "good"
    assert file.card.picture is not None
    assert (str(file.card.picture.path), file.card.picture.alt) == (
        "/proven/pictures/f1.png",
        "f1 0.96",
    )
    assert (file.notify, notice.notify) == (None, ANA)
    assert "Clearly better than guessing." in notice.card.title


async def test_a_job_that_settles_shows_it_at_once(office: Office) -> None:
    row = await office.job(HERE, started(Stage.MONITOR))
    await office.round()
    await office.store.append(row, [progress(0.9)])
    await office.projector.project()
    await office.happens(row, ended(JobStatus.CANCELLED), status=JobStatus.CANCELLED)
    await office.projector.project()

    (card,) = await office.post.outgoing("slack", office.clock.now())
    assert (card.urgent, card.card.tone) == (True, "bad")


async def test_nothing_is_shown_twice_after_a_restart(office: Office) -> None:
    row = await office.job()
    await office.happens(row, ASKED, status=JobStatus.WAITING, waiting=TARGET)
    await office.projector.project()
    office.restart()
    await office.round()
    office.restart()
    await office.round()
    assert [len(one.cards) for one in office.chat.thread(HERE)] == [1, 1]


async def test_a_card_knows_after_a_restart_what_was_before(office: Office) -> None:
    row = await office.job()
    await office.happens(row, started(), StageEnded(stage=Stage.DATASET, seconds=1.0))
    await office.round()
    office.restart()
    await office.happens(row, started(Stage.CONFIG))
    await office.round()
    states = [line.state for line in office.chat.thread(HERE)[0].card.stages]
    assert (states[2], states[4]) == ("done", "running")


async def test_jobs_of_the_terminal_are_left_to_it(office: Office) -> None:
    place = HERE.model_copy(update={"platform": "terminal"})
    await office.job(place)
    await office.round()
    assert office.chat.messages == []


async def test_a_job_that_cannot_be_drawn_leaves_the_others_alone(office: Office) -> None:
    bad = await office.job(HERE)
    good = await office.job(ELSEWHERE)
    draw = office.projector._draw

    def drawn(row: object, events: object) -> object:
        if getattr(row, "id", None) == bad.id:
            raise ZeroDivisionError
        return draw(row, events)  # type: ignore[arg-type]  # passed on as it came

    office.projector._draw = drawn  # type: ignore[assignment]  # as above
    await office.round()
    assert (len(office.titles(HERE)), len(office.titles(ELSEWHERE))) == (0, 1)

    office.projector._draw = draw
    office.clock.advance(60)
    await office.round()
    assert len(office.titles(HERE)) == 1
    assert good.id != bad.id


class _AwayPost(MemoryPost):
    """A post office whose database is away for the first looks."""

    away = 3

    async def unshown(self, platform: str) -> tuple[JobId, ...]:
        if self.away:
            self.away -= 1
            raise TryAgain("The database does not answer.")
        return await super().unshown(platform)


async def test_an_outage_of_the_database_is_waited_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.posting.projector._OUTAGE_SECONDS", 0.001)
    await office.job()
    away = _AwayPost(store=office.store, clock=office.clock, holes=office.post.holes)
    written = asyncio.Event()
    projector = Projector(
        store=office.store, post=away, platform="slack", clock=office.clock, written=written
    )
    running = asyncio.ensure_future(projector.run())
    async with asyncio.timeout(10):
        await written.wait()
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()
    assert len(await office.post.outgoing("slack", office.clock.now())) == 1


async def test_jobs_that_could_not_be_shown_once_are_not_remembered_for_ever(
    office: Office,
) -> None:
    failed: set[JobId] = set()

    def fails_once(row: JobRow, events: Iterable[Event]) -> Card:
        if row.id not in failed:
            failed.add(row.id)
            raise ZeroDivisionError
        return job_card(row, events)

    office.projector = Projector(
        store=office.store, post=office.post, platform="slack", clock=office.clock, draw=fails_once
    )
    for number in range(5):
        await office.job(HERE.model_copy(update={"thread": str(number)}))
        await office.projector.project()
        office.clock.advance(61)

    assert len(failed) == 5
    assert len(office.projector._alone_until) == 1
