"""The nine agents, one file each, found by the name of their stage."""

import importlib
from collections.abc import Mapping

from pipeline.errors import Bug
from pipeline.jobs import Stage
from pipeline.outcomes import Agent


def find_agents() -> Mapping[Stage, Agent]:
    """Every stage's agent; a stage without one is an error at start, never a skip at run time."""
    return {stage: _agent(stage) for stage in Stage}


def _agent(stage: Stage) -> Agent:
    agent: Agent | None = getattr(
        importlib.import_module(f"pipeline.agents.{stage.value}"), "AGENT", None
    )
    if agent is None or agent.name is not stage:
        raise Bug(f"pipeline/agents/{stage.value}.py must define AGENT for its stage.")
    return agent
