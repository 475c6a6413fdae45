"""The shared half of a forecaster's predict.py: a table of times in, a CSV of answers out.

Beside the columns that must be there it reads those that may be: values that have come since.
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

from forecasting import ForecastModel
from progress import Problem
from serving import WRONG_USE, read_input
from tables import Table, write_csv


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


def serve_forecasts(load: Callable[[Path], ForecastModel]) -> None:
    """Main of predict.py; wrong input ends with one `error:` line and exit code 2."""
    parser = argparse.ArgumentParser(description="Forecasts of the trained model, as CSV.")
    parser.add_argument("--input", help="file of times (CSV, TSV, JSON, JSONL), - for stdin")
    parser.add_argument("--output", default="-", help="file to write, - for stdout")
    parser.add_argument("--model", type=Path, default=Path(__file__).parent / "model")
    options = parser.parse_args()
    if options.input is None:
        _fail("give --input FILE with the times to forecast.")
    try:
        model = load(options.model)
        answers = model.predict(_rows(model, options.input))
    except Problem as problem:
        _fail(f"{problem.message} {problem.hint}")
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}.")
    with _output(options.output) as file:
        write_csv(file, answers.names, answers.rows)


def _rows(model: ForecastModel, name: str) -> Table:
    if name == "-":
        return read_rows(model, sys.stdin.buffer.read(), "standard input")
    return read_rows(model, Path(name).read_bytes(), Path(name).name)


def _output(name: str) -> "nullcontext[TextIO] | TextIO":
    if name == "-":
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr] # a real stream
        return nullcontext(sys.stdout)
    return Path(name).open("w", encoding="utf-8", newline="")


def _fail(message: str) -> NoReturn:
    line = " ".join(message.split())
    print(f"error: {line}", file=sys.stderr)  # noqa: T201 - this is the command's answer
    sys.exit(WRONG_USE)
