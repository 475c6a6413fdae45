"""Proof of life: a clean process loads a model folder and must repeat its predictions exactly."""

import asyncio
import csv
import filecmp
from pathlib import Path

from pipeline.artifacts import Proof
from pipeline.errors import Rejected
from pipeline.folders import fresh
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.ports.runtime import Limits, Step
from pipeline.recipe import read_requirements
from pipeline.scripts import environment, run_script, taken

_LIMITS = Limits(seconds=300)


async def prove(stage: Stage, ports: Ports, folder: Path, work: Path) -> Proof:
    """Load the folder with only its own requirements and predict the held-out rows again.

    Raises Rejected when the predictions are not the ones that were scored.
    """
    python = await environment(stage, ports, read_requirements(folder))
    step = Step(
        name="proof",
        script=folder / "predict.py",
        arguments=("--input", str(folder / "heldout.csv"), "--output", "predictions.csv"),
        work=fresh(work),
        reads=(folder,),
        limits=_LIMITS,
    )
    ended = await run_script(stage, ports, python, step)
    again = await taken(ports, work / "predictions.csv", work.with_name(f"{work.name}-result"))
    if not await asyncio.to_thread(_same, again, folder / "predictions.csv"):
        raise Rejected(
            "The model was loaded again but did not repeat its predictions.",
            "It was not published. Retry, or try another backbone.",
        )
    return Proof(loaded=True, rows=rows_of(again), seconds=ended.seconds)


def _same(one: Path, other: Path) -> bool:
    """Whether two files, which may be large, hold the same bytes."""
    return filecmp.cmp(one, other, shallow=False)


def rows_of(answers: Path) -> int:
    """Rows of a CSV below its header; a label may have line ends in it."""
    with answers.open(encoding="utf-8", newline="") as file:
        return max(0, sum(1 for _ in csv.reader(file)) - 1)
