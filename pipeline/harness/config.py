"""config.json of a bundle: everything a script is told, checked strictly when it is read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, TypeVar, get_args

Kind = Literal[
    "number",
    "integer",
    "boolean",
    "category",
    "text",
    "date",
    "id",
    "constant",
    "empty",
    "image",
    "nested",
]
Split = Literal["train", "validation", "test"]
Care = Literal["misses", "false_alarms"]
Number = TypeVar("Number", int, float, bool)
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One part of the person's data and the table that the report made of it."""

    name: str
    split: Split | None
    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleConfig:
    """Settings of one training. `columns` maps a role to its column, or to several.

    `insisted` are columns that are kept although they look like leaks; `care` says which mistake
    about two classes is the worse one. `weights` is the folder of the weights that the backbone
    begins with; None where it needs none.
    """

    task_type: str
    backbone: str
    columns: Mapping[str, str | tuple[str, ...]]
    ignored: Mapping[str, str]
    kinds: Mapping[str, Kind]
    metric: str
    better: Literal["higher", "lower"]
    positive: str | None
    seed: int
    budget_seconds: float
    threads: int
    split: Mapping[Split, float]
    split_chosen: bool
    files: tuple[SourceFile, ...]
    hyperparameters: Mapping[str, Json]
    insisted: tuple[str, ...] = ()
    care: Care | None = None
    weights: str | None = None

    def column(self, role: str) -> str:
        """Name of the one column that plays a role; KeyError when none does."""
        name = self.columns[role]
        return name if isinstance(name, str) else name[0]

    def columns_of(self, role: str) -> tuple[str, ...]:
        """Names of all columns that play a role, none included."""
        names = self.columns.get(role, ())
        return (names,) if isinstance(names, str) else tuple(names)

    def setting(self, name: str, default: Number) -> Number:
        """A hyperparameter, or the default where it is not given; TypeError for a wrong type."""
        told = self.hyperparameters.get(name)
        if told is None:
            return default
        value = float(told) if type(told) is int and isinstance(default, float) else told
        if type(value) is not type(default):
            raise TypeError(f"config.json: hyperparameter {name} cannot be {told!r}")
        return value

    def number(self, name: str) -> float:
        """A hyperparameter that is a number; TypeError when it is anything else."""
        value = self.hyperparameters.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"config.json: hyperparameter {name} must be a number, not {value!r}")
        return value


def load_config(path: Path) -> BundleConfig:
    """Read config.json; ValueError names every missing, unknown or wrong entry at once."""
    told: dict[str, Json] = json.loads(path.read_text("utf-8"))
    names = {field.name for field in fields(BundleConfig)}
    wrong = [f"{name} is missing" for name in sorted(names - told.keys())]
    wrong += [f"{name} is unknown" for name in sorted(told.keys() - names)]
    wrong += [
        f"{name} has the wrong type"
        for name in sorted(names & told.keys())
        if _bad(name, told[name])
    ]
    if wrong:
        raise ValueError(f"{path.name}: {'; '.join(wrong)}")
    return _build(told)


_TYPES: dict[str, tuple[type, ...]] = {
    "task_type": (str,),
    "backbone": (str,),
    "columns": (dict,),
    "ignored": (dict,),
    "kinds": (dict,),
    "metric": (str,),
    "better": (str,),
    "positive": (str, type(None)),
    "seed": (int,),
    "budget_seconds": (int, float),
    "threads": (int,),
    "split": (dict,),
    "split_chosen": (bool,),
    "files": (list,),
    "hyperparameters": (dict,),
    "insisted": (list,),
    "care": (str, type(None)),
    "weights": (str, type(None)),
}
_CHOICES: dict[str, tuple[str, ...]] = {"better": ("higher", "lower")}


def _bad(name: str, value: Json) -> bool:
    kinds = _TYPES[name]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        return True
    if name == "kinds" and isinstance(value, dict):
        return any(kind not in get_args(Kind) for kind in value.values())
    if name == "split" and isinstance(value, dict):
        return any(part not in get_args(Split) for part in value)
    return name in _CHOICES and value not in _CHOICES[name]


def _build(told: dict[str, Json]) -> BundleConfig:
    known: dict[str, object] = dict(told)
    insisted = told["insisted"]
    if isinstance(insisted, list):
        known["insisted"] = tuple(str(name) for name in insisted)
    columns = told["columns"]
    files = told["files"]
    if isinstance(columns, dict):
        known["columns"] = {
            role: tuple(name) if isinstance(name, list) else name for role, name in columns.items()
        }
    if isinstance(files, list):
        known["files"] = tuple(
            SourceFile(
                name=str(file["name"]),
                split=file.get("split"),  # type: ignore[arg-type] # checked by the report
                table=str(file["table"]),
            )
            for file in files
            if isinstance(file, dict)
        )
    return BundleConfig(**known)  # type: ignore[arg-type] # checked entry by entry above
