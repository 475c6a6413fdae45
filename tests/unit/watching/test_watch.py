"""What is told of a house at work: each attempt, what it cost, and how long people wait."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.post import SqlPost
from adapters.watch import Sight, Took, Watch, WatchedDatabase, WatchedPost, WatchedStore
from pipeline.attempts import Attempt
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix, Rejected, TryAgain
from pipeline.events import ModelReplied
from pipeline.jobs import JobId, Place, Stage
from pipeline.outcomes import Ask, ComeBack, Outcome
from pipeline.ports import Ports
from pipeline.ports.chat import Card, Inbound, Mention, Ok, Ref, Reply
from pipeline.ports.post import Letter
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import ANN
from tests.unit.orchestrator.scripted import ARTIFACTS, Clock, Scripted, Turn, stage_a_play

pytestmark = pytest.mark.anyio

Line = tuple[str, str, int, str]
HERE = Place(platform="slack", space="T1", channel="C1", thread="1.1")


@dataclass
class Asking(Scripted):
    """Hears from a language model before it is done."""

    asks: ModelReplied | None = None

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        assert self.asks
        await ports.emit(self.asks)
        return await super().run(context, ports)


class House:
    """A watched database, and all that was told of it."""

    def __init__(self, folder: Path) -> None:
        self.told: list[Sight] = []
        self.watch = Watch()
        self.watch.listen(self.told.append)
        self.database = WatchedDatabase(f"sqlite:///{folder}/jobs.db", self.watch)

    def attempts(self) -> list[Attempt]:
        return [one for one in self.told if isinstance(one, Attempt)]

    def took(self, what: str) -> list[float]:
        return [one.seconds for one in self.told if isinstance(one, Took) and one.what == what]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    opened = House(tmp_path)
    await opened.database.open()
    yield opened
    await opened.database.close()


async def played(
    house: House, folder: Path, **turns: list[Turn]
) -> list[tuple[str, str, int, str]]:
    """What is told of a whole job: stage, outcome, attempt and error of each line."""
    store = WatchedStore(database=house.database, clock=Clock(), watch=house.watch)
    play = await stage_a_play(store, folder, {Stage(one): turn for one, turn in turns.items()})
    await play.play()
    return [(one.stage, one.outcome, one.attempt, one.error) for one in house.attempts()]


async def test_each_stage_of_a_job_is_told_once(house: House, tmp_path: Path) -> None:
    told = await played(house, tmp_path)

    assert told == [(stage, "done", 1, "") for stage in Stage]


async def test_a_failed_attempt_is_told_with_its_error_and_the_next_one_counts_it(
    house: House, tmp_path: Path
) -> None:
    wrong = [Rejected("The script stops.", "Mend it."), TryAgain("Busy.", "Wait.")]
    told = await played(house, tmp_path, codegen=[*wrong])

    assert [one for one in told if one[0] == "codegen"] == [
        ("codegen", "retried", 1, "Rejected"),
        ("codegen", "retried", 2, "TryAgain"),
        ("codegen", "done", 3, ""),
    ]


async def test_a_question_and_a_trouble_of_the_person_are_told_as_waiting(
    house: House, tmp_path: Path
) -> None:
    asked = await played(house, tmp_path, dataset=[Ask("Which column?", "target", ("a", "b"))])
    assert asked[-1] == ("dataset", "waiting", 1, "")


async def test_what_a_person_must_mend_is_told_with_its_kind(house: House, tmp_path: Path) -> None:
    told = await played(house, tmp_path, dataset=[PersonCanFix("It is empty.", "Send another.")])
    assert told[-1] == ("dataset", "waiting", 1, "PersonCanFix")


async def test_an_end_without_hope_is_told_as_failed(house: House, tmp_path: Path) -> None:
    told = await played(house, tmp_path, config=[ZeroDivisionError("oops")])
    assert told[-1] == ("config", "failed", 1, "Bug")


async def test_looks_at_a_training_are_not_told(house: House, tmp_path: Path) -> None:
    look = ComeBack(timedelta(seconds=30), ARTIFACTS[Stage.MONITOR])
    told = await played(house, tmp_path, monitor=[look] * 20)

    assert [one for one in told if one[0] == "monitor"] == [("monitor", "done", 1, "")]


async def test_what_a_job_spent_stands_in_its_lines(house: House, tmp_path: Path) -> None:
    replied = ModelReplied(stage=Stage.CONFIG, prompt="config", tokens=9, cost_usd=0.5, seconds=1)
    store = WatchedStore(database=house.database, clock=Clock(), watch=house.watch)
    play = await stage_a_play(store, tmp_path)
    play.agents[Stage.CONFIG] = Asking(Stage.CONFIG, asks=replied)
    play.orchestrator._agents = dict(play.agents)
    await play.play()

    by_stage = {one.stage: float(one.job_cost_usd) for one in house.attempts()}
    assert by_stage[Stage.PREPROCESSING] == 0
    assert by_stage[Stage.CONFIG] == 0.5
    assert by_stage[Stage.DEPLOY] == 0.5
    assert house.told.count(replied) == 1


async def test_every_transaction_is_timed(house: House) -> None:
    await house.database.read(lambda connection: connection.info)
    await house.database.write(lambda connection: connection.info)

    assert len(house.took("database")) == 2
    assert all(seconds >= 0 for seconds in house.took("database"))


async def test_the_wait_for_a_first_card_counts_from_the_mention(house: House) -> None:
    clock = FakeClock()
    post = WatchedPost(database=house.database, clock=clock, watch=house.watch)
    job = JobId("j-aaaaaaaa")
    await post.arrive(Mention(key="m1", actor=ANN, place=HERE, text="filter spam"), job)
    clock.advance(1.5)
    first = await sent(post, clock, job, "first", late=0.5)
    await sent(post, clock, job, "second", late=2.0)

    assert first.place.platform == "slack"
    assert house.took("first_reply") == [2.0]
    assert house.took("letter") == [0.5, 2.0]


async def test_a_letter_that_is_given_up_was_not_sent(house: House) -> None:
    clock = FakeClock()
    post = WatchedPost(database=house.database, clock=clock, watch=house.watch)
    letter = letter_of(JobId("j-aaaaaaaa"), "n1", clock)
    await post.sent(letter, None)

    assert house.took("letter") == []


async def test_an_edit_is_held_back_on_purpose_and_not_timed(house: House) -> None:
    clock = FakeClock()
    post = WatchedPost(database=house.database, clock=clock, watch=house.watch)
    card = letter_of(JobId("j-aaaaaaaa"), "c1", clock)
    ref = Ref(place=HERE, id="c1")
    await post.sent(card.model_copy(update={"edits": ref}), ref)

    assert house.took("letter") == []


async def test_mentions_that_begin_no_job_are_not_kept_for_ever(house: House) -> None:
    post = WatchedPost(database=house.database, clock=FakeClock(), watch=house.watch)
    for number in range(1010):
        mention = Mention(key=f"m{number}", actor=ANN, place=HERE, text="thanks")
        await post.arrive(mention, JobId(f"j-{number:08}"))

    assert len(post._mentioned) == 1000


async def test_an_answer_is_timed_also_when_it_fails(house: House) -> None:
    async def fails(_: Inbound) -> Reply:
        raise TryAgain("Restarting.", "Come again.")

    async def answers(_: Inbound) -> Reply:
        return Ok()

    mention = Mention(key="m1", actor=ANN, place=HERE, text="help")
    assert await house.watch.timed("slack", answers)(mention) == Ok()
    with pytest.raises(TryAgain):
        await house.watch.timed("slack", fails)(mention)

    assert len(house.took("decide")) == 2


async def sent(post: SqlPost, clock: FakeClock, job: JobId, key: str, *, late: float) -> Letter:
    letter = letter_of(job, key, clock)
    clock.advance(late)
    await post.sent(letter, Ref(place=HERE, id=key))
    return letter


def letter_of(job: JobId, key: str, clock: FakeClock) -> Letter:
    card = Card(title=key)
    return Letter(key=key, kind="notice", job_id=job, place=HERE, card=card, due_at=clock.now())
