"""What every recipe keeps, known by its folder alone: one list of promises, run on its sample."""

import csv
import json
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import JsonValue

import pipeline.recipes
from pipeline.artifacts import BundleConfig, DataReport, Metrics, Preprocessing
from pipeline.jobs import TaskType
from pipeline.recipe import (
    RECIPES,
    SCRIPTS,
    find_recipe,
    known_recipes,
    recipe_folder,
    requirements,
)
from tests.contracts.bundles import TestBundle, assemble, sample_files, training_python

FOUND = known_recipes()
COPIED = TaskType("text_classification")
FOURTEENTH = TaskType("a_task_added_by_a_folder")
TRUTH = "__truth__"
METRICS = frozenset(
    (
        *("accuracy", "macro_f1", "f1", "roc_auc", "log_loss", "rmse", "mae", "r2"),
        *("mase", "smape", "map", "map50", "span_f1", "rouge1", "rouge2", "rougeL", "bleu", "chrf"),
        *("nats_per_char", "perplexity", "eval_loss"),
        *("silhouette", "davies_bouldin", "calinski_harabasz", "stability"),
    )
)
PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


@dataclass(frozen=True, slots=True)
class Trained:
    """A recipe's chain, run to its end on its sample."""

    bundle: TestBundle
    report: DataReport
    config: BundleConfig
    prepared: Preprocessing
    metrics: Metrics

    @property
    def scored(self) -> Path:
        return self.bundle.work / "scored"


@pytest.fixture(scope="module", params=[*FOUND, FOURTEENTH])
def task(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TaskType]:
    """Each recipe in the house, and one more that came as a folder and nothing else."""
    wanted = TaskType(request.param)
    if wanted != FOURTEENTH:
        yield wanted
        return
    shelf = tmp_path_factory.mktemp("more_recipes")
    shutil.copytree(RECIPES / COPIED, shelf / wanted)
    pipeline.recipes.__path__.append(str(shelf))
    known_recipes.cache_clear()
    yield wanted
    pipeline.recipes.__path__.remove(str(shelf))
    sys.modules.pop(f"pipeline.recipes.{wanted}", None)
    known_recipes.cache_clear()
    find_recipe.cache_clear()


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def python(task: TaskType, environments: Path, anyio_backend: str) -> Path:
    """Python with the recipe's own requirements, made once and kept."""
    del anyio_backend
    return await training_python(environments, requirements(task))


@pytest.fixture(scope="module")
def trained(task: TaskType, python: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    bundle = assemble(task, tmp_path_factory.mktemp(str(task)), python)
    files = sample_files(task)
    report = bundle.report(*files)
    config = bundle.configure(report)
    prepared = bundle.prepare()
    assert prepared.code == 0, prepared.errors
    told = json.loads((bundle.work / "prepared" / "prepared.json").read_text("utf-8"))
    bundle.baseline()
    hidden = bundle.work / "out_of_sight"
    (bundle.work / "prepared" / "heldout").rename(hidden)
    bundle.train(bundle.folder / "model")
    hidden.rename(bundle.work / "prepared" / "heldout")
    kept = Preprocessing.model_validate({**told, "folder": "prepared"})
    return Trained(bundle, report, config, kept, bundle.score())


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells_of(path: Path) -> list[list[str | None]]:
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_the_task_is_found_by_its_folder(task: TaskType) -> None:
    assert task in known_recipes()


def test_declarations_are_complete(task: TaskType) -> None:
    recipe = find_recipe(task)
    metrics = {metric.name: metric for metric in recipe.metrics}
    assert recipe.title
    assert recipe.words
    assert any(role.required for role in recipe.roles)
    assert len({role.name for role in recipe.roles}) == len(recipe.roles)
    assert set(metrics) <= METRICS
    assert all(recipe.headline(classes).name in metrics for classes in (0, 2, 5))
    assert all(recipe.headline(n).better == metrics[recipe.headline(n).name].better for n in (2, 5))
    assert recipe.backbones
    assert len({backbone.name for backbone in recipe.backbones}) == len(recipe.backbones)
    assert recipe.minimum_rows > 0
    assert recipe.budget_seconds > 0
    assert recipe.settings() is not None


def test_all_files_are_there(task: TaskType) -> None:
    folder = recipe_folder(task)
    assert all((folder / script).is_file() for script in (*SCRIPTS, "requirements.txt"))
    assert sample_files(task)


def test_requirements_are_exact(task: TaskType) -> None:
    assert all("==" in line for line in requirements(task))


def test_the_recipe_knows_its_own_sample(trained: Trained) -> None:
    recipe = find_recipe(trained.bundle.task)
    evidence = trained.bundle.evidence(trained.report)
    assert evidence.score >= 0.5
    assert evidence.reason
    assert {role.name for role in recipe.roles if role.required} <= set(evidence.roles)


def test_every_row_is_accounted_for(trained: Trained) -> None:
    prepared = trained.prepared
    assert prepared.rows["train"] > 0
    assert prepared.rows["test"] > 0
    assert sum(prepared.rows.values()) + prepared.duplicates_removed <= trained.report.rows


def test_no_row_is_in_two_parts(trained: Trained) -> None:
    prepared = trained.bundle.work / "prepared"
    parts = [prepared / "fit" / "train.jsonl", prepared / "fit" / "validation.jsonl"]
    parts.append(prepared / "heldout" / "test.jsonl")
    names, *_ = cells_of(parts[0])
    target = trained.config.columns.get("target")
    used = [names.index(name) for name in inputs_of(trained) if name != target]
    seen = [{tuple(row[at] for at in used) for row in cells_of(part)[1:]} for part in parts]
    assert not seen[0] & seen[1]
    assert not (seen[0] | seen[1]) & seen[2]


def inputs_of(trained: Trained) -> list[str]:
    return [name for name in rows_of(trained.scored / "heldout.csv")[0] if name != TRUTH]


def test_the_headline_is_what_was_asked_for(trained: Trained) -> None:
    metric = trained.metrics.metric
    assert metric.name == trained.config.metric
    assert metric.n == trained.prepared.rows["test"]
    assert metric.value == trained.metrics.metrics[metric.name]
    assert metric.ci95 is None or metric.ci95[0] <= metric.value <= metric.ci95[1]
    assert trained.metrics.verdict
    assert trained.metrics.baselines


def test_the_held_out_rows_are_the_original_ones(trained: Trained) -> None:
    rows = rows_of(trained.scored / "heldout.csv")
    names, *held = cells_of(trained.bundle.work / "prepared" / "heldout" / "test.jsonl")
    for row, cells in zip(rows, held, strict=True):
        original = dict(zip(names, cells, strict=True))
        assert all(row[name] == (original[name] or "") for name in inputs_of(trained))


def test_the_score_is_what_anybody_counts_from_the_files(trained: Trained) -> None:
    reached, said = trained.metrics.metrics, answers_of(trained.scored / "predictions.csv")
    held = rows_of(trained.scored / "heldout.csv")
    assert len(said) == len(held)
    if "stability" in reached:  # groups have no truth to count by: they are those described
        assert set(said) <= {str(one["cluster"]) for one in described(trained)}
        return
    pairs = list(zip((row[TRUTH] for row in held), said, strict=True))
    name = "accuracy" if "accuracy" in reached else "mae"
    counted = [a == b if name == "accuracy" else abs(float(a) - float(b)) for a, b in pairs]
    assert reached[name] == pytest.approx(sum(counted) / len(pairs), abs=1e-9)


def answers_of(path: Path) -> list[str]:
    """What is said of each row: a prediction or a group."""
    rows = rows_of(path)
    column = "prediction" if "prediction" in rows[0] else "cluster"
    return [row[column] for row in rows]


def described(trained: Trained) -> list[Mapping[str, JsonValue]]:
    """The groups as the result describes them."""
    groups = trained.metrics.details["clusters"]
    assert isinstance(groups, list)
    return [one for one in groups if isinstance(one, dict)]


def test_another_process_predicts_the_same_bytes(trained: Trained) -> None:
    heldout = trained.scored / "heldout.csv"
    trained.bundle.must("predict.py", "--input", heldout, "--output", "again.csv")
    again = (trained.bundle.work / "again.csv").read_bytes()
    assert again == (trained.scored / "predictions.csv").read_bytes()


def test_answers_come_in_the_order_asked(trained: Trained, tmp_path: Path) -> None:
    lines = (trained.scored / "heldout.csv").read_text("utf-8")
    rows = list(csv.reader(lines.splitlines(keepends=True)))
    turned = tmp_path / "turned.csv"
    with turned.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0], *reversed(rows[1:])])
    trained.bundle.must("predict.py", "--input", turned, "--output", "turned.csv")
    straight = rows_of(trained.scored / "predictions.csv")
    answers = rows_of(trained.bundle.work / "turned.csv")
    assert list(reversed(answers)) == straight


PAGE = """
import json
def __getattr__(name):
    return lambda *_, **__: None
class Interface:
    def __init__(self, fn, **_):
        self.fn = fn
    def launch(self):
        with open("asked.json", encoding="utf-8") as file:
            print(json.dumps([self.fn(*cells)[0] for cells in json.load(file)]))
"""


def test_the_page_answers_what_predict_says(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gradio.py").write_text(PAGE, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    rows = rows_of(trained.scored / "heldout.csv")
    asked = [[row[name] for name in inputs_of(trained)] for row in rows]
    (trained.bundle.work / "asked.json").write_text(json.dumps(asked), "utf-8")
    said = json.loads(trained.bundle.must("app.py").output.splitlines()[-1])
    assert said == answers_of(trained.scored / "predictions.csv")


def test_a_table_of_something_else_is_refused_in_one_line(trained: Trained) -> None:
    stranger = "zz_one;zz_two\n1,5;2\n3,5;4\n"
    (trained.bundle.work / "stranger.csv").write_text(stranger, "utf-8")
    for arguments in (("--input", "stranger.csv"), ("--input", "not_there.csv"), ()):
        ended = trained.bundle.run("predict.py", *arguments)
        assert ended.code == 2, arguments
        assert ended.errors.startswith("error: ")
        assert len(ended.errors.splitlines()) == 1


def test_nothing_in_a_model_is_a_pickle(trained: Trained) -> None:
    folders = (trained.bundle.folder / "model", trained.bundle.work / "baselines")
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    assert files
    for file in files:
        assert file.suffix not in {".pkl", ".pickle", ".joblib", ".pt", ".bin"}
        for content in contents(file):
            assert not content.startswith(PICKLES), file.name
            assert b"'descr': '|O'" not in content[:200], file.name


def contents(file: Path) -> Iterator[bytes]:
    """A file's bytes, and those of each member where it is an archive."""
    yield file.read_bytes()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def test_progress_is_json_and_ends_at_one(trained: Trained) -> None:
    said = trained.bundle.train("rehearsed", "--rehearse").lines
    assert all(line["step"] == "train" for line in said)
    assert said[-1]["done"] == 1
    assert "problem" not in said[-1]
    assert (trained.bundle.work / "rehearsed").is_dir()


def test_the_same_seed_gives_the_same_parts(trained: Trained) -> None:
    before = trained.bundle.work / "prepared" / "heldout" / "test.jsonl"
    assert trained.bundle.prepare("prepared_again").code == 0
    after = trained.bundle.work / "prepared_again" / "heldout" / "test.jsonl"
    assert before.read_bytes() == after.read_bytes()
