"""What language models do in a job, for its cards: who speaks, what it cost, what was changed.

And where a job stops because nothing helped: what was tried, and what is left to try.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeGuard

from bot import words
from pipeline.context import JobContext
from pipeline.events import AgentLogged, Event, ModelReplied, PlanProposed
from pipeline.jobs import JobStatus
from pipeline.planning import SENDS, SPEAKS
from pipeline.ports.store import JobRow
from pipeline.retry import POLICIES, REDOS_PER_JOB

Facts = tuple[tuple[str, str], ...]
_DIFF = "--- "
_DIFF_LINES = 8
_TRIES_SHOWN = 3
_ERROR_LENGTH = 140
_MARKS = ("--- ", "+++ ", "@@")


def spoken(events: Iterable[Event]) -> Facts:
    """The language model of the plan."""
    said = planned(events).get(SPEAKS)
    return ((SPEAKS, said),) if said else ()


def planned(events: Iterable[Event]) -> dict[str, str]:
    """The lines of the latest plan by their labels."""
    plans = [event for event in events if isinstance(event, PlanProposed)]
    told = (line.strip().partition(": ") for line in (plans[-1].lines if plans else ()))
    return {label: text for label, _, text in told if text}


def sent(events: Iterable[Event]) -> str:
    """What a language model is shown, and where it stands; empty where none is asked."""
    return planned(events).get(SENDS, "")


def spent(events: Iterable[Event]) -> Facts:
    """What language models have cost so far, once they have."""
    replies = _replies(events)
    total = sum(one.cost_usd for one in replies)
    if not total:
        return ()
    limit = replies[-1].limit_usd
    return (("Cost", _dollars(total) + (f" of {_dollars(limit)}" if limit else "")),)


def changed(events: Iterable[Event]) -> Facts:
    """The latest change of the scripts: why, and its first lines."""
    changes = [event for event in events if is_change(event)]
    if not changes:
        return ()
    why, _, diff = changes[-1].message.partition(_DIFF)
    lines = [line for line in diff.splitlines()[1:] if line[:1] in "+-" and not _is_mark(line)]
    more = len(lines) - _DIFF_LINES
    shown = [why.strip(), *lines[:_DIFF_LINES]]
    shown += [f"… {more} more lines; all of it: log"] if more > 0 else []
    return (("Change", "\n".join(line for line in shown if line)),)


def is_change(event: Event) -> TypeGuard[AgentLogged]:
    """A stage says what it changed in the scripts, as a diff."""
    return isinstance(event, AgentLogged) and f"\n{_DIFF}" in f"\n{event.message}"


def short(line: str) -> str:
    """A line of the log beside the stages: of a change of the scripts only why it was made."""
    why, found, _ = f"\n{line}".partition(f"\n{_DIFF}")
    return (why.strip() or "The scripts were changed.") if found else line


def tried(row: JobRow, events: Sequence[Event]) -> Facts:
    """Where a job stops because nothing helped: the tries, the change, tries and money left."""
    context = row.context
    error = context.last_error
    if error is None or not _has_stopped(row):
        return ()
    same = [one for one in context.errors if one.stage is error.stage]
    if len(same) == 1 and not any(is_change(event) for event in events):
        return ()
    latest = same[-_TRIES_SHOWN:]
    before = [f"… {len(same) - len(latest)} earlier"] if len(same) > len(latest) else []
    lines = [f"{one.stage}: {words.shortened(one.message, _ERROR_LENGTH)}" for one in latest]
    times = f"{len(same)} time{'' if len(same) == 1 else 's'}"
    told = "\n".join([times, *before, *lines])
    return (("Tried", told), *changed(events), ("Left", ", ".join(_left(context, events))))


def _has_stopped(row: JobRow) -> bool:
    """The job failed, or waits for what would mend its latest error."""
    error, waiting = row.context.last_error, row.context.waiting
    if row.status is JobStatus.WAITING and waiting is not None and error is not None:
        return waiting.text.startswith(error.message)
    return row.status is JobStatus.FAILED


def _left(context: JobContext, events: Sequence[Event]) -> Iterator[str]:
    error = context.last_error
    if error is not None:
        most = POLICIES[error.stage].attempts
        left = max(0, most - context.retry_counts.get(error.stage, 0))
        yield f"{left} of {most} tries" + ("" if left else ", all of them anew after “retry”")
    if context.redos:
        yield f"{max(0, REDOS_PER_JOB - context.redos)} of {REDOS_PER_JOB} new scripts"
    replies = _replies(events)
    if replies and (limit := replies[-1].limit_usd):
        rest = max(0.0, limit - sum(one.cost_usd for one in replies))
        yield f"{_dollars(rest)} of {_dollars(limit)} for language models"


def _replies(events: Iterable[Event]) -> list[ModelReplied]:
    return [event for event in events if isinstance(event, ModelReplied)]


def _is_mark(line: str) -> bool:
    return line.startswith(_MARKS)


def _dollars(usd: float) -> str:
    """`$0.02`; what is less than a cent is not made nothing."""
    return f"${usd:.4f}" if 0 < usd < 0.01 else f"${usd:,.2f}"  # noqa: PLR2004  (a cent)
