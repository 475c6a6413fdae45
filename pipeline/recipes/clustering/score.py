"""Measures the groups on the held-out rows, through predict.py, against what there is by chance.

python score.py --config C --fit PREPARED/fit --heldout PREPARED/heldout --model M --baselines B
    --out OUT
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from config import BundleConfig, Json
from figures import Figure, cluster_sizes, clusters, scan
from group_map import flat_map
from group_model import Grouping, GroupModel
from group_scores import SHOWN, grouped, same_method, without_groups
from group_training import sampled
from metrics import Grouped, value_of
from predict import load
from progress import run
from scoring import Paths, Reached, arguments, conclude
from serving import read_input, write_answers
from tables import Table, load_fit, load_table, write_csv
from verdict import Level

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
    write_answers(answers, paths.out / "predictions.csv")
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
        verdict=None if _groups_anywhere(model) else _none(model, outcome),
    )


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
    many, names = str(model.facts["clusters"]), model.traits.names
    reached = []
    for kind, what in SHOWN.items():
        if kind == "trivial" and len(names) == 1:
            continue  # in any order, one column says what it said
        other = load(paths.baselines / kind / many)
        real, known = other.read(held), other.read(fit)
        like = real if kind == "trivial" else known
        rows = without_groups(kind, like, len(real), config.seed + 1)
        seen = without_groups(kind, known, len(known), config.seed)
        plain = grouped(other, rows, other.group(rows).labels)
        same = same_method(model, seen, rows, config.seed)
        best, how = _better(plain, same)
        reached.append(Reached("trivial", f"{how} on {what}", value_of("silhouette", best), best))
    other = load(paths.baselines / "simple" / many)
    rows = other.read(held)
    simple = grouped(other, rows, other.group(rows).labels)
    return [*reached, Reached("simple", "k-means", value_of("silhouette", simple), simple)]


def _better(plain: Grouped, same: Grouped | None) -> tuple[Grouped, str]:
    """What reaches more without groups: k-means, or the model's own method."""
    if same is not None and value_of("silhouette", same) > value_of("silhouette", plain):
        return same, "the same method"
    return plain, "k-means"


def _warnings(model: GroupModel, answers: Grouping) -> list[str]:
    told, others = [], _passing(model)
    if not _groups_anywhere(model):
        told.append(
            "No groups stand out: the rows are parted, but there is no edge between the parts."
        )
    elif not model.facts["stands_out"]:
        many, taken = " or ".join(map(str, others)), len(model.profiles)
        told.append(f"These {taken} groups do not stand out as asked for, but {many} would.")
    found = len(np.unique(answers.labels))
    if found < len(model.profiles):
        told.append(f"Only {found} of the {len(model.profiles)} groups occur in the held-out rows.")
    return told


def _figures(config: BundleConfig, model: GroupModel, fit: Table) -> list[Figure | None]:
    shown = fit.take(sampled(len(fit), MOST_MAPPED, config.seed).tolist())
    labels = model.predict(shown).labels
    names = [f"{one.cluster}: {one.name}" for one in model.profiles]
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
    if not _groups_anywhere(model):
        return NO_GROUPS
    taken = facts["clusters"]
    others = [one for one in _passing(model) if one != taken]
    votes = facts["votes"]
    voted = [one for one in votes.values() if one != taken] if isinstance(votes, dict) else []
    also = [*reversed(others), *sorted(voted, key=voted.count, reverse=True)]
    names = "Read the groups' profiles and name those that mean something to you."
    if not also:
        return [names]
    look = f"Look at {also[0]} groups as well: --set hyperparameters.clusters={also[0]}"
    return [look, names]


def _passing(model: GroupModel) -> list[int]:
    """The numbers of groups that stood up to all tests."""
    tested = [one for one in _list(model.facts["scan"]) if isinstance(one, dict)]
    return [int(str(one["clusters"])) for one in tested if one["passes"]]


def _groups_anywhere(model: GroupModel) -> bool:
    """Whether the groups stand out, or another number of them would."""
    return bool(model.facts["stands_out"]) or bool(_passing(model))


def _none(model: GroupModel, outcome: Grouped) -> tuple[Level, str]:
    """Where no groups stand out, no index makes them good."""
    sentence = (
        f"No groups stand out: cut into {len(model.profiles)} parts, the rows are apart by"
        f" {value_of('silhouette', outcome):.2g} of 1, but there is no edge between the parts, or"
        " they do not come back when rows are missing."
    )
    return "none", sentence


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


if __name__ == "__main__":
    run(main)
