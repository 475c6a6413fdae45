"""The whole front of house on fakes: what a platform brings goes in, what people see comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from adapters.sanitizer import KeySanitizer
from bot.accounts.connecting import Backing, Connecting
from bot.conversation import Conversation
from bot.inbox.arrivals import Arrivals
from bot.inbox.reception import Reception
from bot.links import Links
from pipeline.context import JobContext, Waiting
from pipeline.jobs import Actor, JobStatus, Place
from pipeline.ports.chat import (
    Action,
    Attachment,
    Card,
    Click,
    Command,
    Mention,
    Reply,
    Submit,
    Whisper,
)
from pipeline.ports.store import JobRow
from tests.fakes.chat import FakeThreadedChat
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job
from tests.fakes.post import MemoryPost
from tests.fakes.service import HUB, KAGGLE, FakeService
from tests.fakes.store import MemoryStore
from tests.fakes.vault import MemoryVault

DISCORD = Actor(platform="discord", space="", id="U1", name="ana")
GUILD = Place(platform="discord", space="G1", channel="C1", thread="1.1")
DIRECT = Place(platform="discord", space="@U1", channel="DU1")
ANA = Actor(platform="slack", space="T1", id="U1", name="ana")
BEN = Actor(platform="slack", space="T1", id="U2", name="ben")
ADMIN = Actor(platform="slack", space="T1", id="U3", name="eve", admin=True)
FOREIGN = Actor(platform="slack", space="T2", id="U1", name="ana", admin=True)
THREAD = Place(platform="slack", space="T1", channel="C1", thread="1.1")
CHANNEL = THREAD.model_copy(update={"thread": None})
KEY = "hf_" + "Ab3" * 11 + "x"


@dataclass
class Front:
    """Everything between a platform and the jobs."""

    home: Path
    platform: str = "slack"
    clock: FakeClock = field(default_factory=FakeClock)
    predictions: list[tuple[str, str, Sequence[Path]]] = field(default_factory=list)
    draining: bool = False
    count: int = 0

    def __post_init__(self) -> None:
        self.store = MemoryStore(clock=self.clock)
        self.post = MemoryPost(store=self.store, clock=self.clock)
        self.sanitizer = KeySanitizer([HUB, KAGGLE])
        self.vault = MemoryVault(clock=self.clock)
        here = self.platform == "slack"
        self.chat = FakeThreadedChat(self.platform, finds=here, repeats=not here, deletes=not here)
        self.hub, self.kaggle = FakeService(HUB), FakeService(KAGGLE)
        backing = Backing(
            store=self.store,
            vault=self.vault,
            post=self.post,
            clock=self.clock,
            sanitizer=self.sanitizer,
        )
        services = {"huggingface": self.hub, "kaggle": self.kaggle}
        self.accounts = Connecting(backing, services, tell=self.chat.whisper, check_seconds=0.05)
        self.conversation = Conversation(
            self.store,
            self.home,
            post=self.post,
            accounts=self.accounts,
            links=Links(self.chat.link),
            predict=self._predict,
        )
        self.arrivals = Arrivals(
            post=self.post,
            conversation=self.conversation,
            chats={self.platform: self.chat},
            home=self.home,
            clock=self.clock,
            sanitizer=self.sanitizer,
            largest=100,
        )
        self.reception = Reception(
            self.conversation, self.post, self.sanitizer, draining=lambda: self.draining
        )

    async def _predict(self, row: JobRow, said: str, files: Sequence[Path]) -> Card:
        self.predictions.append((row.id, said, files))
        return Card(title="Prediction for 1 row", facts=(("prediction", "setosa"),))

    def key(self) -> str:
        """Another event."""
        self.count += 1
        return f"e{self.count}"

    async def say(
        self,
        text: str,
        *,
        by: Actor = ANA,
        at: Place = THREAD,
        files: tuple[Attachment, ...] = (),
        addressed: bool = True,
        edited: bool = False,
        key: str = "",
    ) -> None:
        """A message comes in and is handled."""
        mention = Mention(
            key=key or self.key(),
            actor=by,
            place=at,
            text=text,
            attachments=files,
            addressed=addressed,
            message=f"m-{text[:4]}" if at.thread is None else at.thread,
            edited=edited,
        )
        await self.reception.decide(mention)
        await self.arrivals.drain()

    async def press(
        self,
        action: str,
        argument: str,
        *,
        by: Actor = ANA,
        at: Place = THREAD,
        confirmed: bool = True,
    ) -> Reply:
        """A button."""
        click = Click(
            key=self.key(),
            actor=by,
            place=at,
            action=action,
            argument=argument,
            confirmed=confirmed,
        )
        return await self.reception.decide(click)

    async def push(self, button: Action, *, by: Actor = ANA) -> Reply:
        """A button as it stands on a card."""
        return await self.press(button.id, button.argument, by=by)

    async def type(
        self, name: str, arguments: str = "", *, by: Actor = ANA, at: Place = CHANNEL
    ) -> Reply:
        """A slash command, which Slack knows in channels only."""
        command = Command(key=self.key(), actor=by, place=at, name=name, arguments=arguments)
        return await self.reception.decide(command)

    async def send(
        self,
        form: str,
        state: str,
        values: dict[str, str | bool],
        *,
        by: Actor = ANA,
        at: Place = THREAD,
        files: tuple[Attachment, ...] = (),
    ) -> Reply:
        """A form comes back."""
        submit = Submit(
            key=self.key(),
            actor=by,
            place=at,
            form=form,
            state=state,
            values=values,
            attachments=files,
        )
        return await self.reception.decide(submit)

    async def job(
        self,
        status: JobStatus = JobStatus.RUNNABLE,
        *,
        owner: Actor = ANA,
        at: Place = THREAD,
        context: JobContext | None = None,
    ) -> JobRow:
        """A job of a thread, in this status."""
        made = context or new_job(self.clock, owner=owner)
        made = made.evolve(owner=owner, thread=at)
        row = await self.store.create(made, [])
        self.clock.advance(1)
        return await self.store.save(row, made, status=status)

    async def waiting(
        self,
        reason: Literal["question", "credential", "approval"] = "question",
        about: str = "target",
        options: tuple[str, ...] = (),
        *,
        owner: Actor = ANA,
        at: Place = THREAD,
    ) -> JobRow:
        """A job that waits for its person."""
        waiting = Waiting(reason=reason, text="Which one?", field=about, options=options)
        context = new_job(self.clock, owner=owner).evolve(waiting=waiting)
        return await self.job(JobStatus.WAITING, owner=owner, at=at, context=context)

    async def replies(self, row: JobRow) -> list[str]:
        """What was said to a job and is not read yet."""
        return [one.text for one in await self.store.unread(row.id)]

    def pass_time(self, **time: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**time).total_seconds())


def whispered(reply: Reply) -> Card:
    """The private answer."""
    assert isinstance(reply, Whisper), reply
    return reply.card


def all_of(card: Card) -> str:
    """Everything a card says."""
    facts = [f"{label} {text}" for label, text in card.facts]
    rows = [f"{row.title} {row.text}" for row in card.rows]
    return "\n".join([card.title, card.body, *facts, *rows, *card.log])
