"""Results on disk: one JSON file a data set, trial and model, so that nothing is measured twice.

    RESULTS/titanic/0/ours.json

A result counts for the rows it was measured on: `rows` is a hash of what was learned from and of
what was held out, and another hash makes the result stale. So does another budget.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue


class Mark(BaseModel):
    """What a result belongs to: the rows, the seconds allowed, and the code where it is ours."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rows: str
    budget: float
    code: str = ""


class Result(BaseModel):
    """What one process reached: metrics of each of its models, and what it took.

    `seconds` are the process's own by the clock, `cpu_seconds` those it computed, `load` that of
    the machine when it ended; `details` is what else it told.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    mark: Mark
    metric: str
    better: Literal["higher", "lower"]
    models: Mapping[str, Mapping[str, float]]
    seconds: float
    cpu_seconds: float
    peak_mb: float
    load: float
    cores: int
    details: Mapping[str, JsonValue] = {}


@dataclass(frozen=True)
class Store:
    """The results below one folder."""

    folder: Path

    def read(self, name: str, trial: int, model: str) -> Result | None:
        """One result, or None."""
        file = self._file(name, trial, model)
        return Result.model_validate_json(file.read_bytes()) if file.is_file() else None

    def keep(self, name: str, trial: int, model: str, result: Result) -> None:
        """Write one result, whole or not at all."""
        file = self._file(name, trial, model)
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        draft.write_text(result.model_dump_json(indent=1) + "\n", "utf-8")
        draft.replace(file)

    def trials(self, name: str) -> Iterator[dict[str, Result]]:
        """Results by model of each trial of a data set, in order."""
        folders = (self.folder / name).glob("[0-9]*")
        for folder in sorted(folders, key=lambda one: int(one.name)):
            files = sorted(folder.glob("*.json"))
            yield {one.stem: Result.model_validate_json(one.read_bytes()) for one in files}

    def _file(self, name: str, trial: int, model: str) -> Path:
        return self.folder / name / str(trial) / f"{model}.json"


def rows_mark(prepared: Path, columns: Sequence[str]) -> str:
    """Hash of the rows to learn from and of those held out, in any order, in these columns."""
    parts = (("fit/train", "fit/validation"), ("heldout/test",))
    hashed = hashlib.sha256(json.dumps(sorted(columns)).encode())
    for names in parts:
        lines = [line for name in names for line in _lines(prepared / f"{name}.jsonl", columns)]
        hashed.update("\n".join([*sorted(lines), ""]).encode())
    return hashed.hexdigest()[:16]


def _lines(file: Path, columns: Sequence[str]) -> Iterator[str]:
    names, *rows = [json.loads(line) for line in file.read_text("ascii").splitlines()]
    places = [names.index(name) for name in sorted(columns)]
    return (json.dumps([row[place] for place in places]) for row in rows)
