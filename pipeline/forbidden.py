"""What a script that a model wrote may import, and what it may not call, reach or name."""

LIBRARY = frozenset(
    (
        *("abc", "argparse", "array", "bisect", "calendar", "collections", "contextlib", "copy"),
        *("csv", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools"),
        *("gc", "hashlib", "heapq", "io", "itertools", "json", "logging", "math", "numbers"),
        *("operator", "pathlib", "random", "re", "statistics", "string", "sys", "textwrap", "time"),
        *("types", "typing", "unicodedata", "warnings", "zlib", "__future__"),
    )
)
SUBMODULES = frozenset(("collections.abc",))
OF_OS = frozenset(("path", "cpu_count", "sep", "linesep", "fspath", "PathLike"))
OF_SYS = frozenset(
    (
        *("argv", "exit", "stdout", "stderr", "maxsize", "float_info", "version_info", "byteorder"),
        *("flags", "platform", "getsizeof", "intern"),
    )
)
NEVER_BY_NAME = frozenset(
    (
        *("eval", "exec", "compile", "__import__", "breakpoint", "input", "globals", "vars"),
        *("getattr", "setattr", "delattr", "locals", "help"),
    )
)
NEVER_REACHED = frozenset(
    (
        # processes, the environment, the network, files elsewhere
        *("environ", "environb", "getenv", "putenv", "system", "popen", "fork", "kill", "modules"),
        *("urlopen", "urlretrieve", "load_module", "home", "expanduser", "cwd", "chmod", "unlink"),
        *("rmdir", "rename", "symlink_to", "hardlink_to", "link_to", "memmap", "ctypeslib"),
        *("parent", "parents", "hub", "cpp_extension", "handlers"),
        # what runs text or unpickles
        *("read_pickle", "to_pickle", "read_sql", "read_html", "DataSource", "f2py", "distutils"),
        *("exec", "getattr", "setattr", "globals", "query", "get_type_hints", "ForwardRef"),
        *("make_dataclass", "singledispatch", "singledispatchmethod", "attrgetter", "methodcaller"),
        *("Formatter", "get_field", "FunctionType", "LambdaType", "CodeType", "ModuleType"),
        *("import_module", "externals"),
        # modules that lie within others, and the frames of those who call
        *("os", "sys", "subprocess", "builtins", "bltns", "importlib", "socket", "ctypes"),
        *("pickle", "posix", "shutil", "inspect", "joblib", "codecs", "copyreg", "threading"),
        *("multiprocessing", "tempfile", "urllib", "requests", "runpy", "pydoc"),
        *("get_objects", "get_referrers", "get_referents", "gi_frame", "cr_frame", "ag_frame"),
        *("f_back", "f_builtins", "f_globals", "f_locals", "tb_frame", "settrace", "setprofile"),
    )
)
NEVER_CALLED_WITH = frozenset(("eval",))  # `model.eval()` is training, `frame.eval("…")` runs text
SPECIAL_METHODS = frozenset(
    (
        *("__post_init__", "__call__", "__len__", "__iter__", "__next__", "__getitem__"),
        *("__setitem__", "__contains__", "__enter__", "__exit__", "__repr__", "__str__", "__eq__"),
        *("__hash__", "__lt__", "__add__", "__mul__", "__sub__", "__neg__", "__bool__"),
    )
)
FOLDERS_OF_ANSWERS = frozenset(("heldout", "heldout/test.jsonl", "test.jsonl"))
