"""A job that has come to a good end."""

from datetime import UTC, datetime

from pipeline.artifacts import Baseline, HeadlineMetric, Metrics, Preprocessing, Proof, Release, Run
from pipeline.context import JobContext, StageResult
from pipeline.jobs import JobStatus, Stage
from pipeline.ports.store import JobRow
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
METRICS = Metrics(
    metric=HeadlineMetric(
        name="f1",
        value=0.9621,
        better="higher",
        split="test",
        n=515,
        ci95=(0.93, 0.985),
        positive="spam",
    ),
    metrics={"f1": 0.9621, "accuracy": 0.99},
    baselines=(Baseline(name="always ham", value=0.0), Baseline(name="words", value=0.8943)),
    verdict="Clearly better than guessing.",
    verdict_level="good",
    warnings=("Only 515 rows.",),
    next_steps=("Bring 2,000 more messages.",),
    details={"importance": [["length", 0.4], ["sender", 0.1], ["weekday", 0.0]]},
)


def finished_job() -> JobContext:
    """Every stage done, published in a folder and proven."""
    proof = Proof(loaded=True, rows=515, seconds=1.2)
    run = Run(runtime="local", name="run", metrics=METRICS, folder="/proven", proof=proof)
    results = {
        stage: StageResult(status="done", attempts=1, seconds=1.5, at=NOW) for stage in Stage
    }
    return new_job(FakeClock()).evolve(
        run=run,
        release=Release(host="folder", url=None, path="/models/job", proof=proof),
        preprocessing=Preprocessing(
            folder="/prepared",
            rows={"train": 4128, "validation": 516, "test": 515},
            duplicates_removed=415,
            strategy="stratified",
            steps=(),
            seed=42,
        ),
        stage_results=results,
    )


def row_of(context: JobContext, status: JobStatus) -> JobRow:
    """The job as saved."""
    return JobRow(context, status, seq=9, wake_at=NOW, cancel=False, updated_at=NOW)
