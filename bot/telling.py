"""One line of words for every kind of event."""

from functools import singledispatch

from bot import words
from pipeline.events import (
    AgentLogged,
    AnswerReceived,
    CredentialNeeded,
    Event,
    JobCancelled,
    JobResumed,
    ModelCalled,
    ModelProven,
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
    TrainingCharged,
)


@singledispatch
def event_line(event: Event) -> str:
    """One line for what happened; a kind of event without words is our own mistake."""
    raise NotImplementedError(type(event).__name__)


@event_line.register
def _(event: PipelineStarted) -> str:
    return f"Started: “{event.words}”"


@event_line.register
def _(event: PipelineEnded) -> str:
    return f"The job ended {event.status} after {words.seconds(event.seconds)} of work."


@event_line.register
def _(event: StageStarted) -> str:
    again = f", attempt {event.attempt}" if event.attempt > 1 else ""
    return f"{event.stage} started{again}"


@event_line.register
def _(event: StageEnded) -> str:
    return f"{event.stage} done in {words.seconds(event.seconds)}" + (
        event.note and f": {event.note}"
    )


@event_line.register
def _(event: StageFailed) -> str:
    return f"{event.stage} failed: {words.sentences(event.reason, event.hint)}"


@event_line.register
def _(event: StageSkipped) -> str:
    return f"{event.stage} skipped: {event.why}"


@event_line.register
def _(event: StageRetried) -> str:
    return (
        f"{event.stage} failed: {event.error} "
        f"Attempt {event.attempt} of {event.max_attempts} follows in {words.seconds(event.delay)}."
    )


@event_line.register
def _(event: ModelCalled) -> str:
    return f"{event.stage} asks {event.provider} {event.model}: {event.prompt}"


@event_line.register
def _(event: ModelReplied) -> str:
    cost = f"{event.tokens:,} tokens, ${event.cost_usd:.4f}, {words.seconds(event.seconds)}"
    who = f"{event.provider} {event.model}".strip() or "an answer"
    return f"{event.stage} hears {who}: {cost}"


@event_line.register
def _(event: ToolCalled) -> str:
    return f"Tool {event.tool}({event.arguments})"


@event_line.register
def _(event: ToolReturned) -> str:
    return f"Tool {event.tool} says: {event.result}"


@event_line.register
def _(event: AgentLogged) -> str:
    return f"Warning: {event.message}" if event.warning else event.message


@event_line.register
def _(event: QuestionAsked) -> str:
    return f"Asked: {event.text}"


@event_line.register
def _(event: AnswerReceived) -> str:
    return f"You answered: {event.text}"


@event_line.register
def _(event: CredentialNeeded) -> str:
    return f"Needs your {event.title or event.credential} account: {event.why}"


@event_line.register
def _(event: PlanProposed) -> str:
    waits = f"\n  Waits for your yes: {event.why}" if event.needs_yes else ""
    return "\n  ".join(("Plan", *event.lines)) + waits


@event_line.register
def _(event: ProgressReported) -> str:
    return f"{event.stage}: {progress(event)}"


@event_line.register
def _(event: ModelProven) -> str:
    return (
        f"Proof ({event.where}): loaded in a clean process, "
        f"{event.rows:,} predictions repeated in {words.seconds(event.seconds)}."
    )


@event_line.register
def _(event: TrainingCharged) -> str:
    cost = f"about ${event.usd:,.2f}" if event.usd else "nothing"
    return f"The run on {event.runtime} took {words.seconds(event.seconds)} and costs {cost}."


@event_line.register
def _(event: JobResumed) -> str:
    return f"Resumed at {event.stage}: {event.why}"


@event_line.register
def _(event: JobCancelled) -> str:
    return f"Cancelled by {event.by}."


def progress(event: ProgressReported) -> str:
    """`train: message, 40 %, roc_auc 0.861, 12s left`."""
    parts = [event.message] if event.message else []
    if event.done is not None:
        parts.append(f"{event.done:.0%}")
    parts += [f"{name} {words.number(value)}" for name, value in event.numbers.items()]
    if event.eta is not None:
        parts.append(f"{words.seconds(event.eta)} left")
    return f"{event.step}: " + ", ".join(parts) if parts else event.step
