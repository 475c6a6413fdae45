"""A task that comes as one folder: it is there, and the walls stand."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "adapters", "pipeline")


def answer(house: Path, *command: str) -> str:
    """What a program prints that works on the copy."""
    done = subprocess.run(
        command,
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_copied_folder_is_a_task_and_changes_nothing_else(tmp_path: Path) -> None:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    author = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    answer(tmp_path, "git", "init", "--quiet")
    answer(tmp_path, "git", "add", "--all")
    answer(tmp_path, "git", *author, "commit", "--quiet", "--message", "before")
    shelf = tmp_path / "pipeline" / "recipes"

    shutil.copytree(shelf / "text_classification", shelf / "mood_reading")

    told = json.loads(answer(tmp_path, sys.executable, "-m", "bot", "tasks", "--json"))["tasks"]
    assert len(told) == 14
    assert told[-1]["task_type"] == "mood_reading"
    assert told[-1]["trainable"]
    assert answer(tmp_path, "git", "status", "--porcelain") == "?? pipeline/recipes/mood_reading/\n"
    kept = answer(tmp_path, str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    assert "0 broken" in kept
