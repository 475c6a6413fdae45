"""Preprocessing: clean the rows and cut them into train, validation and held-out parts, once."""

import json
from pathlib import Path

from pydantic import JsonValue

from pipeline import bundle
from pipeline.artifacts import Preprocessing as Prepared
from pipeline.context import JobContext
from pipeline.errors import Bug
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from pipeline.recipe import requirements
from pipeline.retry import POLICIES
from pipeline.scripts import environment, result, run_script
from pipeline.training import prepare_step


class Preprocessing:
    """Runs the recipe's prepare.py; the held-out rows get a folder of their own."""

    name = Stage.PREPROCESSING
    retry = POLICIES[Stage.PREPROCESSING]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Make the splits."""
        if context.intent is None or context.intent.task_type is None:
            raise Bug("Preprocessing needs a task.")
        folder = JobFolder.of(ports.home, context.job_id)
        lines = requirements(context.intent.task_type)
        bundle.write(context, folder.bundle, lines)
        python = await environment(self.name, ports, lines)
        step = prepare_step(folder, fresh(folder.prepared))
        await run_script(self.name, ports, python, step)
        document = await result(
            ports, folder.prepared / "prepared.json", folder.scratch("prepared")
        )
        prepared = _read(document, folder.prepared)
        return Done(prepared, _note(prepared))


def _read(text: bytes, folder: Path) -> Prepared:
    """prepared.json, which a child process wrote: checked like any foreign document."""
    try:
        document: dict[str, JsonValue] = json.loads(text)
        return Prepared.model_validate({**document, "folder": str(folder)})
    except (ValueError, TypeError) as error:
        raise Bug("prepared.json has the wrong shape.") from error


def _note(prepared: Prepared) -> str:
    rows = prepared.rows
    return (
        f"{rows['train']:,} train, {rows['validation']:,} validation, {rows['test']:,} held out; "
        f"{prepared.duplicates_removed:,} duplicates removed"
    )


AGENT = Preprocessing()
