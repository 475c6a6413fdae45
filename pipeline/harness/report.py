"""Look at a person's files and write the data report: how each was read, and every column.

    python report.py --out report.json train.csv
    python report.py --out report.json --train a.csv --test b.csv

Reads, never changes; a file that is no data ends with a problem a person can mend.
"""

import argparse
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config import Json, Kind, Split
from kinds import decimal_of, kind_of, mean_words, to_number
from labels import spellings
from progress import Problem, run, say
from reading import Reading, read_file
from tables import Cell, Table, is_missing, label_of

FEW_ROWS = 50  # below this a held-out score says next to nothing
SHOWN_VALUES = 50  # commonest values told per column, enough to name every usual class
LONGEST_VALUE = 200  # longer cells are text, not values to list

_ORDERS = re.compile(
    r"(ignore|disregard|forget)\s+(all\s+|any\s+|the\s+|your\s+)*(previous|prior|above|earlier)?\s*"
    r"(instructions|prompts?|rules)|system\s+prompt|</?(system|tool_call|assistant)>"
    r"|<!(channel|here|everyone)|@(channel|everyone)\b|\bas an ai\b.*\byou must\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[a-z]{2,}|\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file on the command line and the part of the data that it was named to be."""

    path: Path
    split: Split | None


def main() -> None:
    """Read all files, join them, write the report."""
    out, sources = _arguments()
    readings = []
    for source in sources:
        say("report", f"reading {source.path.name}")
        readings.append(read_file(source.path))
    table = _joined(sources, readings)
    out.write_text(json.dumps(report(sources, readings, table), ensure_ascii=True), "utf-8")
    say("report", f"{len(table)} rows, {len(table.names)} columns", done=1)


def report(sources: Sequence[Source], readings: Sequence[Reading], table: Table) -> dict[str, Json]:
    """The report as JSON: files, rows, columns, duplicates, sha256, warnings."""
    duplicates = len(table) - len(set(table.rows))
    columns: list[Json] = [describe(name, table.column(name)) for name in table.names]
    return {
        "files": [_file(*pair) for pair in zip(sources, readings, strict=True)],
        "rows": len(table),
        "columns": columns,
        "duplicates": duplicates,
        "sha256": _sha256(sources),
        "warnings": [
            *(note for reading in readings for note in reading.notes),
            *_unlike(sources, readings),
            *_warnings(table),
        ],
    }


def describe(name: str, cells: Sequence[Cell]) -> dict[str, Json]:
    """One column: kind, missing and different values, the commonest values or the range."""
    kind: Kind = kind_of(name, cells)
    known = [cell for cell in cells if cell is not None and not is_missing(cell)]
    counts = _counts(known, kind)
    told: dict[str, Json] = {
        "name": name,
        "kind": kind,
        "missing": len(cells) - len(known),
        "unique": len(counts),
    }
    if kind in ("category", "boolean", "constant", "integer"):
        told["top"] = [[value[:LONGEST_VALUE], n] for value, n in counts.most_common(SHOWN_VALUES)]
    if kind in ("text", "category"):
        told["mean_words"] = round(mean_words(cells), 2)
    if kind in ("number", "integer", "boolean"):
        told |= _range(known)
    return told


def _counts(known: Sequence[str], kind: Kind) -> Counter[str]:
    """How often each value occurs; a label's spellings are one value where it could be a class."""
    if kind not in ("category", "boolean", "constant", "integer"):
        return Counter(known)
    written = spellings(known)
    return Counter(written[label_of(cell)] for cell in known)


def _range(known: Sequence[str]) -> dict[str, Json]:
    decimal = decimal_of(known)
    numbers = [value for cell in known if math.isfinite(value := to_number(cell, decimal))]
    if not numbers:
        return {}
    mean = math.fsum(number / len(numbers) for number in numbers)  # a plain sum can overflow
    return {"minimum": min(numbers), "maximum": max(numbers), "mean": mean}


def _joined(sources: Sequence[Source], readings: Sequence[Reading]) -> Table:
    """All rows with the columns of the first file; Problem when another shares none of them."""
    table = readings[0].table
    for source, reading in zip(sources[1:], readings[1:], strict=True):
        if not set(reading.table.names) & set(table.names):
            raise Problem(
                f"{source.path.name} and {sources[0].path.name} have no column in common.",
                "Send files with the same columns, or only the one to train on.",
            )
        table = table.join(reading.table.aligned(table.names))
    return table


def _unlike(sources: Sequence[Source], readings: Sequence[Reading]) -> list[str]:
    """A warning for each file whose columns are not those of the first."""
    first = readings[0].table.names
    told = []
    for source, reading in zip(sources[1:], readings[1:], strict=True):
        lacking = [name for name in first if name not in reading.table.names]
        more = [name for name in reading.table.names if name not in first]
        told += [f"{source.path.name} lacks {', '.join(lacking[:5])}."] if lacking else []
        told += [f"{source.path.name} also has {', '.join(more[:5])}."] if more else []
    return told


def _file(source: Source, reading: Reading) -> dict[str, Json]:
    return {
        "name": source.path.name,
        "split": source.split,
        "format": reading.format,
        "rows": len(reading.table),
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "header": reading.header,
    }


def _sha256(sources: Sequence[Source]) -> str:
    total = hashlib.sha256()
    for source in sources:
        total.update(source.path.read_bytes())
    return total.hexdigest()


def _warnings(table: Table) -> list[str]:
    """What a person should know before training, in plain words; no cell is quoted."""
    told = []
    if len(table) < FEW_ROWS:
        told.append(f"Only {len(table)} rows: a score on so few says next to nothing.")
    lines = ["\n".join(cell for cell in row if cell) for row in table.rows]
    orders = sum(bool(_ORDERS.search(line)) for line in (*lines, *table.names))
    if orders:
        told.append(
            f"{orders} cells or names hold text that reads like instructions; it is only data."
        )
    personal = sum(bool(_PERSONAL.search(line)) for line in lines)
    if personal:
        told.append(f"{personal} rows hold what looks like e-mail addresses or card numbers.")
    wide = len(table.names) > len(table)
    if wide:
        told.append(
            f"More columns ({len(table.names)}) than rows ({len(table)}): a model can learn chance"
            " patterns; trust only the held-out score."
        )
    return told


def _arguments() -> tuple[Path, list[Source]]:
    parser = argparse.ArgumentParser(description="Write the data report of some files.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--train", type=Path, action="append", default=[])
    parser.add_argument("--validation", type=Path, action="append", default=[])
    parser.add_argument("--test", type=Path, action="append", default=[])
    parser.add_argument("files", type=Path, nargs="*")
    told = parser.parse_args()
    sources = [Source(path, None) for path in told.files]
    sources += [Source(path, "train") for path in told.train]
    sources += [Source(path, "validation") for path in told.validation]
    sources += [Source(path, "test") for path in told.test]
    if not sources:
        parser.error("name at least one file")
    return told.out, sources


if __name__ == "__main__":
    run(main)
