"""What predict.load returns for pairs of texts: a writer, and the column that it reads.

A folder has model.json, where `kind` says which writer it holds, and what that writer needs.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from config import Json
from pairs_reading import text_of
from serving import Objects
from tables import Table

Facts = Mapping[str, Json]


class Writer(Protocol):
    """Writes a text for a text."""

    def write(self, texts: Sequence[str]) -> list[str]:
        """An output for each text, in their order; an empty text may have an empty one."""
        ...


@dataclass(frozen=True, slots=True)
class PairsModel:
    """A writer for the texts of column `source`; `about` is what is known of it, in words."""

    columns: tuple[str, ...]
    source: str
    writer: Writer
    about: Facts
    reads_text: bool = True

    @property
    def inputs(self) -> tuple[str, ...]:
        """The one column that is read."""
        return (self.source,)

    def predict(self, rows: Table) -> Objects:
        """Input and output of each row."""
        texts = [text_of(cell) for cell in rows.column(self.source)]
        said = self.writer.write(texts)
        return Objects([{"input": a, "output": b} for a, b in zip(texts, said, strict=True)])

    def outputs(self, rows: Table) -> list[str]:
        """The outputs alone."""
        return [str(one["output"]) for one in self.predict(rows).objects]


Loaders = Mapping[str, Callable[[Path, Facts], Writer]]


def save_pairs(
    folder: Path,
    kind: str,
    *,
    columns: Sequence[str],
    source: str,
    settings: Facts,
    about: Facts | None = None,
) -> None:
    """Write model.json; what else the writer needs is its own to write."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "kind": kind,
        "columns": list(columns),
        "source": source,
        "settings": settings,
        "about": about or {},
    }
    (folder / "model.json").write_text(json.dumps(told, indent=1), "ascii")


def load_pairs(folder: Path, loaders: Loaders) -> PairsModel:
    """Read a model folder, by the loader of its kind."""
    told = json.loads((folder / "model.json").read_text("ascii"))
    writer = loaders[told["kind"]](folder, told["settings"])
    return PairsModel(tuple(told["columns"]), told["source"], writer, told["about"])


def network_in(folder: Path, settings: Facts) -> Writer:
    """The loader of fine-tuned networks."""
    from pairs_network import load_network  # noqa: PLC0415 - torch only for those who need it

    return load_network(folder, settings)
