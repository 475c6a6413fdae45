"""Agreement of found groups with the true ones, next to plain k-means at the same k.

    python agreement.py ROWS.csv SAID.csv TRUTH.csv

Runs in the training environment and prints one line.
"""

import sys

import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler


def main() -> None:
    """Compare the three."""
    rows, said, truth = (pd.read_csv(path) for path in sys.argv[1:4])
    groups, true = said["cluster"].astype(str), truth.iloc[:, 0].astype(str)
    k = groups.nunique()
    plain = KMeans(k, n_init=10, random_state=0).fit_predict(rows)
    scaled = KMeans(k, n_init=10, random_state=0).fit_predict(StandardScaler().fit_transform(rows))
    ours, raw, standard = (adjusted_rand_score(true, one) for one in (groups, plain, scaled))
    print(f"k={k} ours {ours:.3f}, k-means {raw:.3f}, on standardised columns {standard:.3f}")


if __name__ == "__main__":
    main()
