"""Who may do what: reading is for the channel, acting for the owner and the admins of the space.

Who somebody is comes from the signed event alone, and so does where they speak: a person of many
spaces reads and administrates only in the one where they speak. Their own jobs are theirs anywhere.
Secrets are not decided here: they are looked up under the owner of a job, whoever acts on it.
"""

from bot import words
from pipeline.errors import PersonCanFix, Removed, UnknownName
from pipeline.jobs import Actor, JobId, Place
from pipeline.ports.chat import Inbound
from pipeline.ports.store import JobRow, Store

_LOOKED_AT = 200


def same_space(actor: Actor, place: Place, row: JobRow) -> bool:
    """Somebody speaks in the workspace, guild or terminal of a job's thread, and belongs there.

    An actor without a space is one person over all spaces of their platform.
    """
    thread = row.context.thread
    here = (place.platform, place.space) == (thread.platform, thread.space)
    return here and actor.platform == place.platform and actor.space in {"", place.space}


def may_read(asked: Inbound, row: JobRow) -> bool:
    """The owner, admins of the space, and whoever speaks in the channel where the thread is.

    Elsewhere somebody who knows the id of a job in direct messages or in a private channel would
    read what they cannot see.
    """
    in_channel = asked.place.channel == row.context.thread.channel
    here = in_channel and same_space(asked.actor, asked.place, row)
    return here or may_act(asked, row)


def may_act(asked: Inbound, row: JobRow) -> bool:
    """The owner, and an admin of the space who speaks there."""
    actor = asked.actor
    return _is_owner(actor, row) or (actor.admin and same_space(actor, asked.place, row))


def may_predict(asked: Inbound, row: JobRow) -> bool:
    """Who may act, and anybody who speaks in the job's own thread."""
    in_thread = asked.place.key == row.context.thread.key
    return (in_thread and may_read(asked, row)) or may_act(asked, row)


def owner_name(row: JobRow) -> str:
    """How the owner is called."""
    return row.context.owner.name or row.context.owner.id


def refuse_strangers(asked: Inbound, row: JobRow) -> None:
    """PersonCanFix for who may not act."""
    if not may_act(asked, row):
        raise PersonCanFix(words.not_yours(owner_name(row)), "")


async def visible(store: Store, asked: Inbound, job_id: str) -> JobRow:
    """A job that may be read by this person where they speak.

    An id of another space is answered exactly as one that does not exist: with the person's own.
    """
    try:
        row = await store.load(JobId(job_id))
    except UnknownName as unknown:
        if isinstance(unknown, Removed) and unknown.owner == asked.actor.key:
            raise
        row = None
    if row is not None and may_read(asked, row):
        return row
    mine = await store.list(owner=asked.actor.key, limit=_LOOKED_AT)
    raise UnknownName("job", job_id, [one.id for one in mine], field="job") from None


def _is_owner(actor: Actor, row: JobRow) -> bool:
    return actor.key == row.context.owner.key
