"""Measures the groups on the held-out rows, through predict.py, against what there is by chance.

python score.py --config C --fit PREPARED/fit --heldout PREPARED/heldout --model M --baselines B
    --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from config import BundleConfig, Json
from figures import Figure, cluster_sizes, clusters, scan
from group_map import flat_map
from group_model import Grouping, GroupModel
from group_scores import TITLES, grouped, without_groups
from group_training import sampled
from metrics import Grouped, value_of
from predict import load
from progress import run
from scoring import Paths, Reached, arguments, conclude
from serving import read_input
from tables import Table, load_fit, load_table, write_csv

METRICS = ("silhouette", "davies_bouldin", "calinski_harabasz", "stability")
MOST_MAPPED = 1_500
INDICES = ("silhouette", "prediction_strength", "davies_bouldin")
NO_GROUPS = (
    "Where rows only have to be parted, say into how many: --set hyperparameters.clusters=4",
    "Bring columns in which kinds of rows differ, or name the few that matter to you.",
)


def main() -> None:
    """Write metrics.json, figures.json, heldout.csv and predictions.csv."""
    config, paths = arguments()
    model = load(paths.model)
    held = _held_out(load_table(paths.heldout / "test.jsonl"), model, paths.out)
    answers = model.predict(held)
    with (paths.out / "predictions.csv").open("w", encoding="utf-8", newline="") as file:
        write_csv(file, answers.names, answers.rows)
    outcome = grouped(model, model.read(held), answers.labels)
    fit = load_fit(paths.fit).select(model.inputs)
    conclude(
        config,
        paths.out,
        outcome,
        _reached(config, paths, model, held, fit),
        names=METRICS,
        warnings=_warnings(model, answers),
        figures=_figures(config, model, fit),
        details=_details(model),
        steps=_steps(model),
    )
    if not model.facts["stands_out"]:
        _say_none(paths.out / "metrics.json", model, outcome)


def _held_out(rows: Table, model: GroupModel, out: Path) -> Table:
    """The held-out rows as predict.py reads them from the heldout.csv that is written here."""
    path = out / "heldout.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, model.inputs, rows.select(model.inputs).rows)
    return read_input(model, path.read_bytes(), path.name)


def _reached(
    config: BundleConfig, paths: Paths, model: GroupModel, held: Table, fit: Table
) -> list[Reached]:
    """What k-means reaches with as many groups: on these rows, and where there are no groups."""
    reached = []
    for kind, title in TITLES.items():
        if kind == "trivial" and len(model.traits.names) == 1:
            continue  # in any order, one column says what it said
        other = load(paths.baselines / kind / str(model.facts["clusters"]))
        rows = other.read(held)
        if kind != "simple":
            like = rows if kind == "trivial" else other.read(fit)
            rows = without_groups(kind, like, len(rows), config.seed + 1)
        outcome = grouped(other, rows, other.group(rows).labels)
        value = value_of("silhouette", outcome)
        simple = kind == "simple"
        reached.append(Reached("simple" if simple else "trivial", title, value, outcome))
    return reached


def _warnings(model: GroupModel, answers: Grouping) -> list[str]:
    told = []
    if not model.facts["stands_out"]:
        told.append(
            "No groups stand out: the rows are parted, but there is no edge between the parts."
        )
    found = len(np.unique(answers.labels))
    if found < len(model.profiles):
        told.append(f"Only {found} of the {len(model.profiles)} groups occur in the held-out rows.")
    return told


def _figures(config: BundleConfig, model: GroupModel, fit: Table) -> list[Figure | None]:
    shown = fit.take(sampled(len(fit), MOST_MAPPED, config.seed).tolist())
    labels = model.predict(shown).labels
    names = [one.name for one in model.profiles]
    points, axes = flat_map(model, shown, labels)
    tested = [one for one in _list(model.facts["scan"]) if isinstance(one, dict)]
    numbers = [int(str(one["clusters"])) for one in tested]
    indices = {name: [_number(one[name]) for one in tested] for name in INDICES}
    taken = int(str(model.facts["clusters"]))
    whole = model.predict(fit).labels
    return [
        clusters(points, labels, names, axes),
        cluster_sizes(whole, names),
        scan(numbers, indices, taken),
    ]


def _details(model: GroupModel) -> dict[str, Json]:
    facts = model.facts
    kept = ("method", "reason", "stands_out", "votes", "scan", "left_out", "logarithms")
    return {"clusters": facts["groups"], **{name: facts[name] for name in kept}}


def _steps(model: GroupModel) -> Sequence[str]:
    """What to try next: another number of groups that also passes, or that an index would take."""
    facts = model.facts
    if not facts["stands_out"]:
        return NO_GROUPS
    taken = facts["clusters"]
    tested = [one for one in _list(facts["scan"]) if isinstance(one, dict)]
    others = [one["clusters"] for one in tested if one["passes"] and one["clusters"] != taken]
    votes = facts["votes"]
    voted = [one for one in votes.values() if one != taken] if isinstance(votes, dict) else []
    also = [*reversed(others), *sorted(voted, key=voted.count, reverse=True)]
    names = "Read the groups' profiles and name those that mean something to you."
    if not also:
        return [names]
    look = f"Look at {also[0]} groups as well: --set hyperparameters.clusters={also[0]}"
    return [look, names]


def _say_none(path: Path, model: GroupModel, outcome: Grouped) -> None:
    """Where no groups stand out, no index makes them good."""
    told = json.loads(path.read_text("utf-8"))
    parts = len(model.profiles)
    told["verdict_level"] = "none"
    told["verdict"] = (
        f"No groups stand out: cut into {parts} parts, the rows are apart by"
        f" {value_of('silhouette', outcome):.2g} of 1, but there is no edge between the parts, or"
        " they do not come back when rows are missing."
    )
    path.write_text(json.dumps(told, indent=1), "utf-8")


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


if __name__ == "__main__":
    run(main)
