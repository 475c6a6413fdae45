"""What is said to the bot: a request, a reply, a change or a command."""

import re
from collections.abc import Mapping

from bot import commands, forking, phrases, words
from bot.authority import may_act, may_read, owner_name, refuse_strangers
from bot.doors import prediction
from bot.doors.command import obey
from bot.doors.desk import Desk, Said
from bot.doors.reading import read
from pipeline.artifacts import DataInput
from pipeline.changes import changes
from pipeline.context import Request
from pipeline.errors import PersonCanFix
from pipeline.hearing.again import wanted_again
from pipeline.jobs import JobId, JobStatus, new_job_id
from pipeline.ports.chat import Card, Mention, Ok, Reply, Whisper
from pipeline.ports.store import JobRow

_REFERENCE = re.compile(r"(?:https?://|hf:|kaggle:)[^\s<>|]+")


async def hear(desk: Desk, mention: Mention, job_id: JobId | None = None) -> Reply | Said:
    """Understand one message; a job that it starts gets `job_id`. Safe to repeat."""
    row = await desk.meant(mention.actor, mention.place)
    if job_id is not None and await desk.begun(job_id):
        return Ok()
    if not mention.addressed and (row is None or not may_act(mention, row)):
        return Ok()
    if row is not None and not may_read(mention, row):
        raise PersonCanFix(words.not_yours(owner_name(row)), "")
    reading = read(mention, row)
    if reading == "command":
        return await obey(desk, mention, *(commands.read_command(mention.text) or ("help", "")))
    if reading == "prediction" and desk.predict is not None:
        return await prediction.said(desk, mention, row)
    if row is None or reading == "request":
        return await _begin(desk, mention, job_id)
    return await _to_job(desk, mention, row, job_id)


async def _to_job(desk: Desk, mention: Mention, row: JobRow, job_id: JobId | None) -> Reply:
    if row.status is JobStatus.DONE and (again := wanted_again(mention.text)) is not None:
        return await _again(desk, mention, row, again, job_id)
    if row.status is not JobStatus.WAITING:
        return await _to_other(desk, mention, row)
    refuse_strangers(mention, row)
    text = _with_data(mention, row)
    return await desk.answer(mention, row, mention.key, text)


async def _again(
    desk: Desk, mention: Mention, row: JobRow, wanted: Mapping[str, str], job_id: JobId | None
) -> Reply:
    """A finished job is begun again beside it, in the same thread."""
    refuse_strangers(mention, row)
    if mention.files:
        raise PersonCanFix(phrases.SAME_DATA, phrases.new_data(row.id))
    await forking.fork(
        desk.store,
        row,
        home=desk.home,
        owner=row.context.owner,  # also where an admin asks: data and accounts stay the owner's
        wanted=wanted,
        place=mention.place,
        job_id=job_id,
    )
    return Ok()


async def _to_other(desk: Desk, mention: Mention, row: JobRow) -> Reply:
    """Words to a job that asks nothing: a change may be put into one that failed."""
    wanted = changes(mention.text)
    if wanted and row.status is JobStatus.FAILED:
        refuse_strangers(mention, row)
        await commands.change(desk.store, row, wanted)
        return Ok()
    if not mention.addressed:
        return Ok()
    at_terminal = mention.actor.platform == "terminal"
    if wanted and not row.status.settled:
        return Whisper(card=Card(title=words.AT_WORK, body=phrases.INTERRUPT_FIRST))
    state = commands.state(row, worked_on=True)
    text = words.HELP if at_terminal else phrases.CHAT_HELP
    if mention.place.thread is None:
        text = f"{phrases.ONE_AT_A_TIME}\n{text}"
    return Whisper(card=Card(title=words.already(state), body=text))


async def _begin(desk: Desk, mention: Mention, job_id: JobId | None) -> Reply:
    """A new job, with the files and the addresses named in the words."""
    locations = (*mention.files, *_addresses(mention.text))
    inputs = tuple(DataInput(location=location) for location in dict.fromkeys(locations))
    await commands.begin(
        desk.store,
        home=desk.home,
        owner=mention.actor,
        request=Request(words=mention.text, inputs=inputs),
        place=mention.place,
        job_id=job_id or new_job_id(),
    )
    return Ok()


def _with_data(mention: Mention, row: JobRow) -> str:
    """The reply; where data is asked for, attached files and addresses are the reply."""
    waiting = row.context.waiting
    if waiting is None or "data" not in waiting.field:
        return mention.text
    given = mention.files or _addresses(mention.text)
    if "words" in waiting.field and mention.files:
        return "\n".join((mention.text, *given))
    at_terminal = mention.actor.platform == "terminal"
    return "\n".join(given) if mention.files or (given and not at_terminal) else mention.text


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(found.rstrip(".,;:!?)\"'") for found in _REFERENCE.findall(text))
