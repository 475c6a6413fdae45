"""What a page says about the data: what was read, how it was cut, which column plays which part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.report.wording import count, listed, number, share
from pipeline.artifacts import ColumnReport, DataReport, Preprocessing, Split
from pipeline.context import JobContext
from pipeline.recipe import find_task

MOST_COLUMNS = 200
_PARTS: tuple[tuple[Split, str, str], ...] = (
    ("train", "to learn from", "learned from"),
    ("validation", "to choose by", "chosen by"),
    ("test", "held out, for the numbers above", "held out"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the split; `percent` of all rows."""

    name: str
    rows: str
    percent: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is used: the part it plays, and what is in it."""

    name: str
    plays: str
    kind: str
    missing: str
    holds: str


@dataclass(frozen=True, slots=True)
class Data:
    """Everything about the rows. `left_out` maps a column to the reason."""

    sentences: tuple[str, ...]
    parts: tuple[Part, ...]
    columns: tuple[Column, ...]
    more_columns: str
    left_out: Mapping[str, str]


def data(context: JobContext) -> Data | None:
    """The data as far as it is known; None before it was read."""
    report, split = context.data_report, context.split
    if report is None:
        return None
    columns = tuple(_columns(context, report))
    hidden = len(columns) - MOST_COLUMNS
    return Data(
        sentences=(*_read(report), *(_cut(split) if split else ())),
        parts=_parts(split) if split else (),
        columns=columns[:MOST_COLUMNS],
        more_columns=f"{hidden:,} more columns are used." if hidden > 0 else "",
        left_out=context.ignored,
    )


def _read(report: DataReport) -> Iterator[str]:
    names = [file.name for file in report.files]
    shown = (*names[:5], *([f"{len(names) - 5} more files"] if len(names) > 5 else []))  # noqa: PLR2004
    things = count(report.rows, "row")
    if report.columns:
        things += f" of {count(len(report.columns), 'column')}"
    yield f"{things} {'was' if report.rows == 1 else 'were'} read from {listed(shown)}."
    kept = sum(file.kept for file in report.files)
    if 0 < kept < report.rows:
        yield f"{kept:,} of them were kept: what does not fit into memory is sampled."
    if report.duplicates:
        verb = "says" if report.duplicates == 1 else "say"
        yield f"{count(report.duplicates, 'row')} {verb} exactly what another one does."
    if report.near_duplicates:
        verb = "is" if report.near_duplicates == 1 else "are"
        yield f"{count(report.near_duplicates, 'row')} {verb} nearly the same as another one."


def _cut(split: Preprocessing) -> Iterator[str]:
    if split.duplicates_removed:
        verb = "was" if split.duplicates_removed == 1 else "were"
        yield f"{count(split.duplicates_removed, 'duplicate')} {verb} left out."
    parts = tuple(f"{split.rows[p]:,} {why}" for p, why, _ in _PARTS if split.rows.get(p))
    if parts:
        how = f" The rows were split like this: {split.strategy}." if split.strategy else ""
        yield f"What is left makes {listed(parts)}.{how}"


def _parts(split: Preprocessing) -> tuple[Part, ...]:
    total = sum(split.rows.values())
    return tuple(
        Part(name, f"{split.rows[part]:,}", round(100 * split.rows[part] / total, 2))
        for part, _, name in _PARTS
        if split.rows.get(part)
    )


def _columns(context: JobContext, report: DataReport) -> Iterator[Column]:
    """Columns that play a part, those with a part of their own first."""
    for role, names in sorted(context.columns.items(), key=lambda item: item[0] == "features"):
        for name in (names,) if isinstance(names, str) else names:
            yield _column(name, _title(context, role), report.column(name), report.rows)


def _title(context: JobContext, role: str) -> str:
    task = context.intent.task_type if context.intent else None
    known = find_task(task).role(role) if task and role != "features" else None
    return known.title if known else "learned from" if role == "features" else role


def _column(name: str, plays: str, found: ColumnReport | None, rows: int) -> Column:
    if found is None:
        return Column(name, plays, "", "", "")
    missing = share(found.missing / rows) if found.missing and rows else "none"
    return Column(name, plays, found.kind, missing, _holds(found))


def _holds(column: ColumnReport) -> str:
    """A range or how many values there are; of personal data, what kind it seems to be."""
    if column.personal:
        return f"personal: {listed(column.personal)}"
    if column.kind in {"number", "integer"} and None not in {column.minimum, column.maximum}:
        unit = f" {column.unit}" if column.unit else ""
        return f"{number(column.minimum or 0)} to {number(column.maximum or 0)}{unit}"
    if column.mean_words and column.kind == "text":
        return f"about {count(max(1, round(column.mean_words)), 'word')} each"
    return count(column.unique, "value")
