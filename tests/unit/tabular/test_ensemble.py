"""The ensemble's promises, each checked where its libraries are: see checks.py beside."""

import ast
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from adapters.environments import variables
from pipeline.recipe import HARNESS

CHECKS = tuple(Path(__file__).with_name(name) for name in ("checks.py", "checks_of_numbers.py"))
NAMES = [
    (file.name, node.name)
    for file in CHECKS
    for node in ast.parse(file.read_text("utf-8")).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("check_")
]


@pytest.fixture(scope="module")
def results(python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """All checks of a file run in one process; by name None, or what went wrong."""
    folder = tmp_path_factory.mktemp("checks")
    for file in (*HARNESS.glob("*.py"), *CHECKS):
        shutil.copy(file, folder)
    told: dict[str, str | None] = {}
    for file in CHECKS:
        told |= run_checks(python, folder, file.name)
    return told


def run_checks(python: Path, folder: Path, script: str) -> dict[str, str | None]:
    ran = subprocess.run(
        [python, script],
        cwd=folder,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=400,
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


@pytest.mark.parametrize(("file", "name"), NAMES)
def test_the_ensemble_keeps_its_promise(
    file: str, name: str, results: dict[str, str | None]
) -> None:
    assert results[name] is None, (file, results[name])
