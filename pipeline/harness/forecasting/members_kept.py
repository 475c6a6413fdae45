"""Members in a model folder: names and settings as JSON, weights as arrays, trees as text."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from auto_models import Foretold
from lagged_trees import Trees
from members import Learned, Member
from pooled_lags import LinearMap

FILE = "members.json"


def save_members(members: Sequence[Member], folder: Path) -> None:
    """Write members.json and a file for each member that learned from all series."""
    told = []
    for member in members:
        learned = member.learned
        entry: dict[str, object] = {"name": member.name}
        if isinstance(learned, LinearMap):
            np.savez(folder / f"{member.name}.npz", weights=learned.weights)
            entry["season"] = learned.season
        elif isinstance(learned, Trees):
            (folder / f"{member.name}.txt").write_text(learned.text, "utf-8")
            entry |= {"horizon": learned.horizon, "seasons": list(learned.seasons)}
        elif isinstance(learned, Foretold):
            name = folder / f"{member.name}.npz"
            np.savez(name, digests=learned.digests, told=learned.told)
            entry["foretold"] = True
        told.append(entry)
    (folder / FILE).write_text(json.dumps(told, indent=1), "utf-8")


def load_members(folder: Path) -> tuple[Member, ...]:
    """Read what save_members wrote."""
    told = json.loads((folder / FILE).read_text("utf-8"))
    return tuple(Member(entry["name"], _learned(entry, folder)) for entry in told)


def _learned(entry: dict[str, object], folder: Path) -> Learned | None:
    if "season" in entry:
        with np.load(folder / f"{entry['name']}.npz") as arrays:
            return LinearMap(arrays["weights"], int(str(entry["season"])))
    if "foretold" in entry:
        with np.load(folder / f"{entry['name']}.npz") as arrays:
            return Foretold(str(entry["name"]), arrays["digests"], arrays["told"])
    seasons = entry.get("seasons")
    if isinstance(seasons, list):
        text = (folder / f"{entry['name']}.txt").read_text("utf-8")
        return Trees(text, int(str(entry["horizon"])), tuple(int(one) for one in seasons))
    return None
