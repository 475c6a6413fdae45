"""The one kind of model that pictures are answered by: what scores them, and what scores mean."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from config import Json
from metrics import Floats
from picture_answers import Sayer, sayer_of
from picture_plain import Colours, load_colours
from picture_serving import Pictures
from picture_sight import Sight, load_sight
from serving import Answers

MODEL = "model.json"
COLOURS, SIGHT, NETWORK = "colours", "sight", "network"


class Scorer(Protocol):
    """What scores pictures."""

    def scores(self, paths: Sequence[Path]) -> Floats:
        """Scores of shape (n, k), those of each picture the same whatever the others are."""
        ...

    def save(self, folder: Path) -> None:
        """Write all that is needed to load it again."""
        ...


@dataclass(frozen=True, slots=True)
class PictureModel:
    """A scorer and what its scores mean; `facts` are told with the score."""

    column: str
    scorer: Scorer
    sayer: Sayer
    facts: Mapping[str, Json] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The column that names pictures."""
        return (self.column,)

    def predict(self, pictures: Pictures) -> Answers:
        """One answer for each picture, in their order; Problem for one that cannot be read."""
        return self.sayer.answers(self.scorer.scores(pictures.paths))

    def save(self, folder: Path) -> None:
        """Write a model folder; nothing in it can run code."""
        self.scorer.save(folder)
        told = {
            "kind": _kind(self.scorer),
            "column": self.column,
            "sayer": self.sayer.to_json(),
            "facts": dict(self.facts),
        }
        (folder / MODEL).write_text(json.dumps(told, indent=1), "ascii")


def load_pictures(folder: Path) -> PictureModel:
    """Read a model folder that train.py or baseline.py wrote."""
    told = json.loads((folder / MODEL).read_text("ascii"))
    return PictureModel(
        told["column"], _scorer(told["kind"], folder), sayer_of(told["sayer"]), told["facts"]
    )


def _kind(scorer: Scorer) -> str:
    if isinstance(scorer, Colours):
        return COLOURS
    return SIGHT if isinstance(scorer, Sight) else NETWORK


def _scorer(kind: str, folder: Path) -> Scorer:
    if kind == COLOURS:
        return load_colours(folder)
    if kind == SIGHT:
        return load_sight(folder)
    from picture_network import load_network  # noqa: PLC0415 - torch is not there for the others

    return load_network(folder)
