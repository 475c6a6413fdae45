"""What follows from what happened: pure functions from a job's context to the change to save.

The orchestrator does the waiting and the saving; every decision about a job stands here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, assert_never

from pipeline import compacting
from pipeline.context import Cost, JobContext, StageError, StageResult, Waiting
from pipeline.errors import Bug, MLTrainerError, PersonCanFix, Rejected, TryAgain
from pipeline.events import (
    AgentLogged,
    AnswerReceived,
    CredentialNeeded,
    Event,
    JobCancelled,
    JobResumed,
    PipelineEnded,
    PipelineStarted,
    PlanProposed,
    QuestionAsked,
    StageEnded,
    StageFailed,
    StageRetried,
    StageSkipped,
    StageStarted,
)
from pipeline.jobs import JobStatus, Stage
from pipeline.ledger import Ledger
from pipeline.looking import looked, pause
from pipeline.outcomes import Approve, Ask, ComeBack, Done, LookAgain, NeedCredential, Outcome, Redo
from pipeline.readiness import apply_reply, forget_from
from pipeline.retry import REDOS_PER_JOB, RetryPolicy

DEATHS_BEFORE_PARKING = 3


@dataclass(frozen=True, slots=True)
class Change:
    """The next saved state of a job and the events that belong to it."""

    context: JobContext
    events: Sequence[Event] = field(default_factory=tuple)
    status: JobStatus = JobStatus.RUNNABLE
    wake_at: datetime | None = None

    @property
    def goes_on(self) -> bool:
        """The job is between two stages and waits for nothing."""
        is_due = self.status is JobStatus.RUNNABLE and self.wake_at is None
        return is_due and self.context.active is None


def begun(context: JobContext, stage: Stage, now: datetime, *, known_here: bool) -> Change:
    """An attempt begins. What began and never ended was a death of its process."""
    events: list[Event] = []
    spoken = context.errors or context.request.conversation
    if not context.stage_results and context.active is None and not spoken:
        events.append(PipelineStarted(words=context.request.words))
    elif not known_here:
        interrupted = context.active is not None
        why = "it was interrupted" if interrupted else "it may go on"
        events.append(JobResumed(stage=stage, why=why, interrupted=interrupted))
    starts = context.starts + 1 if context.active is stage else 1
    if starts > DEATHS_BEFORE_PARKING:
        text = f"The process died {DEATHS_BEFORE_PARKING} times in the stage {stage}."
        hint = "Change what may be too big (data, memory), then say “retry”."
        return waits_for(context, PersonCanFix(text, hint), now, events)
    attempt = context.retry_counts.get(stage, 0) + 1
    events.append(StageStarted(stage=stage, attempt=attempt))
    return Change(context.evolve(active=stage, starts=starts), events)


def skipped(context: JobContext, stage: Stage, why: str, now: datetime) -> Change:
    """The plan leaves this stage out; it is recorded as skipped, never as done."""
    context = _with_result(context, stage, "skipped", now)
    return Change(context, [StageSkipped(stage=stage, why=why)])


def followed(
    context: JobContext, stage: Stage, outcome: Outcome, now: datetime, scale: float = 1.0
) -> Change:
    """An agent answered; `scale` multiplies a pause of more than a second, never to less."""
    match outcome:
        case Done(artifact, note):
            context = _with_result(context.with_artifact(artifact), stage, "done", now)
            seconds = context.stage_results[stage].seconds
            return Change(context, [StageEnded(stage=stage, seconds=seconds, note=note)])
        case ComeBack(after) | LookAgain(after):
            lines = outcome.events if isinstance(outcome, ComeBack) else ()
            seen = looked(context, stage, outcome, pause(after, scale))
            return Change(seen, lines, wake_at=now + pause(after, scale))
        case Ask(question, about, options):
            asked = QuestionAsked(text=question, field=about, options=options)
            return _parked(context, "question", asked, now)
        case NeedCredential(kind, title, why):
            text = f"I need your {title} account. {why}"
            needed = Waiting(reason="credential", text=text, field=kind)
            told = CredentialNeeded(credential=kind, title=title, why=why)
            return _waiting(context, needed, [told], now)
        case Approve(offered, why):
            plan = Waiting(reason="approval", text=why, field="approval")
            proposed = PlanProposed(lines=offered, needs_yes=True, why=why)
            return _waiting(context, plan, [proposed], now)
        case Redo(earlier, feedback):
            return _redone(context, stage, earlier, feedback, now)
        case _:
            assert_never(outcome)


def failed(
    context: JobContext,
    stage: Stage,
    error: MLTrainerError,
    policy: RetryPolicy,
    *,
    scale: float,
    now: datetime,
    accounts: Collection[str | None] = (),
) -> Change:
    """An attempt failed: wait for the person, try again or give up, by the error's class.

    Where nobody learns from the error, the same one twice stops and asks. What is wrong with one
    of the `accounts` waits for that account, and goes on once it is connected anew.
    """
    hopeless = isinstance(error, Rejected) and not policy.feeds_back
    if hopeless and _seen_before(context, stage, error):
        error = PersonCanFix(error.message, error.hint)
    failures = context.retry_counts.get(stage, 0) + 1
    if isinstance(error, TryAgain) and not policy.allows_another(failures):
        error = error.given_up()
    context = _with_error(context, stage, error, now)
    if isinstance(error, PersonCanFix):
        return waits_for(context, error, now, is_account=error.field in accounts)
    if isinstance(error, Bug) or not policy.allows_another(failures):
        kind = type(error).__name__
        gave_up = StageFailed(stage=stage, error=kind, reason=error.message, hint=error.hint)
        return ended(context, JobStatus.FAILED, [gave_up])
    pause = policy.delay(failures, scale)
    if isinstance(error, TryAgain) and error.after is not None:
        pause = error.after * scale
    if isinstance(error, Rejected) and policy.feeds_back:
        context = context.evolve(feedback={**context.feedback, stage: error.feedback})
    event = _retried(stage, failures, policy.attempts, pause, error.message)
    return Change(context.evolve(active=None), [event], wake_at=now + pause)


def paid(change: Change, ledger: Ledger) -> Change:
    """The change with what the job has spent so far."""
    context = change.context
    cost = Cost(llm_usd=ledger.usd, compute_usd=ledger.compute_usd)
    if context.cost == cost:
        return change
    return replace(change, context=context.evolve(cost=cost))


def heard(context: JobContext, reply: str, now: datetime) -> Change:
    """The person replied to a waiting job; a reply that does not fit is asked for again."""
    waiting = context.waiting
    received = _received(context, reply)
    context = context.with_message("person", reply, now)
    if len(context.request.conversation) > compacting.MOST:
        context = compacting.compacted(context)
    try:
        return Change(apply_reply(context, reply), [received])
    except PersonCanFix as problem:
        about, options = (waiting.field, waiting.options) if waiting else ("retry", ())
        text = f"{problem.message} {problem.hint}"
        asked = QuestionAsked(text=text, field=about, options=options)
        if waiting is None:
            return _parked(context, "question", asked, now)
        again = waiting.model_copy(update={"refused": text})
        return _waiting(context, again, [received, asked], now)


def _received(context: JobContext, reply: str) -> Event:
    """What the thread is told of a reply; of an account only that it is there."""
    if context.waiting is None or context.waiting.reason != "credential":
        return AnswerReceived(text=reply)
    return AgentLogged(stage=context.open_stage, message=reply)


def cancelled(context: JobContext, by: str) -> Change:
    """The person stopped the job."""
    return ended(context, JobStatus.CANCELLED, [JobCancelled(by=by)])


def ended(context: JobContext, status: JobStatus, events: Sequence[Event] = ()) -> Change:
    """Nothing more will happen by itself."""
    last = PipelineEnded(status=status, seconds=sum(context.seconds.values()))
    context = context.evolve(active=None, starts=0, waiting=None)
    return Change(context, [*events, last], status)


def waits_for(
    context: JobContext,
    error: PersonCanFix,
    now: datetime,
    events: Sequence[Event] = (),
    *,
    is_account: bool = False,
) -> Change:
    """The job waits until its person mends what only a person can."""
    message = error.message if error.message[-1:] in ".!?…" else f"{error.message}."
    text = f"{message} {error.hint}".strip()
    if is_account:
        needed = Waiting(reason="credential", text=text, field=error.field)
        return _waiting(context, needed, [CredentialNeeded(credential=error.field, why=text)], now)
    asked = QuestionAsked(text=text, field=error.field, options=error.options)
    return _parked(context, "question", asked, now, events)


def _redone(
    context: JobContext, stage: Stage, earlier: Stage, feedback: str, now: datetime
) -> Change:
    """Back to an earlier stage with the feedback; the same error twice stops and asks."""
    error = Rejected(feedback.splitlines()[0], "Change something, then say “retry”.")
    seen = _seen_before(context, stage, error)
    context = _with_error(context, stage, error, now)
    if seen or context.redos >= REDOS_PER_JOB:
        return waits_for(context, PersonCanFix(error.message, error.hint), now)
    redos = context.redos + 1
    told = {**context.feedback, earlier: feedback}
    again = forget_from(context, earlier)
    context = again.evolve(redos=redos, rebuilt=context.rebuilt, feedback=told)
    event = _retried(stage, redos, REDOS_PER_JOB + 1, timedelta(0), error.message)
    return Change(context, [event])


def _seen_before(context: JobContext, stage: Stage, error: MLTrainerError) -> bool:
    return any(old.stage is stage and old.message == error.message for old in context.errors)


def _parked(
    context: JobContext,
    reason: Literal["question"],
    asked: QuestionAsked,
    now: datetime,
    before: Sequence[Event] = (),
) -> Change:
    waiting = Waiting(reason=reason, text=asked.text, field=asked.field, options=asked.options)
    return _waiting(context, waiting, [*before, asked], now)


def _waiting(
    context: JobContext, waiting: Waiting, events: Sequence[Event], now: datetime
) -> Change:
    context = context.with_message("agent", waiting.asked, now)
    context = context.evolve(waiting=waiting, active=None, starts=0)  # no stage is under way
    return Change(context, events, JobStatus.WAITING)


def _with_result(
    context: JobContext, stage: Stage, status: Literal["done", "skipped"], now: datetime
) -> JobContext:
    """The context with this stage's result; its retries and feedback are cleared."""
    attempts = context.retry_counts.get(stage, 0) + (1 if status == "done" else 0)
    seconds = context.seconds.get(stage, 0.0)
    result = StageResult(status=status, attempts=attempts, seconds=seconds, at=now)
    return context.evolve(
        stage_results={**context.stage_results, stage: result},
        feedback={one: text for one, text in context.feedback.items() if one is not stage},
        retry_counts={one: n for one, n in context.retry_counts.items() if one is not stage},
        active=None,
        starts=0,
    )


def _with_error(
    context: JobContext, stage: Stage, error: MLTrainerError, now: datetime
) -> JobContext:
    failures = context.retry_counts.get(stage, 0) + 1
    entry = StageError(
        stage=stage,
        attempt=failures,
        kind=type(error).__name__,
        message=error.message,
        hint=error.hint,
        at=now,
    )
    counts = {**context.retry_counts, stage: failures}
    return context.evolve(errors=(*context.errors, entry), retry_counts=counts)


def _retried(
    stage: Stage, failures: int, attempts: int, pause: timedelta, error: str
) -> StageRetried:
    return StageRetried(
        stage=stage,
        attempt=failures + 1,
        max_attempts=attempts,
        delay=pause.total_seconds(),
        error=error,
    )
