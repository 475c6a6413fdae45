"""The one record of a job: a frozen document, changed by copies, saved whole."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import AwareDatetime, JsonValue

from pipeline.artifacts import (
    Architecture,
    Artifact,
    Bundle,
    Champion,
    Collected,
    DataInput,
    DataReport,
    Preprocessing,
    Release,
    Run,
    TrainingConfig,
)
from pipeline.intent import ParsedIntent
from pipeline.jobs import Actor, Frozen, JobId, Place, Stage

SCHEMA_VERSION = 1
_MOST_HEARD = 4_000  # letters


class Message(Frozen):
    """One turn of the conversation."""

    who: Literal["person", "agent"]
    text: str
    at: AwareDatetime


class Request(Frozen):
    """What the person said and gave, word for word. `settings` are explicit `--set` values.

    `approved` is their yes to the plan they were shown, `yes_ahead` to any within the server's
    limit. `model_usd` is their yes to more than that limit, for models of their own key;
    `agreed` are the questions about terms of weights that they said yes to.
    """

    words: str
    inputs: tuple[DataInput, ...] = ()
    settings: Mapping[str, JsonValue] = {}
    runtime: str | None = None
    host: str | None = None
    budget_seconds: float | None = None
    model_usd: float | None = None
    agreed: tuple[str, ...] = ()
    deploy: bool = True
    approved: bool = False
    yes_ahead: bool = False
    conversation: tuple[Message, ...] = ()

    @property
    def heard(self) -> str:
        """The words as rules hear them: of a very long text the beginning, as models read it.

        Some patterns look at every pair of places, and nothing else runs while one does.
        """
        return self.words[:_MOST_HEARD]


class Waiting(Frozen):
    """Why the job waits for its person, and what a reply would set.

    `refused` says why the latest reply did not fit.
    """

    reason: Literal["question", "credential", "approval"]
    text: str
    field: str
    options: tuple[str, ...] = ()
    refused: str = ""

    @property
    def asked(self) -> str:
        """What the person is asked now."""
        return f"{self.refused} {self.text}".strip()


class StageResult(Frozen):
    """A stage that is finished: it never runs again."""

    status: Literal["done", "skipped"]
    attempts: int
    seconds: float
    at: AwareDatetime


class StageError(Frozen):
    """One failure, kept for good. `kind` is the class of the error tree that decided."""

    stage: Stage
    attempt: int
    kind: str
    message: str
    hint: str = ""
    at: AwareDatetime


class Cost(Frozen):
    """Money spent so far, in US dollars."""

    llm_usd: Decimal = Decimal(0)
    compute_usd: Decimal = Decimal(0)


class JobContext(Frozen):
    """Everything about a job. One section per agent; a stage adds its section and nothing else."""

    schema_version: int = SCHEMA_VERSION
    job_id: JobId
    created_at: AwareDatetime
    owner: Actor
    thread: Place
    home: str
    request: Request
    parent: JobId | None = None
    champion: Champion | None = None
    collected: Collected | None = None
    intent: ParsedIntent | None = None
    data_report: DataReport | None = None
    preprocessing: Preprocessing | None = None
    config: TrainingConfig | None = None
    architecture: Architecture | None = None
    bundle: Bundle | None = None
    run: Run | None = None
    left: Run | None = None  # a training that was left open: it is found again by its name
    release: Release | None = None
    waiting: Waiting | None = None
    stage_results: Mapping[Stage, StageResult] = {}
    errors: tuple[StageError, ...] = ()
    retry_counts: Mapping[Stage, int] = {}
    redos: int = 0
    rebuilt: int = 0  # how often its person went back to before the training
    active: Stage | None = None
    starts: int = 0
    seconds: Mapping[Stage, float] = {}
    feedback: Mapping[Stage, str] = {}
    cost: Cost = Cost()

    def evolve(self, **changes: Any) -> Self:
        """Copy with some fields replaced; the new values are not checked again."""
        return self.model_copy(update=changes)

    def with_artifact(self, artifact: Artifact) -> Self:
        """Put an artifact into the section of its type."""
        return self.evolve(**{SECTIONS[type(artifact)]: artifact})

    def with_message(self, who: Literal["person", "agent"], text: str, at: datetime) -> Self:
        """Add a turn to the conversation."""
        turn = Message(who=who, text=text, at=at)
        talk = (*self.request.conversation, turn)
        return self.evolve(request=self.request.model_copy(update={"conversation": talk}))

    @property
    def columns(self) -> Mapping[str, str | tuple[str, ...]]:
        """The column of each role; what the rows gave away as leaks is in none."""
        roles = self.data_report.roles if self.data_report else {}
        leaks = self.split.left_out if self.split else {}
        return {
            role: name if isinstance(name, str) else tuple(one for one in name if one not in leaks)
            for role, name in roles.items()
        }

    @property
    def split(self) -> Preprocessing | None:
        """How the rows were cut into parts; None before they were."""
        return self.preprocessing or (self.bundle.split if self.bundle else None)

    @property
    def ignored(self) -> Mapping[str, str]:
        """The columns that are not learned from, each with the reason."""
        leaks = self.split.left_out if self.split else {}
        return {**(self.data_report.ignored if self.data_report else {}), **leaks}

    @property
    def publishes(self) -> bool:
        """Whether the model is published; the person may have said not to, anywhere."""
        said = self.intent.deploy.publish if self.intent else None
        return self.request.deploy and said is not False

    @property
    def open_stage(self) -> Stage:
        """The first stage without a result; the last one where all have theirs."""
        return next((one for one in Stage if one not in self.stage_results), Stage.DEPLOY)

    @property
    def last_error(self) -> StageError | None:
        """The latest failure, if there was one."""
        return self.errors[-1] if self.errors else None


SECTIONS: Mapping[type, str] = {
    Collected: "collected",
    ParsedIntent: "intent",
    DataReport: "data_report",
    Preprocessing: "preprocessing",
    TrainingConfig: "config",
    Architecture: "architecture",
    Bundle: "bundle",
    Run: "run",
    Release: "release",
}
