"""What a message means: an inbound event becomes a wish in the store, and a reply at once.

`decide` touches only the database. Everything slow happens later and is shown by the progress.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from bot import cards, commands, telling, words
from pipeline.artifacts import DataInput
from pipeline.context import Request
from pipeline.errors import MLTrainerError, PersonCanFix
from pipeline.jobs import Actor, JobId, JobStatus, Place
from pipeline.ports.chat import (
    Card,
    Click,
    Command,
    Inbound,
    Mention,
    Ok,
    Reply,
    Submit,
    Whisper,
)
from pipeline.ports.store import Inbound as Word
from pipeline.ports.store import JobRow, Store

_LOOKED_AT = 200
_SHOWN = 10
_LOG_LINES = 40
_REFERENCE = re.compile(r"(?:https?://|hf:|kaggle:)\S+")


class Conversation:
    """Decides. `home` is where new jobs keep their files."""

    def __init__(self, store: Store, home: Path) -> None:
        self._store = store
        self._home = home

    async def decide(self, inbound: Inbound) -> Reply:
        """Understand one event; whatever goes wrong is told to this person alone."""
        try:
            return await self._understand(inbound)
        except MLTrainerError as error:
            return Whisper(card=Card(title=error.message, body=error.hint, tone="bad"))

    async def _understand(self, inbound: Inbound) -> Reply:
        match inbound:
            case Mention():
                return await self._heard(inbound)
            case Command():
                return await self._command(inbound, inbound.name, inbound.arguments)
            case Click():
                return await self._clicked(inbound)
            case Submit():
                raise PersonCanFix("That form is not known here.", "Ask again in the thread.")
        assert_never(inbound)

    async def _heard(self, mention: Mention) -> Reply:
        row = await self.job_at(mention.place)
        command = commands.read_command(mention.text)
        waits = row is not None and row.status is JobStatus.WAITING
        if command is not None and not (waits and row and _is_an_option(row, mention.text)):
            return await self._command(mention, *command)
        if row is None:
            return await self._begin(mention)
        if waits:
            return await self._answer(mention, row, mention.text, mention.files)
        state = commands.state(row, worked_on=True)
        return Whisper(card=Card(title=words.already(state), body=words.HELP))

    async def _begin(self, mention: Mention) -> Reply:
        """A new job, with the files and the addresses named in the words."""
        locations = (*mention.files, *_REFERENCE.findall(mention.text))
        inputs = tuple(DataInput(location=location) for location in dict.fromkeys(locations))
        request = Request(words=mention.text, inputs=inputs)
        await commands.begin(
            self._store, home=self._home, owner=mention.actor, request=request, place=mention.place
        )
        return Ok()

    async def _answer(
        self, inbound: Mention | Click, row: JobRow, text: str, files: Sequence[str] = ()
    ) -> Reply:
        """A reply; where data is asked for, the attached files are the reply."""
        _refuse_strangers(inbound.actor, row)
        waiting = row.context.waiting
        about_data = waiting is not None and "data" in waiting.field
        said = files[0] if about_data and files else text
        if about_data and waiting is not None and "words" in waiting.field and files:
            said = f"{text}\n{files[0]}"
        reply = Word(key=inbound.key, actor=inbound.actor.key, text=said)
        await commands.answer(self._store, row, reply)
        return Ok()

    async def _clicked(self, click: Click) -> Reply:
        if click.action not in {"approve", "answer"}:
            return await self._command(click, click.action, click.argument)
        job_id, _, text = click.argument.partition(" ")
        row = await self._store.load(JobId(job_id))
        return await self._answer(click, row, text or click.action)

    async def _command(self, inbound: Mention | Command | Click, name: str, job: str) -> Reply:
        if name == "help":
            return Whisper(card=Card(title=words.WHAT_IT_DOES, body=words.HELP))
        if name == "list":
            return Whisper(card=await self._list(inbound.actor))
        row = await self._which(inbound, name, job.strip())
        if row is None:
            return Whisper(card=await self._list(inbound.actor, words.which_job(name)))
        if name == "status":
            return Whisper(card=await self._status(row))
        if name == "log":
            return Whisper(card=await self._log(row))
        _refuse_strangers(inbound.actor, row)
        match name:
            case "resume":
                await commands.resume(self._store, row, worked_on=True)
            case "retry":
                await commands.retry(self._store, row, worked_on=True)
            case "cancel":
                await commands.cancel(self._store, row, inbound.actor.name or inbound.actor.id)
            case _:
                raise PersonCanFix(f"Unknown command '{name}'.", words.HELP)
        return Ok()

    async def _which(
        self, inbound: Mention | Command | Click, name: str, job: str
    ) -> JobRow | None:
        """The named job, else this thread's, else the one job of the person it can only be."""
        if job:
            return await self._store.load(JobId(job))
        here = await self.job_at(inbound.place)
        if here is not None:
            return here
        mine = await self._store.list(owner=inbound.actor.key, limit=_LOOKED_AT)
        fitting = [row for row in mine if _fits(name, row)]
        return fitting[0] if len(fitting) == 1 else None

    async def job_at(self, place: Place) -> JobRow | None:
        """The job of a thread."""
        return await self._store.at(place)

    async def _list(self, actor: Actor, title: str = "") -> Card:
        rows = await self._store.list(owner=actor.key, limit=_SHOWN)
        lines = (words.job_line(row, commands.state(row, worked_on=True)) for row in rows)
        return Card(title=title or words.YOUR_JOBS, body="\n".join(lines) or words.NO_JOBS)

    async def _status(self, row: JobRow) -> Card:
        events = await self._store.events(row.id)
        live = cards.told((one.event for one in events), quiet=True)
        card = cards.live_card(row, live.model_copy(update={"log": ()}))
        ending = cards.ending_card(row) if row.status is not JobStatus.RUNNABLE else Card(title="")
        body = "\n".join(part for part in (card.body, ending.title, ending.body) if part)
        return card.model_copy(update={"body": body})

    async def _log(self, row: JobRow) -> Card:
        events = await self._store.events(row.id)
        lines = [telling.event_line(one.event) for one in events[-_LOG_LINES:]]
        return Card(title=f"Job {row.id}", body="\n".join(lines) or words.NO_EVENTS)


def _refuse_strangers(actor: Actor, row: JobRow) -> None:
    if not commands.may_act(actor, row):
        raise PersonCanFix(words.not_yours(row.context.owner.name or row.context.owner.id), "")


def _is_an_option(row: JobRow, text: str) -> bool:
    waiting = row.context.waiting
    said = text.strip().lower()
    return waiting is not None and said in {option.lower() for option in waiting.options}


def _fits(name: str, row: JobRow) -> bool:
    match name:
        case "cancel":
            return not row.status.settled or row.status is JobStatus.WAITING
        case "resume":
            return row.status in {JobStatus.RUNNABLE, JobStatus.FAILED, JobStatus.WAITING}
        case "retry":
            return row.status in {JobStatus.FAILED, JobStatus.WAITING}
        case _:
            return True
