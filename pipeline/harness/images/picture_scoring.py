"""The shared half of score.py for pictures: every number through predict.py's code."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from calibration import calibration_of
from config import BundleConfig, Json
from figures import Figure, calibration, confusion, precision_recall, predicted, residuals, roc
from guesses import guesses_of
from heldout import outcome_of, write_heldout
from judging import Kind, Reached, positive_of
from metrics import Classified, Measured, value_of
from next_steps import Known
from picture_files import FOLDER
from picture_model import PictureModel
from picture_serving import Pictures, listed
from progress import say
from scoring import Paths, arguments, conclude
from serving import Answers, write_answers
from tables import label_of, load_fit, load_table

RARE = 0.15  # a positive class of a smaller share is better shown by its alarms than by ROC
MOST_SHOWN = 12  # pictures that were answered worst

Load = Callable[[Path], PictureModel]


@dataclass(frozen=True, slots=True)
class HeldPictures:
    """The held-out pictures as heldout.csv names them, and what is true of them."""

    pictures: Pictures
    truth: tuple[str, ...]

    def outcome(self, answers: Answers, positive: str | None) -> Classified | Measured:
        """Truth against answers."""
        return outcome_of(self.truth, answers, positive)


def score_pictures(load: Load, names: Sequence[str]) -> None:
    """Main of score.py: `names` are the metrics."""
    config, paths = arguments()
    model = load(paths.model)
    held = _held_out(config, model, paths)
    say("score", f"answering {len(held.pictures)} pictures", done=0.1)
    answers = model.predict(held.pictures)
    write_answers(answers, paths.out / "predictions.csv")
    learned = [label_of(cell) for cell in load_fit(paths.fit).column(config.column("target"))]
    outcome = held.outcome(answers, config.positive or _rarest(learned))
    reached = _reached(load, config, held, outcome, paths.baselines)
    sure = calibration_of(outcome, config.seed) if isinstance(outcome, Classified) else None
    details: dict[str, Json] = {"calibration": sure.details} if sure else {}
    conclude(
        config,
        paths.out,
        outcome,
        reached,
        names=names,
        warnings=sure.warnings if sure else [],
        figures=_figures(config, outcome),
        details={**details, "training": dict(model.facts), "worst": _worst(held, answers, outcome)},
        known=Known(
            target=config.column("target"),
            inputs=model.inputs,
            learned=learned,
            cares=config.care is not None,
            things="pictures",
            stronger="" if config.weights else "dinov2_small",
        ),
    )


def _held_out(config: BundleConfig, model: PictureModel, paths: Paths) -> HeldPictures:
    """The held-out pictures, copied beside heldout.csv, which names them."""
    shutil.copytree(paths.heldout / FOLDER, paths.out / FOLDER, dirs_exist_ok=True)
    table = load_table(paths.heldout / "test.jsonl")
    path = paths.out / "heldout.csv"
    held = write_heldout(table, model.inputs, config.column("target"), path)
    return HeldPictures(listed(model, path), held.truth)


def _reached(
    load: Load,
    config: BundleConfig,
    held: HeldPictures,
    outcome: Classified | Measured,
    folder: Path,
) -> list[Reached]:
    """What each baseline reaches, measured exactly as the model is; guesses come first."""
    titles: dict[str, str] = json.loads((folder / "baselines.json").read_text("utf-8"))
    reached = []
    for name, title in titles.items():
        answers = load(folder / name).predict(held.pictures)
        theirs = held.outcome(answers, positive_of(outcome))
        kind: Kind = "trivial" if name.startswith("trivial") else "simple"
        reached.append(Reached(kind, title, value_of(config.metric, theirs), theirs))
    said = {one.title for one in reached}
    guesses = guesses_of(config.metric, outcome)
    return [*(one for one in guesses if one.title not in said), *reached]


def _worst(held: HeldPictures, answers: Answers, outcome: Classified | Measured) -> list[Json]:
    """The pictures that were answered worst: the surest mistakes, or the largest errors."""
    if isinstance(outcome, Measured):
        size = np.abs(outcome.truth - outcome.said)
    else:
        sure = outcome.chances[np.arange(len(outcome)), outcome.said]
        size = np.where(outcome.truth == outcome.said, 0.0, sure)
    order = [int(at) for at in np.argsort(-size, kind="stable")[:MOST_SHOWN] if size[at] > 0]
    return [
        {
            "picture": held.pictures.names[at],
            "said": _plain(answers.said[at]),
            "true": held.truth[at],
        }
        for at in order
    ]


def _plain(said: str | np.floating) -> str | float:
    return said if isinstance(said, str) else round(float(said), 3)


def _figures(config: BundleConfig, outcome: Classified | Measured) -> list[Figure | None]:
    if isinstance(outcome, Measured):
        target = config.column("target")
        return [predicted(outcome, target), residuals(outcome, target)]
    rare = outcome.positive is not None and np.mean(outcome.truth == outcome.positive) < RARE
    curve = precision_recall(outcome) if rare else roc(outcome)
    return [confusion(outcome), curve, calibration(outcome)]


def _rarest(labels: Sequence[str]) -> str | None:
    """The rarer of two classes, by name where both are as common."""
    counts = Counter(labels)
    return min(counts, key=lambda label: (counts[label], label)) if len(counts) == 2 else None  # noqa: PLR2004
