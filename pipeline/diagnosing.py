"""Why a training failed: what its output shows, read by a model where there is one."""

import math
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from pipeline import describing
from pipeline.asking import Reply, ask
from pipeline.context import JobContext
from pipeline.errors import Bug, Rejected
from pipeline.events import AgentLogged, ProgressReported
from pipeline.jobs import Stage
from pipeline.outcomes import Redo
from pipeline.ports import Ports
from pipeline.ports.runtime import RunState
from pipeline.proposals import plain
from pipeline.recipe import find_recipe
from pipeline.retry import REDOS_PER_JOB

_ALONE = "The training failed again: the program's own settings and scripts are used now."
_WORDS_OF_LOSS = ("loss", "nats", "error")


class Diagnosis(Reply):
    """The cause of a failure and one change that mends it."""

    cause: str = Field(description="one sentence for the person")
    change: str = Field(description="one sentence: what to change")
    where: Literal["config", "codegen"]


def early_sign(told: Iterable[ProgressReported]) -> str:
    """What makes it senseless to train on; empty where all is well."""
    for event in told:
        for name, value in event.numbers.items():
            if any(word in name for word in _WORDS_OF_LOSS) and not math.isfinite(value):
                return f"its {name} became {value}, from which nothing can be learned"
    return ""


async def tried_again(
    context: JobContext, ports: Ports, state: RunState, ending: str, feedback: str
) -> Redo:
    """Back to where the cause can be mended, with all that is known of it.

    The last time nothing is left of what a model has changed.
    """
    if ports.ledger.replies and context.redos == REDOS_PER_JOB - 1:
        return Redo(Stage.CONFIG, f"{_ALONE}\n{feedback}")
    told = await _diagnosis(context, ports, state, ending)
    if told is None:
        return Redo(Stage.CODEGEN, feedback)
    cause, change = plain(told.cause), plain(told.change)
    await ports.emit(AgentLogged(stage=Stage.MONITOR, message=f"{cause} To be tried: {change}"))
    stage = Stage.CONFIG if told.where == "config" else Stage.CODEGEN
    return Redo(stage, f"{feedback}\n\nCause: {cause}\nChange: {change}")


async def _diagnosis(
    context: JobContext, ports: Ports, state: RunState, ending: str
) -> Diagnosis | None:
    intent, config = context.intent, context.config
    if intent is None or intent.task_type is None or config is None or context.run is None:
        raise Bug("A training that failed has no intent, no config or no run.")
    tail = state.result.tail if state.result else context.run.log_tail
    settings = ", ".join(f"{name}={value}" for name, value in config.hyperparameters.items())
    try:
        return await ask(
            context,
            ports,
            Stage.MONITOR,
            Diagnosis,
            prompt="monitor",
            values={
                "task": find_recipe(intent.task_type).title,
                "words": describing.words(context),
                "training": f"step {state.step}, {settings}",
                "ending": describing.output(ending, context, ports),
                "log": describing.output("\n".join(tail), context, ports),
            },
        )
    except Rejected:
        return None  # an explanation that cannot be read is none
