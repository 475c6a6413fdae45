"""Why a stage failed is saved, told and shown to a model: it goes nowhere with a secret in it.

The words of an error are our own, but may quote what a service or a person said.
"""

from collections.abc import Mapping

from pipeline.context import JobContext
from pipeline.errors import MLTrainerError, PersonCanFix, Rejected, from_unexpected
from pipeline.jobs import Stage
from pipeline.outcomes import Agent, Outcome
from pipeline.ports import Ports
from pipeline.ports.sanitizer import Sanitizer
from pipeline.retry import RetryPolicy


class GuardedAgent:
    """pipeline.outcomes.Agent around another, whose errors are cleaned."""

    def __init__(self, agent: Agent, sanitizer: Sanitizer) -> None:
        self._agent = agent
        self._sanitizer = sanitizer
        self.name: Stage = agent.name
        self.retry: RetryPolicy = agent.retry

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """The same; an error is raised without its secrets. Of a disk's, a path may hold one."""
        try:
            return await self._agent.run(context, ports)
        except (MLTrainerError, OSError) as error:
            told = from_unexpected(error)
            self._cleaned(told)
            if told is error:
                raise
            raise told from error

    def _cleaned(self, error: MLTrainerError) -> None:
        error.message, error.hint = self._clean(error.message), self._clean(error.hint)
        error.args = (error.message,)
        if isinstance(error, Rejected):
            error.feedback = self._clean(error.feedback)
        if isinstance(error, PersonCanFix):
            error.options = tuple(map(self._clean, error.options))

    def _clean(self, text: str) -> str:
        return self._sanitizer.clean(text).text


def guard(agents: Mapping[Stage, Agent], sanitizer: Sanitizer) -> Mapping[Stage, Agent]:
    """The same agents, each behind the door."""
    return {stage: GuardedAgent(one, sanitizer) for stage, one in agents.items()}
