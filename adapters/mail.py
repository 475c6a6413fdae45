"""Arrivals, boards, letters and tickets as rows of their tables, and back."""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from pipeline.jobs import JobId
from pipeline.ports.chat import Mention, Ref
from pipeline.ports.post import Arrival, Board, Letter, Ticket

_TOKEN_BYTES = 24
_REMEMBERED = 500  # letters, of about 10 kB each
_log = logging.getLogger(__name__)


def arrived(mention: Mention, job_id: JobId, now: datetime) -> dict[str, Any]:
    """The row of a mention, to be handled at once."""
    return {
        "key": mention.key,
        "platform": mention.place.platform,
        "thread": mention.place.key,
        "job_id": job_id,
        "body": mention.model_dump_json(),
        "at": now,
        "due_at": now,
        "tries": 0,
        "handled": False,
    }


def arrivals(found: Sequence[sa.Row[Any]]) -> tuple[Arrival, ...]:
    """The mentions of rows; one that this version cannot read stays, and is named in the log."""
    read = []
    for row in found:
        try:
            mention = Mention.model_validate_json(row.body)
        except ValidationError:
            _log.warning("arrival %s cannot be read", row.id, extra={"job_id": row.job_id})
        else:
            read.append(Arrival(mention=mention, job_id=row.job_id, tries=row.tries))
    return tuple(read)


def board(row: sa.Row[Any]) -> Board:
    """The board of a row."""
    card = Ref.model_validate_json(row.card) if row.card else None
    return Board(job_id=row.job_id, shown=row.shown, card=card, edited_at=row.edited_at)


def put_out(letter: Letter) -> dict[str, Any]:
    """The row of a letter, but for its tries."""
    return {
        "key": letter.key,
        "platform": letter.place.platform,
        "thread": letter.place.key,
        "job_id": letter.job_id,
        "kind": letter.kind,
        "body": letter.model_dump_json(exclude={"edits", "uncertain", "tries"}),
        "due_at": letter.due_at,
    }


def letters(found: Sequence[sa.Row[Any]]) -> tuple[Letter, ...]:
    """The letters of rows; one that this version cannot read stays, and is named in the log.

    Each row has its board's `card` beside it.
    """
    read = []
    for row in found:
        try:
            letter = _letter(row.body)
        except ValidationError:
            _log.warning("letter %s cannot be read", row.id, extra={"job_id": row.job_id})
        else:
            read.append(letter.model_copy(update=_standing(row)))
    return tuple(read)


@lru_cache(maxsize=_REMEMBERED)
def _letter(body: str) -> Letter:
    """A letter as it was written. What waits for its turn is looked at again and again."""
    return Letter.model_validate_json(body)


def _standing(row: sa.Row[Any]) -> dict[str, Any]:
    """What the table knows better than the letter as it was written."""
    edits = Ref.model_validate_json(row.card) if row.kind == "card" and row.card else None
    uncertain = row.begun_at is not None
    return {"due_at": row.due_at, "tries": row.tries, "uncertain": uncertain, "edits": edits}


def new_token() -> str:
    """A token that cannot be guessed."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hashed(token: str) -> str:
    """What the table keeps of a token, so that reading the table opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def issued(token: str, ticket: Ticket, expires_at: datetime) -> dict[str, Any]:
    """The row of a ticket."""
    return {
        "token": hashed(token),
        "owner": ticket.owner.key,
        "body": ticket.model_dump_json(),
        "expires_at": expires_at,
        "used": False,
    }


def ticket(body: str | None) -> Ticket | None:
    """The ticket of a row, if there is one."""
    return None if body is None else Ticket.model_validate_json(body)
