"""From a job and its events to the cards a person reads."""

from collections.abc import Iterable, Mapping, Sequence

from bot import telling, trying, words
from pipeline.artifacts import Metrics
from pipeline.context import JobContext, Waiting
from pipeline.events import (
    CredentialNeeded,
    Event,
    JobResumed,
    ModelCalled,
    ModelReplied,
    PipelineEnded,
    PipelineStarted,
    PlanProposed,
    ProgressReported,
    QuestionAsked,
    StageEnded,
    StageFailed,
    StageRetried,
    StageSkipped,
    StageStarted,
    ToolCalled,
    ToolReturned,
)
from pipeline.jobs import Frozen, JobStatus, Stage
from pipeline.ports.chat import Action, Card, StageLine, StageState, Tone
from pipeline.ports.store import JobRow

_QUIET = (ModelCalled, ModelReplied, ToolCalled, ToolReturned)
_WAITS = (QuestionAsked, CredentialNeeded, PlanProposed)
_SHOWN_ELSEWHERE = (
    PipelineStarted,
    PipelineEnded,
    StageStarted,
    StageEnded,
    StageSkipped,
    StageFailed,
    ProgressReported,
    QuestionAsked,
)


class Live(Frozen):
    """What the events so far say: the latest line of each stage, and the log."""

    stages: Mapping[Stage, StageLine] = {}
    log: tuple[str, ...] = ()


def stage_line(event: Event) -> tuple[Stage, StageLine] | None:
    """How a stage stands after this event; None where the event says nothing of that."""
    state: StageState
    match event:
        case StageStarted():
            again = f", attempt {event.attempt}" if event.attempt > 1 else ""
            state, note = "running", f"running{again}"
        case ProgressReported():
            state, note = "running", telling.progress(event)
        case StageEnded():
            state, note = "done", words.seconds(event.seconds) + (event.note and f"  {event.note}")
        case StageSkipped():
            state, note = "skipped", f"skipped: {event.why}"
        case StageFailed():
            state, note = "failed", "failed: " + words.sentences(event.reason, event.hint)
        case StageRetried():
            state, note = "pending", "waits for its next attempt"
        case _:
            return None
    return event.stage, StageLine(title=event.stage, state=state, note=note)


def advance(live: Live, event: Event, *, quiet: bool = False) -> Live:
    """The picture after one more event; `quiet` leaves out the calls of model and tools."""
    found = stage_line(event)
    stages = live.stages if found is None else {**live.stages, found[0]: found[1]}
    if isinstance(event, _WAITS) and getattr(event, "needs_yes", True):
        stages = {stage: _waits(line) for stage, line in stages.items()}
    if isinstance(event, JobResumed):
        stages = {stage: line for stage, line in stages.items() if line.state != "failed"}
    hidden = isinstance(event, _SHOWN_ELSEWHERE) or (quiet and isinstance(event, _QUIET))
    log = live.log if hidden else (*live.log, telling.event_line(event))
    return Live(stages=stages, log=log)


def _waits(line: StageLine) -> StageLine:
    """A stage that was under way when its person was asked."""
    under_way = line.state == "running"
    changes = {"state": "pending", "note": words.WAITS_FOR_YOU}
    return line.model_copy(update=changes) if under_way else line


def told(events: Iterable[Event], *, quiet: bool = False) -> Live:
    """The picture that all these events give."""
    live = Live()
    for event in events:
        live = advance(live, event, quiet=quiet)
    return live


def live_card(row: JobRow, live: Live) -> Card:
    """The one card of a job, edited as it goes."""
    pending = {stage: StageLine(title=stage) for stage in Stage}
    return Card(
        title=f"Job {row.id}",
        body=row.context.request.words,
        stages=tuple(live.stages.get(stage, pending[stage]) for stage in Stage),
        log=live.log,
        actions=(Action(id="cancel", label="Cancel", argument=row.id, style="danger"),),
    )


def ending_card(row: JobRow, events: Sequence[Event] = ()) -> Card:
    """What a job says once it settles: the question, the result, the failure or the farewell."""
    if row.status is JobStatus.WAITING and row.context.waiting is not None:
        card = question_card(row.context, row.context.waiting)
        return _with_facts(card, trying.tried(row, events))
    if row.status is JobStatus.DONE:
        return _with_facts(result_card(row.context), trying.spent(events))
    if row.status is JobStatus.FAILED:
        return _with_facts(failure_card(row.context), trying.tried(row, events))
    return Card(title=words.CANCELLED, tone="bad")


def _with_facts(card: Card, more: trying.Facts) -> Card:
    return card.model_copy(update={"facts": (*card.facts, *more)}) if more else card


def question_card(context: JobContext, waiting: Waiting) -> Card:
    """What the job waits for, with its choices."""
    names = ("approve", "change", "cancel") if waiting.reason == "approval" else ("cancel",)
    actions = (Action(id=name, label=name.title(), argument=context.job_id) for name in names)
    body = words.options(waiting)
    if waiting.reason == "credential":
        body = words.connect_how(waiting.field)
    return Card(title=waiting.asked, body=body, actions=tuple(actions), tone="waiting")


def result_card(context: JobContext) -> Card:
    """Metric, baselines, verdict, warnings, where the model is and how to use it."""
    metrics = context.run.metrics if context.run else None
    if metrics is None:
        return Card(title=words.DONE, tone="good")
    lines = words.scoreboard(metrics, model_path(context), context.job_id)
    url = context.release.url if context.release else None
    return Card(title=words.done(url), facts=lines, tone=tone_of(metrics))


def tone_of(metrics: Metrics) -> Tone:
    """How a result is to be felt."""
    return "good" if metrics.verdict_level == "good" else "info"


def failure_card(context: JobContext) -> Card:
    """The cause in one line, and what to do next."""
    error = context.last_error
    body = words.sentences(error.message, error.hint) if error else ""
    retry = Action(id="retry", label="Retry", argument=context.job_id, style="primary")
    return Card(title=words.FAILED, body=body, actions=(retry,), tone="bad")


def model_path(context: JobContext) -> str | None:
    """The folder with the model: where it was published, else where it was proven."""
    if context.release is not None and context.release.path is not None:
        return context.release.path
    return context.run.folder if context.run else None
