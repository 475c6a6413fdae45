"""The floor plan: how large things may be, what may stand where, and what an import may do."""

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.recipe import SCRIPTS

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("bot", "adapters", "pipeline")
RECIPES = sorted(path.parent for path in (ROOT / "pipeline" / "recipes").glob("*/train.py"))
HARNESS = ROOT / "pipeline" / "harness"

# Where a whole program ends, and nothing above is left to tell the person.
EDGES = {
    "bot/__main__.py": "a person at the shell never meets a traceback",
    "bot/inbox/arrivals.py": "one message that cannot be handled must not stop the others",
    "bot/conversation.py": "any error of a reply becomes a sentence in the thread",
    "bot/inbox/reception.py": "any error of an answer becomes a sentence",
    "bot/posting/projector.py": "a job that cannot be drawn leaves the cards of others alone",
    "bot/posting/sender.py": "a letter that cannot be sent leaves those of others alone",
    "pipeline/orchestrator.py": "any error of an agent becomes the job's own",
}
TRAINING_LIBRARIES = {
    "PIL",
    "accelerate",
    "catboost",
    "datasets",
    "gradio",
    "jinja2",
    "lightgbm",
    "matplotlib",
    "numpy",
    "pandas",
    "peft",
    "pyarrow",
    "pycocotools",
    "python_calamine",
    "sacrebleu",
    "safetensors",
    "scipy",
    "sklearn",
    "statsforecast",
    "tokenizers",
    "torch",
    "transformers",
    "trl",
}
# Reading a file of these can run its author's code.
UNSAFE = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}


def is_bundle_file(path: Path) -> bool:
    return HARNESS in path.parents or (
        path.parent.parent == ROOT / "pipeline" / "recipes" and path.name != "__init__.py"
    )


def files_of(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def imported_roots(tree: ast.AST) -> Iterator[str]:
    """First names of everything imported; "." for a relative import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield "." if node.level else (node.module or "").partition(".")[0]


def function_lengths() -> dict[str, int]:
    """Lines of each function from `def` to its end; stubs of protocols are not counted."""
    lengths = {}
    for path in files_of(*ROOMS):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_stub(node):
                place = f"{name_of(path)}:{node.lineno} {node.name}"
                lengths[place] = (node.end_lineno or node.lineno) - node.lineno + 1
    return lengths


def is_stub(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    last = function.body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant)


def test_a_module_says_what_it_is_for() -> None:
    written = [path for path in files_of(*ROOMS, ".ci", "tests") if path.stat().st_size]

    assert [name_of(path) for path in written if not ast.get_docstring(tree_of(path))] == []


def test_a_file_is_one_idea_of_at_most_300_lines() -> None:
    lines = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in files_of(*ROOMS)}

    assert {name: count for name, count in lines.items() if count > 300} == {}


def test_functions_are_short() -> None:
    lengths = function_lengths()
    median = statistics.median(lengths.values())
    ninetieth = statistics.quantiles(lengths.values(), n=10)[-1]
    figures = f"{len(lengths)} functions: median {median}, 90th percentile {ninetieth} lines"

    assert {place: lines for place, lines in lengths.items() if lines > 45} == {}, figures
    assert ninetieth <= 30, figures
    assert median <= 10, figures


def test_no_file_is_named_after_nothing() -> None:
    stems = {name_of(path): path.stem for path in files_of(*ROOMS)}
    nothing = {"base", "common", "helpers", "manager", "misc", "util", "utils"}

    assert {name for name, stem in stems.items() if stem in nothing} == set()


def test_what_the_bot_reads_of_pipeline_needs_only_pydantic() -> None:
    allowed = {*sys.stdlib_module_names, "pydantic", "pipeline"}
    strangers = {
        (name_of(path), root)
        for path in files_of("pipeline")
        if not is_bundle_file(path)
        for root in imported_roots(tree_of(path))
        if root not in allowed
    }

    assert strangers == set()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_bundle_files_import_each_other_and_training_libraries(recipe: Path) -> None:
    files = [*HARNESS.rglob("*.py"), *recipe.glob("*.py")]
    bundle = [path for path in files if is_bundle_file(path)]
    allowed = (
        sys.stdlib_module_names | TRAINING_LIBRARIES | {path.stem for path in bundle}
    ) - UNSAFE
    strangers = {
        (path.name, root)
        for path in bundle
        for root in imported_roots(tree_of(path))
        if root not in allowed
    }

    assert strangers == set()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_a_recipe_is_complete(recipe: Path) -> None:
    missing = [name for name in (*SCRIPTS, "requirements.txt") if not (recipe / name).is_file()]

    assert missing == []
    assert any((recipe / "sample").iterdir()), "a few rows in sample/ for the tests"


def test_no_bundle_file_hides_behind_another() -> None:
    ours = {path.stem for recipe in RECIPES for path in recipe.glob("*.py")} - {"__init__"}
    harness = [path.stem for path in HARNESS.rglob("*.py")]

    assert len(set(harness)) == len(harness)
    assert ours & set(harness) == set()
    assert (ours | set(harness)) & sys.stdlib_module_names == set()


def test_every_shelf_says_how_to_add_to_it() -> None:
    packages = [path for path in files_of(*ROOMS) if path.name == "__init__.py"]
    shelves = [path.parent for path in packages if "found by" in path.read_text("utf-8")]

    assert ROOT / "pipeline" / "recipes" in shelves
    assert [name_of(shelf) for shelf in shelves if not (shelf / "ADDING.md").is_file()] == []


def broad_excepts(tree: ast.AST) -> Iterator[int]:
    """Lines that catch, or suppress, every error there is, and do not pass it on."""
    for node in ast.walk(tree):
        caught: list[ast.expr | None] = []
        if isinstance(node, ast.ExceptHandler) and ast.unparse(node.body[-1]) != "raise":
            caught = list(node.type.elts) if isinstance(node.type, ast.Tuple) else [node.type]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            caught = list(node.args)
        else:
            continue
        names = {ast.unparse(kind) if kind else "BaseException" for kind in caught}
        if names & {"Exception", "BaseException"}:
            yield node.lineno


def test_every_error_is_caught_only_at_the_edges() -> None:
    caught = {
        f"{name_of(path)}:{line}"
        for path in files_of(*ROOMS)
        if name_of(path) not in EDGES
        for line in broad_excepts(tree_of(path))
    }

    assert caught == set()


def test_tests_use_fakes_and_no_mocks() -> None:
    mocking = {
        name_of(path)
        for path in files_of("tests")
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.ImportFrom | ast.Import) and "mock" in ast.unparse(node))
        or (isinstance(node, ast.arg) and node.arg == "mocker")
    }

    assert mocking == set()
