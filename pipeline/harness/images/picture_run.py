"""Main of train.py and of baseline.py for pictures: which way to learn, and where it is kept."""

import argparse
import time
from dataclasses import replace
from pathlib import Path

from config import BundleConfig, load_config
from picture_baselines import make_baselines
from picture_model import PictureModel
from picture_rows import lesson_of, two_lessons
from picture_training import train_pictures
from process_age import process_age
from progress import say

REHEARSAL_PICTURES = 40
REHEARSAL_SECONDS = 6.0


def train() -> None:
    """Read, learn, save."""
    parser = argparse.ArgumentParser(description="Learn from pictures.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true", help="few pictures, a few seconds")
    told = parser.parse_args()
    started = time.monotonic() - process_age()
    config = load_config(told.config)
    model = _tuned(config, told) if config.weights else _learned(config, told, started)
    model.save(told.out)
    seconds = time.monotonic() - started
    say("train", f"model saved after {seconds:.0f} s", done=1)


def baselines() -> None:
    """Make the models there are to beat."""
    parser = argparse.ArgumentParser(description="Make the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config = load_config(told.config)
    make_baselines(config, lesson_of(config, told.fit), told.out)


def _learned(config: BundleConfig, told: argparse.Namespace, started: float) -> PictureModel:
    lesson = lesson_of(config, told.fit)
    if told.rehearse:
        config = replace(config, budget_seconds=min(config.budget_seconds, REHEARSAL_SECONDS))
        lesson = lesson.some(REHEARSAL_PICTURES, config.seed)
    return train_pictures(config, lesson, started)


def _tuned(config: BundleConfig, told: argparse.Namespace) -> PictureModel:
    from picture_tuning import tune_pictures  # noqa: PLC0415 - torch is not there for the others

    learned, unseen = two_lessons(config, told.fit)
    if told.rehearse:
        learned = learned.some(REHEARSAL_PICTURES, config.seed)
        unseen = unseen.some(REHEARSAL_PICTURES, config.seed)
    return tune_pictures(config, learned, unseen, told.out, rehearse=told.rehearse)
