"""A sender that dies at random: between any two awaits, with whatever it has in hand.

What the next process finds is what was saved and what has arrived. A `Fate` decides when a process
dies; from then on nothing it does has any effect.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from bot.posting.projector import Projector
from bot.posting.sender import Sender
from pipeline.artifacts import Picture
from pipeline.context import JobContext, Waiting
from pipeline.errors import TryAgain
from pipeline.events import (
    AnswerReceived,
    Event,
    JobResumed,
    PipelineEnded,
    PipelineStarted,
    QuestionAsked,
    StageEnded,
)
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.chat import Card, ThreadedChat, Unsure
from pipeline.ports.post import Post
from pipeline.ports.store import JobRow, Store
from tests.fakes.chat import FakeThreadedChat, Message
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.unit.bot.finished import finished_job
from tests.unit.bot.office import ANA, ELSEWHERE, HERE, THERE, progress, started

DEATH = 0.04  # at each await
TROUBLE = 0.05  # at each message
_ROUNDS = 3000
TOLD = (QuestionAsked, JobResumed, PipelineEnded)


class Cut(BaseException):
    """The process is gone."""


@dataclass
class Fate:
    """When a process dies, and which letters it had in hand: the marked window."""

    rng: random.Random
    death: float = DEATH
    dead: bool = False
    under_way: set[str] = field(default_factory=set)
    window: set[str] = field(default_factory=set)
    cuts: Counter[str] = field(default_factory=Counter)

    async def meets(self, where: str) -> None:
        await asyncio.sleep(0)
        if not self.dead and self.rng.random() < self.death:
            self.dead = True
            self.cuts[where] += 1
            self.window |= self.under_way
        if self.dead:
            raise Cut(where)

    def happened(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """Note what is in hand."""
        if name == "begin":
            self.under_way.add(args[0].key)
            self.window |= {args[0].key} if self.dead else set()
        if name in {"sent", "delay"}:
            self.under_way.discard(args[0].key)
            if kwargs.get("uncertain"):
                self.window.add(args[0].key)

    def reborn(self) -> None:
        self.dead = False
        self.under_way.clear()


class Mortal:
    """A port as a process sees it that may die before and after each call."""

    def __init__(self, inner: object, fate: Fate) -> None:
        self._inner, self._fate = inner, fate

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the port has)
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        async def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (as above)
            await self._fate.meets(f"before {name}")
            result = await found(*args, **kwargs)
            self._fate.happened(name, args, kwargs)
            await self._fate.meets(f"after {name}")
            return result

        return call


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing that happens to a job."""

    events: Sequence[Event]
    status: JobStatus = JobStatus.RUNNABLE
    waiting: Waiting | None = None


def script(rng: random.Random) -> list[Step]:
    """A job's life: stages, progress, a question, a crash, an end."""
    asked = QuestionAsked(text="Which column?", field="target")
    waiting = Waiting(reason="question", text="Which column?", field="target")
    resumed = JobResumed(stage=Stage.MONITOR, why="it was interrupted", interrupted=True)
    status = rng.choice([JobStatus.DONE, JobStatus.FAILED])
    steps = [
        Step([started()]),
        Step([StageEnded(stage=Stage.DATASET, seconds=1.0)]),
        Step([asked], JobStatus.WAITING, waiting),
        Step([AnswerReceived(text="price")]),
        Step([started(Stage.MONITOR)]),
        *(Step([progress(rng.random())]) for _ in range(rng.randrange(6))),
        Step([resumed, started(Stage.MONITOR)]),
        Step([progress(1.0)]),
    ]
    return [*steps, Step([PipelineEnded(status=status, seconds=9.0)], status)]


def draw(row: JobRow, events: object) -> Card:
    """A card that tells which state it shows."""
    del events
    return Card(title=row.id, body=str(row.seq))


@dataclass
class Job:
    """A job in the storm, with the notices that its events call for."""

    row: JobRow
    steps: list[Step]
    due: list[str] = field(default_factory=list)
    must: set[str] = field(default_factory=set)


@dataclass
class Storm:
    """Three jobs in three threads, and processes that die."""

    rng: random.Random
    store: Store
    chat: FakeThreadedChat
    clock: FakeClock
    opened: Callable[[], Post]
    jobs: list[Job] = field(default_factory=list)
    deaths: int = 0

    async def rage(self) -> Fate:
        """Let every script run to its end, and everything be said."""
        fate = self.fate = Fate(self.rng)
        for place in (HERE, THERE, ELSEWHERE):
            context = new_job(self.clock, owner=ANA).evolve(thread=place)
            row = await self.store.create(context, [PipelineStarted(words="x")])
            self.jobs.append(Job(row, script(self.rng)))
        self._start()
        for _ in range(_ROUNDS):
            open_ones = [job for job in self.jobs if job.steps]
            if not open_ones:
                fate.death = 0.0
            elif self.rng.random() < 0.4:
                await self._advance(self.rng.choice(open_ones))
            if not await self._round() and not open_ones:
                return fate
            self.clock.advance(self.rng.choice([0.3, 1.0, 6.0]))
        raise AssertionError("the storm has no end")

    def _start(self) -> None:
        self.fate.reborn()
        post = cast("Post", Mortal(self.opened(), self.fate))
        chat = cast("ThreadedChat", Mortal(self.chat, self.fate))
        common: dict[str, Any] = {"post": post, "clock": self.clock}
        self.projector = Projector(store=self.store, platform="slack", draw=draw, **common)
        self.sender = Sender(chat=chat, scale=0.1, **common)

    async def _advance(self, job: Job) -> None:
        """The next step; a question is answered once it was read."""
        if job.row.status is JobStatus.WAITING and job.due[-1] not in self._keys():
            return
        step = job.steps.pop(0)
        before = len(await self.store.events(job.row.id))
        context = _with_result(job.row.context, step.status).evolve(waiting=step.waiting)
        job.row = await self.store.save(job.row, context, step.events, status=step.status)
        for number, event in enumerate(step.events, before + 1):
            if isinstance(event, TOLD):
                if step.status is JobStatus.DONE:
                    job.due.append(f"{job.row.id}:{number}:picture")
                job.due.append(f"{job.row.id}:{number}")
            if isinstance(event, QuestionAsked):
                job.must.add(job.due[-1])

    async def _round(self) -> bool:
        """One look of each loop; False when nothing is left to say."""
        if self.rng.random() < TROUBLE:
            pause = self.rng.choice([None, timedelta(seconds=3)])
            self.chat.refusals.append(TryAgain("Slow down.", after=pause))
        elif self.rng.random() < TROUBLE:
            self.chat.lost.append(Unsure("No answer."))
        try:
            await self.projector.project()
            await self.sender.step()
        except Cut:
            self.deaths += 1
            self._start()
            return True
        return bool(await self._left())

    async def _left(self) -> tuple[object, ...]:
        post = self.opened()
        later = self.clock.now() + timedelta(days=1)
        return (*await post.unshown("slack"), *await post.outgoing("slack", later))

    def _keys(self) -> set[str]:
        return {message.key for message in self.chat.messages}


def _with_result(context: JobContext, status: JobStatus) -> JobContext:
    run = finished_job().run
    if status is not JobStatus.DONE or run is None:
        return context
    picture = Picture(file="f1.png", dark="dark.png", title="Hits", alt="f1 0.96")
    return context.evolve(run=run.model_copy(update={"pictures": (picture,)}))


@dataclass
class Tally:
    """What a storm did: to be added up."""

    runs: int = 0
    deaths: int = 0
    notices: int = 0
    lost: int = 0
    not_sent_again: int = 0
    disordered: int = 0
    doubled: int = 0
    doubled_outside: int = 0
    stale_cards: int = 0

    def add(self, storm: Storm, fate: Fate) -> None:
        self.runs += 1
        self.deaths += storm.deaths
        for job in storm.jobs:
            self._look(job, storm.chat.thread(job.row.context.thread), fate)

    def _look(self, job: Job, thread: Sequence[Message], fate: Fate) -> None:
        cards = [one for one in thread if ":card:" in one.key]
        said = [one.key for one in thread if ":card:" not in one.key]
        missing = [key for key in job.due if key not in said]
        excused = [key for key in missing if key in fate.window and key not in job.must]
        times = Counter(one.key for one in thread)
        again = [key for key, count in times.items() if count > 1]
        first = list(dict.fromkeys(said))
        states = [int(card.body) for one in cards for card in one.cards]
        self.notices += len(job.due)
        self.lost += len(missing) - len(excused)
        self.not_sent_again += len(excused)
        self.doubled += len(cards) - 1 + sum(times[key] - 1 for key in again if key in said)
        self.doubled_outside += sum(key not in fate.window for key in again)
        wanted = [key for key in job.due if key in first]
        ahead = thread[0].key != cards[0].key or states != sorted(states)
        self.disordered += first != wanted or ahead
        self.stale_cards += int(cards[-1].card.body) != job.row.seq


async def storms(
    runs: range,
    *,
    finds: bool,
    opened: Callable[[FakeClock], tuple[Store, Callable[[], Post]]],
    repeats: bool = False,
) -> Tally:
    """That many storms, each with its own seed."""
    tally = Tally()
    for seed in runs:
        clock, chat = FakeClock(), FakeThreadedChat(finds=finds, repeats=repeats)
        store, post = opened(clock)
        rng = random.Random(seed)  # noqa: S311  (no secret)
        storm = Storm(rng, store, chat, clock, post)
        tally.add(storm, await storm.rage())
    return tally
