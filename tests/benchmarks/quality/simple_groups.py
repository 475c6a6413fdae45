"""Plain k-means with as many groups as ours found: python simple_groups.py trial.json."""

import json

from groups import numbers_of, space_of, worth
from rows import read_trial
from sklearn.cluster import KMeans

STARTS = 10


def main() -> None:
    """Group the rows by their bare numbers, and by standardised ones with words."""
    trial = read_trial()
    points = {"k-means": numbers_of(trial), "k-means, standardised": space_of(trial)}
    models = {}
    for name, given in points.items():
        means = KMeans(trial.told["groups"], n_init=STARTS, random_state=trial.told["seed"])
        models[name] = worth(trial, means.fit_predict(given).tolist())
    print(json.dumps({"models": models}))


if __name__ == "__main__":
    main()
