"""Python with the libraries of the light recipes, for harness files that need numpy."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.jobs import TaskType
from pipeline.recipe import harness_shelves, requirements
from tests.contracts.bundles import training_python

Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def python(environments: Path, anyio_backend: str) -> Path:
    del anyio_backend
    return await training_python(environments, requirements(TaskType("text_classification")))


@pytest.fixture
def ask(python: Path, tmp_path: Path) -> Ask:
    """Run a few lines with the harness beside them."""

    def run(code: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-c", code, *arguments],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            encoding="utf-8",
            input=stdin,
            timeout=120,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(map(str, harness_shelves())),
                "OMP_NUM_THREADS": "1",
            },
        )

    return run


@pytest.fixture
def compute(ask: Ask) -> Callable[[str], Any]:
    """Run code that prints one line of JSON."""

    def run(code: str) -> Any:  # noqa: ANN401 - whatever the lines print
        done = ask(code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
