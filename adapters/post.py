"""Arrivals, boards, outbox and tickets, in the database of the jobs.

Each change is one transaction that begins with a write, so that two writers queue up. A letter is
taken by raising its `tries`: of two senders one finds that they have been raised already.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from adapters import mail
from adapters.database import file_of, only_if_known, uninterrupted
from adapters.pending import BOARD, outgoing, unshown
from adapters.records import Database
from adapters.tables import ARRIVALS, BOARDS, OUTBOX, TICKETS
from pipeline.errors import Bug, Superseded
from pipeline.jobs import JobId
from pipeline.ports.chat import Mention, Ref
from pipeline.ports.clock import Clock
from pipeline.ports.post import CLAIM_SECONDS, Arrival, Board, Letter, Ticket

_KEPT = timedelta(days=30)  # a platform has long given up repeating itself
_SWEPT_EVERY = timedelta(hours=1)
_SWEPT_AT_ONCE = 500
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_HANDLED_AT_ONCE = 40  # messages: more than are in hand, few enough to be read often
_LATELY = timedelta(minutes=10)  # ended jobs are looked for among those of this time
_ALL_EVERY = timedelta(minutes=1)  # and among all of them so often
_CLAIM = timedelta(seconds=CLAIM_SECONDS)
_LEASE = timedelta(minutes=2)  # longer than any send takes


class SqlPost:
    """pipeline.ports.post.Post on SQLite or PostgreSQL.

    `lease` is how long another process's letter counts as being sent. It is nothing where the
    database belongs to one process: what that did not finish before it started was cut off.
    """

    def __init__(self, *, database: Database, clock: Clock, lease: timedelta | None = None) -> None:
        self._database = database
        self._clock = clock
        self._alone = file_of(database.url) is not None
        self._lease = lease if lease is not None else timedelta(0) if self._alone else _LEASE
        self._in_hand: set[str] = set()
        self._swept: dict[sa.Table, datetime] = {}
        self._all_looked_at: dict[str, datetime] = {}

    async def arrive(self, mention: Mention, job_id: JobId) -> bool:
        """Keep a mention; False when its key is known already."""
        new = ARRIVALS.insert().values(mail.arrived(mention, job_id, self._clock.now()))
        try:
            await self._database.write(lambda connection: connection.execute(new))
        except Bug as refused:
            only_if_known(refused)
            return False
        return True

    async def arrivals(self, now: datetime) -> tuple[Arrival, ...]:
        """Mentions to handle now: the oldest of each thread, where it is due; not all of many."""
        waiting = ARRIVALS.c.handled.is_(False)
        oldest = sa.select(sa.func.min(ARRIVALS.c.id)).where(waiting).group_by(ARRIVALS.c.thread)
        query = (
            sa.select(ARRIVALS)
            .where(ARRIVALS.c.id.in_(oldest), ARRIVALS.c.due_at <= now)
            .order_by(ARRIVALS.c.id)
            .limit(_HANDLED_AT_ONCE)
        )
        found = await self._database.read(lambda connection: connection.execute(query).all())
        return mail.arrivals(found)

    async def claim(self, key: str) -> bool:
        """Take a mention in hand; False when another process has it."""
        if self._alone:
            return True
        now = self._clock.now()
        return await self._claim_from(key, ARRIVALS.c.due_at <= now, now)

    async def renew(self, key: str) -> None:
        """A mention is still in hand."""
        if not self._alone:
            await self._claim_from(key, sa.true(), self._clock.now())

    async def _claim_from(self, key: str, which: sa.ColumnElement[bool], now: datetime) -> bool:
        free = ARRIVALS.update().where(ARRIVALS.c.key == key, ARRIVALS.c.handled.is_(False), which)
        mine = free.values(due_at=now + _CLAIM)
        return await self._database.write(lambda connection: connection.execute(mine).rowcount == 1)

    async def handled(self, key: str) -> None:
        """A mention is dealt with."""
        done = ARRIVALS.update().where(ARRIVALS.c.key == key).values(handled=True)
        over = sa.and_(ARRIVALS.c.handled.is_(True), ARRIVALS.c.at < self._clock.now() - _KEPT)
        sweep = self._sweep(ARRIVALS, ARRIVALS.c.id, over)
        await self._database.write(lambda connection: _all(connection, done, *sweep))

    async def put_off(self, key: str, until: datetime) -> None:
        """A mention could not be handled yet."""
        later = ARRIVALS.update().where(ARRIVALS.c.key == key)
        later = later.values(due_at=until, tries=ARRIVALS.c.tries + 1)
        await self._database.write(lambda connection: _all(connection, later))

    async def unshown(self, platform: str) -> tuple[JobId, ...]:
        """Jobs of a platform with events that no board has shown.

        An ended job that changed long ago, as while a platform was away, is found within a minute.
        """
        now = self._clock.now()
        whole = now - self._all_looked_at.get(platform, _NEVER) >= _ALL_EVERY
        asked = {"prefix": f"{platform}:", "since": _NEVER if whole else now - _LATELY}
        found = await self._database.read(
            lambda connection: connection.scalars(unshown(), asked).all()
        )
        if whole:
            self._all_looked_at[platform] = now
        return tuple(JobId(one) for one in found)

    async def board(self, job_id: JobId) -> Board:
        """How far a job has been shown; an empty board for a new one."""
        asked = {"job": job_id}
        found = await self._database.read(
            lambda connection: connection.execute(BOARD, asked).first()
        )
        return Board(job_id=job_id) if found is None else mail.board(found)

    async def show(self, board: Board, shown: int, letters: Sequence[Letter]) -> None:
        """Move the board to event `shown` and put its letters out, in one transaction."""

        def move(connection: sa.Connection) -> None:
            _move(connection, board, shown)
            for letter in letters:
                _put_out(connection, letter)

        try:
            await self._database.write(move)
        except Bug as refused:
            only_if_known(refused)
            raise _overtaken(board.job_id) from refused

    async def outgoing(self, platform: str, now: datetime) -> tuple[Letter, ...]:
        """Letters to send now: the oldest unsent one of each thread, where it is due.

        Behind an edit, which may have to wait for long, also the oldest that is none. None that
        this process is sending, nor one that another may still be sending.
        """
        asked = {"platform": platform, "now": now, "lease_over": now - self._lease}
        found = await self._database.read(
            lambda connection: connection.execute(outgoing(), asked).all()
        )
        return mail.letters([row for row in found if row.key not in self._in_hand])

    @uninterrupted
    async def begin(self, letter: Letter) -> None:
        """Mark a letter as under way; Superseded when it was replaced or taken by another."""
        taken = _unsent(letter.key).where(OUTBOX.c.tries == letter.tries)
        mark = taken.values(begun_at=self._clock.now(), tries=letter.tries + 1)
        if not await self._database.write(lambda connection: connection.execute(mark).rowcount):
            raise _overtaken(letter.job_id)
        self._in_hand.add(letter.key)

    @uninterrupted
    async def sent(self, letter: Letter, ref: Ref | None) -> None:
        """A letter is out, or was given up without a reference; a card's board keeps `ref`."""
        now = self._clock.now()
        text = ref.model_dump_json() if ref is not None else None
        done: list[sa.UpdateBase] = [_unsent(letter.key).values(sent_at=now, ref=text)]
        if letter.kind == "card" and text is not None:
            shown = BOARDS.update().where(BOARDS.c.job_id == letter.job_id)
            done.append(shown.values(card=text, edited_at=now))
        done += self._sweep(OUTBOX, OUTBOX.c.id, OUTBOX.c.sent_at < now - _KEPT)
        await self._database.write(lambda connection: _all(connection, *done))
        self._in_hand.discard(letter.key)

    @uninterrupted
    async def delay(self, letter: Letter, until: datetime, *, uncertain: bool = False) -> None:
        """A letter is tried again at `until`; `uncertain` when it may have been sent."""
        begun = self._clock.now() - self._lease if uncertain else None
        mine = _unsent(letter.key).where(OUTBOX.c.tries == letter.tries + 1)
        mine = mine.values(due_at=until, begun_at=begun)
        await self._database.write(lambda connection: _all(connection, mine))
        self._in_hand.discard(letter.key)

    async def issue(self, ticket: Ticket, expires_at: datetime) -> str:
        """A new token that stands for `ticket`. The table keeps only its hash."""
        token = mail.new_token()
        over = TICKETS.c.expires_at < self._clock.now()
        new = TICKETS.insert().values(mail.issued(token, ticket, expires_at))
        sweep = self._sweep(TICKETS, TICKETS.c.token, over)
        await self._database.write(lambda connection: _all(connection, new, *sweep))
        return token

    async def look(self, token: str, now: datetime) -> Ticket | None:
        """What a token stands for; None when it is unknown, used or over."""
        query = sa.select(TICKETS.c.body).where(_good(token, now))
        return mail.ticket(await self._database.read(lambda connection: connection.scalar(query)))

    async def use(self, token: str, now: datetime) -> Ticket | None:
        """The same, once: the token is worth nothing afterwards."""
        mark = TICKETS.update().where(_good(token, now)).values(used=True)
        used = mark.returning(TICKETS.c.body)
        return mail.ticket(await self._database.write(lambda connection: connection.scalar(used)))

    def _sweep(
        self, table: sa.Table, id_: sa.Column[Any], over: sa.ColumnElement[bool]
    ) -> list[sa.Delete]:
        """What forgets a bounded part of what is over, now and then."""
        now = self._clock.now()
        if table in self._swept and now - self._swept[table] < _SWEPT_EVERY:
            return []
        self._swept[table] = now
        some = sa.select(id_).where(over).limit(_SWEPT_AT_ONCE)
        return [table.delete().where(id_.in_(some))]


def _all(connection: sa.Connection, *statements: sa.UpdateBase) -> None:
    for one in statements:
        connection.execute(one)


def _move(connection: sa.Connection, board: Board, shown: int) -> None:
    """The compare-and-swap of a board; a new one is made."""
    known = BOARDS.update().where(BOARDS.c.job_id == board.job_id, BOARDS.c.shown == board.shown)
    if connection.execute(known.values(shown=shown)).rowcount == 0:
        if board.shown:
            raise _overtaken(board.job_id)
        connection.execute(BOARDS.insert().values(job_id=board.job_id, shown=shown))


def _put_out(connection: sa.Connection, letter: Letter) -> None:
    """Put a letter at the end of its thread, once; a card in the place of one not under way.

    A card tells a state, not an event: the latest one serves in the earliest place. A card that
    was refused before keeps the time of its next try.
    """
    known = sa.select(OUTBOX.c.id).where(OUTBOX.c.key == letter.key)
    if connection.execute(known).first() is not None:
        return
    values = mail.put_out(letter)
    replaced = _waiting_cards(connection, letter) if letter.kind == "card" else []
    if not replaced:
        connection.execute(OUTBOX.insert().values(values | {"tries": 0}))
        return
    first, *others = replaced
    due = first.due_at if first.tries else min(first.due_at, letter.due_at)
    connection.execute(OUTBOX.delete().where(OUTBOX.c.id.in_([row.id for row in others])))
    connection.execute(
        OUTBOX.update().where(OUTBOX.c.id == first.id).values(values | {"due_at": due})
    )


def _waiting_cards(connection: sa.Connection, letter: Letter) -> Sequence[sa.Row[Any]]:
    """The cards of a job that nobody is sending, held until the commit."""
    query = (
        sa.select(OUTBOX)
        .where(OUTBOX.c.job_id == letter.job_id, OUTBOX.c.kind == "card")
        .where(OUTBOX.c.sent_at.is_(None), OUTBOX.c.begun_at.is_(None))
        .where(OUTBOX.c.thread == letter.place.key, OUTBOX.c.platform == letter.place.platform)
        .order_by(OUTBOX.c.id)
        .with_for_update()
    )
    return connection.execute(query).all()


def _unsent(key: str) -> sa.Update:
    return OUTBOX.update().where(OUTBOX.c.key == key, OUTBOX.c.sent_at.is_(None))


def _good(token: str, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        TICKETS.c.token == mail.hashed(token),
        TICKETS.c.used.is_(False),
        TICKETS.c.expires_at > now,
    )


def _overtaken(job_id: JobId) -> Superseded:
    return Superseded(
        f"What is shown of job {job_id} was moved on by another process.",
        "Nothing is lost: the other one goes on with it.",
    )
