"""Writes the demo's data: the breast cancer table that scikit-learn carries, as two CSV files.

`python sample.py --out FILE --fresh FILE`: the first holds the examples with the column
`diagnosis`, the second a few rows kept apart, their truth in `__truth__`.
"""

import argparse
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

FRESH_EVERY = 97


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Read the arguments and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--fresh", type=Path, required=True)
    given = parser.parse_args()
    from sklearn.datasets import load_breast_cancer  # noqa: PLC0415  (a wrong use is told at once)

    found = load_breast_cancer()
    names = [str(name) for name in found.feature_names]
    labels = [str(found.target_names[place]) for place in found.target]
    rows = [[*map(float, values), label] for values, label in zip(found.data, labels, strict=True)]
    fresh = rows[::FRESH_EVERY]
    write(given.fresh, [*names, "__truth__"], fresh)
    kept = [row for place, row in enumerate(rows) if place % FRESH_EVERY]
    write(given.out, [*names, "diagnosis"], kept)


if __name__ == "__main__":
    main()
