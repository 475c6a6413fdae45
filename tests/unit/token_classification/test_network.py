"""A tiny random network is fine-tuned, kept and read again, all by the recipe's own scripts."""

import json
from pathlib import Path

import pytest

from pipeline.jobs import TaskType
from tests.contracts.bundles import TestBundle, assemble, sample_files
from tests.unit.apart import tiny_encoder

TASK = TaskType("token_classification")
SETTINGS = {"epochs": 8, "learning_rate": 0.005, "max_length": 24}


@pytest.fixture(scope="module")
def trained(deep_python: Path, tmp_path_factory: pytest.TempPathFactory) -> TestBundle:
    folder = tmp_path_factory.mktemp("network")
    bundle = assemble(TASK, folder, deep_python)
    weights = tiny_encoder(deep_python, folder / "weights", *sample_files(TASK))
    report = bundle.report(*sample_files(TASK))
    changes = {"weights": str(weights), "hyperparameters": SETTINGS, "budget_seconds": 60.0}
    bundle.configure(report, **changes)
    assert bundle.prepare().code == 0
    bundle.train(bundle.folder / "model")
    return bundle


def test_it_is_kept_as_plain_weights_with_its_tokenizer(trained: TestBundle) -> None:
    kept = {path.name for path in (trained.folder / "model" / "network").iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= kept
    assert not any(name.endswith((".bin", ".pt", ".pkl")) for name in kept)


def test_long_texts_are_read_in_windows_and_answered_alike(trained: TestBundle) -> None:
    long = "Then Ada moved to Millford with friends . " * 40
    said = trained.must("predict.py", "--text", long, "--text", "", "--text", long).output
    first, second, third = (json.loads(line) for line in said.splitlines())
    assert first == third
    assert first["text"] == long
    assert second["entities"] == []
    assert all(0 <= one["start"] < one["end"] <= len(long) for one in first["entities"])
