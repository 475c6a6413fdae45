"""What happened in a job, in the past tense. Events are the only thing a person is shown."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from pipeline.jobs import Frozen, JobStatus, Stage


class PipelineStarted(Frozen):
    """The first stage is about to run."""

    kind: Literal["pipeline_start"] = "pipeline_start"
    words: str


class PipelineEnded(Frozen):
    """The job reached a final status."""

    kind: Literal["pipeline_end"] = "pipeline_end"
    status: JobStatus
    seconds: float


class StageStarted(Frozen):
    """An attempt of a stage began."""

    kind: Literal["stage_start"] = "stage_start"
    stage: Stage
    attempt: int


class StageEnded(Frozen):
    """A stage has its result; `seconds` is its working time over all attempts."""

    kind: Literal["stage_end"] = "stage_end"
    stage: Stage
    seconds: float
    note: str = ""


class StageFailed(Frozen):
    """A stage has no attempt left, or its error is not worth another."""

    kind: Literal["stage_failed"] = "stage_failed"
    stage: Stage
    error: str
    reason: str
    hint: str = ""


class StageSkipped(Frozen):
    """A stage that this plan leaves out, and why."""

    kind: Literal["stage_skipped"] = "stage_skipped"
    stage: Stage
    why: str


class StageRetried(Frozen):
    """An attempt failed and another follows after `delay` seconds."""

    kind: Literal["stage_retry"] = "stage_retry"
    stage: Stage
    attempt: int
    max_attempts: int
    delay: float
    error: str


class ModelCalled(Frozen):
    """A language model was asked."""

    kind: Literal["llm_call"] = "llm_call"
    stage: Stage
    prompt: str
    provider: str
    model: str


class ModelReplied(Frozen):
    """A language model answered; cost in US dollars, of the most that the job may spend."""

    kind: Literal["llm_response"] = "llm_response"
    stage: Stage
    prompt: str
    tokens: int
    cost_usd: float
    seconds: float
    provider: str = ""
    model: str = ""
    limit_usd: float | None = None


class ToolCalled(Frozen):
    """A tool was called; arguments are masked before they get here."""

    kind: Literal["tool_call"] = "tool_call"
    tool: str
    arguments: str


class ToolReturned(Frozen):
    """A tool answered."""

    kind: Literal["tool_result"] = "tool_result"
    tool: str
    result: str


class AgentLogged(Frozen):
    """Something an agent wants its person to know."""

    kind: Literal["agent_log"] = "agent_log"
    stage: Stage
    message: str
    warning: bool = False


class QuestionAsked(Frozen):
    """The job waits for a reply about `field`."""

    kind: Literal["question_asked"] = "question_asked"
    text: str
    field: str
    options: tuple[str, ...] = ()


class AnswerReceived(Frozen):
    """A person replied; secrets were taken out before this was written."""

    kind: Literal["answer_received"] = "answer_received"
    text: str


class CredentialNeeded(Frozen):
    """The job waits for an account of its owner; `title` is what people call its service."""

    kind: Literal["credential_needed"] = "credential_needed"
    credential: str
    title: str = ""
    why: str


class PlanProposed(Frozen):
    """What will be done, in lines a person can read. Waits for a yes where `needs_yes`."""

    kind: Literal["plan_proposed"] = "plan_proposed"
    lines: tuple[str, ...]
    needs_yes: bool
    why: str = ""


class ProgressReported(Frozen):
    """A running step said how far it is: `done` from 0 to 1, `eta` in seconds."""

    kind: Literal["progress_reported"] = "progress_reported"
    stage: Stage
    step: str
    message: str = ""
    done: float | None = None
    eta: float | None = None
    numbers: Mapping[str, float] = {}


class ModelProven(Frozen):
    """The model was loaded in a clean process and gave the same predictions again."""

    kind: Literal["model_proven"] = "model_proven"
    where: str
    rows: int
    seconds: float


class TrainingCharged(Frozen):
    """A run elsewhere has ended: how long it took there, and what that costs by the price list.

    `run` is its handle: each submission is charged once.
    """

    kind: Literal["training_charged"] = "training_charged"
    run: str
    runtime: str
    seconds: float
    usd: float


class JobResumed(Frozen):
    """The job goes on from `stage`, after a crash, a stop or a word of its person.

    `interrupted`: nobody asked for that stop, the process ended in the midst of the stage.
    """

    kind: Literal["job_resumed"] = "job_resumed"
    stage: Stage
    why: str
    interrupted: bool = False


class JobCancelled(Frozen):
    """The job was stopped by a person; what ran was ended."""

    kind: Literal["job_cancelled"] = "job_cancelled"
    by: str


Event = Annotated[
    PipelineStarted
    | PipelineEnded
    | StageStarted
    | StageEnded
    | StageFailed
    | StageSkipped
    | StageRetried
    | ModelCalled
    | ModelReplied
    | ToolCalled
    | ToolReturned
    | AgentLogged
    | QuestionAsked
    | AnswerReceived
    | CredentialNeeded
    | PlanProposed
    | ProgressReported
    | ModelProven
    | TrainingCharged
    | JobResumed
    | JobCancelled,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class Recorded(Frozen):
    """An event as saved: `number` counts from 1 within its job, without gaps."""

    number: int
    at: AwareDatetime
    event: Event
