"""Who may do what: reading is for the space, acting for the owner and the admins of the space.

Who somebody is comes from the signed event alone. Secrets are not decided here: they are looked up
under the owner of a job, whoever acts on it.
"""

from bot import words
from pipeline.errors import PersonCanFix, UnknownName
from pipeline.jobs import Actor, JobId, Place
from pipeline.ports.store import JobRow, Store

_LOOKED_AT = 200


def same_space(actor: Actor, row: JobRow) -> bool:
    """Both belong to one workspace, guild or terminal."""
    owner = row.context.owner
    return (actor.platform, actor.space) == (owner.platform, owner.space)


def may_act(actor: Actor, row: JobRow) -> bool:
    """The owner, and an admin of the same space."""
    return actor.key == row.context.owner.key or (actor.admin and same_space(actor, row))


def may_predict(actor: Actor, place: Place, row: JobRow) -> bool:
    """Who may act, and anybody who speaks in the job's own thread."""
    here = place.key == row.context.thread.key and same_space(actor, row)
    return here or may_act(actor, row)


def owner_name(row: JobRow) -> str:
    """How the owner is called."""
    return row.context.owner.name or row.context.owner.id


def refuse_strangers(actor: Actor, row: JobRow) -> None:
    """PersonCanFix for who may not act."""
    if not may_act(actor, row):
        raise PersonCanFix(words.not_yours(owner_name(row)), "")


async def visible(store: Store, actor: Actor, job_id: str) -> JobRow:
    """A job that this person may read.

    An id of another space is answered exactly as one that does not exist: with the person's own.
    """
    try:
        row = await store.load(JobId(job_id))
    except UnknownName:
        row = None
    if row is not None and same_space(actor, row):
        return row
    mine = await store.list(owner=actor.key, limit=_LOOKED_AT)
    raise UnknownName("job", job_id, [one.id for one in mine], field="job") from None
