"""Importing a module of the rooms does nothing: it reads no environment and touches nothing."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("bot", "adapters", "pipeline")
HARNESS = ROOT / "pipeline" / "harness"
ALEMBIC_SCRIPT = ROOT / "adapters" / "migrations" / "env.py"  # run by alembic, never imported
FILES = sorted(
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path != ALEMBIC_SCRIPT
)

# Calls that only make a value. Making an object of one of our own classes is harmless as well.
HARMLESS = {
    *("dict", "frozenset", "len", "min", "max", "range", "set", "sorted", "str", "tuple", "zip"),
    *("AfterValidator", "BeforeValidator", "ConfigDict", "Field", "SettingsConfigDict"),
    *("TypeAdapter", "field_validator", "model_validator"),
    *(
        "ContextVar",
        "Decimal",
        "MappingProxyType",
        "NewType",
        "Path",
        "ParamSpec",
        "Template",
        "TypeVar",
        "WeakValueDictionary",
        "timedelta",
    ),
    *("cache", "compile", "dataclass", "field", "getLogger", "lru_cache", "partial"),
    *("Argument", "Option", "Typer", "add_to", "add_typer", "callback", "command"),
    *("Column", "DateTime", "ForeignKey", "Index", "Integer", "MetaData", "String", "Table"),
    "UniqueConstraint",
    # Statements are expressions: they touch no database before somebody runs them.
    *("and_", "bindparam", "desc", "exists", "in_", "is_", "limit", "or_", "order_by", "select"),
    "where",
    *("items", "join", "keys", "resolve", "split", "type", "values", "with_name"),
    *(
        "datetime",
        "enumerate",
        "float",
        "frozenset[str]",
        "fromkeys",
        "maketrans",
        "map",
        "product",
    ),
}
# Bundle files are scripts of their own: they look at the clock when they start, and set what numpy
# and its kind read when they are imported.
# Constants are worked out once; a bundle script sets its threads before numpy is there.
BUNDLE_CALLS = {
    *("automatic", "datetime64", "exp", "float32", "get_args", "inference_mode", "linspace"),
    *("log", "monotonic", "round", "setdefault", "total_seconds"),
}

IMPORT_ALL = """
import importlib, os, sys
touched = []
def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event == "socket.bind" and arguments[1] == ("::1", 0):
        return  # urllib3 asks whether this machine speaks IPv6
    if writes or event in {"os.mkdir", "os.remove", "os.rename", "subprocess.Popen", "os.system",
                           "socket.connect", "socket.bind", "sqlite3.connect", "os.putenv"}:
        touched.append((event, str(arguments)))
sys.dont_write_bytecode = True
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
    assert not touched, (name, touched)
"""


class AtImport(ast.NodeVisitor):
    """Collects what runs when a module is imported: functions are defined, not run."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.environment: list[int] = []

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        defaults = [default for default in node.args.kw_defaults if default]
        for part in (*node.decorator_list, *node.args.defaults, *defaults):
            self.visit(part)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Nothing of it runs."""

    def visit_If(self, node: ast.If) -> None:
        if "__name__" not in ast.unparse(node.test):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.calls.append(ast.unparse(node.func).rpartition(".")[2])
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in {"environ", "environb", "getenv"}:
            self.environment.append(node.lineno)
        self.generic_visit(node)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_bundle_file(path: Path) -> bool:
    return HARNESS in path.parents or (
        path.parent.parent == ROOT / "pipeline" / "recipes" and path.name != "__init__.py"
    )


def read(path: Path) -> AtImport:
    visitor = AtImport()
    visitor.visit(ast.parse(path.read_text("utf-8")))
    return visitor


def own_types() -> set[str]:
    """Classes of the rooms and their NewTypes."""
    names = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                names.add(node.name)
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("NewType("):
                names.update(ast.unparse(target) for target in node.targets)
    return names


def test_a_module_calls_nothing_but_constructors() -> None:
    known = HARMLESS | own_types()
    calls = {
        (name_of(path), call)
        for path in FILES
        for call in read(path).calls
        if call not in known | (BUNDLE_CALLS if is_bundle_file(path) else set())
    }

    assert calls == set()


def test_a_module_reads_no_environment() -> None:
    readers = {
        (name_of(path), line)
        for path in FILES
        if not is_bundle_file(path)
        for line in read(path).environment
    }

    assert readers == set()


def test_importing_every_module_touches_nothing_and_says_nothing() -> None:
    skipped = ("adapters/migrations/", "bot/__main__.py")
    names = [
        name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in FILES
        if not is_bundle_file(path) and not name_of(path).startswith(skipped)
    ]

    imported = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *names],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert imported.returncode == 0, imported.stderr
    assert imported.stdout + imported.stderr == ""
