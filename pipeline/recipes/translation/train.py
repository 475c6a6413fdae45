"""Learn to translate: by phrases seen in translated texts, or by a network.

    python train.py --config config.json --fit PREPARED/fit --out model
    python train.py ... --rehearse      a few rows and seconds, the same steps

Without weights to begin with, words that stand for each other are found in the pairs, phrases of
them are put together as the target language goes. With weights (Marian, NLLB, T5), these are
fine-tuned.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from dataclasses import replace
from pathlib import Path

from config import BundleConfig, load_config
from pairs_languages import named, tongues_of
from pairs_model import Facts, save_pairs
from pairs_training import learned_pairs, unused_settings
from process_age import process_age
from progress import run, say
from retrieving_training import train_book
from tables import Table, load_table

PHRASES = "phrases"
REHEARSAL_PAIRS = 200
REHEARSAL_SECONDS = 10.0
METHOD = (
    "phrases: runs of words seen in translated texts are put together; a word never seen stays as"
    " it is, and long sentences may lose their order"
)


def main() -> None:
    """Train what the config names, save."""
    parser = argparse.ArgumentParser(description="Train the translator.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true")
    told = parser.parse_args()
    begun = time.monotonic() - process_age()
    config = load_config(told.config)
    parts = [load_table(told.fit / f"{part}.jsonl") for part in ("train", "validation")]
    if config.backbone == PHRASES:
        _phrases(config, parts, told.out, begun, rehearse=told.rehearse)
    else:
        _network(config, parts, told.out, rehearse=told.rehearse)


def _phrases(
    config: BundleConfig, parts: list[Table], out: Path, begun: float, *, rehearse: bool
) -> None:
    for line in unused_settings(config):
        say("train", line)
    train, unseen = (learned_pairs(part) for part in parts)
    if rehearse:
        config = replace(config, budget_seconds=min(REHEARSAL_SECONDS, config.budget_seconds))
    few = REHEARSAL_PAIRS if rehearse else None
    learned = train_book(config, train, unseen[:few], begun, few=few)
    tongues = tongues_of(train)
    about: Facts = {
        "method": METHOD,
        "languages": f"{named(tongues.source)} to {named(tongues.target)}",
        "pairs_learned_from": learned.pairs,
        "pairs_left_out": learned.unlike,
        "phrases": len(learned.book.phrases),
    }
    if learned.unlike:
        say("train", f"{learned.unlike} pairs are too long, or too unlike in length: left out")
    _save(config, parts[0], out, PHRASES, settings=learned.book.settings, about=about)
    learned.book.save(out)
    say("train", "model saved", done=1, numbers={config.metric: learned.reached})


def _network(config: BundleConfig, parts: list[Table], out: Path, *, rehearse: bool) -> None:
    from pairs_network import train_network  # noqa: PLC0415 - torch only for those who need it

    train, unseen = (learned_pairs(part) for part in parts)
    tongues = tongues_of(train)
    network, about = train_network(config, out, train, unseen, tongues=tongues, rehearse=rehearse)
    told: Facts = {
        "method": f"writes: {config.backbone}, fine-tuned on the pairs",
        "languages": f"{named(tongues.source)} to {named(tongues.target)}",
        **about,
    }
    _save(config, parts[0], out, "network", settings=network.settings, about=told)
    network.save(out)
    say("train", "model saved", done=1)


def _save(
    config: BundleConfig, rows: Table, out: Path, kind: str, *, settings: Facts, about: Facts
) -> None:
    source = config.column("source")
    save_pairs(out, kind, columns=rows.names, source=source, settings=settings, about=about)


if __name__ == "__main__":
    run(main)
