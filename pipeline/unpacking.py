"""Archives among the person's files: unpacked in a limited child process, before anything else."""

import asyncio
import json
import os
import re
from pathlib import Path

from pipeline.archives import is_archive
from pipeline.artifacts import DataInput
from pipeline.context import JobContext
from pipeline.events import AgentLogged
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.ports.runtime import Limits, Step
from pipeline.recipe import HARNESS
from pipeline.scripts import core_requirements, environment, harness_script, result, run_script

_SUFFIXES = re.compile(r"(\.(zip|tar|tgz|tbz2?|txz|gz|bz2|xz))+$", re.IGNORECASE)
_LIMITS = Limits(seconds=600, memory=2 << 30, file_size=8 << 30, output=1 << 20)


async def unpacked(stage: Stage, context: JobContext, ports: Ports, file: DataInput) -> DataInput:
    """The folder of what an archive held, in its place; anything else as it is.

    PersonCanFix when an archive is too large, damaged or holds nothing that can be used.
    """
    folder = JobFolder.of(ports.home, context.job_id)
    archive = folder.data / file.location
    if not await asyncio.to_thread(is_archive, archive):
        return file
    work = fresh(folder.scratch("unpacked"))
    step = Step(
        name="unpack",
        script=harness_script("unpack.py"),
        arguments=("--archive", str(archive), "--out", "files"),
        work=work,
        reads=(HARNESS, folder.data),
        limits=_LIMITS,
    )
    python = await environment(stage, ports, core_requirements())
    await run_script(stage, ports, python, step)
    told = json.loads(await result(ports, work / "unpacked.json", folder.scratch("told")))
    if not told["archive"]:
        return file
    for note in told["notes"]:
        await ports.emit(AgentLogged(stage=stage, message=note, warning=True))
    await asyncio.to_thread(archive.unlink)
    place = _free(archive)
    await asyncio.to_thread(ports.workbench.take, work / "files", place)
    fresh(folder.scratch("unpacked"))
    return file.model_copy(update={"location": str(place.relative_to(folder.data))})


def _free(archive: Path) -> Path:
    """A folder named like the archive, with a number where that name is taken."""
    bare = _SUFFIXES.sub("", archive.name) or "archive"
    name, number = bare, 2
    while os.path.lexists(archive.with_name(name)):
        name, number = f"{bare}-{number}", number + 1
    return archive.with_name(name)
