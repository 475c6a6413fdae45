"""What arrived from a platform and what goes out to it, kept until it is dealt with.

An arrival is written before the platform is told that we have it. A letter is written together
with how far its job has been shown, so that nothing is said twice or never.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from pydantic import AwareDatetime

from pipeline.jobs import Actor, Frozen, JobId, Place
from pipeline.ports.chat import Card, Mention, Ref

CLAIM_SECONDS = 12.0  # a message whose process died waits for so long
LetterKind = Literal["card", "notice", "file"]
"""`card`: the job's one card, posted once and edited from then on. `notice`: a short reply that
notifies. `file`: a picture."""


class Arrival(Frozen):
    """A mention that waits for its handling; a job that it starts gets `job_id`."""

    mention: Mention
    job_id: JobId
    tries: int = 0


class Letter(Frozen):
    """Something to send. `uncertain`: a crash left open whether it was sent.

    `waits_for_person` marks a notice that must not be missed: it is rather sent twice. `urgent`: it
    goes before others, as what a job says when it settles does. `edits` is the message that a card
    changes; a job's first card changes none. `owner` is told directly where the place is gone.
    """

    key: str
    kind: LetterKind
    job_id: JobId
    place: Place
    card: Card
    notify: Actor | None = None
    owner: Actor | None = None
    waits_for_person: bool = False
    urgent: bool = False
    due_at: AwareDatetime
    edits: Ref | None = None
    uncertain: bool = False
    tries: int = 0


class Board(Frozen):
    """How far a job has been shown: its events up to number `shown`, on the message `card`."""

    job_id: JobId
    shown: int = 0
    card: Ref | None = None
    edited_at: AwareDatetime | None = None


class Ticket(Frozen):
    """What a single-use button stands for: whose it is and what it opens."""

    owner: Actor
    place: Place
    purpose: str
    argument: str = ""


class Post(Protocol):
    """Arrivals, boards, letters and tickets."""

    async def arrive(self, mention: Mention, job_id: JobId) -> bool:
        """Keep a mention; False when its key is known already."""
        ...

    async def arrivals(self, now: datetime) -> tuple[Arrival, ...]:
        """Mentions to handle now: the oldest of each thread."""
        ...

    async def claim(self, key: str) -> bool:
        """Take a mention in hand; False when another process has it, or it is handled.

        A claim is over after `CLAIM_SECONDS`: it is renewed until then, or its process has died.
        """
        ...

    async def renew(self, key: str) -> None:
        """A mention is still in hand."""
        ...

    async def handled(self, key: str) -> None:
        """A mention is dealt with."""
        ...

    async def put_off(self, key: str, until: datetime) -> None:
        """A mention could not be handled yet."""
        ...

    async def unshown(self, platform: str) -> tuple[JobId, ...]:
        """Jobs of a platform with events that no board has shown."""
        ...

    async def board(self, job_id: JobId) -> Board:
        """How far a job has been shown; an empty board for a new one."""
        ...

    async def show(self, board: Board, shown: int, letters: Sequence[Letter]) -> None:
        """Move the board to event `shown` and put its letters out, in one transaction.

        A card that is not under way yet is replaced by the new one of its job in the same place,
        and is due no later than before; one that was refused keeps the time of its next try. A
        letter whose key is known is left out. Superseded when another process has moved the board.
        """
        ...

    async def outgoing(self, platform: str, now: datetime) -> tuple[Letter, ...]:
        """Letters to send now: the oldest unsent one of each thread, where it is due.

        Behind an edit also the oldest that is none: a platform takes few edits a minute, and who
        is waited for must be told in time. None that this process is sending, nor one that another
        may still be sending.
        """
        ...

    async def begin(self, letter: Letter) -> None:
        """Mark a letter as under way, before it is sent.

        Superseded when it was replaced meanwhile, or is under way elsewhere.
        """
        ...

    async def sent(self, letter: Letter, ref: Ref | None) -> None:
        """A letter is out, or was given up without a reference; a card's board keeps `ref`."""
        ...

    async def delay(self, letter: Letter, until: datetime, *, uncertain: bool = False) -> None:
        """A letter was not sent and is tried again; `uncertain` when it may have been sent."""
        ...

    async def issue(self, ticket: Ticket, expires_at: datetime) -> str:
        """A new token that stands for `ticket`."""
        ...

    async def look(self, token: str, now: datetime) -> Ticket | None:
        """What a token stands for; None when it is unknown, used or over."""
        ...

    async def use(self, token: str, now: datetime) -> Ticket | None:
        """The same, once: the token is worth nothing afterwards."""
        ...
