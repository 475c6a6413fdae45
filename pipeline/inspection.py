"""The data report: made once per set of files, in a limited child process, and kept."""

import json
from collections.abc import Iterator
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
from pipeline.scripts import core_requirements, environment, harness_script, result, run_script

_LIMITS = Limits(seconds=900, memory=4 << 30, file_size=2 << 30, output=1 << 20)
_READERS = HARNESS / "readers.txt"
_PICTURES = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"),
        *(".ppm", ".pgm", ".pbm", ".pnm", ".avif", ".heic", ".heif", ".svg"),
    )
)
_PICTURES_BEGIN = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_LOOKED_AT = 10_000  # files; a folder of more shows its kind before that


async def read_data(
    stage: Stage,
    context: JobContext,
    ports: Ports,
    files: tuple[DataInput, ...],
    *,
    leave_out_bad: bool = False,
) -> DataReport:
    """Run harness/report.py over the job's files; PersonCanFix when they cannot be read."""
    folder = JobFolder.of(ports.home, context.job_id)
    paths = [folder.data / file.location for file in files]
    lines = (*core_requirements(), *_readers(paths))
    python = await environment(stage, ports, tuple(sorted(lines)))
    work = fresh(folder.report)
    given = [{"name": file.location, "split": file.split} for file in files]
    (work / "files.json").write_text(json.dumps(given), "utf-8")
    step = Step(
        name="report",
        script=harness_script("report.py"),
        arguments=(
            *("--data", str(folder.data), "--files", "files.json"),
            *("--out", "report.json", "--tables", folder.tables.name),
            *(("--leave-out-bad-rows",) if leave_out_bad else ()),
        ),
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


def _readers(paths: list[Path]) -> tuple[str, ...]:
    """Requirements of the libraries that these files are read with, beyond the core's."""
    lines = [line.split() for line in _READERS.read_text("utf-8").splitlines() if line.strip()]
    known = {line[0]: line[1] for line in lines}
    needed = {kind for path in paths for kind in _kinds(path)}
    return tuple(known[kind] for kind in sorted(needed))


def _kinds(path: Path) -> Iterator[str]:
    """What must be read by a library, by the suffixes and first bytes of the files."""
    for number, file in enumerate([path] if path.is_file() else path.rglob("*")):
        if number >= _LOOKED_AT:
            return
        if file.suffix.lower() in _PICTURES:
            yield "picture"
        elif file.is_file() and (kind := _by_content(file)):
            yield kind


def _by_content(file: Path) -> str | None:
    with file.open("rb") as opened:
        head = opened.read(4)
    if head == b"PAR1":
        return "parquet"
    if head.startswith(_PICTURES_BEGIN):
        return "picture"
    return "workbook" if head in {b"PK\x03\x04", _OLD_WORKBOOK} else None
