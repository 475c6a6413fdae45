"""Nothing from outside is unpickled or run: no room and no bundle file has what would do it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "adapters", "pipeline")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
MODULES = frozenset(
    (
        "pickle",
        "cPickle",
        "_pickle",
        "cloudpickle",
        "dill",
        "joblib",
        "shelve",
        "marshal",
        "jsonpickle",
    )
)
NEVER = frozenset(("eval", "exec", "compile", "__import__"))
LOADERS = frozenset(("read_pickle", "unsafe_load", "full_load", "load_module", "UnpicklingError"))


def keyword(call: ast.Call, name: str) -> object:
    """The constant that a call gives under a name; None where it gives none."""
    found = (one.value for one in call.keywords if one.arg == name)
    return next((one.value for one in found if isinstance(one, ast.Constant)), None)


def against(node: ast.AST) -> Iterator[str]:
    """What stands against a node."""
    match node:
        case ast.Import(names=names):
            yield from (one.name for one in names if one.name.split(".")[0] in MODULES)
        case ast.ImportFrom(module=str(module)) if module.split(".")[0] in MODULES:
            yield module
        case ast.Call():
            yield from called(node)


def called(call: ast.Call) -> Iterator[str]:
    """What stands against a call."""
    match call.func:
        case ast.Name(id=name) if name in NEVER:
            yield name
        case ast.Attribute(value=ast.Name(id="torch"), attr="load"):
            if keyword(call, "weights_only") is not True:
                yield "torch.load without weights_only"
        case ast.Attribute(value=ast.Name(id="yaml"), attr="load"):
            yield "yaml.load"
        case ast.Attribute(attr=name) if name in LOADERS:
            yield name
    for risky in ("allow_pickle", "trust_remote_code"):
        if keyword(call, risky) is True:
            yield f"{risky}=True"


def found(text: str) -> list[str]:
    return [said for node in ast.walk(ast.parse(text)) for said in against(node)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_unpickles_or_runs_what_is_not_ours(path: Path) -> None:
    assert found(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "code",
    [
        *("import pickle", "from joblib import load", "import dill.source", "import marshal as m"),
        *(
            "torch.load(path)",
            "torch.load(path, weights_only=False)",
            "np.load(p, allow_pickle=True)",
        ),
        *("yaml.load(text)", "eval(text)", "exec(text)", "pd.read_pickle(path)", "import shelve"),
        *("AutoModel.from_pretrained(name, trust_remote_code=True)", "__import__(name)"),
    ],
)
def test_each_of_them_would_be_seen(code: str) -> None:
    assert found(code)


def test_all_rooms_are_looked_at() -> None:
    assert len(FILES) > 300
