"""A job's one card in its present state, for the thread: posted once and edited from then on.

A button of a waiting job carries the job's `seq`, so that it answers the question it stood under
and no later one.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot import cards, phrases, trying, words
from bot.authority import owner_name
from bot.cards import Live, model_path, told
from pipeline.context import JobContext, Waiting
from pipeline.events import Event, PlanProposed
from pipeline.jobs import JobStatus, Stage
from pipeline.planning import LEAVES, PRICE, SENDS, SPEAKS, is_public, time_limit
from pipeline.ports.chat import Action, Card, StageLine
from pipeline.ports.store import JobRow

_BUTTON_OPTIONS = 4
_BUTTON_SIGNS = 30
_WORDS = 200
NO_TITLES: Mapping[str, str] = MappingProxyType({})


def job_card(
    row: JobRow,
    events: Iterable[Event],
    *,
    titles: Mapping[str, str] = NO_TITLES,
    worked_on: bool = True,
) -> Card:
    """The card as the row stands; `titles` are the services' names by their kind."""
    seen = tuple(events)
    live = told(seen, quiet=True)
    shell = _shell(row, live, seen)
    waiting = row.context.waiting
    match row.status:
        case JobStatus.WAITING if waiting is not None:
            return _waiting(row, waiting, shell, seen, titles)
        case JobStatus.DONE:
            return _done(row, shell)
        case JobStatus.FAILED:
            return _failed(row, shell, seen)
        case JobStatus.CANCELLED:
            log = Action(id="log", label="Log", argument=row.id)
            return _said(row, shell, "cancelled", tone="bad", actions=(log,))
        case _:
            facts = (*shell.facts, *trying.changed(seen))
            shell = shell.model_copy(update={"facts": facts})
            return _live(row, shell, worked_on=worked_on)


def buttons(row: JobRow) -> tuple[Action, ...]:
    """What can be done with a job now, each as a button: at most five."""
    job, waiting = row.id, row.context.waiting
    resume = Action(id="resume", label="Resume", argument=job)
    change = Action(id="change", label="Change", argument=job)
    log = Action(id="log", label="Log", argument=job)
    match row.status:
        case JobStatus.WAITING if waiting is not None:
            return (*_answers(row, waiting), cancel_button(row))
        case JobStatus.DONE:
            pages = (("Model", _model_url(row)), ("Space", _space_url(row)))
            links = (Action(id=f"open-{n.lower()}", label=n, url=url) for n, url in pages if url)
            return (Action(id="try", label="Try it", argument=job, style="primary"), log, *links)
        case JobStatus.FAILED:
            retry = Action(id="retry", label="Retry", argument=job, style="primary")
            return (retry, resume, change, log)
        case JobStatus.CANCELLED:
            return (log,)
        case _:
            return (log, cancel_button(row))


def asked_first(action: str, argument: str) -> Action | None:
    """The button of an action that is asked once more; None for one that is not."""
    confirm = phrases.CONFIRM.get(action)
    if confirm is None:
        return None
    label = action.title()
    return Action(id=action, label=label, argument=argument, style="danger", confirm=confirm)


def cancel_button(row: JobRow) -> Action:
    """Cancel, which is asked once more."""
    return Action(
        id="cancel",
        label="Cancel",
        argument=row.id,
        style="danger",
        confirm=phrases.CONFIRM["cancel"],
    )


def _answers(row: JobRow, waiting: Waiting) -> tuple[Action, ...]:
    """The buttons that reply to what is asked; none where only words can."""
    asked = f"{row.id} {row.seq}"
    match waiting.reason:
        case "approval":
            approve = Action(id="approve", label="Approve", argument=asked, style="primary")
            return (approve, Action(id="change", label="Change", argument=row.id))
        case "credential":
            said = f"{row.id} {waiting.field}"
            connect = Action(id="connect", label="Connect accounts", argument=said, style="primary")
            return (connect, Action(id="change", label="Change", argument=row.id))
        case _:
            return _choices(waiting, asked) if waiting.options else _once_more(row, waiting)


def _choices(waiting: Waiting, asked: str) -> tuple[Action, ...]:
    options = waiting.options
    if len(options) > _BUTTON_OPTIONS or any(len(one) > _BUTTON_SIGNS for one in options):
        return ()
    return tuple(
        Action(id=f"answer-{number}", label=option, argument=f"{asked} {number}")
        for number, option in enumerate(options, 1)
    )


def _once_more(row: JobRow, waiting: Waiting) -> tuple[Action, ...]:
    if waiting.field not in {"retry", "resume"}:
        return ()
    name = waiting.field
    again = Action(id=name, label=name.title(), argument=row.id, style="primary")
    return (again, Action(id="change", label="Change", argument=row.id))


def _shell(row: JobRow, live: Live, events: tuple[Event, ...]) -> Card:
    """What every state shows: whose job it is, what was asked, and how the stages stand."""
    return Card(
        title=row.id,
        facts=(
            ("Asked", words.shortened(row.context.request.words, _WORDS)),
            ("By", owner_name(row)),
            *trying.spoken(events),
            *trying.spent(events),
        ),
        stages=tuple(live.stages.get(stage, StageLine(title=stage)) for stage in Stage),
        log=tuple(trying.short(line) for line in live.log),
        actions=buttons(row),
    )


def _said(row: JobRow, shell: Card, state: str, **changes: object) -> Card:
    title = phrases.headline(row.id, state)
    return shell.model_copy(update={"title": title, **changes})


def _live(row: JobRow, shell: Card, *, worked_on: bool) -> Card:
    if worked_on:
        return _said(row, shell, phrases.STOPPING if row.cancel else "at work")
    resume = Action(id="resume", label="Resume", argument=row.id, style="primary")
    actions = (resume, *shell.actions)
    return _said(row, shell, "interrupted", body=words.INTERRUPTED, actions=actions, tone="waiting")


def _waiting(
    row: JobRow,
    waiting: Waiting,
    shell: Card,
    events: tuple[Event, ...],
    titles: Mapping[str, str],
) -> Card:
    match waiting.reason:
        case "credential":
            kind = waiting.field
            title = titles.get(kind, kind)
            state, facts = phrases.needs_account(title), shell.facts
            body = waiting.asked
        case "approval":
            state, body = "waiting for your yes", waiting.asked
            facts = (*_without_cost(shell.facts), *_plan(row.context, events))
        case _:
            state, facts = "waiting for your answer", (*shell.facts, *trying.tried(row, events))
            body = f"{waiting.asked}\n{words.options(waiting)}".strip()
    return _said(row, shell, state, body=body, facts=facts, tone="waiting", log=())


def _plan(context: JobContext, events: tuple[Event, ...]) -> tuple[tuple[str, str], ...]:
    """What would be done, what leaves the machine, becomes public, costs, and how long it takes.

    What was spent already stands with what is to be paid.
    """
    plans = [event for event in events if isinstance(event, PlanProposed)]
    lines = plans[-1].lines if plans else ()
    told_apart = [line.strip().partition(": ") for line in lines]
    facts = [
        (label, text) if text else ("Plan", label)
        for label, _, text in told_apart
        if label not in {"Here", "Time", PRICE, LEAVES, SENDS, SPEAKS}
    ]
    price = next((text for label, _, text in told_apart if label == PRICE), "nothing")
    return (*facts, *_consequences(context, events, price))


def _without_cost(facts: trying.Facts) -> trying.Facts:
    return tuple(fact for fact in facts if fact[0] != "Cost")


def _consequences(context: JobContext, events: tuple[Event, ...], paid: str) -> trying.Facts:
    collected = context.collected
    is_away = collected is not None and collected.runtime != "local"
    host = collected.host if collected and context.publishes else "folder"
    there, at = (collected.trained_on, collected.published_at) if collected else ("", host)
    leaves = [f"the rows to learn from, to {there}"] if is_away else []
    leaves += [f"the model with its held-out rows, to {at}"] if host != "folder" else []
    leaves += [shown] if (shown := trying.sent(events)) else []
    shown_to_all = host != "folder" and is_public(context)
    public = f"the model, its card and its held-out rows, at {at}" if shown_to_all else "nothing"
    spent = trying.spent(events)
    time = (("Time", time_limit(context)),) if context.config else ()
    return (
        ("Leaves here", " and ".join(leaves) or "nothing"),
        ("Public", public),
        ("Cost", "; ".join([paid, *(f"language model so far {usd}" for _, usd in spent)])),
        *time,
    )


def _done(row: JobRow, shell: Card) -> Card:
    metrics = row.context.run.metrics if row.context.run else None
    if metrics is None:
        return _said(row, shell, "done", body=words.DONE, tone="good", log=())
    where = _model_url(row) or model_path(row.context)
    lines = words.scoreboard(metrics, where, row.id, shell=False)
    return _said(
        row,
        shell,
        "done",
        body=words.done(_model_url(row)),
        facts=(*shell.facts, *lines),
        tone=cards.tone_of(metrics),
        log=(),
    )


def _failed(row: JobRow, shell: Card, events: tuple[Event, ...]) -> Card:
    error = row.context.last_error
    cause = words.sentences(error.message, error.hint) if error else words.FAILED
    done = [stage for stage in Stage if stage in row.context.stage_results]
    facts = (*shell.facts, *trying.tried(row, events), ("Kept", phrases.kept(done)))
    return _said(row, shell, "failed", body=cause, facts=facts, tone="bad")


def _model_url(row: JobRow) -> str:
    release = row.context.release
    return (release.url if release else None) or ""


def _space_url(row: JobRow) -> str:
    release = row.context.release
    return (release.space_url if release else None) or ""
