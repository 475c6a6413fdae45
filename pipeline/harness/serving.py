"""The shared half of predict.py: arguments in, a stranger's rows read, a CSV of answers out."""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol, TextIO, TypeVar

import numpy as np
from config import Json
from metrics import Floats
from progress import Problem
from reading import Reading, read_bytes
from spreadsheets import harmless
from tables import Table, parse_csv, write_csv

TRUTH = "__truth__"
TABLES = (".csv", ".tsv", ".json", ".jsonl", ".gz")  # names that promise columns
WRONG_USE = 2


@dataclass(frozen=True, slots=True)
class Answers:
    """One answer a row, and for classes their probabilities, shape (n, k); k is 0 for numbers."""

    said: Sequence[str] | Floats
    classes: tuple[str, ...]
    chances: Floats

    @property
    def names(self) -> list[str]:
        """Header of the CSV that predict.py writes; it starts with words of ours."""
        return ["prediction", *(f"probability_{label}" for label in self.classes)]

    @property
    def rows(self) -> Iterator[list[object]]:
        """Lines of that CSV: numbers read back exactly, texts are safe in a spreadsheet."""
        for said, chances in zip(self.said, self.chances.tolist(), strict=True):
            yield [float(said) if isinstance(said, np.floating) else harmless(said), *chances]


@dataclass(frozen=True, slots=True)
class Objects:
    """One answer a row where an answer is more than a cell: written as JSON, one a line."""

    objects: Sequence[Mapping[str, Json]]


class Lines(Protocol):
    """Answers of any kind as predict.py writes them: a CSV's header and its lines."""

    @property
    def names(self) -> Sequence[str]:
        """The header."""
        ...

    @property
    def rows(self) -> Iterable[Sequence[object]]:
        """The lines, with a cell for each name."""
        ...


class Reader(Protocol):
    """What reads rows: `columns` in training order, of which `inputs` are read."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of the training data, in the order of its file."""
        ...

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns that the model reads."""
        ...

    @property
    def reads_text(self) -> bool:
        """Whether one plain text is a whole input."""
        ...


class Predictor(Reader, Protocol):
    """What predict.load returns."""

    def predict(self, rows: Table) -> Lines | Objects:
        """Answers for rows that have all `inputs`."""
        ...


Kept = TypeVar("Kept", bound=Predictor)
Read = Callable[[Kept, bytes, str], Table]


class Model(Reader, Protocol):
    """What predict.load returns where each row gets one class or number."""

    def predict(self, rows: Table) -> Answers:
        """Answers for rows that have all `inputs`, in their order."""
        ...


def serve(load: Callable[[Path], Kept], read: Read[Kept] | None = None) -> None:
    """Main of every predict.py; wrong input ends with one `error:` line and exit code 2.

    `read` makes the rows of a file where that is more than `read_input`.
    """
    options = _arguments()
    try:
        content = None if options.text else _content(options.input)  # before seconds of loading
        model = load(options.model)
        if content is None:
            rows = _texts_asked(model, options.text)
        else:
            rows = (read or read_input)(model, content, _title(options.input))
        answers = model.predict(rows)
    except Problem as problem:
        fail(f"{problem.message} {problem.hint}")
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}.")
    with output(options.output) as file:
        write_to(file, answers)


def write_answers(answers: Lines | Objects, path: Path) -> None:
    """Write a file of answers, to the byte what predict.py would."""
    with path.open("w", encoding="utf-8", newline="") as file:
        write_to(file, answers)


def write_to(file: TextIO, answers: Lines | Objects) -> None:
    """Write answers: JSON lines, or a CSV."""
    if isinstance(answers, Objects):
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in answers.objects)
    else:
        write_csv(file, answers.names, answers.rows)


def read_input(model: Reader, content: bytes, name: str) -> Table:
    """The rows of a file for a model, cut to its inputs; Problem when they are not there."""
    table = _as_written_by_us(model, content)
    if table is None:
        certain = not model.reads_text or name.lower().endswith(TABLES)
        reading = read_bytes(content, name, header=None if certain else False, headers=model.inputs)
        if reading.header and _shaped_like_training(model, reading.table.names):
            reading = read_bytes(content, name, header=False)
        table = _named(model, reading, certain=certain)
    if not set(model.inputs) <= set(table.names) and model.reads_text:
        table = _texts(model, table, content, name)
    table = _spelt_alike(table, model.inputs)
    lacking = [column for column in model.inputs if column not in table.names]
    if lacking:
        raise Problem(
            f"{name} lacks {_listed(lacking)}.",
            f"The model reads the columns {_listed(model.inputs)};"
            f" the file has {_listed(table.names)}.",
        )
    return table.select(model.inputs)


def _spelt_alike(table: Table, inputs: Sequence[str]) -> Table:
    """Columns that differ from an input in case and spaces alone get its name."""
    wanted = {"".join(one.lower().split()): one for one in inputs if one not in table.names}
    own = ["".join(name.lower().split()) for name in table.names]
    names = [
        wanted[bare] if bare in wanted and own.count(bare) == 1 else name
        for name, bare in zip(table.names, own, strict=True)
    ]
    return Table(tuple(names), table.rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Answers of the trained model, as CSV.")
    parser.add_argument("--input", help="file of rows (CSV, TSV, JSON, JSONL), - for stdin")
    parser.add_argument("--text", action="append", help="one input text; may be repeated")
    parser.add_argument("--output", default="-", help="file to write, - for stdout")
    parser.add_argument("--model", type=Path, default=Path(__file__).parent / "model")
    options = parser.parse_args()
    if (options.input is None) == (options.text is None):
        fail("give either --input FILE or --text TEXT.")
    return options


def _content(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _title(name: str) -> str:
    return "standard input" if name == "-" else Path(name).name


def _texts_asked(model: Reader, texts: Sequence[str]) -> Table:
    if not model.reads_text:
        raise Problem(
            "This model does not read plain text.",
            f"Give --input FILE with the columns {_listed(model.inputs)}.",
        )
    return Table(model.inputs, [(text,) for text in texts])


def _as_written_by_us(model: Reader, content: bytes) -> Table | None:
    """Plain UTF-8 CSV whose first line names all inputs needs no guessing."""
    try:
        records = parse_csv(content.decode("utf-8-sig"))
        names = tuple(next(records, ()))
        if not set(model.inputs) <= set(names) or len(set(names)) < len(names):
            return None
        rows: list[tuple[str | None, ...]] = [tuple(record) for record in records if record]
    except (UnicodeDecodeError, csv.Error):
        return None
    return Table(names, rows) if all(len(row) == len(names) for row in rows) else None


def _shaped_like_training(model: Reader, names: Sequence[str]) -> bool:
    """Training had no header: as many columns under strange names are rows of the same kind."""
    numbered = all(column == f"column_{n}" for n, column in enumerate(model.columns, 1))
    same = len(names) == len(model.columns) > 1
    return numbered and same and not set(model.inputs) & set(names)


def _named(model: Reader, reading: Reading, *, certain: bool) -> Table:
    """Rows without a header have the training columns, or those without the target.

    A file that need not be a table is only taken for one when tabs separate its cells.
    """
    table = reading.table
    if reading.header or not (certain or reading.delimiter == "\t"):
        return table
    for names in (model.columns, model.inputs):
        if len(names) == len(table.names):
            return Table(names, table.rows)
    return table


def _texts(model: Reader, table: Table, content: bytes, name: str) -> Table:
    """One column is the text, whatever it is called; a file that is no table has a text a line."""
    tabular = name.lower().endswith(TABLES)
    if len(table.names) == 1:
        title = table.names[0]
        titled = tabular and " " not in title and not title.startswith("column_")
        whole = table if titled else read_bytes(content, name, header=False).table
        return Table(model.inputs, whole.rows)
    if tabular:
        return table
    lines = content.decode("utf-8-sig", errors="replace").splitlines()
    return Table(model.inputs, [(line,) for line in lines if line.strip()])


@contextmanager
def output(name: str) -> Iterator[TextIO]:
    """The file to write, or stdout for -."""
    if name == "-":
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr] # a real stream
        yield sys.stdout
        return
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        yield file


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:60] for name in names[:10])
    return f"{shown}, …" if len(names) > 10 else shown  # noqa: PLR2004 - as many as a line holds


def fail(message: str) -> NoReturn:
    """End with one line about wrong input."""
    line = " ".join(message.split())
    print(f"error: {line}", file=sys.stderr)  # noqa: T201 - this is the command's answer
    sys.exit(WRONG_USE)
