"""The checkpoints of a training: only one that was saved to its end may be gone on from.

A list of all its files with their sizes is written last: one that was cut off does not fit it.
"""

import json
import shutil
from pathlib import Path

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

WHOLE = "whole.json"


class Sealed(TrainerCallback):  # type: ignore[misc] # its types are not installed
    """Lists the files of each checkpoint when all are written."""

    def on_save(
        self, args: TrainingArguments, state: TrainerState, _control: TrainerControl, **_: object
    ) -> None:
        """A checkpoint is saved."""
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        (folder / WHOLE).write_text(json.dumps(_sizes(folder)), "utf-8")


def last_whole(work: Path) -> str | None:
    """The newest whole checkpoint; newer ones were cut off, and are thrown away."""
    for folder in sorted(work.glob("checkpoint-*"), key=_step, reverse=True):
        if _is_whole(folder):
            return str(folder)
        shutil.rmtree(folder)
    return None


def _is_whole(folder: Path) -> bool:
    try:
        listed: object = json.loads((folder / WHOLE).read_bytes())
    except (OSError, ValueError):
        return False
    return listed == _sizes(folder)


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file by its path inside the folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != WHOLE)
    return {str(path.relative_to(folder)): path.stat().st_size for path in files}


def _step(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])
