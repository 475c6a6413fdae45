"""Draft, improve, check: a proposal is taken when it holds, and else the draft stands."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pipeline.context import JobContext
from pipeline.errors import PersonCanFix, Rejected
from pipeline.events import AgentLogged
from pipeline.outcomes import Agent
from pipeline.ports import Ports
from pipeline.retry import REDOS_PER_JOB

Better = TypeVar("Better")


async def improved(
    agent: Agent,
    context: JobContext,
    ports: Ports,
    propose: Callable[[], Awaitable[Better | None]],
) -> Better | None:
    """What `propose` makes; None where the draft stands.

    A refused proposal goes back to who made it, as often as the stage may try; then the job says
    that the draft stands. Nothing that a model does ends a job that rules can finish: the last try
    after trainings that failed is the drafts' alone.
    """
    if context.redos >= REDOS_PER_JOB:
        return None
    try:
        return await _proposed(propose)
    except Rejected as refused:
        attempt = context.retry_counts.get(agent.name, 0) + 1
        if agent.retry.feeds_back and agent.retry.allows_another(attempt):
            raise
        message = f"The model's proposal was not taken, the rules' own stands: {refused.message}"
        await ports.emit(AgentLogged(stage=agent.name, message=message, warning=True))
        return None


async def _proposed(propose: Callable[[], Awaitable[Better | None]]) -> Better | None:
    """What is proposed; a person is not asked to mend what they did not say."""
    try:
        return await propose()
    except PersonCanFix as problem:
        told = f"{problem.message} {problem.hint}".strip()
        raise Rejected(problem.message, problem.hint, feedback=told) from problem
