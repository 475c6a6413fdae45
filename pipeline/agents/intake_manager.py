"""Intake: ask for what is missing, bring the data in, and look whether it can be read at all."""

import asyncio
from collections.abc import Iterable

from pipeline.artifacts import Collected, DataInput, DataReport
from pipeline.context import JobContext
from pipeline.errors import PersonCanFix
from pipeline.folders import JobFolder, fresh
from pipeline.inspection import read_data
from pipeline.jobs import Stage
from pipeline.outcomes import Ask, Done, Outcome
from pipeline.ports import Ports
from pipeline.ports.source import Source
from pipeline.readiness import grouped_question, missing
from pipeline.retry import POLICIES


class IntakeManager:
    """Ready is what `readiness.missing` finds nothing against; nobody else may say so."""

    name = Stage.INTAKE_MANAGER
    retry = POLICIES[Stage.INTAKE_MANAGER]

    async def run(self, context: JobContext, ports: Ports) -> Outcome:
        """Collect the inputs, or ask one grouped question for all that is missing."""
        needs = missing(context.request)
        if needs:
            return Ask(grouped_question(needs), "+".join(need.field for need in needs))
        wanted = context.request.runtime or context.request.settings.get("runtime") or "local"
        runtime = _known("runtime", str(wanted), ports.runtimes)
        host = _known("host", context.request.host or "folder", ports.hosts)
        files = await _fetch_all(context, ports)
        report = await read_data(self.name, context.evolve(collected=None), ports, files)
        collected = Collected(
            files=files,
            runtime=runtime,
            host=host,
            summary=tuple(_summary(report)),
        )
        return Done(collected, "; ".join(collected.summary))


def _known(what: str, name: str, shelf: Iterable[str]) -> str:
    known = sorted(shelf)
    if name not in known:
        raise PersonCanFix(
            f"The {what} '{name}' is not available here.",
            f"Available: {', '.join(known)}. Say which one to use, or “cancel”.",
            field=what,
            options=known,
        )
    return name


async def _fetch_all(context: JobContext, ports: Ports) -> tuple[DataInput, ...]:
    """Copy every input into the job's data folder; a file keeps the split its input was given."""
    folder = await asyncio.to_thread(fresh, JobFolder.of(ports.home, context.job_id).data)
    files: list[DataInput] = []
    for given in context.request.inputs:
        for path in await _source(given, ports).fetch(given.location, folder):
            below = str(path.relative_to(folder))
            files.append(DataInput(location=below, split=given.split))
    return tuple(files)


def _source(given: DataInput, ports: Ports) -> Source:
    for source in ports.sources.values():
        if source.takes(given.location):
            return source
    known = ", ".join(sorted(ports.sources))
    raise PersonCanFix(
        f"I cannot fetch '{given.location}' yet.",
        f"Give a path to a file or folder on this machine (sources here: {known}).",
        field="data",
    )


def _summary(report: DataReport) -> list[str]:
    """What came in, in a line per file."""
    return [
        f"{file.name}: {file.rows:,} rows, {len(report.columns)} columns ({file.format})"
        for file in report.files
    ]


AGENT = IntakeManager()
