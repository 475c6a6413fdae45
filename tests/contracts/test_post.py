"""The contract of the post office, held by the real one and by the fake."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.post import SqlPost
from adapters.records import Database
from adapters.store import SqlStore
from pipeline.errors import Superseded
from pipeline.events import AgentLogged, Event
from pipeline.jobs import JobId, Place, Stage
from pipeline.ports.chat import Attachment, Card, Mention, Picture, Ref
from pipeline.ports.post import Letter, LetterKind, Post, Ticket
from pipeline.ports.store import JobRow, Store
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN, BEN, new_job
from tests.fakes.post import MemoryPost
from tests.fakes.store import MemoryStore

pytestmark = pytest.mark.anyio

HERE = Place(platform="slack", space="T1", channel="C1", thread="1.1")
THERE = Place(platform="slack", space="T1", channel="C1", thread="2.2")
LEASE = 120.0


class Office:
    """A post office with its store; `next_process` opens it again after a kill.

    Where others may be at work too, what the killed one was sending is its own for `lease` seconds.
    """

    def __init__(
        self, store: Store, clock: FakeClock, opened: Callable[[], Post], lease: float = 0
    ) -> None:
        self.store, self.clock, self.lease, self._opened = store, clock, lease, opened
        self.post = opened()

    def next_process(self) -> Post:
        self.post = self._opened()
        self.clock.advance(self.lease)
        return self.post

    async def job(self, place: Place = HERE, events: int = 1) -> JobRow:
        context = new_job(self.clock).evolve(thread=place)
        return await self.store.create(context, [said(str(n)) for n in range(events)])

    async def out(self) -> tuple[Letter, ...]:
        return await self.post.outgoing("slack", self.clock.now())

    async def keys(self) -> list[str]:
        return [letter.key for letter in await self.out()]

    def letter(
        self, row: JobRow, key: str, kind: LetterKind = "notice", *, wait: float = 0
    ) -> Letter:
        due = self.clock.now() + timedelta(seconds=wait)
        place = row.context.thread
        card = Card(title=key)
        return Letter(key=key, kind=kind, job_id=row.id, place=place, card=card, due_at=due)

    async def show(self, row: JobRow, *letters: Letter) -> None:
        board = await self.post.board(row.id)
        await self.post.show(board, board.shown + 1, letters)

    async def deliver(self, letter: Letter, ref: Ref | None = None) -> None:
        await self.post.begin(letter)
        await self.post.sent(letter, ref)


def said(message: str) -> Event:
    return AgentLogged(stage=Stage.DATASET, message=message)


def mention(key: str, place: Place = HERE) -> Mention:
    found = Attachment(id="F1", name="mails.csv", size=9)
    return Mention(key=key, actor=ANN, place=place, text="filter spam", attachments=(found,))


@pytest.fixture(params=["sqlite", "postgres", "memory"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    clock = FakeClock()
    if request.param == "memory":
        store = MemoryStore(clock=clock)
        first = MemoryPost(store=store, clock=clock)
        yield Office(store, clock, lambda: MemoryPost(store=store, clock=clock, holes=first.holes))
        return
    url = f"sqlite:///{tmp_path}/jobs.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
    database = Database(url)
    await database.open()
    yield Office(
        SqlStore(database=database, clock=clock),
        clock,
        lambda: SqlPost(database=database, clock=clock),
        LEASE if request.param == "postgres" else 0,
    )
    await database.close()


async def test_a_mention_is_kept_once_with_its_job(office: Office) -> None:
    assert await office.post.arrive(mention("e1"), JobId("j-aaaaaaaa"))
    assert not await office.post.arrive(mention("e1"), JobId("j-bbbbbbbb"))

    (kept,) = await office.next_process().arrivals(office.clock.now())
    assert (kept.mention, kept.job_id, kept.tries) == (mention("e1"), "j-aaaaaaaa", 0)


async def test_of_each_thread_the_oldest_mention_comes_first(office: Office) -> None:
    for key, place in (("e1", HERE), ("e2", HERE), ("e3", THERE)):
        await office.post.arrive(mention(key, place), JobId("j-aaaaaaaa"))

    now = office.clock.now()
    assert [one.mention.key for one in await office.post.arrivals(now)] == ["e1", "e3"]

    await office.post.handled("e1")
    assert {one.mention.key for one in await office.post.arrivals(now)} == {"e2", "e3"}


async def test_a_mention_that_is_put_off_holds_its_thread_back(office: Office) -> None:
    for key in ("e1", "e2"):
        await office.post.arrive(mention(key), JobId("j-aaaaaaaa"))
    later = office.clock.now() + timedelta(seconds=9)

    await office.post.put_off("e1", later)

    assert await office.post.arrivals(office.clock.now()) == ()
    (back,) = await office.post.arrivals(later)
    assert (back.mention.key, back.tries) == ("e1", 1)


async def test_what_was_handled_is_known_for_thirty_days(office: Office) -> None:
    await office.post.arrive(mention("e1"), JobId("j-aaaaaaaa"))
    await office.post.handled("e1")
    office.clock.advance(29 * 86400)
    assert not await office.post.arrive(mention("e1"), JobId("j-aaaaaaaa"))

    office.clock.advance(2 * 86400)
    await office.post.arrive(mention("e2"), JobId("j-aaaaaaaa"))
    await office.post.handled("e2")

    assert await office.post.arrive(mention("e1"), JobId("j-aaaaaaaa"))


async def test_a_job_with_events_is_unshown_until_they_are_shown(office: Office) -> None:
    row = await office.job(events=2)
    await office.store.create(new_job(office.clock), [said("in the terminal")])
    assert await office.post.unshown("slack") == (row.id,)

    await office.post.show(await office.post.board(row.id), 2, ())
    assert await office.post.unshown("slack") == ()

    await office.store.append(row, [said("more")])
    assert await office.post.unshown("slack") == (row.id,)


async def test_of_two_who_show_the_same_events_one_wins(office: Office) -> None:
    row = await office.job()
    for shown in (1, 2):
        board = await office.post.board(row.id)
        tries = (
            office.post.show(board, shown, [office.letter(row, f"{shown}-{n}")]) for n in range(5)
        )
        ended = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(one, Superseded) for one in ended) == 4
        assert (await office.post.board(row.id)).shown == shown


async def test_only_the_oldest_unsent_letter_of_a_thread_goes_out(office: Office) -> None:
    here, there = await office.job(HERE), await office.job(THERE)
    await office.show(here, office.letter(here, "a1"), office.letter(here, "a2"))
    await office.show(there, office.letter(there, "b1"))
    first, _ = await office.out()
    assert await office.keys() == ["a1", "b1"]

    await office.deliver(first)
    assert await office.keys() == ["b1", "a2"] or await office.keys() == ["a2", "b1"]


async def test_a_letter_that_is_not_due_holds_its_thread_back(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "a1", wait=5), office.letter(row, "a2"))
    assert await office.keys() == []

    office.clock.advance(5)
    assert await office.keys() == ["a1"]


async def test_a_letter_comes_back_as_it_was_written(office: Office) -> None:
    row = await office.job()
    picture = Picture(path=Path("/plot.png"), alt="f1 0.96")
    letter = office.letter(row, "a1", "file").model_copy(
        update={"card": Card(title="x", picture=picture), "notify": ANN, "urgent": True}
    )
    await office.show(row, letter)
    assert await office.out() == (letter,)


async def test_a_known_key_is_put_out_once(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "a1"))
    await office.deliver((await office.out())[0])

    await office.show(row, office.letter(row, "a1"))

    assert await office.keys() == []


async def test_a_newer_card_takes_the_place_of_one_that_waits(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "c1", "card", wait=5), office.letter(row, "n1"))

    await office.show(row, office.letter(row, "c2", "card"), office.letter(row, "n2"))

    sent = []
    while letters := await office.out():
        sent += [letter.card.title for letter in letters]
        await office.deliver(letters[0])
    assert sent == ["c2", "n1", "n2"]


async def test_a_newer_card_is_due_no_later_than_the_one_it_replaces(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "c1", "card"))
    await office.show(row, office.letter(row, "c2", "card", wait=5))
    assert await office.keys() == ["c2"]


async def test_a_refused_card_is_not_sent_sooner_because_it_changed(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "c1", "card"))
    (card,) = await office.out()
    await office.post.begin(card)
    await office.post.delay(card, office.clock.now() + timedelta(seconds=30))

    await office.show(row, office.letter(row, "c2", "card"))

    assert await office.keys() == []
    office.clock.advance(30)
    (again,) = await office.out()
    assert (again.card.title, again.tries, again.uncertain) == ("c2", 1, False)


async def test_a_card_under_way_is_not_replaced(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "c1", "card"))
    (card,) = await office.out()
    await office.post.begin(card)

    await office.show(row, office.letter(row, "c2", "card"))

    assert await office.keys() == []
    await office.post.sent(card, Ref(place=HERE, id="m1"))
    assert await office.keys() == ["c2"]


async def test_two_cards_become_one_when_the_first_was_not_sent(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "c1", "card"))
    (card,) = await office.out()
    await office.post.begin(card)
    await office.show(row, office.letter(row, "c2", "card"), office.letter(row, "n1"))
    await office.post.delay(card, office.clock.now())

    await office.show(row, office.letter(row, "c3", "card"))

    sent = []
    while letters := await office.out():
        sent += [letter.card.title for letter in letters]
        await office.deliver(letters[0])
    assert sent == ["c3", "n1"]


async def test_a_replaced_card_cannot_be_begun(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "c1", "card"))
    (old,) = await office.out()
    await office.show(row, office.letter(row, "c2", "card"))

    with pytest.raises(Superseded):
        await office.post.begin(old)

    assert await office.keys() == ["c2"]


async def test_a_letter_is_begun_by_one_sender_only(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "n1"))
    (letter,) = await office.out()

    ended = await asyncio.gather(
        *(office.post.begin(letter) for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(one, Superseded) for one in ended) == 4


async def test_a_card_that_was_sent_is_remembered_with_its_time(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "c1", "card"), office.letter(row, "n1"))
    ref = Ref(place=HERE, id="m1")

    await office.deliver((await office.out())[0], ref)
    await office.deliver((await office.out())[0], Ref(place=HERE, id="m2"))

    board = await office.post.board(row.id)
    assert (board.card, board.edited_at) == (ref, office.clock.now())


async def test_the_next_card_changes_the_message_of_the_first(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "c1", "card"))
    (first,) = await office.out()
    ref = Ref(place=HERE, id="m1")
    await office.deliver(first, ref)

    await office.show(row, office.letter(row, "c2", "card"))

    (second,) = await office.out()
    assert (first.edits, second.edits) == (None, ref)


async def test_a_reply_may_go_before_the_edit_it_stands_behind(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "c1", "card"), office.letter(row, "n1"))
    assert await office.keys() == ["c1"], "a first card is no edit"
    await office.deliver((await office.out())[0], Ref(place=HERE, id="m1"))
    await office.deliver((await office.out())[0])

    more = office.letter(row, "n2"), office.letter(row, "n3")
    await office.show(row, office.letter(row, "c2", "card", wait=60), *more)

    assert await office.keys() == ["n2"]
    office.clock.advance(60)
    assert await office.keys() == ["c2", "n2"]


async def test_a_card_that_was_given_up_leaves_its_board_alone(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "c1", "card"))
    await office.deliver((await office.out())[0], None)
    assert (await office.post.board(row.id)).card is None
    assert await office.keys() == []


async def test_what_this_process_is_sending_is_not_offered_to_it(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "n1"), office.letter(row, "n2"))
    await office.post.begin((await office.out())[0])
    office.clock.advance(3600)
    assert await office.keys() == []


async def test_what_a_dead_process_was_sending_is_uncertain(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "n1"), office.letter(row, "n2"))
    await office.post.begin((await office.out())[0])

    office.next_process()

    (letter,) = await office.out()
    assert (letter.key, letter.uncertain, letter.tries) == ("n1", True, 1)
    await office.deliver(letter)
    assert await office.keys() == ["n2"]


async def test_what_another_process_may_be_sending_is_not_sent_again(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "n1"))
    await office.post.begin((await office.out())[0])
    lease, office.lease = office.lease, 0

    office.next_process()
    assert await office.keys() == ([] if lease else ["n1"])

    office.clock.advance(lease)
    assert [one.uncertain for one in await office.out()] == [True]


async def test_an_uncertain_letter_stays_uncertain_while_it_waits(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "n1"))
    (letter,) = await office.out()
    await office.post.begin(letter)
    later = office.clock.now() + timedelta(seconds=2)

    await office.post.delay(letter, later, uncertain=True)

    assert await office.keys() == []
    office.clock.advance(2)
    (again,) = await office.out()
    assert (again.uncertain, again.tries, again.due_at) == (True, 1, later)


async def test_a_sender_that_was_overtaken_delays_nothing(office: Office) -> None:
    row = await office.job()
    await office.show(row, office.letter(row, "n1"))
    (letter,) = await office.out()
    late = office.post
    await late.begin(letter)
    office.next_process()
    (again,) = await office.out()
    await office.post.begin(again)

    await late.delay(letter, office.clock.now())

    office.next_process()
    assert [(one.uncertain, one.tries) for one in await office.out()] == [(True, 2)]


async def test_a_ticket_opens_once(office: Office) -> None:
    ticket = Ticket(owner=ANN, place=HERE, purpose="connect", argument="huggingface")
    now = office.clock.now()
    token = await office.post.issue(ticket, now + timedelta(minutes=10))
    assert token != await office.post.issue(ticket, now + timedelta(minutes=10))

    assert await office.post.look(token, now) == ticket
    used = await asyncio.gather(*(office.post.use(token, now) for _ in range(5)))

    assert [one for one in used if one] == [ticket]
    assert await office.post.look(token, now) is None


async def test_a_ticket_ends_and_a_stranger_is_unknown(office: Office) -> None:
    ticket = Ticket(owner=BEN, place=HERE, purpose="connect")
    token = await office.post.issue(ticket, office.clock.now() + timedelta(minutes=10))
    office.clock.advance(600)

    assert await office.post.look(token, office.clock.now()) is None
    assert await office.post.use(token, office.clock.now()) is None
    assert await office.post.use("guessed", office.clock.now()) is None
