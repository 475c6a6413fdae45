"""Learn to find entities: a linear chain (CRF) over the forms of words and their neighbours.

    python train.py --config config.json --fit PREPARED/fit --out model
    python train.py ... --rehearse      a few sentences and seconds, the same steps

How strongly weights are kept small, and from which score on a word is in no span, is chosen on
sentences that were not learned from. Where the config names weights, a network is fine-tuned.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from config import BundleConfig, load_config
from process_age import process_age
from progress import run, say
from tables import load_fit, load_table
from tagging_cutting import learned_cutter
from tagging_model import TaggingModel
from tagging_sentences import Sentence, from_table
from tagging_training import trained_tagger

REHEARSAL_ROWS = 100
REHEARSAL_SECONDS = 5.0


def main() -> None:
    """Read, learn, save."""
    parser = argparse.ArgumentParser(description="Train the tagger.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true")
    told = parser.parse_args()
    started = time.monotonic() - process_age()
    config = load_config(told.config)
    if config.weights is not None:
        _fine_tuned(config, told.fit, told.out, rehearse=told.rehearse)
        return
    sentences = from_table(load_fit(told.fit), config)
    if told.rehearse:
        sentences = few(sentences)
        config = replace(config, budget_seconds=min(config.budget_seconds, REHEARSAL_SECONDS))
    say("train", f"{len(sentences):,} sentences", done=0.05)
    cutter = learned_cutter(sentence.words for sentence in sentences)
    tagger, chosen = trained_tagger(sentences, config, started=started)
    TaggingModel(tagger, cutter, config.column("tokens")).save(told.out)
    say("train", "model saved", done=1, numbers={config.metric: chosen.value})


def few(sentences: Sequence[Sentence]) -> list[Sentence]:
    """A few sentences, those with spans first, so that there is something to learn."""
    return sorted(sentences, key=lambda one: not one.spans)[:REHEARSAL_ROWS]


def _fine_tuned(config: BundleConfig, fit: Path, out: Path, *, rehearse: bool) -> None:
    """The same with a network that knows its language; its libraries may not be there."""
    from deep_machine import deep_quiet  # noqa: PLC0415

    deep_quiet()
    from tagging_tuning import fine_tuned  # noqa: PLC0415

    train, unseen = (
        from_table(load_table(fit / f"{part}.jsonl"), config) for part in ("train", "validation")
    )
    cutter = learned_cutter(sentence.words for sentence in (*train, *unseen))
    if rehearse:
        train, unseen = few(train), few(unseen)
    tagger, value = fine_tuned(train, unseen, config, out, rehearse=rehearse)
    TaggingModel(tagger, cutter, config.column("tokens")).save(out)
    say("train", "model saved", done=1, numbers={config.metric: value})


if __name__ == "__main__":
    run(main)
