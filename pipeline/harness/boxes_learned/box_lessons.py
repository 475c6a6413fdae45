"""Pictures and boxes as a network learns them, and the Trainer that does."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from box_counts import matched, mean_precision
from box_forms import Boxes, boxes_of
from box_network import Network
from box_rows import Shown
from metrics import Floats
from PIL import Image
from torch.utils.data import Dataset
from transformers import Trainer, TrainingArguments

Module: TypeAlias = Any  # transformers' types are not installed where this is checked
Lesson: TypeAlias = dict[str, Any]
MOST_KEPT = 1_500_000_000  # bytes of pictures that are read once only
LOOKED_AT = 100  # boxes of a picture while it is trained
TIE = 1e-3  # what no loss at all would count: decides between looks of the same precision
SIDED = re.compile(r"(?<![A-Za-z])(?i:left|right)(?![A-Za-z])|(?:Left|Right)(?![a-z])")


class Lessons(Dataset[Lesson]):  # type: ignore[misc] # its types are not installed
    """One picture after the other as the network takes it; some of them mirrored."""

    def __init__(
        self, pictures: Sequence[Shown], labels: Sequence[str], network: Network, *, mirrors: bool
    ) -> None:
        self.pictures, self.network, self.mirrors = pictures, network, mirrors
        self.place = {label: at for at, label in enumerate(labels)}
        self.shares = [one.shares().corners for one in pictures]
        self.kept: dict[int, npt.NDArray[np.uint8]] = {}

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, at: int) -> Lesson:
        """Pixels, and the boxes as middle, width and height in shares of the sides."""
        pixels, boxes = self._pixels(at), self._boxes(at)
        if self.mirrors and torch.rand(1).item() < 0.5:  # noqa: PLR2004 - every other time
            pixels = pixels[:, ::-1]
            boxes[:, 0] = 1 - boxes[:, 0]
        made = self.network.processor(
            images=Image.fromarray(np.ascontiguousarray(pixels)),
            do_resize=False,
            return_tensors="pt",
        )
        places = [self.place[label] for label in self.pictures[at].boxes.labels]
        labels = {
            "class_labels": torch.tensor(places, dtype=torch.int64),
            "boxes": torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        }
        return {"pixel_values": made["pixel_values"][0], "labels": labels}

    def _pixels(self, at: int) -> npt.NDArray[np.uint8]:
        if at in self.kept:
            return self.kept[at]
        side = self.network.side
        with Image.open(self.pictures[at].path) as picture:
            squared = picture.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
        pixels = np.asarray(squared, dtype=np.uint8)
        if len(self.kept) * pixels.nbytes < MOST_KEPT:
            self.kept[at] = pixels
        return pixels

    def _boxes(self, at: int) -> Floats:
        corners = self.shares[at]
        middles = (corners[:, :2] + corners[:, 2:]) / 2
        return np.hstack([middles, corners[:, 2:] - corners[:, :2]])


class BoxTrainer(Trainer):  # type: ignore[misc] # its types are not installed
    """A Trainer that keeps of a look only what boxes are made of."""

    def prediction_step(
        self,
        model: Module,
        inputs: Mapping[str, Any],
        prediction_loss_only: bool,  # noqa: FBT001 - as the Trainer calls it
        ignore_keys: Sequence[str] | None = None,
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor] | None, list[Lesson] | None]:
        """The loss, scores and boxes, and the truth of one batch."""
        del ignore_keys
        ready = self._prepare_inputs(inputs)
        with torch.no_grad(), self.compute_loss_context_manager():
            told = model(**ready)
        loss = told.loss.detach().mean()
        if prediction_loss_only:
            return loss, None, None
        return loss, (told.logits.float(), told.pred_boxes.float()), ready["labels"]


def trainer_of(
    network: Network, arguments: Mapping[str, object], learned: Lessons, looked_at: Lessons
) -> BoxTrainer:
    """A Trainer whose looks measure the mean average precision."""
    options = TrainingArguments(
        **arguments,
        remove_unused_columns=False,
        eval_do_concat_batches=False,
        include_for_metrics=["loss"],
    )
    return BoxTrainer(
        network.model,
        options,
        data_collator=together,
        train_dataset=learned,
        eval_dataset=looked_at,
        compute_metrics=lambda told: {"map": _looked(network, told)},
    )


def together(lessons: Sequence[Lesson]) -> Lesson:
    """A batch: pictures of one size stacked, their boxes in a list."""
    pixels = torch.stack([one["pixel_values"] for one in lessons])
    return {"pixel_values": pixels, "labels": [one["labels"] for one in lessons]}


def may_mirror(labels: Sequence[str]) -> bool:
    """Not where a label says a side, nor where all are signs, which read wrong in a mirror."""
    signs = all(len(label) == 1 for label in labels)
    return not signs and not any(SIDED.search(label) for label in labels)


def truth_and_found(network: Network, told: Module) -> tuple[list[Boxes], list[Boxes]]:
    """Marked and found boxes of all pictures of a look, on squares of the network's side."""
    truth: list[Boxes] = []
    found: list[Boxes] = []
    for (logits, corners), batch in zip(told.predictions, told.label_ids, strict=True):
        square = [(network.side, network.side)] * len(logits)
        found += network.boxes(torch.as_tensor(logits), torch.as_tensor(corners), square)
        truth += [_marked(network, one) for one in batch]
    return truth, [one.rounded().take(range(min(len(one), LOOKED_AT))) for one in found]


def _looked(network: Network, told: Module) -> float:
    """The precision, and by a hair the loss: early on nothing is right in any look."""
    truth, found = truth_and_found(network, told)
    value = float(mean_precision(matched(truth, found), np.ones(len(truth)), 10))
    known = round(value if np.isfinite(value) else 0.0, 3)
    losses = np.concatenate([np.ravel(some) for some in told.losses])  # a list of batches
    return known + TIE / (1 + float(losses.mean()))


def _marked(network: Network, one: Mapping[str, Floats]) -> Boxes:
    boxes = np.asarray(one["boxes"], dtype=np.float64).reshape(-1, 4)
    half = boxes[:, 2:] / 2
    corners = np.hstack([boxes[:, :2] - half, boxes[:, :2] + half]) * network.side
    names = network.model.config.id2label
    return boxes_of(corners, [str(names[int(place)]) for place in one["class_labels"]])
