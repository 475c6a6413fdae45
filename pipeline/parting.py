"""Cutting the person's rows into the parts, with the recipe's own prepare.py."""

import json
from pathlib import Path

from pydantic import JsonValue

from pipeline import bundle
from pipeline.artifacts import Preprocessing
from pipeline.context import JobContext
from pipeline.errors import Bug
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.recipe import requirements
from pipeline.scripts import environment, result, run_script
from pipeline.training import prepare_step


async def part(stage: Stage, context: JobContext, ports: Ports) -> Preprocessing:
    """Fill the job's prepared/ anew; errors as the script's."""
    if context.intent is None or context.intent.task_type is None:
        raise Bug("Rows cannot be cut without a task.")
    folder = JobFolder.of(ports.home, context.job_id)
    lines = requirements(context.intent.task_type)
    bundle.write(context, folder.bundle, lines)
    python = await environment(stage, ports, lines)
    await run_script(stage, ports, python, prepare_step(folder, fresh(folder.prepared)))
    document = await result(ports, folder.prepared / "prepared.json", folder.scratch("prepared"))
    return _read(document, folder.prepared)


def _read(text: bytes, folder: Path) -> Preprocessing:
    """prepared.json, which a child process wrote: checked like any foreign document."""
    try:
        document: dict[str, JsonValue] = json.loads(text)
        return Preprocessing.model_validate({**document, "folder": str(folder)})
    except (ValueError, TypeError) as error:
        raise Bug("prepared.json has the wrong shape.") from error
