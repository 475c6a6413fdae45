"""Fine-tunes a language model on conversations (LoRA, loss on the answers), within the budget.

python train.py --config config.json --fit PREPARED/fit --out MODEL [--rehearse]
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import argparse
from dataclasses import replace
from pathlib import Path

from chat_base import asking_for, base_of, in_time
from chat_model import write_asking
from chat_training import learn
from chats import TALK, Conversation, from_json
from config import load_config
from deep_machine import deep_quiet, one_card, threads
from progress import run, say
from tables import Table, load_table

REHEARSAL_ROWS = 16
REHEARSAL_PIECES = 64


def main() -> None:
    """Read, learn, merge, save."""
    deep_quiet()
    one_card()
    parser = argparse.ArgumentParser(description="Fine-tune a language model.")
    for name in ("config", "fit", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--rehearse", action="store_true", help="few rows, a few seconds")
    told = parser.parse_args()
    config = load_config(told.config)
    threads(config)
    train = load_table(told.fit / "train.jsonl")
    parts = _talks(train), _talks(load_table(told.fit / "validation.jsonl"))
    base = base_of(config, parts[0])
    asking = asking_for(config, base, parts[0], train.names[:-1])
    if config.setting("max_length", 0) > asking.longest:
        fits = f"{asking.longest:,} pieces of a conversation are read, fewer than max_length"
        say("train", f"{fits}: the scores of more do not fit into the memory of this machine")
    if told.rehearse:
        parts = parts[0][:REHEARSAL_ROWS], parts[1][:REHEARSAL_ROWS]
        asking = replace(asking, longest=min(asking.longest, REHEARSAL_PIECES))
    if base.weights is not None and not base.templated:
        say("train", "the backbone has no chat template: a plain one is used, and kept with it")
    say("train", f"{len(parts[0]):,} conversations of up to {asking.longest:,} pieces", done=0.01)
    found = learn(config, base, parts, asking.longest, told.out, rehearse=told.rehearse)
    new = asking.new_pieces
    if config.hyperparameters.get("max_new_tokens") is None:
        new = in_time(new, int(str(found["weights"])))
    found |= {"backbone": config.backbone, "templated": base.templated}
    write_asking(told.out, replace(asking, new_pieces=new), kind="chat", facts=found)
    say("train", "model saved", done=1)


def _talks(rows: Table) -> list[Conversation]:
    return [from_json(cell) for cell in rows.column(TALK)]


if __name__ == "__main__":
    run(main)
