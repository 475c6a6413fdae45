"""A folder of made-up files and the report about them, made as a job makes it."""

import csv
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.recipe import HARNESS

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Files lie in data/, what the report writes in work/."""

    python: Path
    folder: Path

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def table(self, name: str, header: Sequence[str], rows: Rows) -> str:
        """Put a CSV file there."""
        path = self.folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return name

    def run(self, *names: str, **splits: str) -> subprocess.CompletedProcess[str]:
        """Run report.py over some of the files; `splits` gives a file for each named part."""
        self.work.mkdir(exist_ok=True)
        told = [{"name": name, "split": None} for name in names]
        told += [{"name": name, "split": split} for split, name in splits.items()]
        (self.work / "files.json").write_text(json.dumps(told), "utf-8")
        given = ("--data", str(self.folder / "data"), "--files", "files.json")
        return subprocess.run(
            [self.python, HARNESS / "report.py", *given, "--out", "report.json", "--tables", "t"],
            cwd=self.work,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=120,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    def report(self, *names: str, **splits: str) -> DataReport:
        """The report of files that can be read."""
        done = self.run(*names, **splits)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not done.stderr
        return DataReport.model_validate_json((self.work / "report.json").read_text("utf-8"))

    def column(self, header: str, cells: Sequence[object]) -> ColumnReport:
        """The report of a column that stands beside a number for each row."""
        rows = [[cell, n * n % 97] for n, cell in enumerate(cells)]
        found = self.report(self.table("one.csv", (header, "n"), rows)).column(header)
        assert found is not None
        return found
