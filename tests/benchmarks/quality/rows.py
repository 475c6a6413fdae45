"""What a comparison or a peer is given: the very rows that our own training gets, as frames.

Runs in the environment of whoever reads them. `trial.json` says where the rows are and what is
asked; the answers go through here too, so that everyone is measured in the same way.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import measuring
import numpy as np
import numpy.typing as npt
import pandas as pd

MISSING = {"", "?", "-", "--", ".", "na", "n/a", "#n/a", "<na>", "nan", "null", "\\n"}


@dataclass(frozen=True)
class Trial:
    """One data set with one seed: what is told of it, and its rows.

    `fit` and `test` hold the columns that our own training may read, and the target.
    """

    told: dict[str, Any]
    fit: pd.DataFrame
    test: pd.DataFrame

    @property
    def target(self) -> str:
        """The column to predict."""
        return str(self.told["target"])

    @property
    def features(self) -> list[str]:
        """The columns to learn from."""
        return list(self.told["features"])

    @property
    def truth(self) -> list[str]:
        """The held-out answers as they are written."""
        return [str(label).strip() for label in self.test[self.target]]


def read_trial() -> Trial:
    """The trial that the first argument names."""
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    folder = Path(told["prepared"])
    parts = [_read(folder / "fit" / f"{part}.jsonl") for part in ("train", "validation")]
    fit, test = pd.concat(parts, ignore_index=True), _read(folder / "heldout" / "test.jsonl")
    return Trial(told, fit, test)


def numbers_and_words(trial: Trial) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Features with numbers as floats and words as texts or None; also which are numbers."""
    fit, numbers = numbers_and_words_of(trial.fit, trial.features)
    test = trial.test[trial.features].map(_known)
    return fit, _as_floats(test, numbers), numbers


def numbers_and_words_of(frame: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """The same of one frame."""
    known = frame[names].map(_known)
    numbers = [name for name in names if _is_numeric(known[name])]
    return _as_floats(known, numbers), numbers


def tell_classes(
    trial: Trial,
    said: Iterable[object],
    chances: npt.ArrayLike | None,
    classes: Iterable[object],
    **more: object,
) -> None:
    """Print the metrics of predicted classes, as the last line."""
    names = [str(label) for label in classes]
    given = None if chances is None else np.asarray(chances, float)
    answers = [str(label) for label in said]
    metrics = measuring.of_classes(trial.truth, answers, given, names, trial.told["positive"])
    print(json.dumps({"metrics": metrics, **more}))


def tell_numbers(trial: Trial, said: npt.ArrayLike, **more: object) -> None:
    """Print the metrics of predicted numbers, as the last line."""
    truth = trial.test[trial.target].astype(float).tolist()
    metrics = measuring.of_numbers(truth, np.asarray(said, float).tolist())
    print(json.dumps({"metrics": metrics, **more}))


def _read(path: Path) -> pd.DataFrame:
    names, *rows = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    return pd.DataFrame(rows, columns=names, dtype=object)


def _known(cell: object) -> str | None:
    text = str(cell).strip() if cell is not None else ""
    return None if text.lower() in MISSING else text


def _as_floats(frame: pd.DataFrame, numbers: list[str]) -> pd.DataFrame:
    for name in numbers:
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
    return frame


def _is_numeric(column: "pd.Series[str]") -> bool:
    known = column[column.notna()]
    return bool(len(known) and pd.to_numeric(known, errors="coerce").notna().all())
