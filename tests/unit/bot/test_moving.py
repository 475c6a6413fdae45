"""Where a thread is gone its owner is written to, who reads why, and the job goes on there."""

from datetime import timedelta

import pytest

from bot.posting.delivery import Delivery
from bot.posting.projector import Projector
from bot.posting.sender import Sender
from pipeline.context import Waiting
from pipeline.errors import TryAgain
from pipeline.events import PipelineEnded, QuestionAsked
from pipeline.jobs import JobStatus, Place
from pipeline.ports.chat import Manners, Unsure
from tests.unit.bot.office import ANA, ELSEWHERE, HERE, THERE, Office, progress, started

pytestmark = pytest.mark.anyio

WITH_ANA = Place(platform="slack", space="T1", channel="DU1")
TARGET = Waiting(reason="question", text="Which column?", field="target")


@pytest.fixture
def office() -> Office:
    return Office()


async def test_the_card_of_a_gone_thread_goes_on_with_its_owner(office: Office) -> None:
    row = await office.job()
    await office.round()
    office.chat.gone.add(HERE.key)

    await office.happens(row, started())
    await office.round()
    (moved,) = office.chat.thread(WITH_ANA)
    assert moved.card.body.startswith(f"The thread of job {row.id} cannot be written to any more")
    assert (await office.post.board(row.id)).card == moved.ref

    await office.happens(
        row, PipelineEnded(status=JobStatus.DONE, seconds=9), status=JobStatus.DONE
    )
    await office.round()
    card, notice = office.chat.thread(WITH_ANA)
    assert len(card.cards) == 2
    assert "done" in card.card.title
    assert "cannot be written to any more" in card.card.body
    assert notice.card.title.startswith(f"Job {row.id}: The model is ready")
    assert office.sender.counts.given_up == 0


async def test_a_job_whose_thread_is_gone_before_its_first_card_is_shown_to_its_owner(
    office: Office,
) -> None:
    office.chat.gone.add(HERE.key)
    row = await office.job()
    question = QuestionAsked(text="Which column?", field="target")
    await office.happens(row, question, status=JobStatus.WAITING, waiting=TARGET)
    await office.round()
    card, notice = office.titles(WITH_ANA)
    assert row.id in card
    assert "I need your answer: Which column?" in notice


async def test_why_it_stands_there_is_said_on_the_card_alone(office: Office) -> None:
    office.chat.gone.add(HERE.key)
    row = await office.job()
    for _ in range(3):
        office.clock.advance(60)
        await office.happens(row, PipelineEnded(status=JobStatus.FAILED, seconds=9))
        await office.round()
    said = [message.card.body for message in office.chat.thread(WITH_ANA)]
    assert sum("cannot be written to" in body for body in said) == 1


async def test_an_owner_who_cannot_be_written_to_is_given_up_with_one_line(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.chat.gone.add(HERE.key)
    office.chat.shut.add(ANA.id)
    await office.job()
    await office.job(ELSEWHERE)
    await office.round()
    assert len(office.titles(ELSEWHERE)) == 1
    assert office.sender.counts.given_up == 1
    (line,) = [one.message for one in caplog.records if "will never be sent" in one.message]
    assert "takes no messages" in line


async def test_direct_messages_that_are_gone_are_not_tried_twice(office: Office) -> None:
    office.chat.gone.add(WITH_ANA.key)
    await office.job(WITH_ANA)
    await office.round()
    assert [call for call, _ in office.chat.calls] == ["post", "direct"]
    assert office.sender.counts.given_up == 1


async def test_an_answer_lost_on_the_way_to_an_owner_is_tried_again(office: Office) -> None:
    office.chat.gone.add(HERE.key)
    office.chat.lost.append(Unsure("No answer in time."))
    office.chat.repeats = True
    await office.job()
    await office.round()
    assert len(office.titles(WITH_ANA)) == 1
    assert office.sender.counts.repeated == 1


@pytest.mark.parametrize("kind", ["card", "notice"])
@pytest.mark.parametrize("arrived", [True, False])
async def test_where_a_key_is_taken_once_what_is_uncertain_is_sent_again(
    kind: str,
    arrived: bool,  # noqa: FBT001  (cases)
) -> None:
    office = Office(finds=False)
    office.chat.repeats = True
    row = await office.job()
    letter = office.letter(row, "n1", "card" if kind == "card" else "notice")
    await office.put(row, letter, office.letter(row, "n2"))
    (due,) = await office.post.outgoing("slack", office.clock.now())
    await office.post.begin(due)
    if arrived:
        await office.chat.post(due.place, due.card, due.key)
    office.restart()
    await office.round()
    assert office.titles() == ["n1", "n2"]
    counts = office.sender.counts
    assert (counts.repeated, counts.resent_uncertain, counts.not_resent_uncertain) == (1, 0, 0)


async def test_what_is_uncertain_stays_so_when_it_cannot_be_sent_again_now() -> None:
    office = Office(finds=False)
    office.chat.repeats = True
    row = await office.job()
    await office.put(row, office.letter(row, "c1", "card"))
    office.chat.lost.append(Unsure("No answer in time."))
    await office.sender.step()
    office.chat.refusals.append(TryAgain("Slow down."))
    await office.sender.step()
    await office.put(row, office.letter(row, "c2", "card"))
    await office.round()
    assert office.titles() == ["c2"]


def mannered(office: Office, manners: Manners) -> None:
    office.chat.manners = manners
    office.sender = Sender(post=office.post, chat=office.chat, clock=office.clock, scale=0.0)
    office.projector = Projector(
        store=office.store,
        post=office.post,
        platform="slack",
        clock=office.clock,
        manners=manners,
    )


BY_THREAD = Manners(post_seconds=0.3, edit_seconds=10.0, edits_a_minute=None, by_thread=True)


async def test_a_platform_that_counts_by_thread_takes_many_threads_at_once(office: Office) -> None:
    mannered(office, BY_THREAD)
    for place in (HERE, THERE):
        row = await office.job(place)
        await office.put(row, *(office.letter(row, f"{row.id}-{number}") for number in range(2)))
    await office.sender.step()
    assert [len(office.titles(place)) for place in (HERE, THERE)] == [1, 1]
    office.clock.advance(0.2)
    await office.sender.step()
    assert [len(office.titles(place)) for place in (HERE, THERE)] == [1, 1]
    office.clock.advance(0.1)
    await office.sender.step()
    assert [len(office.titles(place)) for place in (HERE, THERE)] == [2, 2]


async def test_a_pause_of_a_thread_holds_up_no_other(office: Office) -> None:
    mannered(office, BY_THREAD)
    here, there = await office.job(HERE), await office.job(THERE)
    await office.put(here, office.letter(here, "n1"))
    office.chat.refusals.append(TryAgain("Slow down.", after=timedelta(seconds=30)))
    await office.sender.step()
    await office.put(there, office.letter(there, "n2"))
    await office.sender.step()
    assert office.titles(THERE) == ["n2"]


async def test_where_only_the_platform_counts_no_edit_is_held_back(office: Office) -> None:
    mannered(office, BY_THREAD)
    rows = [await office.job(thread_number(number)) for number in range(30)]
    await office.round()
    for row in rows:
        await office.put(row, office.letter(row, f"{row.id}-edit", "card"))
    while await office.sender.step():
        pass
    assert office.sender.counts.edited == 30


async def test_progress_alone_edits_a_card_as_seldom_as_the_platform_likes(
    office: Office,
) -> None:
    mannered(office, BY_THREAD)
    row = await office.job(HERE, started())
    await office.round()
    for second in range(25):
        await office.store.append(row, [progress(second / 25)])
        await office.projector.project()
        await office.sender.step()
        office.clock.advance(1)
    (card,) = office.chat.thread(HERE)
    assert len(card.cards) == 1 + 2


async def test_a_delivery_has_the_manners_of_its_chat(office: Office) -> None:
    office.chat.manners = BY_THREAD
    delivery = Delivery(
        store=office.store, post=office.post, chat=office.chat, clock=office.clock, scale=0.0
    )
    for place in (HERE, THERE):
        row = await office.job(place)
        await office.put(row, office.letter(row, row.id))
    await delivery.drain(1.0)
    assert (len(office.titles(HERE)), len(office.titles(THERE))) == (1, 1)


def thread_number(number: int) -> Place:
    return HERE.model_copy(update={"thread": str(number)})
