"""The short replies that mention a job's owner, for exactly four things.

Waiting for you, failed, resumed, done: the card is edited in place, which notifies nobody. Progress
alone is never worth a reply. Without mentioning anybody it is told that an account was connected,
and that a language model of the owner's own key does not answer, and which one is asked instead.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot import phrases, words
from bot.job_card import NO_TITLES
from pipeline.events import (
    AgentLogged,
    AnswerReceived,
    CredentialNeeded,
    Event,
    JobResumed,
    PipelineEnded,
    PlanProposed,
    QuestionAsked,
    Recorded,
)
from pipeline.jobs import JobStatus
from pipeline.picturing import FOLDER
from pipeline.ports.chat import Card, Picture
from pipeline.ports.model import OWN_KEY_AWAY
from pipeline.ports.post import Letter
from pipeline.ports.store import JobRow


def notices(
    row: JobRow,
    events: Sequence[Recorded],
    after: int,
    now: datetime,
    titles: Mapping[str, str] = NO_TITLES,
) -> tuple[Letter, ...]:
    """Letters for the events above `after`, in their order; `events` are all of the job's.

    What was answered meanwhile is not asked in vain. `titles` are the services' names by kind.
    """
    asked = [one.number for one in events if _asks(one.event)]
    stale = set(asked if row.status is not JobStatus.WAITING else asked[:-1])
    letters: list[Letter] = []
    for place, one in enumerate(events):
        if one.number > after and one.number not in stale:
            letters += _letters(row, one, events[:place], now, titles)
    return tuple(letters)


def _letters(
    row: JobRow,
    one: Recorded,
    before: Sequence[Recorded],
    now: datetime,
    titles: Mapping[str, str],
) -> Iterator[Letter]:
    match one.event:
        case PipelineEnded(status=JobStatus.DONE):
            yield from _picture(row, one.number, now)
            yield _notice(row, one.number, now, done(row))
        case PipelineEnded(status=JobStatus.FAILED):
            yield _notice(row, one.number, now, failed(row))
        case JobResumed() as event if event.interrupted or not _goes_on_by_a_reply(before):
            notice = _notice(row, one.number, now, resumed(event))
            yield notice if event.interrupted else notice.model_copy(update={"notify": None})
        case QuestionAsked() | CredentialNeeded() | PlanProposed(needs_yes=True):
            notice = _notice(row, one.number, now, waiting(one.event, titles))
            yield notice.model_copy(update={"waits_for_person": True})
        case AgentLogged() as event if _is_connected(row, event, before, titles):
            said = _notice(row, one.number, now, Card(title=event.message))
            yield said.model_copy(update={"notify": None})
        case AgentLogged(warning=True) as event if OWN_KEY_AWAY in event.message:
            said = _notice(row, one.number, now, Card(title=event.message))
            yield said.model_copy(update={"notify": None})
        case _:
            return


def waiting(event: Event, titles: Mapping[str, str] = NO_TITLES) -> Card:
    """The job waits for its owner."""
    match event:
        case QuestionAsked():
            title = phrases.asks(event.text)
        case CredentialNeeded():
            name = titles.get(event.credential, event.credential)
            title = phrases.asks_for_account(name, event.why)
        case PlanProposed():
            title = phrases.asks_for_yes(event.why)
        case _:
            raise NotImplementedError(type(event).__name__)
    return Card(title=title, tone="waiting")


def failed(row: JobRow) -> Card:
    """The job failed, and why."""
    error = row.context.last_error
    cause = words.sentences(error.message, error.hint) if error else ""
    return Card(title=phrases.has_failed(cause), tone="bad")


def resumed(event: JobResumed) -> Card:
    """The job goes on."""
    return Card(title=phrases.has_resumed(event.stage, interrupted=event.interrupted))


def done(row: JobRow) -> Card:
    """The model is there."""
    metrics = row.context.run.metrics if row.context.run else None
    verdict = metrics.verdict if metrics else ""
    return Card(title=phrases.is_done(verdict), tone="good")


def _is_connected(
    row: JobRow, event: AgentLogged, before: Sequence[Recorded], titles: Mapping[str, str]
) -> bool:
    """The account that the job waited for is there: all that the thread is told of it."""
    asked = next((one.event for one in reversed(before) if _asks(one.event)), None)
    if not isinstance(asked, CredentialNeeded):
        return False
    owner = row.context.owner
    title = titles.get(asked.credential, asked.credential)
    return event.message == phrases.connected(owner.name or owner.id, title)


def _asks(event: Event) -> bool:
    plan = isinstance(event, PlanProposed) and event.needs_yes
    return plan or isinstance(event, QuestionAsked | CredentialNeeded)


def _goes_on_by_a_reply(before: Sequence[Recorded]) -> bool:
    """Since the job asked there was a reply and nothing else: this is no resuming."""
    replied = False
    for one in reversed(before):
        if _asks(one.event):
            return replied
        if not isinstance(one.event, AnswerReceived | AgentLogged):
            return False
        replied = True
    return False


def _notice(row: JobRow, number: int, now: datetime, card: Card) -> Letter:
    return Letter(
        key=f"{row.id}:{number}",
        kind="notice",
        job_id=row.id,
        place=row.context.thread,
        card=card,
        notify=row.context.owner,
        owner=row.context.owner,
        due_at=now,
    )


def _picture(row: JobRow, number: int, now: datetime) -> Iterator[Letter]:
    """The main picture of the result, as a file with words for who cannot see it."""
    run = row.context.run
    if run is None or run.folder is None or not run.pictures:
        return
    first = run.pictures[0]
    picture = Picture(path=Path(run.folder) / FOLDER / first.file, alt=first.alt)
    letter = _notice(row, number, now, Card(title=first.title, picture=picture))
    key = f"{row.id}:{number}:picture"
    yield letter.model_copy(update={"key": key, "kind": "file", "notify": None})
