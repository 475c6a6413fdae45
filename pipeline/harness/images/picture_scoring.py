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
from figures_form import number
from figures_pictures import Answered, pictures
from guesses import guesses_of
from heldout import outcome_of, write_heldout
from judging import Kind, Reached, positive_of
from metrics import Classified, Floats, Measured, value_of
from next_steps import Known
from parts import count
from picture_files import FOLDER, opened
from picture_model import PictureModel
from picture_serving import Pictures, listed
from progress import say
from scoring import Paths, arguments, conclude
from serving import Answers, write_answers
from tables import label_of, load_fit, load_table

RARE = 0.15  # a positive class of a smaller share is better shown by its alarms than by ROC
MOST_SHOWN = 12  # pictures that were answered worst
STRONGER = "dinov2_small"  # a network that has seen millions of pictures
RIGHT = 0.98  # of the answers, or of the variance explained: then nothing stronger is needed

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
        figures=[_shown(held, answers, outcome), *_figures(config, outcome)],
        details={**details, "training": dict(model.facts), "worst": _worst(held, answers, outcome)},
        known=Known(
            target=config.column("target"),
            inputs=model.inputs,
            learned=learned,
            cares=config.care is not None,
            things="pictures",
            stronger="" if config.weights or _nearly_right(outcome) else STRONGER,
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
    wrong = _how_wrong(outcome)
    order = [int(at) for at in np.argsort(-wrong, kind="stable")[:MOST_SHOWN] if wrong[at] > 0]
    return [
        {
            "picture": held.pictures.names[at],
            "said": _plain(answers.said[at]),
            "true": held.truth[at],
        }
        for at in order
    ]


def _how_wrong(outcome: Classified | Measured) -> Floats:
    """How far off each number is, or how sure of it a wrong class was; 0 for a right one."""
    if isinstance(outcome, Measured):
        return np.abs(outcome.truth - outcome.said)
    sure = outcome.chances[np.arange(len(outcome)), outcome.said]
    return np.where(outcome.truth == outcome.said, 0.0, sure)


def _plain(said: str | np.floating) -> str:
    return said if isinstance(said, str) else number(float(said))


def _shown(held: HeldPictures, answers: Answers, outcome: Classified | Measured) -> Figure | None:
    """The worst answers, as many as half of those shown, and then the first ones."""
    wrong = _how_wrong(outcome)
    order = [int(at) for at in np.argsort(-wrong, kind="stable") if wrong[at] > 0]
    worst = order[: MOST_SHOWN // 2]
    others = [at for at in range(len(wrong)) if at not in worst]
    if isinstance(outcome, Measured):
        near = np.abs(outcome.truth - outcome.said) <= np.median(wrong)
        title = f"Half of the answers are off by at most {number(float(np.median(wrong)))}"
    else:
        near = outcome.truth == outcome.said
        title = f"{int(near.sum()):,} of {count(len(near), 'held-out picture')} are told rightly"
    shown = [
        Answered(
            opened(held.pictures.paths[at]),
            true=held.truth[at],
            said=_plain(answers.said[at]),
            right=bool(near[at]),
            sure=_sureness(outcome, at),
        )
        for at in [*worst, *others][:MOST_SHOWN]
    ]
    return pictures(shown, title=title)


def _nearly_right(outcome: Classified | Measured) -> bool:
    name = "accuracy" if isinstance(outcome, Classified) else "r2"
    return value_of(name, outcome) >= RIGHT


def _sureness(outcome: Classified | Measured, at: int) -> float | None:
    if isinstance(outcome, Measured):
        return None
    return float(outcome.chances[at, outcome.said[at]])


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
