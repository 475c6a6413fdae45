"""Look at a person's files once: write every part as a table, and the data report about them.

    python report.py --data DIR --files files.json --out report.json --tables tables

files.json lists what was given: {"name": path below DIR, "split": "train" or null}. Whoever reads
the data later reads the tables. A file that is no data ends with a problem a person can mend.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cautions import about_parts, about_table
from columns import describe
from config import Json, Split
from layouts import Part, Source, read_parts
from near import near_duplicates
from progress import Problem, run, say
from relations import afterwards, same
from series import groups, timed
from tables import Table, save_table

_ORDER: dict[Split | None, int] = {None: 0, "train": 0, "validation": 1, "test": 2}
_CHUNK = 1 << 20
_MANY_ROWS = 100_000  # from here on a column takes long enough to be told


@dataclass(frozen=True, slots=True)
class Told:
    """What the command line says."""

    sources: tuple[Source, ...]
    out: Path
    tables: Path
    leave_out_bad: bool


def main() -> None:
    """Read all parts, write their tables, then the report about all rows together."""
    told = _arguments()
    parts, notes = _read(told)
    files: list[Json] = [_saved(number, part, told.tables) for number, part in enumerate(parts)]
    table = joined(parts)
    facts: dict[str, Json] = {
        "layout": parts[0].layout,
        "files": files,
        "rows": sum(_rows(part) for part in parts),
        "sha256": _sha256(told.sources),
        **report(table, parts, notes),
    }
    told.out.write_text(json.dumps(facts, ensure_ascii=True), "utf-8")
    say("report", f"{facts['rows']:,} rows, {len(table.names)} columns", done=1)


def report(table: Table, parts: Sequence[Part], notes: Sequence[str] = ()) -> dict[str, Json]:
    """What there is to say about all rows together."""
    originals = {new: old for part in parts for new, old in part.reading.originals.items()}
    columns = []
    for at, name in enumerate(table.names):
        if len(table) > _MANY_ROWS:
            say("report", f"looking at column {at + 1}", done=at / len(table.names))
        cells = [row[at] for row in table.rows]
        columns.append(describe(name, cells, parts[0].layout, originals.get(name)))
    columns, time = timed(table, columns)
    near = near_duplicates(table, columns)
    pairs, late = same(table, columns), afterwards(table, columns)
    return {
        "columns": [column.to_json() for column in columns],
        "duplicates": len(table) - len(set(table.rows)),
        "near_duplicates": near,
        "groups": list(groups(table, columns)),
        "time": time,
        "same": [list(pair) for pair in pairs],
        "afterwards": [list(pair) for pair in late],
        "warnings": [*notes, *about_parts(parts), *about_table(table, columns, near)],
    }


def joined(parts: Sequence[Part]) -> Table:
    """All rows with the columns of the first part; Problem when another shares none of them."""
    table = parts[0].reading.table
    for part in parts[1:]:
        more = part.reading.table
        if not set(more.names) & set(table.names):
            raise Problem(
                f"{part.name} and {parts[0].name} have no column in common.",
                "Send files with the same columns, or only the one to train on.",
            )
        same = more.names == table.names
        table = table.join(more if same else more.aligned(table.names))
    return table


def _read(told: Told) -> tuple[list[Part], tuple[str, ...]]:
    """The parts, those to learn from first: their columns are the ones that count."""
    for source in told.sources:
        say("report", f"reading {source.name}")
    parts, notes = read_parts(told.sources, leave_out_bad=told.leave_out_bad)
    return sorted(parts, key=lambda part: _ORDER[part.split]), notes


def _saved(number: int, part: Part, folder: Path) -> dict[str, Json]:
    """Write a part's table; how it was read."""
    name = f"{number}.jsonl"
    reading = part.reading
    save_table(reading.table, folder / name)
    return {
        "name": part.name,
        "split": part.split,
        "format": reading.format,
        "rows": _rows(part),
        "kept": len(reading.table),
        "table": name,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "header": reading.header,
    }


def _rows(part: Part) -> int:
    """Rows of the part, also where its table is a sample of them."""
    return len(part.reading.table) if part.reading.total is None else part.reading.total


def _sha256(sources: Sequence[Source]) -> str:
    """Over the bytes of all files, and over the names of those that lie in folders."""
    total = hashlib.sha256()
    for source in sources:
        for path in _files(source.path):
            if path != source.path:
                total.update(path.relative_to(source.path).as_posix().encode())
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    total.update(chunk)
    return total.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (found for found in sorted(path.rglob("*")) if found.is_file())
    else:
        yield path


def _arguments() -> Told:
    parser = argparse.ArgumentParser(description="Write the tables and the report of some files.")
    for name in ("data", "files", "out", "tables"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--leave-out-bad-rows", action="store_true")
    told = parser.parse_args()
    listed: list[dict[str, str]] = json.loads(told.files.read_text("utf-8"))
    sources = [
        Source(told.data / one["name"], one["name"], one.get("split"))  # type: ignore[arg-type] # ours
        for one in listed
    ]
    return Told(tuple(sources), told.out, told.tables, told.leave_out_bad_rows)


if __name__ == "__main__":
    run(main)
