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


HELD_OUT = ("heldout.csv", "heldout.jsonl")


async def prove(stage: Stage, ports: Ports, folder: Path, work: Path) -> Proof:
    """Load the folder with only its own requirements and predict the held-out rows again.

    Raises Rejected when the predictions are not the ones that were scored.
    """
    python = await environment(stage, ports, read_requirements(folder))
    held = held_out(folder)
    answers = f"predictions{held.suffix}"
    step = Step(
        name="proof",
        script=folder / "predict.py",
        arguments=("--input", str(held), "--output", answers),
        work=fresh(work),
        reads=(folder,),
        limits=_LIMITS,
    )
    ended = await run_script(stage, ports, python, step)
    again = await taken(ports, work / answers, work.with_name(f"{work.name}-result"))
    if not await asyncio.to_thread(_same, again, folder / answers):
        raise Rejected(
            "The model was loaded again but did not repeat its predictions.",
            "It was not published. Retry, or try another backbone.",
        )
    return Proof(loaded=True, rows=rows_of(again), seconds=ended.seconds)


def _same(one: Path, other: Path) -> bool:
    """Whether two files, which may be large, hold the same bytes."""
    return filecmp.cmp(one, other, shallow=False)


def held_out(folder: Path) -> Path:
    """The held-out rows of a model folder; Rejected when there are none."""
    found = next((folder / name for name in HELD_OUT if (folder / name).is_file()), None)
    if found is None:
        raise Rejected("The training left no held-out rows to prove the model on.", "Retry.")
    return found


def rows_of(answers: Path) -> int:
    """JSON lines, or rows of a CSV below its header; a label may have line ends in it."""
    with answers.open(encoding="utf-8", newline="") as file:
        if answers.suffix == ".jsonl":
            return sum(1 for line in file if line.strip())
        return max(0, sum(1 for _ in csv.reader(file)) - 1)
