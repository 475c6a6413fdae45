"""A tiny network beside the linear model: the better one on new texts is kept, and that is said."""

import csv
import json
import random
from pathlib import Path

import pytest
from pydantic import JsonValue

from adapters.environments import Environments
from pipeline.artifacts import DataReport
from pipeline.jobs import TaskType
from pipeline.recipe import find_recipe, requirements
from tests.contracts.bundles import TestBundle, assemble
from tests.unit.apart import tiny_encoder

TASK = TaskType("text_classification")
FILLING = ("the", "old", "ship", "sailed", "slowly", "along", "grey", "coast", "with", "no", "crew")
# Single letters are no words to the linear model, and here it is not to look at characters.
SETTINGS: dict[str, JsonValue] = {"char_ngrams": 0, "learning_rate": 0.005, "epochs": 8}


def letters(path: Path, count: int) -> Path:
    """A CSV of different texts, whose label hangs on one letter that stands alone."""
    draw = random.Random(4)  # noqa: S311 - no secret
    rows: dict[str, str] = {}
    for at in range(count):
        before, after = (" ".join(draw.choices(FILLING, k=4)) for _ in range(2))
        rows[f"{before} {'qz'[at % 2]} {after}"] = ("calm", "storm")[at % 2]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("message", "label"), *rows.items()])
    return path


@pytest.fixture(scope="module")
def bundle(deep_python: Path, tmp_path_factory: pytest.TempPathFactory) -> TestBundle:
    folder = tmp_path_factory.mktemp("network")
    made = assemble(TASK, folder, deep_python)
    texts = letters(folder / "letters.csv", 600)
    weights = tiny_encoder(deep_python, folder / "weights", texts)
    configure(made, made.report(texts), weights, SETTINGS)
    assert made.prepare().code == 0
    made.train(made.folder / "model")
    return made


def configure(
    bundle: TestBundle, report: DataReport, weights: Path, settings: dict[str, JsonValue]
) -> None:
    changes = {"weights": str(weights), "backbone": "modernbert", "budget_seconds": 60.0}
    bundle.configure(report, **changes, hyperparameters=settings)


def told_of(bundle: TestBundle) -> DataReport:
    return DataReport.model_validate_json((bundle.work / "report.json").read_text("utf-8"))


def test_a_network_that_does_better_is_kept_and_answers_alike(bundle: TestBundle) -> None:
    bundle.baseline()
    kept = {path.name for path in (bundle.folder / "model").rglob("*") if path.is_file()}
    assert kept >= {"model.json", "model.safetensors", "tokenizer.json"}
    assert not any(name.endswith((".bin", ".pt", ".pkl", ".npz")) for name in kept)
    details = bundle.score().details
    tried = {one["model"]: one for one in details["models_tried"]}  # type: ignore[union-attr,call-overload,index]
    assert tried["modernbert"]["kept"] == "yes"  # type: ignore[index,call-overload]
    assert tried["modernbert"]["f1"] > tried["tfidf_svc"]["f1"]  # type: ignore[index,call-overload,operator]
    assert "terms" not in details
    bundle.must("predict.py", "--input", "scored/heldout.csv", "--output", "again.csv")
    again, scored = (bundle.work / name for name in ("again.csv", "scored/predictions.csv"))
    assert again.read_bytes() == scored.read_bytes()


def test_where_counting_words_does_better_it_stands(bundle: TestBundle) -> None:
    report, weights = told_of(bundle), bundle.folder.parent / "weights"
    configure(bundle, report, weights, {"learning_rate": 1e-9})
    said = bundle.train(bundle.work / "linear", "--rehearse").lines
    assert any("tfidf_svc is kept" in str(line.get("message")) for line in said)
    kept = {path.name for path in (bundle.work / "linear").iterdir()}
    assert kept == {"model.json", "terms.json", "trial.json", "weights.npz"}


def test_weights_of_another_kind_are_for_the_person_to_change(bundle: TestBundle) -> None:
    other = bundle.folder.parent / "other"
    other.mkdir()
    (other / "config.json").write_text('{"model_type": "vit"}', "ascii")
    configure(bundle, told_of(bundle), other, {})
    fit = ("--fit", "prepared/fit", "--out", "none")
    ended = bundle.run("train.py", "--config", bundle.folder / "config.json", *fit)
    assert ended.code == 3
    assert "no model that can classify texts" in str(ended.lines[-1])


def test_of_few_texts_no_network_learns(environments: Path, tmp_path: Path) -> None:
    light = Environments(environments).ready(requirements(TASK))
    if light is None:
        pytest.skip("the light stack is not installed yet: the contract tests install it")
    bundle = assemble(TASK, tmp_path, light)
    report = bundle.report(letters(tmp_path / "few.csv", 200))
    configure(bundle, report, tmp_path / "nothing", {})
    assert bundle.prepare().code == 0
    said = bundle.train("model").lines
    least = find_recipe(TASK).backbones[0].least_rows
    why = f"only 160 texts, and a network needs {least}"
    assert any(why in str(line.get("message")) for line in said)
    record = json.loads((bundle.work / "model" / "trial.json").read_text("utf-8"))
    assert "tfidf_svc is kept" in record["why_this_model"]
