"""The forecaster's promises, each checked where its libraries are: see checks.py beside."""

import ast
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from adapters.environments import variables
from pipeline.recipe import HARNESS

CHECKS = Path(__file__).with_name("checks.py")
NAMES = [
    node.name
    for node in ast.parse(CHECKS.read_text("utf-8")).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("check_")
]


@pytest.fixture(scope="module")
def results(python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """All checks run in one process; by name None, or what went wrong."""
    folder = tmp_path_factory.mktemp("checks")
    for file in (*HARNESS.glob("*.py"), CHECKS):
        shutil.copy(file, folder)
    ran = subprocess.run(
        [python, "checks.py"],
        cwd=folder,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=300,
        env={
            **os.environ,
            **variables(python),
            "OMP_NUM_THREADS": "1",
            "OMP_WAIT_POLICY": "PASSIVE",
        },
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, str | None] = json.loads(ran.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("name", NAMES)
def test_the_forecaster_keeps_its_promise(name: str, results: dict[str, str | None]) -> None:
    assert results[name] is None, results[name]
