"""Preprocessing: clean the rows and cut them into train, validation and held-out parts, once."""

import asyncio
from functools import partial

from pipeline import describing, row_rules
from pipeline.artifacts import Preprocessing as Prepared
from pipeline.asking import ask
from pipeline.context import JobContext
from pipeline.events import AgentLogged
from pipeline.folders import JobFolder, remove
from pipeline.improving import improved
from pipeline.jobs import Stage
from pipeline.outcomes import Done, Outcome
from pipeline.parting import part
from pipeline.ports import Ports
from pipeline.retry import POLICIES


class Preprocessing:
    """Runs the recipe's prepare.py; the held-out rows get a folder of their own."""

    name = Stage.PREPROCESSING
    retry = POLICIES[Stage.PREPROCESSING]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Make the splits."""
        folder = JobFolder.of(ports.home, context.job_id)
        await asyncio.to_thread(row_rules.forget, context, ports)
        await asyncio.to_thread(remove, folder.first_fit)
        left = await improved(self, context, ports, partial(self._left_out, context, ports))
        prepared = await part(self.name, context, ports)
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


def _note(prepared: Prepared) -> str:
    rows = prepared.rows
    return (
        f"{rows['train']:,} train, {rows['validation']:,} validation, {rows['test']:,} held out; "
        f"{prepared.duplicates_removed:,} duplicates removed"
    )


AGENT = Preprocessing()
