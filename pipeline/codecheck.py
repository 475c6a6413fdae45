"""Code that a model wrote, looked at before any sandbox would: it may do what training needs.

A script may import the files of its bundle, the libraries that are installed for it, and the parts
of the standard library that count and read. It reaches no network, no process, no environment and
no file outside of the job. The sandbox holds all of this too; here it is said, line by line.
"""

import ast
from collections.abc import Collection, Iterator

_LIBRARY = frozenset(
    (
        *("abc", "argparse", "array", "bisect", "calendar", "collections", "contextlib", "copy"),
        *("csv", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools"),
        *("gc", "hashlib", "heapq", "io", "itertools", "json", "logging", "math", "numbers"),
        *("operator", "pathlib", "random", "re", "statistics", "string", "sys", "textwrap", "time"),
        *("types", "typing", "unicodedata", "warnings", "zlib", "__future__"),
    )
)
_INSTALLED_AS = {"scikit-learn": "sklearn", "pillow": "PIL", "opencv-python": "cv2"}
_NEVER_CALLED = frozenset(
    (
        *("eval", "exec", "compile", "__import__", "breakpoint", "input", "globals", "vars"),
        *("getattr", "setattr", "delattr"),
    )
)
_NEVER_REACHED = frozenset(
    (
        *("environ", "environb", "getenv", "putenv", "system", "popen", "fork", "kill", "modules"),
        *("urlopen", "urlretrieve", "load_module", "home", "expanduser", "cwd", "chmod", "unlink"),
        *("rmdir", "rename", "symlink_to", "hardlink_to", "memmap", "ctypeslib", "read_pickle"),
        *("to_pickle", "read_sql", "read_html", "DataSource", "f2py", "distutils"),
    )
)


def problems(
    name: str, text: str, draft: str, files: Collection[str], lines: Collection[str]
) -> list[str]:
    """What stands against a script, each with its line; none where it may run.

    Its statements that stand in the `draft` as well are the recipe's own. `files` are those of the
    bundle, `lines` the requirements that are installed for it.
    """
    try:
        tree = ast.parse(text, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        return [f"{type(error).__name__}: {getattr(error, 'msg', error)} at line {line} of {name}"]
    known = _LIBRARY | {file.removesuffix(".py") for file in files} | set(_modules(lines))
    own = {ast.dump(one) for one in ast.parse(draft).body}
    kept = [statement for statement in tree.body if ast.dump(statement) in own]
    allowed = {node for statement in kept for node in ast.walk(statement)}
    found = [
        f"{name}, line {getattr(node, 'lineno', 1)}: {said}"
        for node in ast.walk(tree)
        if node not in allowed
        for said in _against(node, known)
    ]
    return list(dict.fromkeys(found))


def _against(node: ast.AST, known: Collection[str]) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from _unknown([alias.name for alias in names], known)
        case ast.ImportFrom(module=module, level=level):
            yield from _unknown(["." if level else str(module)], known)
        case ast.Call(func=ast.Name(id=called)) if called in _NEVER_CALLED:
            yield f"training must not call {called}()"
        case ast.Attribute(attr=reached) if reached in _NEVER_REACHED:
            yield f"training must not use .{reached}"
        case ast.Attribute(attr=reached) | ast.Name(id=reached) if _is_inner(reached):
            yield f"training must not reach into {reached}"
        case ast.Constant(value=str() as value) if _is_elsewhere(value):
            yield f"a path outside of the job: {value[:40]!r}"


def _unknown(modules: list[str], known: Collection[str]) -> Iterator[str]:
    for module in modules:
        if module.partition(".")[0] not in known:
            yield f"training must not import {module}"


def _is_inner(name: str) -> bool:
    """`__class__`, `__globals__` and their like, by which code gets out of itself."""
    return name.startswith("__") and name.endswith("__") and name not in {"__name__", "__init__"}


def _is_elsewhere(value: str) -> bool:
    first = value[:2]
    path = first[:1] == "/" and len(value) > 1 and not first.isspace() and " " not in value
    return path or value.startswith(("~/", "../", "file:")) or "://" in value[:12]


def _modules(lines: Collection[str]) -> Iterator[str]:
    """The modules of requirements: by their name, but for those that are called otherwise."""
    for line in lines:
        name = line.partition("==")[0].partition("[")[0].strip().lower()
        yield _INSTALLED_AS.get(name, name.replace("-", "_"))
