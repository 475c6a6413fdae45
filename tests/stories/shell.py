"""A person's shell: the real program in a folder and a home of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.fakes.llm import NO_PROVIDERS
from tests.fakes.nobody import NO_SERVICES

ROOT = Path(__file__).parents[2]
LONGEST = 240


class Shell:
    """A person's shell in a folder, with a home of its own; `settings` go into its environment."""

    def __init__(self, folder: Path, environments: Path, **settings: str) -> None:
        self.folder = folder
        self.home = folder / "home"
        self._started: list[subprocess.Popen[str]] = []
        self._environ = {
            **os.environ,
            **NO_PROVIDERS,
            **NO_SERVICES,
            "MLTRAINER_HOME": str(self.home),
            "MLTRAINER_ENV_CACHE": str(environments),
            "PYTHONPATH": str(ROOT),
            **settings,
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            env=self._environ,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        out, err = process.communicate(typed, timeout=LONGEST)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def end(self) -> None:
        for process in self._started:
            process.kill()
            process.communicate()


def last_object(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text.splitlines()[-1])
    return document
