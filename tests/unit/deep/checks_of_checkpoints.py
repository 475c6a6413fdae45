"""From which checkpoints a training goes on; runs inside the deep environment, beside the bundle.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import contextlib
import shutil
import tempfile
from pathlib import Path

from checks import At, build, learned
from deep_checkpoints import WHOLE
from deep_training import CHECKPOINTS, facts
from transformers import Trainer


def killed(folder: str) -> Path:
    """The checkpoint that is left of a training which was killed."""

    def die() -> None:
        raise KeyboardInterrupt

    def dies(arguments: dict[str, object]) -> Trainer:
        trainer = build(arguments)
        trainer.add_callback(At(4, 30, die))
        return trainer

    with contextlib.suppress(KeyboardInterrupt):
        learned(maker=dies, folder=folder)
    (left,) = (Path(folder) / CHECKPOINTS).glob("checkpoint-*")
    return left


def goes_on(folder: str) -> bool:
    """Whether the next attempt goes on from a checkpoint; all epochs are learned in any case."""
    trainer, lines = learned(folder=folder)
    assert facts(trainer)["steps"] == 48
    return any("going on" in line["message"] for line in lines)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def check_a_killed_training_goes_on_from_its_checkpoint() -> None:
    with tempfile.TemporaryDirectory() as folder:
        killed(folder)
        assert goes_on(folder)


def check_a_checkpoint_that_was_cut_off_is_not_gone_on_from() -> None:
    for name in ("model.safetensors", "optimizer.pt", "trainer_state.json", WHOLE):
        with tempfile.TemporaryDirectory() as folder:
            cut(killed(folder) / name)
            assert not goes_on(folder), name
    with tempfile.TemporaryDirectory() as folder:
        (killed(folder) / WHOLE).unlink()
        assert not goes_on(folder)


def check_an_older_whole_checkpoint_stands_in_for_one_that_was_cut_off() -> None:
    with tempfile.TemporaryDirectory() as folder:
        last = killed(folder)
        shutil.copytree(last, last.with_name("checkpoint-1"))
        cut(last / "model.safetensors")
        assert goes_on(folder)
