"""Measure found boxes against marked ones with pycocotools, always through predict.py's code.

python score.py --config C --fit PREPARED/fit --heldout PREPARED/heldout --model M --baselines B
    --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve a shared machine
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the same sums in the same order, whoever asks

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from box_counts import Matches, counted, matched, mean_precision
from box_forms import Boxes
from box_model import BoxModel, answered
from box_rows import Shown, shown
from box_threshold import found_and_right
from config import BundleConfig, Json
from figures_boxes import MOST_SHOWN, Box, Boxed, boxes
from figures_form import Figure
from heldout import write_objects
from metrics import value_of
from picture_files import FOLDER, opened
from predict import load
from progress import run, say
from scoring import Paths, Reached, arguments, conclude
from serving import TRUTH, write_answers
from tables import load_table

METRICS = ("map", "map50")
EVERY = 20  # pictures between two lines of progress
WEAK = 0.3  # of the best label's precision


@dataclass(frozen=True, slots=True)
class Looked:
    """All that was found on the held-out pictures, and what of it is said."""

    every: list[Boxes]
    said: list[Boxes]


def main() -> None:
    """Write metrics.json, figures.json, heldout.jsonl with its pictures, and predictions.jsonl."""
    config, paths = arguments()
    model = load(paths.model)
    held = _held_out(model, paths)
    truth = [one.boxes for one in held]
    looked = _look(model, held)
    write_answers(
        answered(tuple(one.name for one in held), looked.said), paths.out / "predictions.jsonl"
    )
    matches = matched(truth, looked.said)
    outcome = counted(matches, len(held))
    conclude(
        config,
        paths.out,
        outcome,
        _reached(config, paths, held),
        names=METRICS,
        warnings=_warnings(matches),
        figures=[_figure(held, looked, matches)],
        details=_details(model, matches, truth, looked),
        steps=_steps(matches),
    )


def _held_out(model: BoxModel, paths: Paths) -> list[Shown]:
    """The held-out pictures, copied beside heldout.jsonl, which names them."""
    shutil.copytree(paths.heldout / FOLDER, paths.out / FOLDER, dirs_exist_ok=True)
    held = shown(load_table(paths.heldout / "test.jsonl"), paths.out)
    (column,) = model.inputs
    rows: list[dict[str, Json]] = [{column: one.name, TRUTH: one.boxes.marked()} for one in held]
    write_objects(rows, paths.out / "heldout.jsonl")
    return held


def _look(model: BoxModel, held: Sequence[Shown]) -> Looked:
    every = []
    for at, one in enumerate(held):
        every.append(model.all_found(one.path))
        if at % EVERY == 0:
            say("score", f"{at} of {len(held)} pictures", done=at / len(held))
    return Looked(every, [boxes.above(model.threshold) for boxes in every])


def _reached(config: BundleConfig, paths: Paths, held: Sequence[Shown]) -> list[Reached]:
    """What is reached without looking at the pictures, measured alike."""
    titles = json.loads((paths.baselines / "baselines.json").read_text("utf-8"))
    reached = []
    for name, title in titles.items():
        baseline = load(paths.baselines / name)
        said = [baseline.all_found(one.path).above(baseline.threshold) for one in held]
        theirs = counted(matched([one.boxes for one in held], said), len(held))
        reached.append(Reached("trivial", title, value_of(config.metric, theirs), theirs))
    return reached


def _figure(held: Sequence[Shown], looked: Looked, matches: Sequence[Matches]) -> Figure | None:
    """Pictures from everywhere in the held-out part, neither the best nor the worst."""
    marked = [at for at, one in enumerate(held) if len(one.boxes)]
    kept = marked[:: -(-len(marked) // MOST_SHOWN) or 1]
    boxed = [
        Boxed(
            opened(held[at].path),
            _drawn(held[at].boxes, scored=False),
            _drawn(looked.said[at], scored=True),
        )
        for at in kept
    ]
    return boxes(
        boxed,
        there=sum(len(one.boxes) for one in held),
        said=sum(map(len, looked.said)),
        right=sum(int(one.right[0].sum()) for one in matches),
    )


def _drawn(every: Boxes, *, scored: bool) -> list[Box]:
    """Boxes as a figure draws them."""
    drawn = []
    for at, label in enumerate(every.labels):
        left, top, right, bottom = every.corners[at].tolist()
        score = float(every.scores[at]) if scored else None
        drawn.append(Box(left, top, right, bottom, label, score))
    return drawn


def _details(
    model: BoxModel, matches: Sequence[Matches], truth: Sequence[Boxes], looked: Looked
) -> dict[str, Json]:
    """How each label does, and what the threshold leaves out."""
    whole = np.ones(len(truth))
    return {
        "threshold": model.threshold,
        "map_without_threshold": float(mean_precision(matched(truth, looked.every), whole, 10)),
        "boxes_found": sum(map(len, looked.said)),
        "boxes_marked": sum(map(len, truth)),
        "labels": [_of_label(one) for one in matches],
        "training": dict(model.training),
    }


def _of_label(one: Matches) -> dict[str, Json]:
    each = one.precision(np.ones(len(one.there)))
    there = bool(one.there.sum())
    found, right = found_and_right(one, 0.0)
    return {
        "label": one.label,
        "boxes": int(one.there.sum()),
        "map": float(each.mean()) if there else None,
        "map50": float(each[0]) if there else None,
        "found": found if there else None,
        "right": right,
    }


def _warnings(matches: Sequence[Matches]) -> list[str]:
    told = []
    absent = sum(not one.there.any() for one in matches)
    if absent:
        told.append(f"{absent} of the labels found are on no held-out picture.")
    missed = [one for one in matches if one.there.any() and not one.right.any()]
    if missed:
        told.append(f"{len(missed)} of {len(matches)} labels are never found rightly.")
    return told


def _steps(matches: Sequence[Matches]) -> list[str]:
    """More of what is found worst."""
    there = [one for one in matches if one.there.any()]
    values = {one.label: float(one.precision(np.ones(len(one.there))).mean()) for one in there}
    worst = min(values, key=lambda label: values[label], default="")
    if len(values) > 1 and values[worst] < WEAK * max(values.values()):
        return [f"Bring more pictures with “{worst}”: it is found worst."]
    return []


if __name__ == "__main__":
    run(main)
