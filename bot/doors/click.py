"""Buttons. One that answers a question counts once, and only while that question stands."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from bot import commands, forms, phrases, words
from bot.authority import owner_name, refuse_strangers, visible
from bot.doors import prediction
from bot.doors.command import obey
from bot.doors.desk import Desk
from bot.job_card import asked_first
from pipeline.context import Waiting
from pipeline.errors import PersonCanFix
from pipeline.jobs import JobStatus
from pipeline.ports.chat import Action, AskForm, Card, Click, Ok, Reply, Whisper
from pipeline.ports.store import JobRow


async def pressed(desk: Desk, click: Click) -> Reply:
    """Do what a button says; a button that is over says so."""
    action = click.action
    if not click.confirmed:
        return await _once_more(desk, click)
    if action.startswith("open-"):
        return Ok()
    door = _DOORS.get("answer" if action.startswith("answer") else action)
    if door is not None:
        return await door(desk, click)
    if action in (*commands.IN_CHAT, "menu"):
        return await obey(desk, click, action, click.argument)
    raise PersonCanFix(phrases.STALE, phrases.SEE_CARD)


async def _once_more(desk: Desk, click: Click) -> Reply:
    """Ask before it is done, where the platform cannot; the button of the answer does it."""
    action = asked_first(click.action, click.argument)
    if action is None:
        raise PersonCanFix(phrases.STALE, phrases.SEE_CARD)
    row = await visible(desk.store, click, click.argument)
    refuse_strangers(click, row)
    title = phrases.sure(action.label, row.id)
    return Whisper(card=Card(title=title, body=action.confirm, actions=(_confirmed(action),)))


def _confirmed(action: Action) -> Action:
    return action.model_copy(update={"confirm": ""})


async def _answered(desk: Desk, click: Click) -> Reply:
    job, seq, number = [*click.argument.split(), "", "", ""][:3]
    row = await visible(desk.store, click, job)
    refuse_strangers(click, row)
    waiting = row.context.waiting
    if row.status is not JobStatus.WAITING or waiting is None or str(row.seq) != seq:
        raise PersonCanFix(phrases.STALE, phrases.SEE_CARD)
    text = _meant(click, waiting, number)
    return await desk.answer(click, row, f"{row.id}:{row.seq}:answer", text)


def _meant(click: Click, waiting: Waiting, number: str) -> str:
    if click.action == "approve" and waiting.reason == "approval":
        return "approve"
    known = {str(place): option for place, option in enumerate(waiting.options, 1)}
    if click.action == "approve" or number not in known:
        raise PersonCanFix(phrases.STALE, phrases.SEE_CARD)
    return known[number]


async def _change(desk: Desk, click: Click) -> Reply:
    row = await visible(desk.store, click, click.argument)
    refuse_strangers(click, row)
    _refuse_unchangeable(row)
    return AskForm(form=forms.change(row))


def _refuse_unchangeable(row: JobRow) -> None:
    if row.status is JobStatus.RUNNABLE:
        raise PersonCanFix(words.AT_WORK, phrases.INTERRUPT_FIRST)
    if row.status in {JobStatus.DONE, JobStatus.CANCELLED}:
        raise PersonCanFix(phrases.STALE, phrases.SEE_CARD)


async def _connect(desk: Desk, click: Click) -> Reply:
    """On a job's card the argument is `JOB KIND`: only the owner's accounts are used for it."""
    job, kind = [*click.argument.split(), "", ""][:2]
    if job.startswith("j-"):
        row = await visible(desk.store, click, job)
        if row.context.owner.key != click.actor.key:
            return Whisper(card=Card(title=phrases.not_yours_to_connect(owner_name(row))))
    else:
        kind = job
    return await obey(desk, click, "connect", kind)


async def _account(desk: Desk, click: Click) -> Reply:
    if desk.accounts is None:
        raise PersonCanFix(phrases.STALE, phrases.SEE_CARD)
    if click.action == "paste":
        return await desk.accounts.paste(click.actor, click.place, click.argument)
    return await desk.accounts.login(click.actor, click.place, click.argument)


_DOORS: Mapping[str, Callable[[Desk, Click], Awaitable[Reply]]] = MappingProxyType(
    {
        "answer": _answered,
        "approve": _answered,
        "change": _change,
        "connect": _connect,
        "login": _account,
        "paste": _account,
        "try": prediction.form,
    }
)
