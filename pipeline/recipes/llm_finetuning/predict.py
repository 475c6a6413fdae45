"""Answers questions; the only way in which this model ever answers.

    python predict.py --text "What is the capital of France?"
    python predict.py --input questions.jsonl --output answers.jsonl

A model folder holds weights (safetensors) and a tokenizer as the libraries write them, and
model.json: which columns ask, how much is read, and how long an answer may be.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import json
from pathlib import Path

from chat_guess import Guess, load_guess
from chat_model import ChatModel, load_chat, read_questions
from config import Json
from deep_machine import deep_quiet
from progress import run
from serving import serve


def load(folder: Path) -> ChatModel | Guess:
    """The model of a folder: what train.py or baseline.py wrote."""
    deep_quiet()
    told: dict[str, Json] = json.loads((folder / "model.json").read_text("utf-8"))
    return load_guess(folder, told) if told["kind"] == "guess" else load_chat(folder, told)


if __name__ == "__main__":
    run(lambda: serve(load, read_questions))
