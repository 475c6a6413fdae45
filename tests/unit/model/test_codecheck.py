"""Code that a model wrote is refused before it runs, with the line and the reason."""

import pytest

from pipeline import bundle
from pipeline.codecheck import problems
from pipeline.jobs import TaskType
from pipeline.recipe import known_recipes, requirements

DRAFT = 'import os\n\nos.environ.setdefault("THREADS", "1")\n\nimport numpy as np\n'
LINES = ("numpy==2.4.6", "scikit-learn==1.9.1")


def found(text: str) -> list[str]:
    return problems("train.py", text, DRAFT, ["config.py", "train.py"], LINES)


@pytest.mark.parametrize("task", known_recipes())
def test_every_recipes_own_scripts_pass(task: TaskType) -> None:
    sources = bundle.sources(task)
    for name in ("prepare.py", "train.py"):
        text = sources[name].read_text("utf-8")
        assert problems(name, text, text, [*sources], requirements(task)) == []


@pytest.mark.parametrize(
    "text",
    [
        DRAFT + "import math\nfrom config import load_config\nfrom sklearn.svm import SVC\n",
        DRAFT
        + "import warnings\n\nclass A:\n    def __init__(self):\n        self.x = np.ones(3)\n",
        DRAFT + 'if __name__ == "__main__":\n    print({"step": "train"})\n',
        DRAFT + "ratio = 'a/b'\nline = '/ '\n",
    ],
)
def test_what_training_needs_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def f(:\n  pass", "SyntaxError"),
        ("import requests", "must not import requests"),
        ("import socket", "must not import socket"),
        ("from urllib.request import urlopen", "must not import urllib.request"),
        ("import subprocess as s", "must not import subprocess"),
        ("import pickle", "must not import pickle"),
        ("import multiprocessing", "must not import multiprocessing"),
        ("import importlib", "must not import importlib"),
        ("import ctypes", "must not import ctypes"),
        ("from . import config", "must not import ."),
        ("import os\nos.system('id')", ".system"),
        ("os.environ['HF_TOKEN']", ".environ"),
        ("np.DataSource('.').open('x')", ".DataSource"),
        ("__import__('os')", "__import__"),
        ("eval('1')", "eval()"),
        ("exec('x = 1')", "exec()"),
        ("getattr(np, 'load')", "getattr()"),
        ("().__class__.__bases__", "__class__"),
        ("print(__builtins__)", "__builtins__"),
        ("open('/etc/passwd')", "outside of the job"),
        ("open('../../vault')", "outside of the job"),
        ("np.load('https://evil.example/x.npy')", "outside of the job"),
        ("import sys\nsys.modules['os'].system('id')", ".modules"),
        ("from pathlib import Path\nPath.home()", ".home"),
        ("import pandas as pd\npd.read_pickle('x')", "read_pickle"),
    ],
)
def test_what_training_does_not_need_is_refused(code: str, said: str) -> None:
    told = found(DRAFT + code)
    assert told
    assert any(said in one for one in told)
