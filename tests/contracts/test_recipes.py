"""What every recipe keeps, known by its folder alone: one list of promises, run on its sample."""

import asyncio
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import JsonValue

import pipeline.recipes
from adapters.environments import Environments
from adapters.hosts.huggingface.question import Page as Asking
from pipeline.artifacts import DataReport, Metrics, Preprocessing
from pipeline.bundle import BundleConfig
from pipeline.jobs import TaskType
from pipeline.recipe import (
    RECIPES,
    SCRIPTS,
    find_recipe,
    known_recipes,
    read_requirements,
    recipe_folder,
    requirements,
)
from tests.contracts.bundles import (
    TestBundle,
    assemble,
    sample_files,
    trained_here,
    training_python,
)
from tests.contracts.published import model_folder, predicted, through_a_folder, through_the_hub
from tests.contracts.scored import (
    PICTURES,
    TRUTH,
    Row,
    Scored,
    cells_of,
    contents_of,
    packed_in,
    rows_of,
    said_of,
)
from tests.contracts.space_pages import CHROMIUM, Page, is_deep, seen_in_a_browser, started, wanted

FOUND = known_recipes()
COPIED = TaskType("text_classification")
FOURTEENTH = TaskType("a_task_added_by_a_folder")
ON_SHARED_HARDWARE = TaskType("tabular_regression")  # its Space starts the page another way
LOOKED_AT = TaskType("tabular_classification")
# What is published is not another thing for the copy, whose folder is that of its original.
OF_THE_HOUSE = pytest.mark.parametrize("task", FOUND, indirect=True)
METRICS = frozenset(
    (
        *("accuracy", "macro_f1", "f1", "roc_auc", "log_loss", "rmse", "mae", "r2"),
        *("mase", "smape", "map", "map50", "span_f1", "rouge1", "rouge2", "rougeL", "bleu", "chrf"),
        *("nats_per_char", "perplexity", "eval_loss"),
        *("silhouette", "davies_bouldin", "calinski_harabasz", "stability"),
    )
)
PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
NOT_TO_BE_LOADED = frozenset((".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin", ".ckpt", ".h5"))


@dataclass(frozen=True, slots=True)
class Trained:
    """A recipe's chain, run to its end on its sample."""

    bundle: TestBundle
    report: DataReport
    config: BundleConfig
    prepared: Preprocessing
    metrics: Metrics

    @property
    def scored(self) -> Scored:
        return Scored(self.bundle.work / "scored")

    def answers(self, path: Path | str, output: str) -> list[Row]:
        """What predict.py says in a process of its own."""
        self.bundle.must("predict.py", "--input", path, "--output", output)
        return rows_of(self.bundle.work / output)


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
async def light_python(task: TaskType, environments: Path, anyio_backend: str) -> Path:
    """Python with the recipe's own requirements, made once and kept."""
    del anyio_backend
    return await training_python(environments, requirements(task))


@pytest.fixture(scope="module")
def python(task: TaskType, request: pytest.FixtureRequest) -> Path:
    """Python with what the backbone needs that is trained here."""
    deep = trained_here(find_recipe(task)).requirements
    return Path(request.getfixturevalue("deep_python" if deep else "light_python"))


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


def test_the_task_is_found_by_its_folder(task: TaskType) -> None:
    assert task in known_recipes()


def test_declarations_are_complete(task: TaskType) -> None:
    recipe = find_recipe(task)
    metrics = {metric.name: metric for metric in recipe.metrics}
    assert recipe.title
    assert recipe.words
    assert recipe.roles  # none is required where several can tell the same
    assert len({role.name for role in recipe.roles}) == len(recipe.roles)
    assert set(metrics) <= METRICS
    assert all(recipe.headline(classes).name in metrics for classes in (0, 2, 5))
    assert all(recipe.headline(n).better == metrics[recipe.headline(n).name].better for n in (2, 5))
    assert recipe.backbones
    assert len({backbone.name for backbone in recipe.backbones}) == len(recipe.backbones)
    assert recipe.minimum_rows > 0
    assert recipe.budget_seconds > 0
    assert recipe.baselines
    assert recipe.formats
    assert recipe.settings() is not None


def test_a_backbone_can_be_trained_without_the_weights_of_others(task: TaskType) -> None:
    recipe = find_recipe(task)
    assert not trained_here(recipe).hub
    assert all(bool(one.hub) == bool(one.license) for one in recipe.backbones)
    assert not all(one.asked_only for one in recipe.backbones)


def test_all_files_are_there(task: TaskType) -> None:
    folder = recipe_folder(task)
    assert all((folder / script).is_file() for script in (*SCRIPTS, "requirements.txt"))
    assert sample_files(task)


def test_requirements_are_exact(task: TaskType) -> None:
    more = (line for one in find_recipe(task).backbones for line in one.requirements)
    assert all("==" in line for line in (*requirements(task), *more))


def test_the_recipe_knows_its_own_sample(trained: Trained) -> None:
    recipe = find_recipe(trained.bundle.task)
    evidence = trained.bundle.evidence(trained.report)
    assert evidence.score >= 0.5
    assert evidence.reason
    assert evidence.roles
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
    target = trained.config.columns.get("target")
    used = [name for name in trained.scored.inputs if name != target]
    learned, looked_at, held = (contents_of(part, used) for part in parts)
    assert not learned & looked_at
    assert not (learned | looked_at) & held


def test_the_headline_is_what_was_asked_for(trained: Trained) -> None:
    metric = trained.metrics.metric
    assert metric.name == trained.config.metric
    assert metric.n == trained.prepared.rows["test"]
    assert metric.value == trained.metrics.metrics[metric.name]
    assert metric.ci95 is None or metric.ci95[0] <= metric.value <= metric.ci95[1]
    assert trained.metrics.verdict
    assert trained.metrics.baselines


def test_the_held_out_rows_are_the_original_ones(trained: Trained) -> None:
    prepared = trained.bundle.work / "prepared" / "heldout"
    names, *held = cells_of(prepared / "test.jsonl")
    for row, cells in zip(rows_of(trained.scored.heldout), held, strict=True):
        original = dict(zip(names, cells, strict=True))
        known = [name for name in trained.scored.inputs if name in original]
        assert all(row[name] in meanings(original[name]) for name in known)
    for picture in (prepared / PICTURES).glob("*"):
        assert (
            trained.scored.folder / PICTURES / picture.name
        ).read_bytes() == picture.read_bytes()


def meanings(cell: str | None) -> list[JsonValue]:
    """A cell as a CSV has it, and what it holds where it is JSON."""
    try:
        return [cell or "", json.loads(cell or '""')]
    except ValueError:
        return [cell or ""]


def test_the_score_is_what_anybody_counts_from_the_files(trained: Trained) -> None:
    reached = trained.metrics.metrics
    said = [said_of(row) for row in rows_of(trained.scored.predictions)]
    held = rows_of(trained.scored.heldout)
    assert len(said) == len(held)
    if "stability" in reached:  # groups have no truth to count by: they are those described
        assert set(map(str, said)) <= {str(one["cluster"]) for one in described(trained)}
        return
    pairs = list(zip((row.get(TRUTH) for row in held), said, strict=True))
    if trained.scored.heldout.suffix == ".csv":
        name = "accuracy" if "accuracy" in reached else "mae"
        counted = [a == b if name == "accuracy" else far(a, b) for a, b in pairs]
        assert reached[name] == pytest.approx(sum(counted) / len(pairs), abs=1e-9)
    elif "span_f1" in reached:
        assert reached["span_f1"] == pytest.approx(span_f1(pairs), abs=1e-9)


def far(truth: JsonValue, said: JsonValue) -> float:
    return abs(float(str(truth)) - float(str(said)))


def span_f1(pairs: Sequence[tuple[JsonValue, JsonValue]]) -> float:
    """F1 of whole spans, counted by hand."""
    true, said = ([spans(pair[at]) for pair in pairs] for at in range(2))
    right = sum(len(one & other) for one, other in zip(true, said, strict=True))
    return 2 * right / max(1, sum(map(len, true)) + sum(map(len, said)))


def spans(entities: JsonValue) -> set[tuple[JsonValue, ...]]:
    assert isinstance(entities, list)
    objects = [one for one in entities if isinstance(one, dict)]
    return {(one["start"], one["end"], one["label"]) for one in objects}


def described(trained: Trained) -> list[Mapping[str, JsonValue]]:
    """The groups as the result describes them."""
    groups = trained.metrics.details["clusters"]
    assert isinstance(groups, list)
    return [one for one in groups if isinstance(one, dict)]


def test_another_process_predicts_the_same_bytes(trained: Trained) -> None:
    heldout, predictions = trained.scored.heldout, trained.scored.predictions
    trained.answers(heldout, f"again{predictions.suffix}")
    again = (trained.bundle.work / f"again{predictions.suffix}").read_bytes()
    assert again == predictions.read_bytes()


def test_answers_come_in_the_order_asked(trained: Trained) -> None:
    straight = rows_of(trained.scored.predictions)
    turned = trained.answers(trained.scored.turned(), f"turned{trained.scored.predictions.suffix}")
    assert list(reversed(turned)) == straight


def test_a_picture_and_a_folder_are_answered_like_a_list(trained: Trained) -> None:
    if not trained.scored.has_pictures:
        return
    scored, suffix = trained.scored, trained.scored.predictions.suffix
    listed = [said_of(row) for row in rows_of(scored.predictions)]
    names = [str(picture) for (picture,) in scored.asked]
    alone = trained.answers(names[0], f"alone{suffix}")
    together = trained.answers(scored.folder / PICTURES, f"together{suffix}")
    assert [said_of(row) for row in alone] == listed[:1]
    assert [said_of(row) for row in together] == [listed[names.index(one)] for one in sorted(names)]


PAGE = """
import json
def __getattr__(name):
    return lambda *_, **__: None
class Image(str):
    def __new__(cls, *_, type="numpy", **__):
        return str.__new__(cls, type)
class Interface:
    def __init__(self, fn, inputs=(), **_):
        self.fn, self.given = fn, inputs if isinstance(inputs, (list, tuple)) else [inputs]
    def launch(self):
        with open("asked.json", encoding="utf-8") as file:
            told = [self.answer(cells) for cells in json.load(file)]
        print(json.dumps([one[0] if isinstance(one, (list, tuple)) else one for one in told]))
    def answer(self, cells):
        return self.fn(*(shown(cell, part) for cell, part in zip(cells, self.given, strict=True)))
def shown(cell, part):
    if not isinstance(part, Image) or part == "filepath":
        return cell
    import numpy, PIL.Image
    picture = PIL.Image.open(cell)
    return picture if part == "pil" else numpy.asarray(picture)
"""


def test_the_page_answers_what_predict_says(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gradio.py").write_text(PAGE, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (trained.bundle.work / "asked.json").write_text(json.dumps(trained.scored.asked), "utf-8")
    said = json.loads(trained.bundle.must("app.py").output.splitlines()[-1])
    answers = rows_of(trained.scored.predictions)
    assert len(said) == len(answers)
    for shown, answer in zip(said, answers, strict=True):
        assert shown in (answer, said_of(answer), json.dumps(answer, ensure_ascii=False))


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
        assert file.suffix not in NOT_TO_BE_LOADED
        for content in packed_in(file):
            assert not content.startswith(PICKLES), file.name
            assert b"'descr': '|O'" not in content[:200], file.name


def test_progress_is_json_and_ends_at_one(trained: Trained) -> None:
    said = trained.bundle.train("rehearsed", "--rehearse").lines
    assert all(line["step"] == "train" for line in said)
    assert said[-1]["done"] == 1
    assert "problem" not in said[-1]
    assert (trained.bundle.work / "rehearsed").is_dir()


def test_the_same_seed_gives_the_same_parts(trained: Trained) -> None:
    assert trained.bundle.prepare("prepared_again").code == 0
    folders = [trained.bundle.work / name / "heldout" for name in ("prepared", "prepared_again")]
    before, after = (
        {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.*")}
        for folder in folders
    )
    assert before == after


@dataclass(frozen=True, slots=True)
class Published:
    """A model folder as two hosts gave it back, and the files that the Hub gave its Space."""

    from_folder: Path
    from_hub: Path
    space: Path


@pytest.fixture(scope="module")
def published(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Published:
    here, there = (tmp_path_factory.mktemp(name) for name in ("folder", "hub"))
    model = model_folder(trained.bundle, there / "model")
    pro = trained.bundle.task != ON_SHARED_HARDWARE
    from_folder = asyncio.run(through_a_folder(model, here))
    from_hub, space = asyncio.run(through_the_hub(model, there, pro=pro))
    shutil.rmtree(model)
    return Published(from_folder, from_hub, space)


@pytest.mark.slow
@OF_THE_HOUSE
def test_what_was_published_answers_alike_with_its_own_requirements_alone(
    trained: Trained, published: Published, environments: Path, tmp_path: Path
) -> None:
    # The same bytes answer alike: those of the other host need no process of their own.
    assert contents(published.from_folder) == contents(published.from_hub)
    python = asyncio.run(training_python(environments, read_requirements(published.from_hub)))
    assert (
        predicted(published.from_hub, python, tmp_path) == trained.scored.predictions.read_bytes()
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but its card, to which the Hub adds what it shows."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "README.md")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def space(
    trained: Trained,
    published: Published,
    environments: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Where the page of its Space runs, in an environment of what the Space names."""
    lines = wanted(deep=is_deep(trained.bundle.task))
    python = Environments(environments).ready(lines)
    if python is None:
        pytest.skip("Gradio is not installed: run `make spaces` first")
    assert {*read_requirements(published.space)} <= {*lines}
    with started(published.space, python, tmp_path_factory.mktemp("page")) as address:
        yield address


@pytest.mark.slow
@OF_THE_HOUSE
def test_its_space_answers_what_predict_says(
    trained: Trained, published: Published, space: str
) -> None:
    asked, answer = trained.scored.asked[0], rows_of(trained.scored.predictions)[0]
    shown, *_ = Page(space).answer(asked, pictures=trained.scored.has_pictures)
    assert shown in (answer, said_of(answer), json.dumps(answer, ensure_ascii=False))
    assert asyncio.run(Asking(space).asked(published.space, 0.1)) == "answered"


@pytest.mark.slow
def test_a_person_gets_the_same_answer_in_a_browser(
    trained: Trained, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if trained.bundle.task != LOOKED_AT:
        return
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    address = request.getfixturevalue("space")
    cells = dict(zip(trained.scored.inputs, map(str, trained.scored.asked[0]), strict=True))
    said = seen_in_a_browser(address, cells, tmp_path / "page.png")
    assert said == said_of(rows_of(trained.scored.predictions)[0])
