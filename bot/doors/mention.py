"""What is said to the bot: a request, a reply, a change or a command."""

import re

from bot import commands, phrases, words
from bot.authority import may_act, owner_name, refuse_strangers, same_space
from bot.doors import prediction
from bot.doors.command import obey
from bot.doors.desk import Desk, Said
from pipeline.artifacts import DataInput
from pipeline.context import Request
from pipeline.errors import PersonCanFix, UnknownName
from pipeline.jobs import JobId, JobStatus, new_job_id
from pipeline.ports.chat import Card, Mention, Ok, Reply, Whisper
from pipeline.ports.store import JobRow
from pipeline.readiness import changes

_REFERENCE = re.compile(r"(?:https?://|hf:|kaggle:)[^\s<>|]+")


async def hear(desk: Desk, mention: Mention, job_id: JobId | None = None) -> Reply | Said:
    """Understand one message; a job that it starts gets `job_id`. Safe to repeat."""
    row = await desk.store.at(mention.place)
    if job_id is not None and await _begun(desk, job_id):
        return Ok()
    if not mention.addressed and (row is None or not may_act(mention.actor, row)):
        return Ok()
    if row is not None and not same_space(mention.actor, row):
        raise PersonCanFix(words.not_yours(owner_name(row)), "")
    command = commands.read_command(mention.text)
    if command is not None and not (row is not None and _is_an_option(row, mention.text)):
        return await obey(desk, mention, *command)
    wanted = await prediction.said(desk, mention, row)
    if wanted is not None:
        return wanted
    if row is None:
        return await _begin(desk, mention, job_id)
    return await _to_job(desk, mention, row)


async def _to_job(desk: Desk, mention: Mention, row: JobRow) -> Reply:
    if row.status is not JobStatus.WAITING:
        return await _to_other(desk, mention, row)
    refuse_strangers(mention.actor, row)
    text = _with_data(mention, row)
    return await desk.answer(mention.actor, row, mention.key, text)


async def _to_other(desk: Desk, mention: Mention, row: JobRow) -> Reply:
    """Words to a job that asks nothing: a change may be put into one that failed."""
    wanted = changes(mention.text)
    if wanted and row.status is JobStatus.FAILED:
        refuse_strangers(mention.actor, row)
        await commands.change(desk.store, row, wanted)
        return Ok()
    if not mention.addressed:
        return Ok()
    at_terminal = mention.actor.platform == "terminal"
    if wanted and not row.status.settled:
        return Whisper(card=Card(title=phrases.AT_WORK, body=phrases.CANCEL_FIRST))
    state = commands.state(row, worked_on=True)
    text = words.HELP if at_terminal else phrases.CHAT_HELP
    return Whisper(card=Card(title=words.already(state), body=text))


async def _begun(desk: Desk, job_id: JobId) -> bool:
    """The job of this message is there already: a crash came between its start and its mark."""
    try:
        await desk.store.load(job_id)
    except UnknownName:
        return False
    return True


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


def _is_an_option(row: JobRow, text: str) -> bool:
    waiting = row.context.waiting if row.status is JobStatus.WAITING else None
    said = text.strip().lower()
    return waiting is not None and said in {option.lower() for option in waiting.options}
