"""A post office with everything in memory, for tests of what is posted and sent."""

from collections.abc import Sequence
from datetime import timedelta

from bot.posting.projector import Projector
from bot.posting.sender import Sender
from pipeline.context import Waiting
from pipeline.events import Event, PipelineStarted, ProgressReported, StageStarted
from pipeline.jobs import Actor, JobStatus, Place, Stage
from pipeline.ports.chat import Card
from pipeline.ports.post import Letter, LetterKind
from pipeline.ports.store import JobRow
from tests.fakes.chat import FakeThreadedChat
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.fakes.post import MemoryPost
from tests.fakes.store import MemoryStore

ANA = Actor(platform="slack", space="T1", id="U1", name="ana")
HERE = Place(platform="slack", space="T1", channel="C1", thread="1.1")
THERE = Place(platform="slack", space="T1", channel="C1", thread="2.2")
ELSEWHERE = Place(platform="slack", space="T1", channel="C2", thread="3.3")


class Office:
    """Store, post, chat and clock; `restart` is the next process after a kill."""

    def __init__(self, *, finds: bool = True) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore(clock=self.clock)
        self.post = MemoryPost(store=self.store, clock=self.clock)
        self.chat = FakeThreadedChat(finds=finds)
        self.restart()

    def restart(self) -> None:
        self.post = MemoryPost(store=self.store, clock=self.clock, holes=self.post.holes)
        self.projector = Projector(
            store=self.store, post=self.post, platform="slack", clock=self.clock
        )
        self.sender = Sender(post=self.post, chat=self.chat, clock=self.clock, scale=0.0)

    async def job(self, place: Place = HERE, *events: Event) -> JobRow:
        context = new_job(self.clock, owner=ANA).evolve(thread=place)
        return await self.store.create(context, [PipelineStarted(words="x"), *events])

    async def happens(
        self,
        row: JobRow,
        *events: Event,
        status: JobStatus = JobStatus.RUNNABLE,
        waiting: Waiting | None = None,
    ) -> JobRow:
        """The job moves on with these events."""
        row = await self.store.load(row.id)
        context = row.context.evolve(waiting=waiting)
        return await self.store.save(row, context, events, status=status)

    async def round(self) -> None:
        """Everything that is due now is written and sent, with a second for each message."""
        await self.projector.project()
        while await self.sender.step():
            self.clock.advance(1)

    async def put(self, row: JobRow, *letters: Letter) -> None:
        board = await self.post.board(row.id)
        await self.post.show(board, board.shown + 1, letters)

    def letter(
        self,
        row: JobRow,
        key: str,
        kind: LetterKind = "notice",
        *,
        wait: float = 0,
        urgent: bool = False,
        waits_for_person: bool = False,
    ) -> Letter:
        return Letter(
            key=key,
            kind=kind,
            job_id=row.id,
            place=row.context.thread,
            card=Card(title=key),
            waits_for_person=waits_for_person,
            urgent=urgent,
            due_at=self.clock.now() + timedelta(seconds=wait),
        )

    def titles(self, place: Place = HERE) -> list[str]:
        return [message.card.title for message in self.chat.thread(place)]

    def notices(self, place: Place = HERE) -> list[str]:
        """The replies below the card."""
        return self.titles(place)[1:]


def started(stage: Stage = Stage.DATASET) -> Event:
    return StageStarted(stage=stage, attempt=1)


def progress(done: float, stage: Stage = Stage.MONITOR) -> Event:
    return ProgressReported(stage=stage, step="train", done=done)


def keys(letters: Sequence[Letter]) -> list[str]:
    return [letter.key for letter in letters]
