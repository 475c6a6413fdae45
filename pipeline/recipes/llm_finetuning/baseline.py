"""What there is to beat: the base model untouched, and pieces as often as answers use them.

python baseline.py --config config.json --fit PREPARED/fit --out BASELINES
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import argparse
import json
from dataclasses import replace
from pathlib import Path

from chat_base import asking_for, base_of
from chat_guess import counted
from chat_model import write_asking
from chats import TALK, from_json
from config import load_config
from deep_machine import deep_quiet, threads
from progress import run, say
from tables import load_table

MOST_COUNTED = 5_000  # conversations; the counts hardly change with more
SHORT_ANSWER = 48  # pieces that the base model says, to be shown beside the trained one's


def main() -> None:
    """Write each baseline as a model folder, and their titles."""
    deep_quiet()
    parser = argparse.ArgumentParser(description="Make the baselines.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    config = load_config(told.config)
    threads(config)
    rows = load_table(told.fit / "train.jsonl")
    talks = [from_json(cell) for cell in rows.column(TALK)]
    base = base_of(config, talks)
    asking = asking_for(config, base, talks, rows.names[:-1])
    titles = {}
    if base.weights is not None:
        short = replace(asking, new_pieces=min(asking.new_pieces, SHORT_ANSWER))
        weights = str(base.weights.resolve())
        write_asking(told.out / "trivial_base", short, kind="chat", weights=weights)
        titles["trivial_base"] = "the base model, untouched"
    say("baseline", "counting the pieces of answers", done=0.5)
    counted(base.tokenizer, talks[:MOST_COUNTED], asking).save(told.out / "trivial_pieces")
    titles["trivial_pieces"] = "every piece as often as answers use it"
    (told.out / "baselines.json").write_text(json.dumps(titles, indent=1), "utf-8")
    say("baseline", f"{len(titles)} baselines", done=1)


if __name__ == "__main__":
    run(main)
