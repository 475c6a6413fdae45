"""What a model is shown of the data and of the choices: names, types and statistics.

Rows are shown only where the operator allows samples; of columns with personal data never.
"""

import builtins
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from pydantic import BaseModel, JsonValue

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.context import JobContext
from pipeline.errors import Bug
from pipeline.folders import JobFolder
from pipeline.hearing.expertise import expertise
from pipeline.hearing.wishes import spoken_wishes
from pipeline.intent import Expertise, ParsedIntent
from pipeline.ports import Ports
from pipeline.prompting import Data
from pipeline.recipe import find_task
from pipeline.understanding import Reading
from pipeline.wishes import leaves, may_propose

_READERS: Mapping[Expertise, str] = MappingProxyType(
    {
        "novice": "new to machine learning: use no words of the field, and ask for none.",
        "intermediate": "at home with the basics: the common words of the field will do.",
        "expert": "an expert: be brief and exact.",
    }
)
_MOST_COLUMNS = 60
_LONG_PARTS = frozenset(("columns", "ignored", "kinds", "files"))
_MOST_VALUES = 5
_MOST_ROWS = 5
_LONGEST_VALUE = 60
_LONGEST_CELL = 200
_LONGEST_TALK = 8_000
_LONGEST_WORDS = 4_000
_QUOTED = re.compile(r"(?P<mark>['\"`])(?P<said>(?:(?!(?P=mark))[^\n]){1,400})(?P=mark)")
_MOST_SEARCHED = 20_000_000  # bytes


def facts(
    context: JobContext,
    ports: Ports,
    report: DataReport | None = None,
    *,
    used: Collection[str] = (),
) -> dict[str, str | Data]:
    """What every question about a table begins with: the task, the person's words, the data.

    `report` is the job's own unless another is given; `used` as for `data`.
    """
    report, intent = report or context.data_report, context.intent
    if report is None or intent is None or intent.task_type is None:
        raise Bug("A question about a table needs the intent and the data report.")
    return {
        "task": find_task(intent.task_type).title,
        "words": words(context),
        "data": data(report, context, ports, used=used),
    }


def data(
    report: DataReport, context: JobContext, ports: Ports, *, used: Collection[str] = ()
) -> Data:
    """The files and columns, a line each; sample rows where they may be shown.

    Where it is said which columns are `used`, the others are no more than named.
    """
    samples = ports.share == "samples"
    lines = [*_files(report), *_columns(report, used or report.names, samples=samples)]
    if samples:
        lines += ["", "Sample rows:", *_rows(report, context, ports)]
    return Data("\n".join(lines))


def output(text: str, context: JobContext, ports: Ports) -> Data:
    """What scripts printed; where no samples may be shown, without what they quote of cells."""
    quoted = {found["said"] for found in _QUOTED.finditer(text)}
    if ports.share == "samples" or not quoted:
        return Data(text)
    of_cells = _found_in_tables(quoted, JobFolder.of(ports.home, context.job_id).tables)
    known = _python() | set(context.data_report.names if context.data_report else ())
    bundle = JobFolder.of(ports.home, context.job_id).bundle
    code = {name for path in bundle.glob("*.py") for name in _names_of(path)}

    def shown(found: re.Match[str]) -> str:
        said = found["said"]
        ours = said in known or said in code or said not in of_cells
        return found[0] if ours else f"{found['mark']}…{found['mark']}"

    return Data(_QUOTED.sub(shown, text))


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


def reader(context: JobContext) -> str:
    """How much the person knows of the field, and so how they are to be spoken to."""
    request, known = context.request, context.intent
    said = request.settings.get("user_expertise_level") or (known and known.user_expertise_level)
    level = next((one for one in _READERS if one == said), None)
    return _READERS[level or expertise(request.heard, spoken_wishes(request.heard))]


def roles(parts: Mapping[str, str | tuple[str, ...]]) -> Data:
    """Which column plays which part."""
    return Data(
        "\n".join(
            f"{role}: {name if isinstance(name, str) else ', '.join(name[:_MOST_COLUMNS])}"
            for role, name in parts.items()
        )
    )


def config(written: str, ports: Ports) -> Data:
    """A bundle's config.json without its long lists, which the data tells better.

    Where no samples may be shown, it is without the value that counts as positive.
    """
    document: dict[str, JsonValue] = json.loads(written)
    kept = {name: value for name, value in document.items() if name not in _LONG_PARTS}
    if ports.share != "samples" and kept.get("positive") is not None:
        kept["positive"] = "(a value)"
    return Data(json.dumps(kept, ensure_ascii=False))


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
    """Every setting that a model may name with what it means, a line each."""
    return "\n".join(f"- {name}: {_meaning(name)}" for name in leaves() if may_propose(name))


def _meaning(leaf: str) -> str:
    """What a leaf means, and its choices where they are few."""
    section, _, name = leaf.rpartition(".")
    inner = ParsedIntent.model_fields[section].annotation if section else ParsedIntent
    if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
        raise Bug(f"{section} is no part of the intent.")
    field = inner.model_fields[name]
    choices = [one for part in get_args(field.annotation) for one in get_args(part)]
    named = f" ({' | '.join(choices)})" if all(isinstance(one, str) for one in choices) else ""
    return f"{field.description}{named if choices else ''}"


def _files(report: DataReport) -> Iterator[str]:
    yield f"{report.rows:,} rows in {len(report.files)} file(s), layout: {report.layout}"
    for file in report.files:
        split = f", split: {file.split}" if file.split else ""
        yield f"file {file.name}: {file.format}, {file.rows:,} rows{split}"


def _columns(report: DataReport, used: Collection[str], *, samples: bool) -> Iterator[str]:
    known = frozenset(used)
    shown = [column for column in report.columns if column.name in known][:_MOST_COLUMNS]
    for column in shown:
        yield f"column {_quoted(column.name)}: {_facts(column, samples)}"
    named = [name for name in report.names if name not in known][:_MOST_COLUMNS]
    if named:
        yield f"columns that are not used: {', '.join(map(_quoted, named))}"
    if more := len(report.columns) - len(shown) - len(named):
        yield f"and {more} more columns"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _facts(column: ColumnReport, samples: bool) -> str:  # noqa: FBT001  (the setting itself)
    facts = [column.kind, f"{column.unique:,} different", f"{column.missing:,} missing"]
    measured = column.minimum is not None and column.maximum is not None
    if measured and column.kind != "id" and not column.personal:
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


def _found_in_tables(texts: set[str], tables: Path) -> set[str]:
    """Those of the texts that stand in a row; all that are left where the tables are too large."""
    left, room = set(texts), _MOST_SEARCHED
    for path in sorted(tables.glob("*.jsonl")):
        room -= path.stat().st_size
        if room < 0:
            return texts
        rows = path.read_text("ascii", "replace").casefold()
        left = {text for text in left if json.dumps(text)[1:-1].casefold() not in rows}
    return texts - left


def _python() -> frozenset[str]:
    """The names that every script knows."""
    return frozenset(dir(builtins))


def _names_of(path: Path) -> frozenset[str]:
    """Every name in a script."""
    return frozenset(re.findall(r"\w+", path.read_text("utf-8")))


def _cell(cell: str | None) -> str | None:
    return None if cell is None else cell[:_LONGEST_CELL]
