"""Code that a model wrote, looked at before any sandbox would: it may do what training needs.

A script may import the files of its bundle, the libraries that are installed for it, and the parts
of the standard library that count and read. It reaches no network, no process, no environment and
no file outside of the job. The sandbox holds all of this too; here it is said, line by line.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from pipeline.forbidden import (
    FOLDERS_OF_ANSWERS,
    LIBRARY,
    NEVER_BY_NAME,
    NEVER_CALLED_WITH,
    NEVER_REACHED,
    OF_OS,
    OF_SYS,
    SPECIAL_METHODS,
    SUBMODULES,
)
from pipeline.trees import tree

_INSTALLED_AS = {"scikit-learn": "sklearn", "pillow": "PIL", "opencv-python": "cv2"}
_OF_MODULE = {"os": OF_OS, "sys": OF_SYS}
_OPENS = frozenset(("open", "Path", "PurePath", "join"))
_CODING = re.compile(r"^[ \t\f]*#.*?coding[:=]")
_DUNDER = re.compile(r"__\w+__")
_MAY_BE_SAID = frozenset(("__main__", "__name__", "__init__", "__future__", "__version__"))


def problems(
    name: str, text: str, draft: str, files: Collection[str], lines: Collection[str]
) -> list[str]:
    """What stands against a script, each with its line; none where it may run.

    Its statements that stand in the `draft` as well are the recipe's own. `files` are those of the
    bundle, `lines` the requirements that are installed for it.
    """
    if any(_CODING.match(line) for line in text.splitlines()[:2]):
        return [f"{name}, line 1: a script must not name an encoding of its own"]
    try:
        return _problems(name, text, draft, files, lines)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        return [f"{type(error).__name__}: {getattr(error, 'msg', error)} at line {line} of {name}"]


def _problems(
    name: str, text: str, draft: str, files: Collection[str], lines: Collection[str]
) -> list[str]:
    parsed = tree(text, name)
    known = LIBRARY | {file.removesuffix(".py") for file in files} | set(_modules(lines))
    own = {ast.dump(one) for one in tree(draft).body}
    new = [statement for statement in parsed.body if ast.dump(statement) not in own]
    found = [
        f"{name}, line {getattr(node, 'lineno', 1)}: {said}"
        for statement in new
        for node in ast.walk(statement)
        for said in _against(node, known)
    ]
    found += [
        f"{name}, line {node.lineno}: training must not pass {node.id} on"
        for node in _passed_on(new)
    ]
    return list(dict.fromkeys(found))


def _against(node: ast.AST, known: Collection[str]) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from _unknown([alias.name for alias in names], known)
        case ast.ImportFrom(module=module, level=level, names=names):
            yield from _unknown(["." if level else str(module)], known)
            yield from (said for alias in names for said in _reached(alias.name, ""))
        case ast.Name(id=named):
            yield from _named(named)
        case ast.Attribute(attr=reached, value=value):
            yield from _reached(reached, value.id if isinstance(value, ast.Name) else "")
        case ast.MatchClass(kwd_attrs=reached_by):
            yield from (said for reached in reached_by for said in _reached(reached, ""))
        case ast.FunctionDef(name=method) | ast.AsyncFunctionDef(name=method):
            if _is_inner(method) and method not in SPECIAL_METHODS:
                yield f"training must not define {method}"
        case ast.Call():
            yield from _called(node)
        case ast.Constant(value=str() | bytes() as value):
            yield from _said(value if isinstance(value, str) else value.decode("latin-1"))


def _named(name: str) -> Iterator[str]:
    if name in NEVER_BY_NAME:
        yield f"training must not call {name}()"
    if _is_inner(name):
        yield f"training must not reach into {name}"


def _reached(name: str, of: str) -> Iterator[str]:
    """What stands against an attribute, or a name that is imported."""
    if name == "*":
        yield "training must import names, not *"
    elif _is_inner(name) or (name.startswith("_") and of not in {"self", "cls"}):
        yield f"training must not reach into {name}"
    elif name in NEVER_REACHED or (of in _OF_MODULE and name not in _OF_MODULE[of]):
        yield f"training must not use .{name}"


def _called(call: ast.Call) -> Iterator[str]:
    """What is harmless as such, but not with these arguments."""
    for keyword in call.keywords:
        told = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        if keyword.arg == "allow_pickle" and not told:
            yield "training must not read pickles"
        if keyword.arg is not None and _is_inner(keyword.arg):
            yield f"training must not reach into {keyword.arg}"
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in NEVER_CALLED_WITH and (call.args or call.keywords):
        yield f"training must not use .{name}"
    opens = name or (call.func.id if isinstance(call.func, ast.Name) else "")
    first = call.args[0] if call.args else None
    if opens in _OPENS and isinstance(first, ast.Constant) and first.value in {"/", b"/"}:
        yield "a path outside of the job: '/'"


def _said(value: str) -> Iterator[str]:
    """What stands against a text in a script."""
    if _is_elsewhere(value):
        yield f"a path outside of the job: {value[:40]!r}"
    for inner in set(_DUNDER.findall(value)) - _MAY_BE_SAID:
        yield f"training must not reach into {inner[:40]}"
    if value.strip("/.").casefold() in FOLDERS_OF_ANSWERS:
        yield f"{value[:40]!r}: no script sees the held-out rows"


def _passed_on(statements: Iterable[ast.stmt]) -> list[ast.Name]:
    """`os` and `sys` used as a thing, which would hide what is reached in them."""
    nodes = [node for statement in statements for node in ast.walk(statement)]
    bases = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    names = (node for node in nodes if isinstance(node, ast.Name) and node.id in _OF_MODULE)
    return [node for node in names if id(node) not in bases]


def _unknown(modules: list[str], known: Collection[str]) -> Iterator[str]:
    for module in modules:
        root = module.partition(".")[0]
        inside = root in LIBRARY and "." in module and module not in SUBMODULES
        if root not in known or inside:
            yield f"training must not import {module}"
        else:
            yield from (said for part in module.split(".")[1:] for said in _reached(part, ""))


def _is_inner(name: str) -> bool:
    """`__class__`, `__globals__` and their like, by which code gets out of itself."""
    return name.startswith("__") and name.endswith("__") and name not in {"__name__", "__init__"}


def _is_elsewhere(value: str) -> bool:
    first = value[:2]
    path = first[:1] == "/" and len(value) > 1 and not first.isspace() and " " not in value
    up = ".." in re.split(r"[/\\]", value) and " " not in value
    return path or up or value.startswith(("~", "file:")) or "://" in value[:12]


def _modules(lines: Collection[str]) -> Iterator[str]:
    """The modules of requirements: by their name, but for those that are called otherwise."""
    for line in lines:
        name = line.partition("==")[0].partition("[")[0].strip().lower()
        yield _INSTALLED_AS.get(name, name.replace("-", "_"))
