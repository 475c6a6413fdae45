"""Preprocessing: clean the rows and cut them into train, validation and held-out parts, once."""

import asyncio
import json
from functools import partial
from pathlib import Path

from pydantic import JsonValue

from pipeline import bundle, describing, row_rules
from pipeline.artifacts import Preprocessing as Prepared
from pipeline.asking import ask
from pipeline.context import JobContext
from pipeline.errors import Bug
from pipeline.events import AgentLogged
from pipeline.folders import JobFolder, fresh, remove
from pipeline.improving import improved
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
        await asyncio.to_thread(row_rules.forget, context, ports)
        await asyncio.to_thread(remove, folder.first_fit)
        left = await improved(self, context, ports, partial(self._left_out, context, ports))
        lines = requirements(context.intent.task_type)
        bundle.write(context, folder.bundle, lines)
        python = await environment(self.name, ports, lines)
        step = prepare_step(folder, fresh(folder.prepared))
        await run_script(self.name, ports, python, step)
        document = await result(
            ports, folder.prepared / "prepared.json", folder.scratch("prepared")
        )
        prepared = _read(document, folder.prepared)
        prepared = prepared.model_copy(update={"steps": (*prepared.steps, *(left or ()))})
        return Done(prepared, _note(prepared))

    async def _left_out(self, context: JobContext, ports: Ports) -> tuple[str, ...] | None:
        """Rows that a model takes for no examples are left out; a line for each rule."""
        report = context.data_report
        if report is None:
            return None
        reply = await ask(
            context,
            ports,
            self.name,
            row_rules.Rules,
            prompt="preprocessing",
            values={
                **describing.facts(context, ports),
                "roles": describing.roles(report.roles),
            },
        )
        if reply is None or not reply.leave_out:
            return None
        row_rules.check(reply.leave_out, report)
        told = await row_rules.applied(context, ports, report, reply.leave_out)
        for line in told:
            await ports.emit(AgentLogged(stage=self.name, message=line, warning=True))
        return told


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
