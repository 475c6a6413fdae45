"""A model that is trained again on new data against the one it would replace, on the same rows."""

import asyncio
import json
from pathlib import Path

from pydantic import ValidationError

from pipeline.artifacts import HeadlineMetric, Metrics
from pipeline.context import JobContext
from pipeline.errors import MLTrainerError
from pipeline.events import AgentLogged
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.scripts import result
from pipeline.training import score_step

_CANNOT = "The earlier model could not be measured on the new rows, so it is not compared"


async def measured(
    stage: Stage, context: JobContext, ports: Ports, python: Path, name: str
) -> HeadlineMetric | None:
    """How the earlier model does on this job's held-out rows; None where there is none to compare.

    One that cannot read these rows any more is told of, and compared with nothing.
    """
    champion = context.champion
    if champion is None:
        return None
    folder = JobFolder.of(ports.home, context.job_id)
    published = champion.release.path
    earlier = Path(published) if published else JobFolder.of(ports.home, champion.job).model
    step = score_step(context, folder, name, model=earlier / "model", out="champion")
    await asyncio.to_thread(fresh, step.work)
    try:
        ended = await ports.workbench.run(python, step)
        if ended.ok:
            written = await result(ports, step.work / "metrics.json", folder.scratch("champion"))
            return Metrics.model_validate(json.loads(written)).metric
    except (MLTrainerError, ValueError, ValidationError, OSError):
        pass
    await ports.emit(AgentLogged(stage=stage, message=f"{_CANNOT}.", warning=True))
    return None


def wins(challenger: HeadlineMetric, champion: HeadlineMetric) -> bool:
    """Whether the new model is better on the same rows; a tie leaves the earlier one."""
    if challenger.better == "higher":
        return challenger.value > champion.value
    return challenger.value < champion.value


def verdict(challenger: HeadlineMetric, champion: HeadlineMetric, job: str) -> str:
    """Which of the two stays, and by what."""
    name, rows = challenger.name, f"{challenger.n:,} held-out rows"
    figures = f"{name} {challenger.value:.4f} against {champion.value:.4f} of {job} on {rows}"
    if wins(challenger, champion):
        return f"The new model is better: {figures}. It takes the earlier one's place."
    return f"The new model is not better: {figures}. The earlier one stays."
