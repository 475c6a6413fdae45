"""Find out how a text separates and quotes its cells, and parse it that way."""

import csv
import io
from collections import Counter
from dataclasses import dataclass

DELIMITERS = ("\t", ";", "|", ",")
_SAMPLE = 1 << 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """`quoted`: double quotes enclose cells; otherwise they are characters like any other."""

    delimiter: str | None
    quoted: bool


@dataclass(frozen=True, slots=True)
class _Trial:
    dialect: Dialect
    rows: int
    width: int
    even: float
    strict: bool


def sniff_dialect(text: str) -> Dialect:
    """The delimiter and quoting that give the most even rows; no delimiter for plain lines."""
    sample = _sample(text)
    best = max(
        (_better_quoting(sample, delimiter) for delimiter in DELIMITERS),
        key=lambda trial: (trial.width > 1, round(trial.even, 3)),
    )
    if best.width > 1 and best.even >= 0.8:  # noqa: PLR2004 - below that it is prose with commas
        return best.dialect
    return Dialect(None, quoted=_better_quoting(sample, "\x1f").dialect.quoted)


def parse(text: str, dialect: Dialect) -> list[list[str]]:
    """All records but blank lines."""
    csv.field_size_limit(2**31 - 1)
    if not dialect.quoted:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        kept = [line for line in lines if line.strip()]
        return [line.split(dialect.delimiter) if dialect.delimiter else [line] for line in kept]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter or "\x1f")
    return [record for record in reader if any(cell.strip() for cell in record)]


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE:
        return text
    return text[: text.rfind("\n", 0, _SAMPLE) + 1] or text[:_SAMPLE]


def _better_quoting(text: str, delimiter: str) -> _Trial:
    """Quotes count when they are well formed and needed, or when lines are uneven without."""
    quoted = _try(text, Dialect(delimiter, quoted=True))
    if '"' not in text:
        return quoted
    raw = _try(text, Dialect(delimiter, quoted=False))
    swallows = quoted.rows < raw.rows and raw.even == 1 and raw.width > 1
    if quoted.strict:
        return raw if swallows and delimiter == "\t" else quoted
    return raw if raw.even >= quoted.even else quoted


def _try(text: str, dialect: Dialect) -> _Trial:
    records = parse(text, dialect)
    widths = Counter(len(record) for record in records)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return _Trial(
        dialect,
        rows=len(records),
        width=width,
        even=count / max(len(records), 1),
        strict=dialect.quoted and _well_formed(text, dialect),
    )


def _well_formed(text: str, dialect: Dialect) -> bool:
    try:
        for _ in csv.reader(
            io.StringIO(text, newline=""), delimiter=dialect.delimiter or "\x1f", strict=True
        ):
            pass
    except csv.Error:
        return False
    return True
