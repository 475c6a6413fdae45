"""Learn to sum texts up: by choosing their telling sentences, or by writing with a network.

    python train.py --config config.json --fit PREPARED/fit --out model
    python train.py ... --rehearse      a few rows and seconds, the same steps

Without weights to begin with, which words of a text summaries keep is learned, and the sentences
that hold most of them are taken over. With weights (T5, BART), these are fine-tuned.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
from pathlib import Path

from config import BundleConfig, load_config
from extracting_training import train_extractor
from pairs_model import Facts, save_pairs
from pairs_training import learned_pairs, unused_settings
from process_age import process_age
from progress import run, say
from tables import Table, load_fit, load_table

EXTRACTS = "extract"
REHEARSAL_ROWS = 60
ABOUT: Facts = {
    "method": "extracts: the summary is made of sentences of the text, word for word, chosen by"
    " which words summaries keep; nothing is written anew",
}


def main() -> None:
    """Train what the config names, save."""
    parser = argparse.ArgumentParser(description="Train the summarizer.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true")
    told = parser.parse_args()
    started = time.monotonic() - process_age()
    config = load_config(told.config)
    if config.backbone == EXTRACTS:
        rows = load_fit(told.fit)
        _extract(config, rows, told.out, started, rehearse=told.rehearse)
    else:
        parts = [load_table(told.fit / f"{part}.jsonl") for part in ("train", "validation")]
        _write(config, parts, told.out, rehearse=told.rehearse)


def _extract(
    config: BundleConfig, rows: Table, out: Path, started: float, *, rehearse: bool
) -> None:
    for line in unused_settings(config):
        say("train", line)
    if rehearse:
        rows = rows.take(range(min(len(rows), REHEARSAL_ROWS)))
    model, reached = train_extractor(config, rows, started + config.budget_seconds)
    save_pairs(
        out,
        EXTRACTS,
        columns=rows.names,
        source=config.column("source"),
        settings=model.settings,
        about={**ABOUT, "length_looked_for": model.stretch, "sentences_are_cut": model.cuts},
    )
    model.save(out)
    say("train", "model saved", done=1, numbers={config.metric: reached})


def _write(config: BundleConfig, parts: list[Table], out: Path, *, rehearse: bool) -> None:
    from pairs_network import train_network  # noqa: PLC0415 - torch only for those who need it

    train, unseen = (learned_pairs(part) for part in parts)
    network, about = train_network(config, out, train, unseen, rehearse=rehearse)
    save_pairs(
        out,
        "network",
        columns=parts[0].names,
        source=config.column("source"),
        settings=network.settings,
        about={"method": f"writes: {config.backbone}, fine-tuned on the pairs", **about},
    )
    network.save(out)
    say("train", "model saved", done=1)


if __name__ == "__main__":
    run(main)
