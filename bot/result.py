"""The one object that `--json` prints: every key always there, null or empty where unknown."""

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import JsonValue

from bot import words
from bot.cards import model_path, stage_line
from pipeline.artifacts import Baseline, HeadlineMetric
from pipeline.context import JobContext
from pipeline.errors import MLTrainerError
from pipeline.events import AgentLogged, Event
from pipeline.jobs import Frozen, Stage
from pipeline.ledger import Ledger
from pipeline.ports.store import JobRow
from pipeline.wishes import locked_values


class Ignored(Frozen):
    """A column that is not learned from."""

    column: str
    why: str


class Rows(Frozen):
    """Rows per part of the split."""

    train: int | None = None
    validation: int | None = None
    test: int | None = None


class Location(Frozen):
    """Where something is published."""

    url: str | None = None
    path: str | None = None


class Loaded(Frozen):
    """The proof of life."""

    loaded: bool
    rows: int


class StageSummary(Frozen):
    """How a stage stands, with its attempts and seconds so far."""

    name: Stage
    status: str
    attempts: int
    seconds: float


class Money(Frozen):
    """US dollars."""

    llm_usd: float
    compute_usd: float


class Question(Frozen):
    """What the job waits for."""

    text: str
    field: str
    options: tuple[str, ...]


class Failure(Frozen):
    """Why the job failed."""

    kind: str
    message: str
    hint: str


class Result(Frozen):
    """A job as programs read it. `status` is done, failed, waiting or cancelled once it settled."""

    job: str
    status: str
    task_type: str | None
    columns: Mapping[str, str | tuple[str, ...]]
    ignored: tuple[Ignored, ...]
    locked: Mapping[str, JsonValue]
    rows: Rows
    metric: HeadlineMetric | None
    metrics: Mapping[str, float]
    baselines: tuple[Baseline, ...]
    verdict: str | None
    verdict_level: str | None
    warnings: tuple[str, ...]
    model: Location
    space: Location
    proof: Loaded | None
    sandbox: str | None
    stages: tuple[StageSummary, ...]
    cost: Money
    question: Question | None
    error: Failure | None

    @classmethod
    def of(
        cls,
        row: JobRow,
        events: Sequence[Event],
        *,
        state: str,
        sandbox: str | None = None,
        stopped_by: MLTrainerError | None = None,
    ) -> Self:
        """The object of a job; `state` is its status as shown.

        An interrupted job is one that waits for its person to say "resume"; `stopped_by` is what
        kept this command, not the job, from going on.
        """
        context = row.context
        split = context.split
        metrics = context.run.metrics if context.run else None
        return cls(
            job=row.id,
            status=_status(state, stopped_by),
            task_type=context.intent.task_type if context.intent else None,
            columns=context.columns,
            ignored=tuple(Ignored(column=name, why=why) for name, why in context.ignored.items()),
            locked=locked_values(context.intent) if context.intent else {},
            rows=Rows.model_validate(split.rows if split else {}),
            metric=metrics.metric if metrics else None,
            metrics=metrics.metrics if metrics else {},
            baselines=metrics.baselines if metrics else (),
            verdict=metrics.verdict if metrics else None,
            verdict_level=metrics.verdict_level if metrics else None,
            warnings=_warnings(context, events),
            model=_model(context),
            space=_space(context),
            proof=_proof(context),
            sandbox=(context.run.sandbox if context.run else None) or sandbox,
            stages=_stages(context, events, at_work=state == "running"),
            cost=_cost(context, events),
            question=_question(context, state),
            error=_stop(stopped_by) if stopped_by else _error(context, state),
        )


def _cost(context: JobContext, events: Sequence[Event]) -> Money:
    """What was spent, also by a stage that is at work or was stopped: its events tell."""
    told = Ledger.of(events)
    llm = max(context.cost.llm_usd, told.usd)
    compute = max(context.cost.compute_usd, told.compute_usd)
    return Money(llm_usd=float(llm), compute_usd=float(compute))


def _warnings(context: JobContext, events: Sequence[Event]) -> tuple[str, ...]:
    """All that was warned of, each once: data, split, metrics, then what agents said."""
    found: list[str] = []
    found += context.data_report.warnings if context.data_report else ()
    found += context.split.warnings if context.split else ()
    found += context.run.metrics.warnings if context.run and context.run.metrics else ()
    found += (one.message for one in events if isinstance(one, AgentLogged) and one.warning)
    return tuple(dict.fromkeys(found))


def _model(context: JobContext) -> Location:
    url = context.release.url if context.release else None
    proven = context.run is not None and context.run.proof is not None
    return Location(url=url, path=model_path(context) if proven else None)


def _space(context: JobContext) -> Location:
    release = context.release
    return Location(url=release.space_url, path=release.space_path) if release else Location()


def _proof(context: JobContext) -> Loaded | None:
    proof = context.release.proof if context.release else None
    proof = proof or (context.run.proof if context.run else None)
    return Loaded(loaded=proof.loaded, rows=proof.rows) if proof else None


def _stages(
    context: JobContext, events: Sequence[Event], *, at_work: bool
) -> tuple[StageSummary, ...]:
    said = dict(found for event in events if (found := stage_line(event)))
    summaries = []
    for stage in Stage:
        result = context.stage_results.get(stage)
        seen = said[stage].state if stage in said else "pending"
        if seen == "done" or (seen == "running" and not at_work):
            seen = "pending"  # forgotten since, or it stopped before its end
        attempts = context.retry_counts.get(stage, 0)
        summaries.append(
            StageSummary(
                name=stage,
                status=result.status if result else seen,
                attempts=result.attempts if result else attempts,
                seconds=round(result.seconds if result else context.seconds.get(stage, 0.0), 3),
            )
        )
    return tuple(summaries)


def _status(state: str, stopped_by: MLTrainerError | None) -> str:
    if stopped_by is not None:
        return "failed"
    return "waiting" if state == "interrupted" else state


def _question(context: JobContext, state: str) -> Question | None:
    waiting = context.waiting
    if state == "interrupted":
        text = words.how_to_resume(context.job_id)
        return Question(text=text, field="resume", options=())
    if waiting is None:
        return None
    return Question(text=waiting.asked, field=waiting.field, options=waiting.options)


def _stop(error: MLTrainerError) -> Failure:
    return Failure(kind=type(error).__name__, message=error.message, hint=error.hint)


def _error(context: JobContext, state: str) -> Failure | None:
    """Why the job failed, or the problem that it waits to see mended."""
    error, waiting = context.last_error, context.waiting
    mends = waiting is not None and error is not None and waiting.text.startswith(error.message)
    if error is None or not (state == "failed" or mends):
        return None
    return Failure(kind=error.kind, message=error.message, hint=error.hint)
