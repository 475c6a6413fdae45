"""What each agent leaves behind: one frozen record per stage, saved inside the job's context."""

from collections.abc import Mapping
from typing import Literal

from pydantic import AwareDatetime, JsonValue

from pipeline.intent import ParsedIntent
from pipeline.jobs import Frozen, JobId

InLine = Literal["named", "queued", "called"]  # a run that is not submitted yet
Split = Literal["train", "validation", "test"]
ColumnKind = Literal[
    "number",
    "integer",
    "boolean",
    "category",
    "text",
    "date",
    "id",
    "constant",
    "empty",
    "image",
    "nested",
]
Layout = Literal["table", "images", "boxes", "tagged", "pairs", "text"]
Care = Literal["misses", "false_alarms"]
VerdictLevel = Literal["good", "weak", "none", "suspicious"]


class DataInput(Frozen):
    """One thing given as data: a path, an address or an id; `split` where the person named one."""

    location: str
    split: Split | None = None


class Collected(Frozen):
    """Result of intake: everything needed to begin, checked.

    `files` are the copies in the job's data folder, by their paths below it. `runtime` and `host`
    are names on their shelves; `trained_on` and `published_at` what people call them.
    """

    files: tuple[DataInput, ...]
    runtime: str
    host: str
    summary: tuple[str, ...]
    runtime_title: str = ""
    host_title: str = ""

    @property
    def trained_on(self) -> str:
        """The runtime, in words."""
        return self.runtime_title or self.runtime

    @property
    def published_at(self) -> str:
        """The host, in words."""
        return self.host_title or self.host


class ColumnReport(Frozen):
    """One column: `missing` and `unique` count rows, `top` holds the commonest values.

    `original` is its name in the file where that had to be changed, `unit` what its numbers carry
    ("kg"), `marks` the cells taken as missing although they look like values ("-999"), `language`
    the ISO code of a text, `ordered` whether it never decreases, `frequency` the step of a date
    ("15min", "h", "D", "W", "M", "Q", "Y"), `personal` the shapes of personal data in it, whose
    values are told nowhere.
    """

    name: str
    kind: ColumnKind
    missing: int
    unique: int
    top: tuple[tuple[str, int], ...] = ()
    mean_words: float | None = None
    mean_signs: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    original: str | None = None
    unit: str | None = None
    marks: tuple[str, ...] = ()
    language: str | None = None
    ordered: bool = False
    frequency: str | None = None
    personal: tuple[str, ...] = ()


class FileReport(Frozen):
    """How one part of the data was read: `rows` are in it, `kept` of them in its `table`."""

    name: str
    split: Split | None = None
    format: str
    rows: int
    kept: int
    table: str
    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True


class DataReport(Frozen):
    """Facts about the data, made by harness/report.py, and the parts its columns play.

    `groups` are columns that name the same thing in many rows, `time` the one that orders them,
    `same` pairs of columns that say the same, `afterwards` columns that are filled only for one
    value of the other. `sha256` is over the files' bytes; `roles` and `ignored` are filled by the
    dataset agent.
    """

    layout: Layout = "table"
    files: tuple[FileReport, ...]
    rows: int
    columns: tuple[ColumnReport, ...]
    duplicates: int
    near_duplicates: int = 0
    sha256: str
    groups: tuple[str, ...] = ()
    time: str | None = None
    same: tuple[tuple[str, str], ...] = ()
    afterwards: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    roles: Mapping[str, str | tuple[str, ...]] = {}
    ignored: Mapping[str, str] = {}

    def column(self, name: str) -> ColumnReport | None:
        """Find a column by its exact name."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in file order."""
        return tuple(column.name for column in self.columns)


class Preprocessing(Frozen):
    """The split: rows per part, what was removed, and how it was cut. `folder` holds the parts.

    `left_out` are columns that the rows themselves gave away as leaks, each with the reason.
    """

    folder: str
    rows: Mapping[Split, int]
    duplicates_removed: int
    strategy: str
    steps: tuple[str, ...]
    seed: int
    warnings: tuple[str, ...] = ()
    left_out: Mapping[str, str] = {}


class TrainingConfig(Frozen):
    """All settings of the training; `budget_seconds` bounds train.py alone."""

    metric: str
    better: Literal["higher", "lower"]
    positive: str | None
    seed: int
    budget_seconds: float
    threads: int
    hyperparameters: Mapping[str, JsonValue]
    care: Care | None = None
    notes: tuple[str, ...] = ()


class Architecture(Frozen):
    """The chosen backbone and what it needs to be installed.

    `weights` is the folder of the weights it begins with; None where it needs none. `source` is
    what these are called, `revision` which state of them, `license` their terms.
    """

    backbone: str
    why: str
    requirements: tuple[str, ...]
    weights: str | None = None
    source: str = ""
    revision: str = ""
    license: str = ""


class Bundle(Frozen):
    """The folder that trains: sha256 of every file by name, and how its rehearsal went.

    `rehearsal_work` is its time without the start, `split` how rows were cut where no stage did it.
    """

    folder: str
    files: Mapping[str, str]
    requirements: tuple[str, ...]
    rehearsal_seconds: float
    rehearsal_work: float | None = None
    split: Preprocessing | None = None


class Baseline(Frozen):
    """What a trivial or simple model reaches on the same rows by the same metric."""

    name: str
    value: float


class HeadlineMetric(Frozen):
    """The number that is reported, on `n` held-out rows, with its 95 % bootstrap interval."""

    name: str
    value: float
    better: Literal["higher", "lower"]
    split: str
    n: int
    ci95: tuple[float, float] | None
    positive: str | None = None


class Metrics(Frozen):
    """metrics.json: every number a person is shown comes from here.

    `next_steps` are at most three things to do next, the most useful first.
    """

    metric: HeadlineMetric
    metrics: Mapping[str, float]
    baselines: tuple[Baseline, ...]
    verdict: str
    verdict_level: VerdictLevel
    warnings: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    details: Mapping[str, JsonValue] = {}


class Picture(Frozen):
    """A PNG in the model folder: `file` for light pages, `dark` for dark ones."""

    file: str
    dark: str
    title: str
    alt: str


class Proof(Frozen):
    """The model folder was loaded in a clean process and repeated its predictions."""

    loaded: bool
    rows: int
    seconds: float


class Run(Frozen):
    """The training run. `name` is saved before anything is submitted, so it can be found again.

    `ended` is one whose output and price are told, and from which nothing followed yet. `gpu` is
    what it was given, `page` where people see it, `seen_at` its last sign of life, `missing` looks
    without one since, `lost` how often it was gone, `champion` what it would replace, measured.
    """

    runtime: str
    name: str
    handle: str | None = None
    status: Literal[InLine, "submitted", "running", "ended", "collected", "proven"] = "named"
    lines_read: int = 0
    log_tail: tuple[str, ...] = ()
    metrics: Metrics | None = None
    pictures: tuple[Picture, ...] = ()
    folder: str | None = None
    proof: Proof | None = None
    sandbox: str | None = None
    gpu: str = ""
    page: str = ""
    submitted_at: AwareDatetime | None = None
    seen_at: AwareDatetime | None = None
    missing: int = 0
    lost: int = 0
    champion: HeadlineMetric | None = None


class Release(Frozen):
    """Where the model is, with the proof of it; `path` is that very revision on this machine."""

    host: str
    url: str | None
    path: str | None
    revision: str | None = None
    space_url: str | None = None
    space_path: str | None = None
    proof: Proof | None = None


class Champion(Frozen):
    """The model that a training on new data may replace: its job, and where it was published."""

    job: JobId
    release: Release


_Understood = Collected | ParsedIntent | DataReport | Preprocessing | TrainingConfig
Artifact = _Understood | Architecture | Bundle | Run | Release
