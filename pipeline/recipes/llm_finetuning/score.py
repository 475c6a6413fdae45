"""Measures how well the held-out answers are expected, through predict.py, beside the base model.

python score.py --config C --fit PREPARED/fit --heldout PREPARED/heldout --model M --baselines B
    --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from chat_guess import Guess
from chat_model import ChatModel, read_questions
from chats import TALK, Conversation, from_json
from config import Json
from deep_machine import deep_quiet
from heldout import write_objects
from metrics import Counted, value_of
from predict import load
from progress import run, say
from scoring import Paths, Reached, arguments, conclude
from serving import TRUTH, Objects, write_answers
from tables import Table, load_table
from tallies import perplexity_of, ratio_of

METRICS = ("eval_loss", "perplexity")
SHOWN = 8  # questions with the answers before and after
LONGEST_SHOWN = 600  # characters of a text in the report
MANY = 0.2  # of all answers


def main() -> None:
    """Write metrics.json, figures.json, heldout.jsonl and predictions.jsonl."""
    deep_quiet()
    config, paths = arguments()
    model = load(paths.model)
    rows = load_table(paths.heldout / "test.jsonl")
    talks = [from_json(cell) for cell in rows.column(TALK)]
    held = _held_out(rows, model, talks, paths.out)
    outcome = _outcome(model, talks)
    say("score", "answering the held-out questions", done=0.3)
    answers = model.predict(held)
    write_answers(answers, paths.out / "predictions.jsonl")
    del model  # two at once may be more than the memory holds
    reached, before = _reached(paths, talks, held)
    told = json.loads((paths.model / "model.json").read_text("utf-8"))
    conclude(
        config,
        paths.out,
        outcome,
        reached,
        names=METRICS,
        warnings=_warnings(answers, told["facts"]),
        details={
            "samples": _samples(talks, answers, before),
            "training": told["facts"],
        },
        steps=_steps(told["facts"]),
    )


def _held_out(
    rows: Table, model: ChatModel | Guess, talks: Sequence[Conversation], out: Path
) -> Table:
    """The questions as predict.py reads them from the heldout.jsonl that is written here."""
    asked = rows.select(model.inputs)
    told: list[Mapping[str, Json]] = [
        {**dict(zip(asked.names, row, strict=True)), TRUTH: turns[-1].text}
        for row, turns in zip(asked.rows, talks, strict=True)
    ]
    content = write_objects(told, out / "heldout.jsonl")
    return read_questions(model, content, "heldout.jsonl")


def _outcome(model: ChatModel | Guess, talks: Sequence[Conversation]) -> Counted:
    nats, pieces = model.surprise(talks)
    return Counted(
        len(talks),
        {"eval_loss": ratio_of(nats, pieces), "perplexity": perplexity_of(nats, pieces)},
    )


def _reached(
    paths: Paths, talks: Sequence[Conversation], held: Table
) -> tuple[list[Reached], Objects | None]:
    """What each baseline reaches on the same answers; also what the base model answers."""
    titles: Mapping[str, str] = json.loads((paths.baselines / "baselines.json").read_text("utf-8"))
    reached, before = [], None
    for name, title in titles.items():
        other = load(paths.baselines / name)
        outcome = _outcome(other, talks)
        reached.append(Reached("trivial", title, value_of("eval_loss", outcome), outcome))
        if isinstance(other, ChatModel):
            before = other.predict(held.take(range(min(len(held), SHOWN))))
    return reached, before


def _samples(talks: Sequence[Conversation], answers: Objects, before: Objects | None) -> list[Json]:
    """A few questions, with what was said before and after, and what should be."""
    shown: list[Json] = []
    for at, (turns, after) in enumerate(zip(talks[:SHOWN], answers.objects, strict=False)):
        sample: dict[str, Json] = {"question": _short(turns[-2].text)}
        if before is not None:
            sample["before"] = _short(str(before.objects[at]["output"]))
        sample["after"] = _short(str(after["output"]))
        sample["expected"] = _short(turns[-1].text)
        shown.append(sample)
    return shown


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def _warnings(answers: Objects, facts: Mapping[str, Json]) -> list[str]:
    said = [str(one["output"]) for one in answers.objects]
    told = []
    if facts["backbone"] == "scratch":
        told.append(
            "This model was trained from nothing: it picks up the style of the answers, but cannot"
            " answer usefully. Take a pretrained backbone for that."
        )
    empty = sum(not one for one in said)
    if empty > MANY * len(said):
        told.append(f"{empty} of {len(said)} held-out questions get an empty answer.")
    if len(said) > 1 and len(set(said)) == 1:
        told.append("All held-out questions get the same answer.")
    cut = int(str(facts["cut"]))
    if cut:
        told.append(f"{cut:,} conversations were longer than the model reads and were cut.")
    return told


def _steps(facts: Mapping[str, Json]) -> list[str]:
    if facts["ended"] == "the time is up":
        return ["Give the training more time, or a GPU: it had not finished its epochs."]
    return []


if __name__ == "__main__":
    run(main)
