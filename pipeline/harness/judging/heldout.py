"""The held-out rows as files: inputs and truth, and what a model answers for them.

The answers are made from heldout.csv as it was written, so anybody can repeat every number.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from config import Json
from metrics import Classified, Measured, classified
from serving import TRUTH, Answers, Model, read_input
from tables import Table, label_of, write_csv


@dataclass(frozen=True, slots=True)
class Held:
    """The held-out rows as heldout.csv gives them back, and what is true of them."""

    content: bytes
    truth: tuple[str, ...]

    def rows(self, model: Model) -> Table:
        """The inputs as predict.py reads them from heldout.csv."""
        return read_input(model, self.content, "heldout.csv")

    def answers(self, model: Model) -> Answers:
        """What predict.py answers for heldout.csv."""
        return model.predict(self.rows(model))


def write_heldout(heldout: Table, inputs: Sequence[str], target: str, path: Path) -> Held:
    """Write inputs, unchanged, and truth; returns what is in the file now."""
    truth = tuple(label_of(cell) for cell in heldout.column(target))
    rows = heldout.select(inputs).rows
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, [*inputs, TRUTH], ([*row, t] for row, t in zip(rows, truth, strict=True)))
    return Held(path.read_bytes(), truth)


def write_objects(rows: Iterable[Mapping[str, Json]], path: Path) -> bytes:
    """Write heldout.jsonl: an object a line, the truth under its own name; what is in it now."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path.read_bytes()


def outcome_of(
    truth: Sequence[str], answers: Answers, positive: str | None
) -> Classified | Measured:
    """Truth against answers: classes where the answers have probabilities, else numbers."""
    if not answers.classes:
        return Measured(np.array(truth, float), np.asarray(answers.said, float))
    said = [str(label) for label in answers.said]
    known = sorted({*answers.classes, *truth})
    named = positive if len(known) <= 2 else None  # noqa: PLR2004 - one of two classes
    return classified(truth, said, answers.chances, answers.classes, named)
