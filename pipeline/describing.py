"""What a model is shown of the data and of the choices: names, types and statistics.

Rows are shown only where the operator allows samples; of columns with personal data never.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from pydantic import BaseModel, JsonValue

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.context import JobContext
from pipeline.folders import JobFolder
from pipeline.ports import Ports
from pipeline.prompting import Data
from pipeline.understanding import Reading
from pipeline.wishes import leaves

_MOST_COLUMNS = 60
_MOST_VALUES = 5
_MOST_ROWS = 5
_LONGEST_VALUE = 60
_LONGEST_CELL = 200
_LONGEST_TALK = 8_000
_LONGEST_WORDS = 4_000
_NOT_ASKED = frozenset(("task_type", "runtime", "budget_minutes", "dataset.url"))


def data(report: DataReport, context: JobContext, ports: Ports) -> Data:
    """The files and columns, a line each; sample rows where they may be shown."""
    samples = ports.share == "samples"
    lines = [*_files(report), *_columns(report, samples=samples)]
    if samples:
        lines += ["", "Sample rows:", *_rows(report, context, ports)]
    return Data("\n".join(lines))


def words(context: JobContext) -> Data:
    """What the person wrote: the first message, and as many of the latest turns as have room."""
    first = f"person: {context.request.words[:_LONGEST_WORDS]}"
    room = _LONGEST_TALK - len(first)
    kept: list[str] = []
    for turn in reversed(context.request.conversation):
        line = f"{turn.who}: {turn.text}"
        room -= len(line) + 1
        if room < 0:
            break
        kept.insert(0, line)
    return Data("\n".join([first, *kept]))


def roles(parts: Mapping[str, str | tuple[str, ...]]) -> Data:
    """Which column plays which part."""
    return Data(
        "\n".join(
            f"{role}: {name if isinstance(name, str) else ', '.join(name[:_MOST_COLUMNS])}"
            for role, name in parts.items()
        )
    )


def schema(settings: type[BaseModel], now: Mapping[str, JsonValue]) -> str:
    """The hyperparameters of a recipe with what they mean and what they are now, a line each."""
    return "\n".join(
        f"- {name} ({now.get(name)}): {field.description or name}"
        for name, field in settings.model_fields.items()
    )


def choices(ranked: Iterable[Reading]) -> str:
    """The tasks with what the rules make of each; the titles are ours, the reasons are not said."""
    return "\n".join(f"- {one.task}: fits {one.score:.2f}" for one in ranked)


def settings() -> str:
    """Every setting that can be named, a line each."""
    return "\n".join(f"- {name}" for name in leaves() if name not in _NOT_ASKED)


def _files(report: DataReport) -> Iterator[str]:
    yield f"{report.rows:,} rows in {len(report.files)} file(s), layout: {report.layout}"
    for file in report.files:
        split = f", split: {file.split}" if file.split else ""
        yield f"file {file.name}: {file.format}, {file.rows:,} rows{split}"


def _columns(report: DataReport, *, samples: bool) -> Iterator[str]:
    for column in report.columns[:_MOST_COLUMNS]:
        yield f"column {json.dumps(column.name, ensure_ascii=False)}: {_facts(column, samples)}"
    if len(report.columns) > _MOST_COLUMNS:
        yield f"and {len(report.columns) - _MOST_COLUMNS} more columns"


def _facts(column: ColumnReport, samples: bool) -> str:  # noqa: FBT001  (the setting itself)
    facts = [column.kind, f"{column.unique:,} different", f"{column.missing:,} missing"]
    if column.minimum is not None and column.maximum is not None:
        facts.append(f"{column.minimum:g} to {column.maximum:g}")
    if column.mean_words:
        facts.append(f"{column.mean_words:.0f} words on average")
    if column.frequency:
        facts.append(f"every {column.frequency}")
    if column.personal:
        facts.append("personal data")
    elif samples and column.top:
        values = (value[:_LONGEST_VALUE] for value, _ in column.top[:_MOST_VALUES])
        facts.append("such as " + json.dumps([*values], ensure_ascii=False))
    return ", ".join(facts)


def _rows(report: DataReport, context: JobContext, ports: Ports) -> Iterator[str]:
    """The first rows of the first table, without personal columns."""
    private = {column.name for column in report.columns if column.personal}
    table = JobFolder.of(ports.home, context.job_id).tables / report.files[0].table
    with table.open(encoding="ascii") as lines:
        names: list[str] = json.loads(next(lines))
        for line in islice(lines, _MOST_ROWS):
            cells: list[str | None] = json.loads(line)
            row = dict(zip(names, cells, strict=True))
            shown = {name: _cell(cell) for name, cell in row.items() if name not in private}
            yield json.dumps(shown, ensure_ascii=False)


def _cell(cell: str | None) -> str | None:
    return None if cell is None else cell[:_LONGEST_CELL]
