"""Codegen: write the bundle that trains, check it, and rehearse it on a few rows."""

from pathlib import Path

from pipeline import bundle
from pipeline.artifacts import Bundle
from pipeline.context import JobContext
from pipeline.errors import Bug
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import Stage
from pipeline.outcomes import Done, Outcome
from pipeline.ports import Ports
from pipeline.ports.runtime import Limits, Step
from pipeline.retry import POLICIES
from pipeline.scripts import environment, run_script

_LIMITS = Limits(seconds=120)


class Codegen:
    """The recipe's own scripts are the checked draft; a rehearsal that fails is fed back."""

    name = Stage.CODEGEN
    retry = POLICIES[Stage.CODEGEN]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Write, check and rehearse the bundle."""
        if context.architecture is None:
            raise Bug("Codegen needs the architecture.")
        lines = context.architecture.requirements
        folder = JobFolder.of(ports.home, context.job_id)
        files = bundle.write(context, folder.bundle, lines)
        bundle.check(folder.bundle)
        python = await environment(self.name, ports, lines)
        seconds = await self._rehearse(ports, python, folder)
        written = Bundle(
            folder=str(folder.bundle), files=files, requirements=lines, rehearsal_seconds=seconds
        )
        return Done(written, f"train.py written and rehearsed in {seconds:.1f} s")

    async def _rehearse(self, ports: Ports, python: Path, folder: JobFolder) -> float:
        fit = folder.prepared / "fit"
        step = Step(
            name="rehearsal",
            script=folder.bundle / "train.py",
            arguments=(
                *("--config", str(folder.bundle / "config.json"), "--fit", str(fit)),
                *("--out", "model", "--rehearse"),
            ),
            work=fresh(folder.scratch("rehearsal")),
            reads=(folder.bundle, fit),
            limits=_LIMITS,
        )
        return (await run_script(self.name, ports, python, step)).seconds


AGENT = Codegen()
