"""Checks of bundle files that need their libraries: scripts, each run once in its environment.

Such a script defines functions named check_… and lies flat beside the harness while checking.py
runs them.
"""

import ast
import json
import os
import shutil
import subprocess
from pathlib import Path

from adapters.environments import variables
from pipeline.recipe import HARNESS

SECONDS = 600
CHECKING = Path(__file__).with_name("checking.py")
TINY = Path(__file__).with_name("tiny_networks.py")
BESIDE = (CHECKING, TINY, Path(__file__).with_name("tiny_config.py"))


def names_in(script: Path) -> list[str]:
    """The checks of a script."""
    return [
        node.name
        for node in ast.parse(script.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("check_")
    ]


def run_checks(python: Path, folder: Path, *scripts: Path) -> dict[str, str | None]:
    """Run all checks of some scripts, a process each; by name None, or what went wrong."""
    for file in (*HARNESS.rglob("*.py"), *BESIDE, *scripts):
        shutil.copy(file, folder)
    settled = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    told: dict[str, str | None] = {}
    for script in scripts:
        ran = subprocess.run(
            [python, CHECKING.name, script.stem],
            cwd=folder,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=SECONDS,
            env={**os.environ, **variables(python), **settled},
        )
        assert ran.returncode == 0, ran.stderr
        told |= json.loads(ran.stdout.splitlines()[-1])
    return told


def tiny_encoder(python: Path, folder: Path, *texts: Path) -> Path:
    """The folder of a tiny random network that reads texts, written in the deep environment."""
    harness = os.pathsep.join(map(os.fspath, (HARNESS, HARNESS / "deep")))
    env = {**variables(python), "PYTHONPATH": harness}
    subprocess.run([python, TINY, folder, *texts], check=True, capture_output=True, env=env)
    return folder
