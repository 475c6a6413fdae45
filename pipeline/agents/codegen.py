"""Codegen: write the bundle that trains, check it, and rehearse it on a few rows."""

import asyncio
from functools import partial

from pipeline import bundle, describing, editing, refitting
from pipeline.artifacts import Bundle, Preprocessing
from pipeline.asking import ask
from pipeline.context import JobContext
from pipeline.errors import Bug
from pipeline.events import AgentLogged
from pipeline.folders import JobFolder, fresh
from pipeline.improving import improved
from pipeline.jobs import Stage
from pipeline.outcomes import Done, Outcome
from pipeline.parting import part
from pipeline.ports import Ports
from pipeline.prompting import Data
from pipeline.proposals import plain
from pipeline.retry import POLICIES
from pipeline.scripts import Stopwatch, environment, reporter, run_script
from pipeline.training import prepare_step, rehearsal_step

_PROPOSED = "proposed"
_LONGEST_SCRIPT = 40_000


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
        await asyncio.to_thread(refitting.undone, folder)
        split = await self._split(context, ports, folder)
        propose = partial(self._changed, context, ports, lines)
        better = await improved(self, context, ports, propose)
        how = "written" if better is None else "changed"
        if better is None:
            await asyncio.to_thread(refitting.undone, folder)
            better = await self._drafted(context, ports, lines)
        made = better.model_copy(update={"split": split})
        return Done(made, f"train.py {how} and rehearsed in {_seconds(made)}")

    async def _split(
        self, context: JobContext, ports: Ports, folder: JobFolder
    ) -> Preprocessing | None:
        """The parts of the rows, where no stage before has cut them; lost ones are cut again."""
        if context.preprocessing and (folder.prepared / "fit").is_dir():
            return None
        split = await part(self.name, context, ports)
        return None if context.preprocessing else split

    async def _drafted(self, context: JobContext, ports: Ports, lines: tuple[str, ...]) -> Bundle:
        """The recipe's own scripts."""
        folder = JobFolder.of(ports.home, context.job_id)
        bundle.write(context, folder.bundle, lines)
        bundle.check(folder.bundle)
        return await self._rehearsed(context, ports, folder, lines)

    async def _changed(
        self, context: JobContext, ports: Ports, lines: tuple[str, ...]
    ) -> Bundle | None:
        """The scripts with what a model changes in them, once they have passed every check."""
        if ports.workbench.level == "limited":
            return None  # behind no sandbox stands nobody's code but the library's own
        folder = JobFolder.of(ports.home, context.job_id)
        bundle.write(context, folder.bundle, lines)
        reply = await ask(
            await asyncio.to_thread(_reminded, context, folder),
            ports,
            self.name,
            editing.Edits,
            prompt="codegen",
            values=_facts(context, ports, folder, lines),
        )
        kept = fresh(folder.scratch(_PROPOSED))
        if reply is None:
            return None
        texts = await asyncio.to_thread(editing.edited, folder.bundle, reply.edits)
        await asyncio.to_thread(editing.keep, texts, kept)
        if not texts:
            return None
        editing.check(texts, folder.bundle, lines)
        shown = f"{plain(reply.why)}\n{editing.difference(texts, folder.bundle)}".strip()
        await ports.emit(AgentLogged(stage=self.name, message=shown))
        for name, text in texts.items():
            (folder.bundle / name).write_text(text, "utf-8")
        if "prepare.py" in texts:
            await self._prepared_again(ports, folder, lines)
        made = await self._rehearsed(context, ports, folder, lines)
        return made.model_copy(update={"rehearsal_work": None})  # it may rehearse otherwise

    async def _prepared_again(
        self, ports: Ports, folder: JobFolder, lines: tuple[str, ...]
    ) -> None:
        """What is learned from, cut by the changed script, where it is of the same rows."""
        python = await environment(self.name, ports, lines)
        again = fresh(folder.scratch("prepared-again"))
        await run_script(self.name, ports, python, prepare_step(folder, again))
        await asyncio.to_thread(refitting.taken, ports, again, folder)

    async def _rehearsed(
        self, context: JobContext, ports: Ports, folder: JobFolder, lines: tuple[str, ...]
    ) -> Bundle:
        """The bundle as it stands in its folder, tried on a few rows."""
        python = await environment(self.name, ports, lines)
        work = fresh(folder.scratch("rehearsal"))
        step = rehearsal_step(context, folder, work)
        watch = Stopwatch(ports.clock, reporter(self.name, ports))
        ended = await run_script(self.name, ports, python, step, watch)
        return Bundle(
            folder=str(folder.bundle),
            files=bundle.digests(folder.bundle),
            requirements=lines,
            rehearsal_seconds=ended.seconds,
            rehearsal_work=watch.seconds,
        )


def _reminded(context: JobContext, folder: JobFolder) -> JobContext:
    """The job whose error stands with the change that led to it."""
    told = context.feedback.get(Stage.CODEGEN, "")
    told = editing.with_kept(told, folder.scratch(_PROPOSED), folder.bundle)
    return context.evolve(feedback={**context.feedback, Stage.CODEGEN: told})


def _facts(
    context: JobContext, ports: Ports, folder: JobFolder, lines: tuple[str, ...]
) -> dict[str, str | Data]:
    """What the model is shown: the scripts as they stand and what they work on."""
    prepare, train = ((folder.bundle / name).read_text("utf-8") for name in bundle.EDITABLE)
    return {
        **describing.facts(context, ports, used=_used(context)),
        "roles": describing.roles(context.columns),
        "config": describing.config((folder.bundle / "config.json").read_text("utf-8"), ports),
        "requirements": ", ".join(lines),
        "prepare": Data(prepare, longest=_LONGEST_SCRIPT),
        "train": Data(train, longest=_LONGEST_SCRIPT),
    }


def _used(context: JobContext) -> set[str]:
    """The columns that play a part."""
    parts = context.columns.values()
    return {name for one in parts for name in ([one] if isinstance(one, str) else one)}


def _seconds(written: Bundle) -> str:
    return f"{written.rehearsal_seconds:.1f} s"


AGENT = Codegen()
