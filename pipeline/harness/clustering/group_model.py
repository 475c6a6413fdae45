"""A trained grouping of tables: the columns it reads, how rows are compared, groups in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from config import Json
from group_neighbours import Neighbours, neighbours_of
from group_profiles import Profile
from group_space import Space
from metrics import Codes, Floats
from mixtures import Mixture, Rows, mixture_of
from spreadsheets import harmless
from tables import Table
from traits import Traits, load_traits

DIGITS = 6  # of a probability: as many as any order of the rows gives the same


@dataclass(frozen=True, slots=True)
class Grouping:
    """The group of each of n rows, as a place in `profiles`, and how sure that is, (n,)."""

    labels: Codes
    chances: Floats
    profiles: tuple[Profile, ...]

    @property
    def names(self) -> list[str]:
        """Header of the CSV that predict.py writes."""
        return ["cluster", "name", "probability"]

    @property
    def rows(self) -> Iterator[list[object]]:
        """Lines of that CSV; names are safe in a spreadsheet."""
        for label, chance in zip(self.labels.tolist(), self.chances.tolist(), strict=True):
            group = self.profiles[label]
            yield [group.cluster, harmless(group.name), round(chance, DIGITS)]


@dataclass(frozen=True, kw_only=True)
class GroupModel:
    """Groups for rows of a table; `turn` (d, p) are the directions in which numbers are seen.

    `space` is what distances are measured in, `facts` what training found out about the groups.
    """

    columns: tuple[str, ...]
    inputs: tuple[str, ...]
    traits: Traits
    turn: Floats
    grouper: Mixture | Neighbours
    space: Space
    profiles: tuple[Profile, ...]
    facts: Mapping[str, Json]

    @property
    def reads_text(self) -> bool:
        """A row is more than one plain text."""
        return False

    def predict(self, rows: Table) -> Grouping:
        """The group of each row; rows have all `inputs`."""
        return self.group(self.read(rows))

    def read(self, rows: Table) -> Rows:
        """Rows of a table as they are compared."""
        return self.traits.read(rows).turned(self.turn)

    def group(self, rows: Rows) -> Grouping:
        """The group of each row that was read."""
        shares = shares_of(self.grouper, self.space, rows)
        return Grouping(
            np.asarray(shares.argmax(axis=1), dtype=np.int64), shares.max(axis=1), self.profiles
        )

    def save(self, folder: Path) -> None:
        """Write groups.json, groups.npz and the columns' files."""
        folder.mkdir(parents=True, exist_ok=True)
        content = {
            "columns": self.columns,
            "inputs": self.inputs,
            "profiles": [asdict(one) for one in self.profiles],
            "facts": dict(self.facts),
        }
        (folder / "groups.json").write_text(json.dumps(content, indent=1), "utf-8")
        space = {"space_turn": self.space.turn, "space_weights": self.space.weights}
        arrays: dict[str, Any] = {"turn": self.turn, **space, **self.grouper.arrays()}
        np.savez_compressed(folder / "groups.npz", **arrays)
        self.traits.save(folder)


def load_groups(folder: Path) -> GroupModel:
    """Read what `save` wrote."""
    content = json.loads((folder / "groups.json").read_text("utf-8"))
    with np.load(folder / "groups.npz", allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    told = [{**one, "typical": tuple(one["typical"])} for one in content["profiles"]]
    return GroupModel(
        columns=tuple(content["columns"]),
        inputs=tuple(content["inputs"]),
        traits=load_traits(folder),
        turn=arrays["turn"],
        grouper=mixture_of(arrays) if "means" in arrays else neighbours_of(arrays),
        space=Space(arrays["space_turn"], arrays["space_weights"]),
        profiles=tuple(Profile(**one) for one in told),
        facts=content["facts"],
    )


def shares_of(grouper: Mixture | Neighbours, space: Space, rows: Rows) -> Floats:
    """Chances of each row for each group, (n, k)."""
    if isinstance(grouper, Mixture):
        return grouper.shares(rows)
    return grouper.shares(space.points(rows))
