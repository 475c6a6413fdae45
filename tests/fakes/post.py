"""Arrivals, boards, outbox and tickets in memory, by the same rules as the real ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.errors import Superseded
from pipeline.jobs import JobId
from pipeline.ports.chat import Mention, Ref
from pipeline.ports.clock import Clock
from pipeline.ports.post import Arrival, Board, Letter, Ticket
from tests.fakes.store import MemoryStore

KEPT = timedelta(days=30)


@dataclass
class _Arrived:
    arrival: Arrival
    at: datetime
    due_at: datetime
    handled: bool = False


@dataclass
class _Out:
    """A row of the outbox; `sender` is the process that has it."""

    letter: Letter
    due_at: datetime
    tries: int = 0
    begun_at: datetime | None = None
    sender: object | None = None
    sent_at: datetime | None = None
    ref: Ref | None = None

    @property
    def waits(self) -> bool:
        return self.begun_at is None and self.sent_at is None


@dataclass
class Pigeonholes:
    """What outlives the process."""

    arrived: dict[str, _Arrived] = field(default_factory=dict)
    boards: dict[JobId, Board] = field(default_factory=dict)
    out: list[_Out] = field(default_factory=list)
    tickets: dict[str, tuple[Ticket, datetime]] = field(default_factory=dict)
    issued: int = 0


class MemoryPost:
    """pipeline.ports.post.Post. Nothing awaits inside a change, so each change is whole.

    Another one on the same `holes` is the next process, after this one was killed.
    """

    def __init__(
        self, *, store: MemoryStore, clock: Clock, holes: Pigeonholes | None = None
    ) -> None:
        self.holes = holes or Pigeonholes()
        self._store = store
        self._clock = clock

    async def arrive(self, mention: Mention, job_id: JobId) -> bool:
        if mention.key in self.holes.arrived:
            return False
        now = self._clock.now()
        new = _Arrived(Arrival(mention=mention, job_id=job_id), at=now, due_at=now)
        self.holes.arrived[mention.key] = new
        return True

    async def arrivals(self, now: datetime) -> tuple[Arrival, ...]:
        oldest: dict[str, _Arrived] = {}
        for one in self.holes.arrived.values():
            if not one.handled:
                oldest.setdefault(one.arrival.mention.place.key, one)
        return tuple(one.arrival for one in oldest.values() if one.due_at <= now)

    async def claim(self, key: str) -> bool:
        return not self.holes.arrived[key].handled

    async def renew(self, key: str) -> None:
        """There is no other process."""

    async def handled(self, key: str) -> None:
        self.holes.arrived[key].handled = True
        over = self._clock.now() - KEPT
        kept = {
            k: one for k, one in self.holes.arrived.items() if one.at >= over or not one.handled
        }
        self.holes.arrived = kept

    async def put_off(self, key: str, until: datetime) -> None:
        one = self.holes.arrived[key]
        one.due_at = until
        one.arrival = one.arrival.model_copy(update={"tries": one.arrival.tries + 1})

    async def unshown(self, platform: str) -> tuple[JobId, ...]:
        rows = await self._store.list(limit=1_000_000)
        found = []
        for row in sorted(rows, key=lambda row: (row.updated_at, row.id)):
            shown = (await self.board(row.id)).shown
            if row.context.thread.platform == platform and await self._store.events(row.id, shown):
                found.append(row.id)
        return tuple(found)

    async def board(self, job_id: JobId) -> Board:
        return self.holes.boards.get(job_id, Board(job_id=job_id))

    async def show(self, board: Board, shown: int, letters: Sequence[Letter]) -> None:
        now = await self.board(board.job_id)
        if now.shown != board.shown or (board.job_id in self.holes.boards and not board.shown):
            raise Superseded("Shown by another process.")
        self.holes.boards[board.job_id] = now.model_copy(update={"shown": shown})
        for letter in letters:
            self._put_out(letter)

    async def outgoing(self, platform: str, now: datetime) -> tuple[Letter, ...]:
        unsent = [row for row in self.holes.out if row.sent_at is None]
        mine = [row for row in unsent if row.letter.place.platform == platform]
        oldest = _first_of_each(mine)
        posts = _first_of_each([row for row in mine if not self._edits(row.letter)])
        chosen = [row for row in mine if row in oldest or row in posts]
        due = (row for row in chosen if row.due_at <= now and row.sender is not self)
        return tuple([_letter(row, await self.board(row.letter.job_id)) for row in due])

    async def begin(self, letter: Letter) -> None:
        row = next(self._unsent(letter.key), None)
        if row is None or row.tries != letter.tries:
            raise Superseded("Taken by another process.")
        row.begun_at, row.sender, row.tries = self._clock.now(), self, letter.tries + 1

    async def sent(self, letter: Letter, ref: Ref | None) -> None:
        now = self._clock.now()
        for row in self._unsent(letter.key):
            row.sent_at, row.ref = now, ref
        if letter.kind == "card" and ref is not None and letter.job_id in self.holes.boards:
            edited = {"card": ref, "edited_at": now}
            board = self.holes.boards[letter.job_id].model_copy(update=edited)
            self.holes.boards[letter.job_id] = board
        self.holes.out = [
            row for row in self.holes.out if row.sent_at is None or row.sent_at >= now - KEPT
        ]

    async def delay(self, letter: Letter, until: datetime, *, uncertain: bool = False) -> None:
        for row in self._unsent(letter.key):
            if row.tries == letter.tries + 1:
                row.due_at, row.sender = until, None
                row.begun_at = row.begun_at if uncertain else None

    async def issue(self, ticket: Ticket, expires_at: datetime) -> str:
        self.holes.issued += 1
        token = f"ticket-{self.holes.issued}"
        self.holes.tickets[token] = ticket, expires_at
        return token

    async def look(self, token: str, now: datetime) -> Ticket | None:
        found = self.holes.tickets.get(token)
        return found[0] if found and found[1] > now else None

    async def use(self, token: str, now: datetime) -> Ticket | None:
        found = await self.look(token, now)
        self.holes.tickets.pop(token, None)
        return found

    def _edits(self, letter: Letter) -> bool:
        board = self.holes.boards.get(letter.job_id)
        return letter.kind == "card" and board is not None and board.card is not None

    def _unsent(self, key: str) -> Iterator[_Out]:
        return (row for row in self.holes.out if row.letter.key == key and row.sent_at is None)

    def _put_out(self, letter: Letter) -> None:
        if any(row.letter.key == letter.key for row in self.holes.out):
            return
        waiting = [row for row in self.holes.out if row.waits and _same_card(row.letter, letter)]
        if not waiting:
            self.holes.out.append(_Out(letter, due_at=letter.due_at))
            return
        first, *others = waiting
        first.letter = letter
        first.due_at = first.due_at if first.tries else min(first.due_at, letter.due_at)
        self.holes.out = [row for row in self.holes.out if row not in others]


def _first_of_each(rows: Sequence[_Out]) -> list[_Out]:
    oldest: dict[str, _Out] = {}
    for row in rows:
        oldest.setdefault(row.letter.place.key, row)
    return list(oldest.values())


def _same_card(one: Letter, other: Letter) -> bool:
    return one.kind == other.kind == "card" and (one.job_id, one.place) == (
        other.job_id,
        other.place,
    )


def _letter(row: _Out, board: Board) -> Letter:
    edits = board.card if row.letter.kind == "card" else None
    uncertain = row.begun_at is not None
    return row.letter.model_copy(
        update={"due_at": row.due_at, "tries": row.tries, "uncertain": uncertain, "edits": edits}
    )
