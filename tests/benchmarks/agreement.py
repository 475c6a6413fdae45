"""Agreement of found groups with the true ones, next to plain k-means at the same k.

    python agreement.py ROWS.csv SAID.csv TRUTH.csv

Runs in the training environment and prints one line.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler


def main() -> None:
    """Compare the three."""
    rows, said, truth = (read(Path(path)) for path in sys.argv[1:4])
    numbers = np.array([[float(cell) for cell in row.values()] for row in rows])
    groups, true = [row["cluster"] for row in said], [next(iter(row.values())) for row in truth]
    k = len(set(groups))
    plain = KMeans(k, n_init=10, random_state=0).fit_predict(numbers)
    scaled = KMeans(k, n_init=10, random_state=0).fit_predict(
        StandardScaler().fit_transform(numbers)
    )
    ours, raw, standard = (adjusted_rand_score(true, one) for one in (groups, plain, scaled))
    print(f"k={k} ours {ours:.3f}, k-means {raw:.3f}, on standardised columns {standard:.3f}")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
