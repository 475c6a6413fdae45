"""The data report: made once per set of files, in a limited child process, and kept."""

from pathlib import Path

from pydantic import ValidationError

from pipeline.artifacts import DataInput, DataReport
from pipeline.context import JobContext
from pipeline.errors import Bug
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.ports.runtime import Limits, Step
from pipeline.recipe import HARNESS
from pipeline.scripts import core_environment, harness_script, result, run_script

_LIMITS = Limits(seconds=300, memory=4 << 30, file_size=64 << 20, output=1 << 20)


async def read_data(
    stage: Stage, context: JobContext, ports: Ports, files: tuple[DataInput, ...]
) -> DataReport:
    """Run harness/report.py over the job's files; PersonCanFix when they cannot be read."""
    folder = JobFolder.of(ports.home, context.job_id)
    python = await core_environment(stage, ports)
    work = fresh(folder.report)
    step = Step(
        name="report",
        script=harness_script("report.py"),
        arguments=("--out", "report.json", *_arguments(folder.data, files)),
        work=work,
        reads=(HARNESS, folder.data),
        limits=_LIMITS,
    )
    await run_script(stage, ports, python, step)
    return await saved_report(folder, ports)


async def saved_report(folder: JobFolder, ports: Ports) -> DataReport:
    """The report made at intake."""
    document = await result(ports, folder.report / "report.json", folder.scratch("report"))
    try:
        return DataReport.model_validate_json(document)
    except ValidationError as error:
        raise Bug("The data report has the wrong shape.") from error


def _arguments(data: Path, files: tuple[DataInput, ...]) -> tuple[str, ...]:
    """`--train F` for files of a named split, plain paths for the rest."""
    arguments: list[str] = []
    for file in files:
        if file.split is not None:
            arguments.append(f"--{file.split}")
        arguments.append(str(data / file.location))
    return tuple(arguments)
