"""Learn to write like the texts: by counting, or by fine-tuning a language model.

    python train.py --config config.json --fit PREPARED/fit --out model
    python train.py ... --rehearse      a few pieces and seconds, the same steps

Counting needs no weights and no GPU: what follows contexts of up to six characters, the word
begun and the word before it, and what the text itself has just said, weighed anew at every
character by a gate that is learned on the validation texts.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine

import argparse
import time
from pathlib import Path

from config import BundleConfig, load_config
from process_age import process_age
from progress import run, say
from tables import load_table
from writing_form import read_form
from writing_pieces import texts_in
from writing_store import save_writer, writer_for
from writing_training import counted_writer, some_of

COUNTING = "counting"  # the backbone without a network
REHEARSAL_CHARACTERS = 20_000
SAVING = 0.9  # of the time is for learning, the rest for writing the model


def main() -> None:
    """Learn from training and validation texts, save."""
    parser = argparse.ArgumentParser(description="Train the writer.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true")
    told = parser.parse_args()
    config = load_config(told.config)
    train, validation = texts(config, told.fit)
    ends = not read_form(told.fit)
    if told.rehearse:
        train = some_of(train, REHEARSAL_CHARACTERS)
        validation = some_of(validation, REHEARSAL_CHARACTERS)
    if config.backbone == COUNTING:
        counting(config, train, validation, told.out, ends=ends)
        return
    from writing_tuning import tuned  # noqa: PLC0415 - counting needs no torch

    tuned(config, train, validation, told.out, ends=ends, rehearse=told.rehearse)


def counting(
    config: BundleConfig, train: list[str], validation: list[str], folder: Path, *, ends: bool
) -> None:
    """The model that counts, in its folder."""
    started = time.monotonic() - process_age()
    model, reached, facts = counted_writer(
        config,
        train,
        validation,
        ends=ends,
        deadline=started + config.budget_seconds * SAVING,
    )
    facts["seconds"] = round(time.monotonic() - started, 1)
    save_writer(writer_for(config, model, ends=ends), folder, facts)
    say("train", "model saved", done=1, numbers={config.metric: reached})


def texts(config: BundleConfig, fit: Path) -> tuple[list[str], list[str]]:
    """Training and validation texts; a few of the first where there are none of the second."""
    column = config.column("text")
    train = texts_in(load_table(fit / "train.jsonl"), column)
    validation = texts_in(load_table(fit / "validation.jsonl"), column)
    if not validation:
        at = max(1, len(train) * 9 // 10)
        train, validation = train[:at], train[at:] or train[-1:]
    return train, validation


if __name__ == "__main__":
    run(main)
