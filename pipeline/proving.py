"""Proof of life: a clean process loads a model folder and must repeat its predictions exactly."""

import csv
import io
from pathlib import Path

from pipeline.artifacts import Proof
from pipeline.errors import Rejected
from pipeline.folders import fresh
from pipeline.jobs import Stage
from pipeline.ports import Ports
from pipeline.ports.runtime import Limits, Step
from pipeline.recipe import read_requirements
from pipeline.scripts import environment, result, run_script

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
    again = await result(ports, work / "predictions.csv", work.with_name(f"{work.name}-result"))
    if again != (folder / "predictions.csv").read_bytes():
        raise Rejected(
            "The model was loaded again but did not repeat its predictions.",
            "It was not published. Retry, or try another backbone.",
        )
    return Proof(loaded=True, rows=rows_of(again), seconds=ended.seconds)


def rows_of(answers: bytes) -> int:
    """Rows of a CSV below its header; a label may have line ends in it."""
    records = csv.reader(io.StringIO(answers.decode("utf-8"), newline=""))
    return max(0, sum(1 for _ in records) - 1)
