"""An image network of transformers with its processor: begun from weights, kept, and asked."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from config import BundleConfig
from deep_machine import deep_quiet, device
from metrics import Floats
from picture_files import opened
from picture_pixels import KEPT
from PIL.Image import Image, Resampling
from progress import Problem
from transformers import AutoImageProcessor, AutoModelForImageClassification

Module: TypeAlias = Any  # transformers' types are not installed where this is checked
USUAL_SIDE = 224
SETTINGS = "network.json"


@dataclass(frozen=True, slots=True)
class Network:
    """A model, the processor that makes its input, and the side of the square it looks at."""

    model: Module
    processor: Module
    side: int

    def scores(self, paths: Sequence[Path]) -> Floats:
        """Logits of shape (n, k); each picture is looked at alone, so others change nothing."""
        self.model.eval()
        found = [self._scores(square(path, self.side)) for path in paths]
        return np.array(found, dtype=np.float64).reshape(len(paths), -1)

    def pixels(self, picture: Image) -> torch.Tensor:
        """What the model is given of a square picture, shape (3, side, side)."""
        given = self.processor(
            images=picture, do_resize=False, do_center_crop=False, return_tensors="pt"
        )
        return torch.as_tensor(given["pixel_values"][0])

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), config and processor: all that `load_network` needs."""
        self.model.save_pretrained(folder)
        self.processor.save_pretrained(folder)
        (folder / SETTINGS).write_text(json.dumps({"side": self.side}), "ascii")

    def _scores(self, picture: Image) -> list[float]:
        with torch.inference_mode():
            given = self.pixels(picture)[None].to(self.model.device)
            return [float(one) for one in self.model(pixel_values=given).logits[0].float().cpu()]


def begun(config: BundleConfig, labels: Sequence[str]) -> Network:
    """The weights of config.json with a last layer for these labels, or for one number."""
    deep_quiet()
    weights = Path(config.weights or "")
    numbers = {"num_labels": 1, "problem_type": "regression"}
    places = {label: place for place, label in enumerate(labels)}
    names = {"id2label": dict(enumerate(labels)), "label2id": places}
    try:
        processor = AutoImageProcessor.from_pretrained(weights, local_files_only=True)
        model, told = AutoModelForImageClassification.from_pretrained(
            weights,
            local_files_only=True,
            use_safetensors=True,
            ignore_mismatched_sizes=True,
            dtype=torch.float32,
            output_loading_info=True,
            **(names if labels else numbers),
        )
    except (ValueError, KeyError, OSError, ImportError) as error:
        raise Problem(
            f"The weights of {config.backbone} are no image model that can be used here.",
            "Name another one: --set backbone=facebook/dinov2-small, for example.",
            field="backbone",
        ) from error
    if config.setting("freeze_backbone", default=False):
        _freeze(model, {*told["missing_keys"], *(name for name, *_ in told["mismatched_keys"])})
    return Network(model, processor, _side(processor))


def load_network(folder: Path) -> Network:
    """A network that was saved, ready to be asked: the same answer every time, on a GPU too."""
    deep_quiet()
    torch.backends.cudnn.deterministic = True
    side = int(json.loads((folder / SETTINGS).read_text("ascii"))["side"])
    processor = AutoImageProcessor.from_pretrained(folder, local_files_only=True)
    model = AutoModelForImageClassification.from_pretrained(
        folder, local_files_only=True, use_safetensors=True
    )
    return Network(model.to(device()).eval(), processor, side)


def square(path: Path, side: int) -> Image:
    """A picture squeezed into a square: cut off, the thing itself might be gone."""
    picture = opened(path)
    picture.thumbnail((KEPT, KEPT))
    return picture.resize((side, side), Resampling.BICUBIC)


def _freeze(model: Module, new: Collection[str]) -> None:
    """Leave all as it was but what the weights did not bring: the last layer.

    Where they brought one for as many classes, it is what stands beside the body of the network.
    """
    body = max(model.children(), key=lambda part: sum(one.numel() for one in part.parameters()))
    inside = set(body.parameters())
    for name, weight in model.named_parameters():
        weight.requires_grad_(requires_grad=name in new if new else weight not in inside)


def _side(processor: Module) -> int:
    for told in (getattr(processor, "crop_size", None), getattr(processor, "size", None)):
        known = dict(told or {})
        found = known.get("height") or known.get("shortest_edge")
        if found:
            return int(found)
    return USUAL_SIDE
