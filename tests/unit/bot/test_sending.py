"""Letters to chat: in order, once, and no faster than the platform takes them."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.posting.delivery import Delivery
from bot.posting.sender import Sender
from pipeline.errors import Bug, PersonCanFix, TryAgain
from pipeline.jobs import Place
from pipeline.ports.chat import Gone, Ref, Unsure
from pipeline.ports.post import Letter
from tests.fakes.post import MemoryPost
from tests.unit.bot.office import ELSEWHERE, HERE, THERE, Office, progress

pytestmark = pytest.mark.anyio


@pytest.fixture
def office() -> Office:
    return Office()


async def cut_off(office: Office, key: str, *, arrived: bool) -> None:
    """The process dies while it sends the letter that is due."""
    (letter,) = await office.post.outgoing("slack", office.clock.now())
    assert letter.key == key
    await office.post.begin(letter)
    if arrived:
        await office.chat.post(letter.place, letter.card, letter.key, letter.notify)
    office.restart()


async def test_letters_of_a_thread_go_out_in_their_order(office: Office) -> None:
    row = await office.job()
    await office.put(row, *(office.letter(row, f"n{n}") for n in range(5)))
    await office.round()
    assert office.titles() == ["n0", "n1", "n2", "n3", "n4"]


async def test_a_second_passes_between_two_messages_of_a_channel(office: Office) -> None:
    here, there, elsewhere = [await office.job(place) for place in (HERE, THERE, ELSEWHERE)]
    for row in (here, there, elsewhere):
        await office.put(row, office.letter(row, row.id))

    await office.sender.step()
    assert [len(office.titles(place)) for place in (HERE, THERE, ELSEWHERE)] == [1, 0, 1]
    office.clock.advance(0.9)
    await office.sender.step()
    assert office.titles(THERE) == []
    office.clock.advance(0.1)
    await office.sender.step()
    assert len(office.titles(THERE)) == 1


async def test_a_workspace_has_at_most_forty_edits_in_any_minute(office: Office) -> None:
    times: list[float] = []
    rows = [await office.job(_thread(n)) for n in range(30)]
    await office.round()
    office.chat.calls.clear()
    for second in range(180):
        for row in rows:
            await office.happens(row, progress(second / 180))
        await office.projector.project()
        before = office.sender.counts.edited
        await office.sender.step()
        times += [office.clock.monotonic()] * (office.sender.counts.edited - before)
        office.clock.advance(1)

    assert max(sum(1 for one in times if begin <= one < begin + 60) for begin in times) <= 40
    assert len(times) >= 3 * 25


async def test_what_a_job_says_when_it_settles_passes_the_other_edits(office: Office) -> None:
    rows = [await office.job(_thread(n)) for n in range(20)]
    await office.round()
    office.chat.calls.clear()
    for row in rows[:-1]:
        await office.put(row, office.letter(row, f"{row.id}-edit", "card"))
    await office.sender.step()
    assert len(office.chat.calls) < 19

    last = rows[-1]
    await office.put(last, office.letter(last, "end", "card", urgent=True))
    await office.sender.step()

    assert office.titles(last.context.thread) == ["end"]


async def test_a_platform_that_says_when_is_not_asked_sooner(office: Office) -> None:
    row = await office.job()
    await office.put(row, office.letter(row, "n1"), office.letter(row, "n2"))
    office.chat.refusals.append(TryAgain("Slow down.", after=timedelta(seconds=30)))
    await office.sender.step()

    office.clock.advance(29)
    await office.sender.step()
    assert office.titles() == []
    office.clock.advance(1)
    await office.round()
    assert office.titles() == ["n1", "n2"]


async def test_a_pause_of_a_channel_holds_for_all_its_threads(office: Office) -> None:
    here, there = await office.job(HERE), await office.job(THERE)
    await office.put(here, office.letter(here, "n1"))
    office.chat.refusals.append(TryAgain("Slow down.", after=timedelta(seconds=30)))
    await office.sender.step()

    await office.put(there, office.letter(there, "n2"))
    office.clock.advance(29)
    await office.sender.step()
    assert office.chat.messages == []
    office.clock.advance(1)
    await office.round()
    assert (office.titles(HERE), office.titles(THERE)) == (["n1"], ["n2"])


async def test_ten_minutes_of_errors_lose_nothing_and_double_nothing(office: Office) -> None:
    row = await office.job()
    office.sender = Sender(post=office.post, chat=office.chat, clock=office.clock)
    await office.put(row, *(office.letter(row, f"n{n}") for n in range(3)))
    began = office.clock.monotonic()
    while office.clock.monotonic() - began < 600:
        office.chat.refusals.append(TryAgain("Slack does not answer properly now."))
        await office.sender.step()
        office.chat.refusals.clear()
        office.clock.advance(1)
    assert len(office.chat.calls) < 25
    office.clock.advance(60)
    await office.round()
    assert office.titles() == ["n0", "n1", "n2"]


async def test_a_hundred_lost_answers_are_looked_up(office: Office) -> None:
    row = await office.job()
    await office.put(row, *(office.letter(row, f"n{n}") for n in range(100)))
    for _ in range(100):
        office.chat.lost.append(Unsure("Slack did not answer in time."))
    await office.round()
    assert office.titles() == [f"n{n}" for n in range(100)]
    assert office.sender.counts.found == 100


async def test_a_place_that_is_gone_gets_nothing_more_and_stops_nobody(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    row, other = await office.job(HERE), await office.job(ELSEWHERE)
    await office.put(row, office.letter(row, "n1"))
    office.chat.refusals.append(Gone("The channel was archived."))
    await office.sender.step()
    await office.put(other, office.letter(other, "n2"))
    await office.round()

    assert (office.titles(HERE), office.titles(ELSEWHERE)) == ([], ["n2"])
    assert office.sender.counts.given_up == 1
    assert "will never be sent: The channel was archived." in caplog.text


@pytest.mark.parametrize("error", [Bug("Slack refused what we sent."), KeyError("blocks")])
async def test_a_letter_that_is_refused_is_given_up_and_the_next_one_sent(
    office: Office, error: Exception
) -> None:
    row = await office.job()
    await office.put(row, office.letter(row, "bad"), office.letter(row, "good"))
    office.chat.refusals.extend([error] * 6)
    for _ in range(7):
        await office.sender.step()
        office.clock.advance(1)
    assert office.titles() == ["good"]
    assert office.sender.counts.given_up == 1


async def test_refusals_of_letters_that_were_replaced_are_forgotten(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.posting.sender._REFUSED_AT_ONCE", 3)
    office.chat.refusals.extend([Bug("Slack refused what we sent.")] * 100)
    for number in range(5):
        row = await office.job(HERE.model_copy(update={"channel": f"C{number}"}))
        await office.put(row, office.letter(row, f"n{number}"))
        await office.sender.step()

    assert len(office.sender._refused) == 3


async def test_what_an_operator_can_put_right_is_tried_for_long(office: Office) -> None:
    row = await office.job()
    await office.put(row, office.letter(row, "n1"))
    office.chat.refusals.extend([PersonCanFix("The token is wrong.", "Set another.")] * 200)
    for _ in range(201):
        await office.sender.step()
        office.clock.advance(1)
    assert office.titles() == ["n1"]


async def test_a_picture_that_a_workspace_refuses_holds_up_the_rest_for_a_minute(
    office: Office,
) -> None:
    row = await office.job()
    await office.put(row, office.letter(row, "p1", "file"), office.letter(row, "done"))
    office.chat.refusals.extend([PersonCanFix("File uploads are off.", "Ask an admin.")] * 6)
    for _ in range(7):
        await office.sender.step()
        office.clock.advance(1)
    assert office.titles() == ["done"]


async def test_a_message_that_is_gone_is_posted_anew_by_its_platform(office: Office) -> None:
    row = await office.job()
    await office.put(row, office.letter(row, "c1", "card"))
    await office.round()

    async def moved(ref: Ref, card: object) -> Ref:
        del card
        return ref.model_copy(update={"id": "m9"})

    office.chat.edit = moved  # type: ignore[method-assign]  # the card was deleted meanwhile
    await office.put(row, office.letter(row, "c2", "card"))
    await office.round()
    board = await office.post.board(row.id)
    assert board.card == Ref(place=HERE, id="m9")


@pytest.mark.parametrize("finds", [True, False])
@pytest.mark.parametrize("arrived", [True, False])
async def test_a_first_card_cut_off(finds: bool, arrived: bool) -> None:  # noqa: FBT001  (cases)
    office = Office(finds=finds)
    row = await office.job()
    await office.put(row, office.letter(row, "c1", "card"))
    await cut_off(office, "c1", arrived=arrived)
    await office.round()

    doubled = arrived and not finds
    assert office.titles() == ["c1"] * (2 if doubled else 1)
    assert office.sender.counts.resent_uncertain == (0 if finds else 1)
    assert (await office.post.board(row.id)).card == office.chat.messages[-1].ref


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_notice_cut_off_is_looked_up(arrived: bool) -> None:  # noqa: FBT001  (cases)
    office = Office()
    row = await office.job()
    await office.put(row, office.letter(row, "n1"), office.letter(row, "n2"))
    await cut_off(office, "n1", arrived=arrived)
    await office.round()
    assert office.titles() == ["n1", "n2"]


@pytest.mark.parametrize(("waits", "sent"), [(True, 2), (False, 1)])
async def test_unsearched_only_what_waits_for_a_person_is_sent_again(
    waits: bool,  # noqa: FBT001  (cases)
    sent: int,
) -> None:
    office = Office(finds=False)
    row = await office.job()
    await office.put(row, office.letter(row, "n1", waits_for_person=waits))
    await cut_off(office, "n1", arrived=True)
    await office.round()
    assert office.titles() == ["n1"] * sent
    assert office.sender.counts.resent_uncertain == sent - 1
    assert office.sender.counts.not_resent_uncertain == 2 - sent


async def test_an_edit_cut_off_is_made_again(office: Office) -> None:
    row = await office.job()
    await office.put(row, office.letter(row, "c1", "card"))
    await office.round()
    await office.put(row, office.letter(row, "c2", "card"))
    (letter,) = await office.post.outgoing("slack", office.clock.now())
    await office.post.begin(letter)
    office.restart()
    await office.round()
    assert office.titles() == ["c2"]
    assert not any(call == "find" for call, _ in office.chat.calls)


async def test_a_search_that_fails_leaves_a_letter_uncertain(office: Office) -> None:
    row = await office.job()
    await office.put(row, office.letter(row, "n1"))
    await cut_off(office, "n1", arrived=True)
    office.chat.refusals.append(TryAgain("Slow down.", after=timedelta(seconds=5)))
    await office.sender.step()
    office.clock.advance(5)
    await office.round()
    assert office.titles() == ["n1"]


class _Forgetful(MemoryPost):
    """A post office whose database is away when a letter is to be marked as sent."""

    away = 3

    async def sent(self, letter: Letter, ref: Ref | None) -> None:
        if self.away:
            self.away -= 1
            raise TryAgain("The database does not answer.")
        await super().sent(letter, ref)

    async def outgoing(self, platform: str, now: datetime) -> tuple[Letter, ...]:
        if self.away > 2:
            self.away -= 1
            raise TryAgain("The database does not answer.")
        return await super().outgoing(platform, now)


async def test_an_outage_of_the_database_doubles_nothing(office: Office) -> None:
    row = await office.job()
    await office.put(row, office.letter(row, "n1"))
    away = _Forgetful(store=office.store, clock=office.clock, holes=office.post.holes)
    delivery = Delivery(
        store=office.store, post=away, chat=office.chat, clock=office.clock, scale=0.0
    )
    running = asyncio.ensure_future(delivery.run())
    async with asyncio.timeout(10):
        while await office.post.outgoing("slack", office.clock.now()):
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()
    assert office.titles() == ["n1"]


async def test_a_stop_lets_what_is_under_way_arrive(office: Office) -> None:
    row = await office.job()
    await office.put(row, office.letter(row, "n1"), office.letter(row, "n2"))
    running = asyncio.ensure_future(office.sender.run())
    async with asyncio.timeout(10):
        while not office.chat.calls:
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait({running})

    office.restart()
    office.clock.advance(1)
    (left,) = await office.post.outgoing("slack", office.clock.now())
    assert (left.key, left.uncertain) == ("n2", False)
    assert office.titles() == ["n1"]


async def test_before_an_end_everything_due_is_said(office: Office) -> None:
    delivery = Delivery(
        store=office.store, post=office.post, chat=office.chat, clock=office.clock, scale=0.0
    )
    for place in (HERE, ELSEWHERE):
        await office.job(place)
    await delivery.drain(10.0)
    assert (len(office.titles(HERE)), len(office.titles(ELSEWHERE))) == (1, 1)
    assert delivery.counts.posted == 2


async def test_an_end_does_not_wait_for_what_may_not_go_yet(office: Office) -> None:
    row = await office.job()
    await office.put(row, office.letter(row, "n1"), office.letter(row, "n2"))
    delivery = Delivery(
        store=office.store, post=office.post, chat=office.chat, clock=office.clock, scale=0.0
    )
    await delivery.drain(0.05)
    assert office.titles() == ["n1"]


def _thread(number: int) -> Place:
    return Place(platform="slack", space="T1", channel=f"C{number}", thread="1.1")
