"""Jobs with everything that a report page can show, and the pictures in their model folder."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import JsonValue

from pipeline.artifacts import (
    Architecture,
    Baseline,
    Bundle,
    ColumnReport,
    DataInput,
    DataReport,
    FileReport,
    HeadlineMetric,
    Metrics,
    Picture,
    Preprocessing,
    Proof,
    Release,
    Run,
    TrainingConfig,
)
from pipeline.context import JobContext, Message, Request, StageResult
from pipeline.events import Event
from pipeline.intent import ParsedIntent
from pipeline.jobs import JobId, JobStatus, Stage, TaskType
from pipeline.ports.store import JobRow
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import new_job

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENTS: tuple[Event, ...] = ()
DETAILS: Mapping[str, JsonValue] = {
    "skill": 0.724,
    "importance": [["tenure", 0.41], ["contract", 0.22], ["monthly fee", 0.17], ["age", 0.0]],
    "members": {"lightgbm": 0.5, "random_forest": 0.3, "linear": 0.2},
    "classes": ["stays", "leaves"],
    "confusion": [[310, 22], [31, 87]],
    "series": [{"name": "north", "mase": 0.71, "rows": 24}, {"name": "south", "mase": 1.2}],
    "calibration": {"off_by": 0.031, "bins": 10},
}


def png(width: int = 60, height: int = 40, colour: tuple[int, int, int] = (36, 103, 168)) -> bytes:
    """A plain picture, written with the standard library alone."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)

    form = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * width) * height
    parts = (chunk(b"IHDR", form), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def picture(model: Path, name: str, title: str, alt: str) -> Picture:
    """A picture with its files, a light and a dark one, in the model folder."""
    folder = model / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(png(680, 440, (220, 230, 240)))
    (folder / f"{name}.dark.png").write_bytes(png(680, 440, (40, 60, 80)))
    return Picture(file=f"{name}.png", dark=f"{name}.dark.png", title=title, alt=alt)


def reported_job(
    model: Path,
    *,
    words: str = "Which customers will leave next month?",
    columns: Sequence[str] = ("tenure", "contract", "monthly fee", "age"),
    classes: tuple[str, str] = ("stays", "leaves"),
    details: Mapping[str, JsonValue] = DETAILS,
    pictures: Sequence[Picture] | None = None,
) -> JobContext:
    """A job that came to a good end, every section filled."""
    proof = Proof(loaded=True, rows=450, seconds=1.2)
    if pictures is None:
        told = "Of 118 that left 87 were found; 22 false alarms."
        pictures = (picture(model, "confusion", "It finds 87 of 118 that leave", told),)
    run = Run(
        runtime="local",
        name="run",
        status="proven",
        metrics=_metrics(classes, details),
        pictures=tuple(pictures),
        folder=str(model),
        proof=proof,
        sandbox="full",
    )
    task = TaskType("tabular_classification")
    settled = TrainingConfig(
        metric="roc_auc",
        better="higher",
        positive=classes[1],
        seed=42,
        budget_seconds=60,
        threads=2,
        hyperparameters={"folds": 5, "learning_rate": None},
        care="misses",
    )
    blend = "what one model gets wrong another gets right"
    pins = ("lightgbm==4.7.0", "numpy==2.4.6")
    return new_job(FakeClock(), job_id=JobId("j-4f0c2k9a")).evolve(
        created_at=NOW,
        request=_request(words, classes),
        intent=ParsedIntent(task_type=task),
        data_report=_data(columns),
        preprocessing=_split(),
        config=settled,
        architecture=Architecture(backbone="light_ensemble", why=blend, requirements=pins),
        bundle=Bundle(
            folder="/bundle",
            files={"train.py": "4d" * 32, "predict.py": "5e" * 32},
            requirements=pins,
            rehearsal_seconds=3.3,
        ),
        run=run,
        release=Release(host="folder", url=None, path="/models/j-4f0c2k9a", proof=proof),
        stage_results={
            stage: StageResult(status="done", attempts=1, seconds=1.5, at=NOW) for stage in Stage
        },
    )


def row_of(context: JobContext, status: JobStatus = JobStatus.DONE) -> JobRow:
    """The job as saved."""
    later = NOW + timedelta(minutes=2)
    return JobRow(context, status, seq=9, wake_at=later, cancel=False, updated_at=later)


def _request(words: str, classes: tuple[str, str]) -> Request:
    return Request(
        words=words,
        inputs=(DataInput(location="/home/ann/customers.csv"),),
        settings={"target": "left"},
        conversation=(
            Message(who="agent", text=f"Is “{classes[1]}” the class that counts?", at=NOW),
            Message(who="person", text="yes", at=NOW),
        ),
    )


def _metrics(classes: tuple[str, str], details: Mapping[str, JsonValue]) -> Metrics:
    return Metrics(
        metric=HeadlineMetric(
            name="roc_auc",
            value=0.8621,
            better="higher",
            split="test",
            n=450,
            ci95=(0.812, 0.905),
            positive=classes[1],
        ),
        metrics={"roc_auc": 0.8621, "accuracy": 0.882, "f1": 0.767},
        baselines=(
            Baseline(name="always the commonest class", value=0.5),
            Baseline(name="logistic regression", value=0.8312),
        ),
        verdict="Clearly better than guessing: roc auc 0.862 on 450 held-out rows, where guessing"
        " reaches 0.5.",
        verdict_level="good",
        warnings=("Rows of the same customer may sit on both sides of the split.",),
        next_steps=("Bring more rows of customers that left.", "Look at the column contract."),
        details=details,
    )


def _data(columns: Sequence[str]) -> DataReport:
    numbers = [
        ColumnReport(
            name=name, kind="number", missing=9, unique=800, minimum=0, maximum=72.5, mean=31
        )
        for name in columns
    ]
    answer = ColumnReport(name="left", kind="category", missing=0, unique=2)
    read = FileReport(name="customers.csv", format="csv", rows=2250, kept=2250, table="0.jsonl")
    return DataReport(
        files=(read,),
        rows=2250,
        columns=(answer, *numbers),
        duplicates=12,
        sha256="9a" * 32,
        roles={"target": "left", "features": tuple(columns)},
        ignored={"customer": "an id: it names the row and says nothing about it"},
    )


def _split() -> Preprocessing:
    return Preprocessing(
        folder="/prepared",
        rows={"train": 1573, "validation": 225, "test": 450},
        duplicates_removed=2,
        strategy="at random, every class in the same share",
        steps=(),
        seed=42,
        left_out={"end date": "it is filled only for customers that left"},
    )
