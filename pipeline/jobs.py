"""What a job is made of: ids, stages, statuses, people and places."""

import re
import secrets
import string
from enum import StrEnum
from typing import NewType

from pydantic import BaseModel, ConfigDict

from pipeline.errors import UnknownName

JobId = NewType("JobId", str)
TaskType = NewType("TaskType", str)

_ALPHABET = string.ascii_lowercase + string.digits
_JOB_ID = re.compile(r"j-[a-z0-9]{8}")


def new_job_id() -> JobId:
    """Draw an unguessable id: `j-` and 8 lowercase letters or digits."""
    return JobId("j-" + "".join(secrets.choice(_ALPHABET) for _ in range(8)))


def is_job_id(text: str) -> bool:
    """Tell whether a text has the shape of a job id."""
    return _JOB_ID.fullmatch(text) is not None


class Stage(StrEnum):
    """The nine stages in the order in which they run."""

    INTAKE_MANAGER = "intake_manager"
    INTENT_PARSER = "intent_parser"
    DATASET = "dataset"
    PREPROCESSING = "preprocessing"
    CONFIG = "config"
    ARCHITECTURE = "architecture"
    CODEGEN = "codegen"
    MONITOR = "monitor"
    DEPLOY = "deploy"


_CALLED = {
    "intake": Stage.INTAKE_MANAGER,
    "intent": Stage.INTENT_PARSER,
    "data": Stage.DATASET,
    "preparation": Stage.PREPROCESSING,
    "configuration": Stage.CONFIG,
    "settings": Stage.CONFIG,
    "code": Stage.CODEGEN,
    "scripts": Stage.CODEGEN,
    "train": Stage.MONITOR,
    "training": Stage.MONITOR,
    "publish": Stage.DEPLOY,
    "publishing": Stage.DEPLOY,
}
_AROUND_STAGE = re.compile(r"(the\s+|stage\s+)*(?P<name>.*?)(\s+stage)?[\s.!]*", re.DOTALL)


def stage_named(text: str) -> Stage:
    """The stage that words mean, as `the intent parser`; UnknownName lists them."""
    around = _AROUND_STAGE.fullmatch(text.strip().lower())
    name = re.sub(r"[\s_-]+", "_", around["name"] if around else text)
    called = _CALLED.get(name)
    if called is None and name not in tuple(Stage):
        raise UnknownName("stage", text.strip(), Stage)
    return called or Stage(name)


class JobStatus(StrEnum):
    """What the saved row says. "Running" is never stored: a crash leaves a row that is due."""

    RUNNABLE = "runnable"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def settled(self) -> bool:
        """No worker will touch the job until its person says something."""
        return self is not JobStatus.RUNNABLE


class Frozen(BaseModel):
    """Base of every record here: immutable, no unknown field."""

    # A loss can become NaN; as null it could never be read back.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Actor(Frozen):
    """A person as the signed platform event names them."""

    platform: str
    space: str
    id: str
    name: str = ""
    admin: bool = False

    @property
    def key(self) -> str:
        """The owner key under which jobs and secrets are kept."""
        return f"{self.platform}:{self.space}:{self.id}"


class Place(Frozen):
    """A thread on a platform; `space` is the workspace, the guild or the terminal."""

    platform: str
    space: str
    channel: str
    thread: str | None = None

    @property
    def key(self) -> str:
        """The text under which a thread is found again."""
        return f"{self.platform}:{self.space}:{self.channel}:{self.thread or ''}"
