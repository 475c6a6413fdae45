"""Predictions in the thread: asked for in words, with a command, or with a form."""

import json
import re
from pathlib import Path

from bot import forms, phrases, words
from bot.authority import may_predict, owner_name, visible
from bot.doors.desk import Desk, Said
from bot.doors.reading import PREDICT
from bot.predicting import input_of
from pipeline.errors import PersonCanFix
from pipeline.jobs import JobStatus, new_job_id
from pipeline.ports.chat import (
    AskForm,
    Card,
    Click,
    Command,
    FormErrors,
    Inbound,
    Mention,
    Reply,
    Submit,
    Whisper,
)
from pipeline.ports.store import JobRow

_ARGUMENT = re.compile(r"\s*(?P<job>j-[a-z0-9]{8}\b)?\s*(?P<rows>.*)", re.DOTALL)


def is_asked_for(text: str) -> bool:
    """Whether a message begins with `predict`."""
    return PREDICT.fullmatch(text.strip()) is not None


async def said(desk: Desk, mention: Mention, row: JobRow | None) -> Reply | Said:
    """`predict …` in the thread of a finished job, or with its id."""
    match = PREDICT.fullmatch(mention.text.strip())
    if match and match["job"]:
        row = await visible(desk.store, mention, match["job"])
    if match is None or row is None or desk.predict is None:
        raise PersonCanFix(phrases.NO_MODEL_YET, phrases.SEE_CARD)
    _refuse(mention, row)
    rows = match["rows"].strip()
    if not rows and not mention.files:
        raise PersonCanFix(phrases.NOTHING_TO_PREDICT, phrases.GIVE_ROWS)
    files = [Path(file) for file in mention.files]
    return Said(place=row.context.thread, card=await desk.predict(row, rows, files))


async def asked_for(desk: Desk, asked: Mention | Command | Click, argument: str) -> Reply:
    """`/mltrainer predict [job] [rows]`: without rows a form asks for them."""
    match = _ARGUMENT.fullmatch(argument)
    job, rows = (match["job"] or "", match["rows"].strip()) if match else ("", "")
    row = await desk.which(asked, "predict", job)
    if row is None:
        title = words.which_job("predict")
        return Whisper(card=await desk.listing(asked.actor, "predict", title))
    _refuse(asked, row)
    if not rows:
        return AskForm(form=forms.try_it(row))
    return await _later(desk, asked, row, rows)


async def form(desk: Desk, click: Click) -> Reply:
    """Try it."""
    row = await visible(desk.store, click, click.argument)
    _refuse(click, row)
    return AskForm(form=forms.try_it(row))


async def submitted(desk: Desk, submit: Submit) -> Reply:
    """The form comes back; the answer appears in the thread."""
    row = await visible(desk.store, submit, submit.state)
    _refuse(submit, row)
    rows = _rows(row, submit)
    if not rows and not submit.attachments:
        shown = forms.try_it(row)
        errors = {shown.fields[0].id: phrases.NOTHING_TO_PREDICT}
        return FormErrors(form=shown.model_copy(update={"errors": errors}))
    return await _later(desk, submit, row, rows)


def _rows(row: JobRow, submit: Submit) -> str:
    """A text or rows as typed; single values under the names of their columns."""
    given = {name: str(value).strip() for name, value in submit.values.items()}
    if typed := given.get("text") or given.get("rows"):
        return typed
    named = {
        column: given[f"column-{number}"]
        for number, column in enumerate(input_of(row.context).columns)
        if given.get(f"column-{number}")
    }
    everywhere = {column: named.get(column) for column in input_of(row.context).columns}
    return json.dumps(everywhere, ensure_ascii=False) if named else ""


async def _later(desk: Desk, asked: Inbound, row: JobRow, rows: str) -> Reply:
    """Predicting takes seconds: kept like a message of the thread, and answered there."""
    if desk.post is None:
        raise PersonCanFix(phrases.MENTION_ME, "")
    mention = Mention(
        key=asked.key,
        actor=asked.actor,
        place=row.context.thread,
        text=f"predict {row.id} {rows}",
        attachments=asked.attachments if isinstance(asked, Submit) else (),
    )
    await desk.post.arrive(mention, new_job_id())
    if asked.place.key == row.context.thread.key:
        return Whisper(card=Card(title=phrases.headline(row.id, phrases.PREDICTING_HERE)))
    return await desk.told(asked.place, row, phrases.PREDICTING)


def _refuse(asked: Inbound, row: JobRow) -> None:
    if not may_predict(asked, row):
        raise PersonCanFix(words.not_yours(owner_name(row)), "")
    if row.status is not JobStatus.DONE:
        raise PersonCanFix(phrases.NO_MODEL_YET, phrases.SEE_CARD)
