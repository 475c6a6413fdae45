"""A table of times for a forecaster: what it must have, and values that have come since."""

from dataclasses import dataclass

from forecasting import ForecastModel
from progress import Problem
from serving import read_input
from tables import Table


@dataclass(frozen=True, slots=True)
class Wanted:
    """A serving.Reader of these columns."""

    columns: tuple[str, ...]
    inputs: tuple[str, ...]
    reads_text: bool = False


def read_rows(model: ForecastModel, content: bytes, name: str) -> Table:
    """The needed columns of a file and what optional ones it has; Problem as serving.read_input."""
    needed, optional = model.needed, model.optional
    table = read_input(Wanted(model.columns, needed), content, name)
    for column in optional:
        try:
            more = read_input(Wanted(model.columns, (*needed, column)), content, name)
        except Problem:
            continue
        rows = [(*row, other[-1]) for row, other in zip(table.rows, more.rows, strict=True)]
        table = Table((*table.names, column), rows)
    return table
