"""Ways around the look at a model's code: those that are shut, and those that the sandbox shuts."""

import pytest

from pipeline.codecheck import problems

DRAFT = "import os\nimport sys\n\nimport numpy as np\nimport pandas as pd\n"
LINES = ("numpy==2.4.6", "pandas==3.0.0", "scikit-learn==1.9.1", "lightgbm==4.6.0")
FILES = ("config.py", "progress.py", "train.py", "tables.py")

SHUT = {
    "another name": "e = eval\ne('1')",
    "a default": "def f(x=exec): x('1')",
    "a decorator": "@eval\ndef f(): ...",
    "a map": "list(map(eval, ['1']))",
    "wide letters": "ｅｖａｌ('1')",  # noqa: RUF001  (the wide letters are the attack)
    "an encoding": "# -*- coding: utf-7 -*-\nx = 1",
    "an encoding, later": "\n# vim: set fileencoding=utf_7 :\nx = 1",
    "os passed on": "o = os\no.system('id')",
    "os in a list": "[os][0].system('id')",
    "os by another door": "os.execv('/bin/sh', ['sh'])",
    "os spawning": "os.spawnv(0, 'sh', ['sh'])",
    "os reading": "os.listdir('.')",
    "os in pathlib": "import pathlib\npathlib.os.remove('x')",
    "os from pathlib": "from pathlib import os",
    "os within random": "import random\nrandom._os.remove('x')",
    "sys within warnings": "import warnings\nwarnings.sys.exit()",
    "builtins within enum": "import enum\nenum.bltns.exec('1')",
    "modules of sys": "sys.modules['os']",
    "frames of sys": "sys._getframe()",
    "hooks of sys": "sys.meta_path.append(1)",
    "path of sys": "sys.path.insert(0, 'x')",
    "a star": "from progress import *",
    "a part of a library": "import logging.handlers",
    "a part, from": "from logging import handlers",
    "an inner name": "from lightgbm.basic import _LIB",
    "pickles in numpy": "np.load('x.npy', allow_pickle=True)",
    "pickles, computed": "np.load('x.npy', allow_pickle=bool(1))",
    "joblib in sklearn": "import sklearn.utils\nsklearn.utils.parallel.joblib.load('x')",
    "query of pandas": "pd.DataFrame().query(\"@pd.io.common.x('id')\")",
    "eval of pandas": "pd.eval('1')",
    "a frame": "def g():\n    yield\ng().gi_frame",
    "globals of a frame": "try:\n    1/0\nexcept Exception as e:\n    e.tb.f_globals",
    "a pattern": "match np:\n    case object(__class__=c): print(c)",
    "a pattern of modules": "match np:\n    case object(ctypeslib=c): print(c)",
    "a getter": "import operator\noperator.attrgetter('x')(np)",
    "a getter's name": "from operator import attrgetter",
    "a formatter": "import string\nstring.Formatter().get_field('0.x', (np,), {})",
    "a format": "'{0.__class__}'.format(np)",
    "hints": "import typing\ntyping.get_type_hints(np)",
    "hints by dispatch": "import functools\n@functools.singledispatch\ndef f(x): ...",
    "a function of code": "import types\ntypes.FunctionType(1, {})",
    "a class of fields": "import dataclasses\ndataclasses.make_dataclass('X', ['a'])",
    "all objects": "import gc\ngc.get_objects()",
    "a method that unpickles": "class A:\n    def __reduce__(self): ...",
    "a method at the end": "class A:\n    def __del__(self): ...",
    "a keyword": "dict(__builtins__=1)",
    "a global": "def f():\n    global __builtins__\n    __builtins__ = 1",
    "bytes of a path": "open(b'/etc/passwd')",
    "a path in f": "x = 'y'\nopen(f'/etc/{x}')",
    "a root": "from pathlib import Path\nPath('/', 'etc')",
    "a way up": "open('a/../../../vault')",
    "up by a part": "from pathlib import Path\nPath('x', '..', 'y')",
    "up by a parent": "from pathlib import Path\nPath('x').parent",
    "up by parents": "from pathlib import Path\nPath('x').parents[3]",
    "a home": "open('~root/.ssh/id')",
    "the held-out rows": "from pathlib import Path\nPath('x') / 'heldout' / 'test.jsonl'",
    "an address": "pd.read_csv('ftp://evil.example/x')",
    "an environment": "os.environ['PATH']",
}
# The sandbox alone stands before these: it has no network, and no file but the job's own.
OPEN = {
    "a path put together": "open(chr(47) + 'etc' + chr(47) + 'passwd')",
    "a path by steps": "open('/'.join(['', 'etc', 'passwd']))",
    "an absolute way": "from pathlib import Path\nPath('x').resolve().joinpath(chr(46) * 2)",
    "held-out rows by halves": "open('held' + 'out')",
    "a file descriptor": "open(3)",
    "an address by halves": "pd.read_csv('http' + ':' + chr(47) * 2 + 'evil.example')",
    "a writer of libraries": "np.save('anywhere', np.ones(3))",
    "a fetch of data": "from sklearn.datasets import fetch_openml\nfetch_openml('x')",
    "threads": "from sklearn.ensemble import RandomForestClassifier as R\nR(n_jobs=99)",
    "time": "import time\ntime.sleep(9999)",
    "memory": "x = np.ones(10**12)",
    "noise": "while True: print('x')",
    "false words": 'print(\'{"step": "score", "numbers": {"accuracy": 1}}\')',
    "false ends": "sys.exit(3)",
    "a file of the model": "open('metrics.json', 'w').write('{\"accuracy\": 1.0}')",
}


def found(code: str) -> list[str]:
    lines = "" if code.lstrip().startswith("#") else DRAFT
    return problems("train.py", lines + code, DRAFT, FILES, LINES)


@pytest.mark.parametrize("code", SHUT.values(), ids=SHUT)
def test_a_way_around_is_shut(code: str) -> None:
    assert found(code)


@pytest.mark.parametrize("code", OPEN.values(), ids=OPEN)
def test_what_is_left_to_the_sandbox_is_known(code: str) -> None:
    assert found(code) == []


@pytest.mark.parametrize(
    "code",
    [
        "import re\nre.compile('a/b')",
        "class A:\n    def __init__(self):\n        self._x = 1\n    def __call__(self): pass",
        "print(sys.argv, os.cpu_count(), os.path.basename('x'))",
        "from collections.abc import Mapping\nfrom sklearn.linear_model import Ridge",
        "x = np.load('x.npz', allow_pickle=False)['a'] / 2",
        "if __name__ == '__main__':\n    pass",
        "s = 'see a/b or 1/2. And so on ...'",
        "pd.DataFrame({'a': [1]}).groupby('a').mean()",
        "model = np\nmodel.eval()",
    ],
)
def test_what_training_needs_is_not_shut(code: str) -> None:
    assert found(code) == []
