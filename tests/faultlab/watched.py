"""Runs the command line with a clock that can be set and a diary of the stages it works on.

    python -m tests.faultlab.watched NAME FOLDER -- worker

FOLDER/NAME.clock holds the seconds by which the clock is wrong; FOLDER/diary has a line for each
stage that begins or ends here, by the monotonic clock, which all processes of a machine share.
"""

import json
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from adapters import clock
from bot.__main__ import main
from pipeline.jobs import Stage
from pipeline.ledger import Ledger
from pipeline.orchestrator import Orchestrator
from pipeline.outcomes import Outcome
from pipeline.ports.store import JobRow

DIARY = "diary"


def set_clock_by(file: Path) -> None:
    """Let the clock be wrong by what the file says."""
    right = clock._wall

    def wrong() -> datetime:
        try:
            off = float(file.read_text() or 0)
        except FileNotFoundError:
            off = 0.0
        return right() + timedelta(seconds=off)

    clock._wall = wrong


def keep_diary(file: Path) -> None:
    """Note when an attempt at a stage begins and ends."""
    attempt = Orchestrator._attempt

    def note(job: str, stage: Stage, what: str) -> None:
        line = {"pid": os.getpid(), "job": job, "stage": stage, "what": what}
        text = json.dumps({**line, "at": time.monotonic()}) + "\n"
        with file.open("a", encoding="utf-8") as diary:
            diary.write(text)

    async def noted(self: Orchestrator, row: JobRow, now: Stage, ledger: Ledger) -> Outcome:
        note(row.id, now, "began")
        try:
            return await attempt(self, row, now, ledger)
        finally:
            note(row.id, now, "ended")

    Orchestrator._attempt = noted  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    name, folder, _, *arguments = sys.argv[1:]
    set_clock_by(Path(folder) / f"{name}.clock")
    keep_diary(Path(folder) / DIARY)
    main(arguments)
