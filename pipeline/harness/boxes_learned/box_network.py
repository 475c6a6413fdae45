"""A detection network of transformers with its processor: loaded, begun, kept, and asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias

import torch
from box_dense import dense_network, dense_processor, known_to_transformers, side_for
from box_forms import Boxes, boxes_of
from config import BundleConfig
from deep_machine import deep_quiet, device
from PIL.Image import Image
from progress import Problem
from transformers import AutoImageProcessor, AutoModelForObjectDetection

Module: TypeAlias = Any  # transformers' types are not installed where this is checked
USUAL_SIDE = 640
ON_CPU = 320  # a quarter of the pixels: without a graphics card the time is better spent on steps
STRIDE = 32  # what networks divide a picture by
BACKBONE = "backbone"  # as transformers calls what sees in a detector made of two networks


@dataclass(frozen=True, slots=True)
class Network:
    """A model, the processor that makes its input, and the side of the square it looks at."""

    model: Module
    processor: Module
    side: int

    def find(self, picture: Image) -> Boxes:
        """All boxes on one picture, in its pixels; pictures never see each other."""
        with torch.inference_mode():
            given = self.processor(images=picture, return_tensors="pt").to(device())
            told = self.model(**given)
        (boxes,) = self.boxes(told.logits, told.pred_boxes, [(picture.height, picture.width)])
        return boxes

    def boxes(
        self, logits: torch.Tensor, corners: torch.Tensor, sizes: Sequence[tuple[int, int]]
    ) -> list[Boxes]:
        """What the outputs of a batch mean on pictures of these heights and widths."""
        outputs = SimpleNamespace(logits=logits.float(), pred_boxes=corners.float())
        every = self.processor.post_process_object_detection(
            outputs, threshold=0.0, target_sizes=torch.tensor(sizes, device=logits.device)
        )
        names = self.model.config.id2label
        return [
            boxes_of(
                one["boxes"].cpu().numpy().astype("float64"),
                [str(names[place]) for place in one["labels"].tolist()],
                one["scores"].cpu().numpy().astype("float64"),
            )
            for one in every
        ]

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), config and processor: all that `loaded` needs."""
        self.model.save_pretrained(folder, safe_serialization=True)
        self.processor.save_pretrained(folder)


def begun(config: BundleConfig, labels: Sequence[str], least: float) -> Network:
    """A network for these labels: the weights of config.json, or none at all.

    `least` is the side of small boxes as a share of the picture's.
    """
    deep_quiet()
    known_to_transformers()
    if config.weights is None:
        side = _square(config.setting("image_size", 0)) or side_for(least)
        return Network(dense_network(labels), dense_processor(side), side)
    return _with_weights(config, Path(config.weights), labels)


def loaded(folder: Path) -> Network:
    """A network that was saved, ready to be asked: the same answer every time, on a GPU too."""
    deep_quiet()
    known_to_transformers()
    torch.backends.cudnn.deterministic = True
    processor = AutoImageProcessor.from_pretrained(folder, local_files_only=True)
    model = AutoModelForObjectDetection.from_pretrained(
        folder, local_files_only=True, use_safetensors=True
    )
    return Network(model.to(device()).eval(), processor, int(processor.size["height"]))


def _with_weights(config: BundleConfig, weights: Path, labels: Sequence[str]) -> Network:
    """A pretrained network, whose last layer is made anew for these labels."""
    try:
        side = _side(config, AutoImageProcessor.from_pretrained(weights, local_files_only=True))
        square = {"height": side, "width": side}
        processor = AutoImageProcessor.from_pretrained(weights, local_files_only=True, size=square)
        model = AutoModelForObjectDetection.from_pretrained(
            weights,
            local_files_only=True,
            use_safetensors=True,
            ignore_mismatched_sizes=True,
            dtype=torch.float32,
            id2label=dict(enumerate(labels)),
            label2id={label: place for place, label in enumerate(labels)},
        )
    except (ValueError, KeyError, OSError, ImportError) as error:
        raise Problem(
            f"The weights of {config.backbone} are no detection model that can be used here.",
            "Name another one: --set backbone=ustc-community/dfine-small-coco, for example.",
            field="backbone",
        ) from error
    if config.setting("freeze_backbone", default=False):
        _freeze(model)
    return Network(model, processor, side)


def _freeze(model: Module) -> None:
    """Leave what sees the picture as it was: the backbone, or all but the heads without one."""
    modules = dict(model.named_modules())
    seeing = [modules[name] for name in modules if name.rpartition(".")[2] == BACKBONE]
    for part in seeing or [model.base_model]:
        part.requires_grad_(requires_grad=False)


def _side(config: BundleConfig, processor: Module) -> int:
    """The side that the person asked for, else the model's own, less without a graphics card."""
    asked = _square(config.setting("image_size", 0))
    if asked:
        return asked
    known = dict(processor.size)
    own = int(known.get("height") or USUAL_SIDE)
    return own if device().type == "cuda" else min(own, ON_CPU)


def _square(asked: int) -> int:
    """A side that networks can halve often enough."""
    return asked // STRIDE * STRIDE
