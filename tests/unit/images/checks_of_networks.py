"""What tuning a network on pictures promises; runs inside the deep environment.

Run by tests/unit/apart.py.
"""

# mypy: ignore-errors

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from deep_machine import deep_quiet
from made_pictures import CONFIG, lesson, refused
from picture_model import load_pictures
from picture_network import begun
from picture_serving import Pictures
from picture_tuning import tune_pictures

deep_quiet()
torch.set_num_threads(1)

from transformers import (  # noqa: E402 - quiet first
    ResNetConfig,
    ResNetForImageClassification,
    ViTConfig,
    ViTImageProcessorPil,
    ViTModel,
)

SIDE = 16


def tiny_network(folder: Path) -> Path:
    """A vision transformer of random weights on disk, as if it had been fetched."""
    torch.manual_seed(0)
    config = ViTConfig(
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=SIDE,
        patch_size=4,
    )
    ViTModel(config).save_pretrained(folder)
    ViTImageProcessorPil(size={"height": SIDE, "width": SIDE}).save_pretrained(folder)
    return folder


def tiny_classifier(folder: Path) -> Path:
    """A convolutional network that tells three classes apart, its last layer in a sequence."""
    config = ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 8], depths=[1, 1], layer_type="basic", num_labels=3
    )
    ResNetForImageClassification(config).save_pretrained(folder)
    ViTImageProcessorPil(size={"height": SIDE, "width": SIDE}).save_pretrained(folder)
    return folder


def check_a_network_is_tuned_kept_and_answers_the_same() -> None:
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        known = lesson(place / "known", 60)
        # Looks come by the clock: none of them is to end it.
        settings = {"learning_rate": 0.005, "epochs": 25, "early_stopping_patience": 99}
        config = replace(
            CONFIG,
            backbone="tiny",
            weights=str(tiny_network(place / "weights")),
            budget_seconds=120,
            hyperparameters=settings,
        )
        model = tune_pictures(
            config, known.take(range(45)), known.take(range(45, 60)), place, rehearse=False
        )
        model.save(place / "model")
        pictures = Pictures(("a",) * 60, known.paths)
        said, again = model.predict(pictures), load_pictures(place / "model").predict(pictures)
        assert np.array_equal(said.chances, again.chances)
        assert np.mean([known.labels.index(one) for one in said.said] == known.places) > 0.8
        endings = {path.suffix for path in (place / "model").iterdir()}
        assert endings == {".json", ".safetensors"}


def learned_where_frozen(weights: Path, labels: tuple[str, ...]) -> set[str]:
    settings = {"freeze_backbone": True}
    model = begun(replace(CONFIG, weights=str(weights), hyperparameters=settings), labels).model
    return {name for name, one in model.named_parameters() if one.requires_grad}


def check_a_frozen_network_keeps_all_but_its_last_layer() -> None:
    with tempfile.TemporaryDirectory() as made:
        weights = tiny_network(Path(made))
        head = {"classifier.weight", "classifier.bias"}
        assert learned_where_frozen(weights, ("a", "b")) == head
        assert learned_where_frozen(weights, ()) == head


def check_a_frozen_network_of_other_classes_learns_these() -> None:
    with tempfile.TemporaryDirectory() as made:
        weights = tiny_classifier(Path(made))
        head = {"classifier.1.weight", "classifier.1.bias"}
        assert learned_where_frozen(weights, ("a", "b")) == head
        assert learned_where_frozen(weights, ("a", "b", "c")) == head


def check_weights_of_something_else_are_refused_in_words() -> None:
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "config.json").write_text('{"model_type": "marian"}', "utf-8")
        config = replace(CONFIG, weights=made)
        assert refused(lambda: begun(config, ("a", "b"))).field == "backbone"
