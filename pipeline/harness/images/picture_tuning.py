"""Fine-tunes an image network on the pictures of PREPARED/fit, or its last layer alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from config import BundleConfig, Json
from deep_training import Usual, facts, threads, trained
from metrics import Floats
from picture_answers import Sayer, bounds_around
from picture_features import Eye
from picture_model import PictureModel
from picture_network import Network, begun, square
from picture_ridge import choose_looks
from picture_rows import Lesson
from picture_training import sayer_for
from PIL.Image import Image, Resampling, Transpose
from progress import say
from torch.utils.data import Dataset
from transformers import Trainer, TrainingArguments

LEAST_CROP = 0.8  # of each side; smaller and the thing itself may be gone
MOST_TO_TURN = 400  # pictures on which it is seen whether a mirror image means the same
MOST_TO_SET = 200  # unseen pictures that set the probabilities
AFTER = 0.06  # of the budget, for that
TUNED = Usual(epochs=10, learning_rate=5e-5, batch_size=16, patience=3)
HEAD_ALONE = Usual(epochs=30, learning_rate=2e-3, batch_size=32, patience=5)


@dataclass(frozen=True, slots=True)
class Shown(Dataset):  # type: ignore[misc,unused-ignore] # torch has types where it is installed
    """Pictures as the network is given them; with `moved` a bit off each time, or turned."""

    network: Network
    lesson: Lesson
    targets: Floats
    moved: bool
    turned: bool

    def __len__(self) -> int:
        return len(self.lesson)

    def __getitem__(self, at: int) -> Mapping[str, torch.Tensor]:
        picture = square(self.lesson.paths[at], self.network.side)
        if self.moved:
            picture = self._moved(picture)
        kind = torch.long if self.lesson.labels else torch.float32
        label = torch.tensor(float(self.targets[at])).to(kind)
        return {"pixel_values": self.network.pixels(picture), "labels": label}

    def _moved(self, picture: Image) -> Image:
        side = picture.width
        kept = side * (LEAST_CROP + (1 - LEAST_CROP) * float(torch.rand(1)))
        left, top = ((side - kept) * float(torch.rand(1)) for _ in range(2))
        box = (left, top, left + kept, top + kept)
        cut = picture.resize((side, side), Resampling.BILINEAR, box=box)
        flips = self.turned and float(torch.rand(1)) < 0.5  # noqa: PLR2004 - every other one
        return cut.transpose(Transpose.FLIP_LEFT_RIGHT) if flips else cut


def tune_pictures(
    config: BundleConfig, learned: Lesson, unseen: Lesson, folder: Path, *, rehearse: bool
) -> PictureModel:
    """Train within the budget; the best state by the unseen pictures is what is kept."""
    threads(config)
    turned = mirrors_alike(learned.some(MOST_TO_TURN, config.seed))
    say("train", f"{len(learned)} pictures{', mirrored as well' if turned else ''}", done=0.05)
    middle, spread = learned.middle, learned.spread
    made: list[Network] = []

    def shown(lesson: Lesson, *, moved: bool) -> Shown:
        values = lesson.truth if lesson.labels else (lesson.truth - middle) / spread
        return Shown(made[-1], lesson, values, moved, turned)

    def build(arguments: dict[str, object]) -> Trainer:
        made.clear()  # one that ran out of memory gives it back first
        made.append(begun(config, learned.labels))
        return Trainer(
            model=made[-1].model,
            args=TrainingArguments(**arguments, remove_unused_columns=False),
            train_dataset=shown(learned, moved=True),
            eval_dataset=shown(unseen, moved=False) if len(unseen) else None,
            data_collator=_batch,
        )

    frozen = config.setting("freeze_backbone", default=False)
    trainer = trained(
        build,
        config,
        folder,
        rows=len(learned),
        rehearse=rehearse,
        usual=HEAD_ALONE if frozen else TUNED,
        after=config.budget_seconds * AFTER,
        looks=len(unseen) > 0,
    )
    told: dict[str, Json] = {"pictures": len(learned), "mirrored": turned, **facts(trainer)}
    sayer = _sayer(config, made[-1], learned, unseen)
    return PictureModel(learned.column, made[-1], sayer, told)


def mirrors_alike(lesson: Lesson) -> bool:
    """Whether shapes tell unseen pictures at least as well when mirror images count as the same."""
    plain, evened = Eye(("shape", "layout"), {}, mirrored=False).see_both(lesson.paths)
    return choose_looks(evened, lesson.targets).error <= choose_looks(plain, lesson.targets).error


def _sayer(config: BundleConfig, network: Network, learned: Lesson, unseen: Lesson) -> Sayer:
    """What the logits mean, by those of unseen pictures; as they are where these are too few."""
    some = unseen.some(MOST_TO_SET, config.seed)
    if learned.labels:
        if len(some) < 2 * len(learned.labels):
            even = (1 / len(learned.labels),) * len(learned.labels)
            return Sayer(labels=learned.labels, shares=even)
        return sayer_for(config, some, network.scores(some.paths))
    return Sayer(line=(learned.middle, learned.spread), bounds=bounds_around(learned.truth))


def _batch(rows: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    return {name: torch.stack([row[name] for row in rows]) for name in ("pixel_values", "labels")}
