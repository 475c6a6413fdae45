"""Where the benchmark keeps its environments, and the tables that come inside packages."""

import asyncio
import os
import sys
from functools import cache
from pathlib import Path

from adapters.environments import Environments
from pipeline.jobs import TaskType
from pipeline.recipe import find_recipe, requirements
from tests.benchmarks.quality.processes import run
from tests.benchmarks.quality.sets import ROOT, DataSet

HERE = Path(__file__).parent
PEERS = HERE.with_name("peers")
KEPT = ROOT / ".benchmarks"


def training_python(task: TaskType) -> Path:
    """Python of the environment that a job of this task trains in."""
    return _python(
        tuple(sorted({*requirements(task), *find_recipe(task).backbones[0].requirements}))
    )


def comparing_python() -> Path:
    """Python of the simple comparisons."""
    return _python(requirement_lines(HERE / "requirements.txt"))


def peer_python(peer: str) -> Path:
    """Python of another tool."""
    return _python(requirement_lines(PEERS / f"{peer}.txt"))


def table_of(chosen: DataSet) -> Path:
    """The file of a data set that comes inside a package; made once."""
    folder = KEPT / "tables"
    file = folder / f"{chosen.name}.csv"
    if chosen.bundled and not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        run(comparing_python(), HERE / "bundled.py", chosen.name, file, folder=folder)
    return file


def requirement_lines(file: Path) -> tuple[str, ...]:
    """The requirements in a file, comments left out."""
    told = (line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    return tuple(line for line in told if line)


@cache
def _python(lines: tuple[str, ...]) -> Path:
    """Python of the environment with these requirements, made once and kept."""
    folder = Path(os.environ.get("MLTRAINER_ENV_CACHE", KEPT / "environments"))

    async def told(line: str) -> None:
        print(line, file=sys.stderr)

    return asyncio.run(Environments(folder).prepare(lines, told))
