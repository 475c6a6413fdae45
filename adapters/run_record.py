"""What a run on this machine leaves for every process to read: `run.json` and `output.log`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from pipeline.ports.runtime import StepResult

LOG = "output.log"
_RECORD = "run.json"
Status = Literal["running", "done", "failed", "lost"]


@dataclass(frozen=True)
class RunRecord:
    """Where a run is. `begun` tells apart what was begun under the same name."""

    name: str
    status: Status
    step: str
    result: StepResult | None
    begun: str = ""

    @classmethod
    def read(cls, folder: Path) -> "RunRecord":
        """Raises OSError or ValidationError where there is none."""
        return _RECORDS.validate_json((folder / _RECORD).read_bytes())

    def write(self, folder: Path) -> None:
        """Whole or not at all. Raises OSError."""
        draft = folder / f".{_RECORD}"
        draft.write_bytes(_RECORDS.dump_json(self))
        draft.replace(folder / _RECORD)


_RECORDS = TypeAdapter(RunRecord)


def lines_after(
    log: Path, lines_read: int, position: tuple[int, int] = (0, 0)
) -> tuple[tuple[str, ...], tuple[int, int]]:
    """Whole lines after the first `lines_read`, and the position (line, byte) behind them."""
    line, offset = position if position[0] == lines_read else (0, 0)
    with log.open("rb") as file:
        file.seek(offset)
        whole = file.read().rpartition(b"\n")[0:2]
    text = b"".join(whole)
    lines = text.decode(errors="replace").split("\n")[:-1]  # as written: no other line end counts
    return tuple(lines[lines_read - line :]), (line + len(lines), offset + len(text))
