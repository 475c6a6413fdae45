"""The shared half of app.py for tables: the held-out rows on which the page can be tried."""

import csv
from pathlib import Path

EXAMPLES = 5


def examples(inputs: tuple[str, ...], path: Path) -> list[list[str]]:
    """A few of the held-out rows, where they are published beside the model."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [
            [row[name] for name in inputs] for row, _ in zip(rows, range(EXAMPLES), strict=False)
        ]
