"""Commands: typed after a slash, said in a thread, or behind a button. All mean the same."""

from bot import cards, commands, forms, phrases, telling, words
from bot.authority import refuse_strangers
from bot.doors import prediction
from bot.doors.desk import Desk
from bot.job_card import buttons, job_card
from pipeline.errors import PersonCanFix
from pipeline.jobs import JobStatus, is_job_id, stage_named
from pipeline.ports.chat import AskForm, Card, Click, Command, Mention, Reply, Whisper
from pipeline.ports.store import JobRow

Asked = Mention | Command | Click
_LOG_LINES = 40
_ABOUT_JOBS = frozenset(
    ("status", "log", "menu", "resume", "retry", "interrupt", "compact", "cancel")
)


async def obey(desk: Desk, asked: Asked, name: str, argument: str) -> Reply:
    """Do what a command says, or say privately why not."""
    match name:
        case "new":
            return _new(asked)
        case "connect" | "forget":
            return await _account(desk, asked, name, argument)
        case "predict":
            return await prediction.asked_for(desk, asked, argument)
        case "undo":
            return await _undo(desk, asked, argument)
        case _ if name in _ABOUT_JOBS:
            return await _about_job(desk, asked, name, argument.strip())
        case _:
            return Whisper(card=await _about_us(desk, asked, name))


async def _about_us(desk: Desk, asked: Asked, name: str) -> Card:
    """The list, the help, and what is known where somebody asks for something else."""
    at_terminal = _at_terminal(asked)
    if name == "list":
        return await desk.listing(asked.actor)
    if name in {"help", ""}:
        return Card(title=words.WHAT_IT_DOES, body=words.HELP if at_terminal else phrases.CHAT_HELP)
    known = commands.NAMES if at_terminal else commands.IN_CHAT
    title, body = phrases.unknown_command(name, known)
    return Card(title=title, body=body, tone="bad")


async def _about_job(desk: Desk, asked: Asked, name: str, job: str) -> Reply:
    row = await desk.which(asked, name, job)
    if row is None:
        title = words.which_job(name)
        return Whisper(card=await desk.listing(asked.actor, name, title))
    match name:
        case "status":
            return Whisper(card=await _status(desk, row))
        case "log":
            return Whisper(card=await _log(desk, row))
        case "menu":
            card = Card(title=phrases.headline(row.id, _state(row)), actions=buttons(row))
            return Whisper(card=await desk.pointed(row, card))
        case _:
            return await _act(desk, asked, name, row)


async def _undo(desk: Desk, asked: Asked, argument: str) -> Reply:
    """The job may be named before the stage or after it."""
    said = argument.split()
    job = next((one.lower() for one in said if is_job_id(one.lower())), "")
    stage = " ".join(one for one in said if one.lower() != job)
    if not stage:
        raise PersonCanFix(words.UNDO_WHAT, words.stages())
    stage_named(stage)
    row = await desk.which(asked, "undo", job)
    if row is None:
        title = words.which_job(f"undo {stage}")
        return Whisper(card=await desk.listing(asked.actor, "undo", title, more=stage))
    refuse_strangers(asked, row)
    row = await commands.undo(desk.store, row, stage, worked_on=True)
    return await desk.told(asked.place, row, phrases.GOING_ON)


async def _act(desk: Desk, asked: Asked, name: str, row: JobRow) -> Reply:
    refuse_strangers(asked, row)
    match name:
        case "resume":
            row = await commands.resume(desk.store, row, worked_on=True)
            state = phrases.GOING_ON if row.status is JobStatus.RUNNABLE else _state(row)
        case "retry":
            await commands.retry(desk.store, row, worked_on=True)
            state = phrases.GOING_ON
        case "interrupt":
            await commands.interrupt(desk.store, row, _name(asked))
            state = phrases.STOPPING
        case "compact":
            row, turns = await commands.compact(desk.store, row, worked_on=True)
            return Whisper(card=await desk.pointed(row, Card(title=words.compacted(turns))))
        case _:
            await commands.cancel(desk.store, row, _name(asked))
            state = phrases.STOPPING
    return await desk.told(asked.place, row, state)


async def _account(desk: Desk, asked: Asked, name: str, argument: str) -> Reply:
    if desk.accounts is None:
        raise PersonCanFix(words.NO_ACCOUNTS_HERE, words.CONNECT_AT_SHELL)
    if name == "forget":
        return await desk.accounts.forget(asked.actor, argument)
    if _at_terminal(asked) and argument.strip():
        return await desk.accounts.form_now(asked.actor, asked.place, argument)
    return await desk.accounts.panel(asked.actor, asked.place, argument)


def _new(asked: Asked) -> Reply:
    if isinstance(asked, Mention):
        return Whisper(card=Card(title=phrases.MENTION_ME))
    return AskForm(form=forms.new_job(asked.place))


def _name(asked: Asked) -> str:
    return asked.actor.name or asked.actor.id


def _state(row: JobRow) -> str:
    return commands.state(row, worked_on=True)


async def _status(desk: Desk, row: JobRow) -> Card:
    events = [one.event for one in await desk.store.events(row.id)]
    if row.context.thread.platform != "terminal":
        return await desk.pointed(row, job_card(row, events, titles=desk.titles))
    live = cards.told(events, quiet=True)
    card = cards.live_card(row, live.model_copy(update={"log": ()}))
    ending = (
        cards.ending_card(row, events) if row.status is not JobStatus.RUNNABLE else Card(title="")
    )
    body = "\n".join(part for part in (card.body, ending.title, ending.body) if part)
    return card.model_copy(update={"body": body, "facts": ending.facts})


async def _log(desk: Desk, row: JobRow) -> Card:
    events = await desk.store.events(row.id)
    lines = tuple(telling.event_line(one.event) for one in events[-_LOG_LINES:])
    if row.context.thread.platform == "terminal":
        return Card(title=f"Job {row.id}", body="\n".join(lines) or words.NO_EVENTS)
    card = Card(title=f"Job {row.id}", body="" if lines else words.NO_EVENTS, log=lines)
    return await desk.pointed(row, card)


def _at_terminal(asked: Asked) -> bool:
    return asked.actor.platform == "terminal"
