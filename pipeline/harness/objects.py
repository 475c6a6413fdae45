"""Tables in JSON: records, columns, pandas' ways to write them, or an object a line."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from collected import Lines
from config import Json
from flattening import Object, ObjectRows, cell_of, from_objects
from gathering import LEAVE_OUT, Asked, Gathered, gather
from progress import Problem
from refusing import AGAIN

FEW_BAD = 0.05
_DEPTH = 4
_DIGITS = 4000
_START = re.compile(r'\s*(\{\s*("|\}|$)|\[\s*(\{|\[|"|-?\d|\]|true|false|null|$))')
_AS_LINES = "Please send one object a line (JSONL), or CSV."


def looks_like_json(start: str) -> bool:
    """Whether a text begins as JSON does."""
    return _START.match(start) is not None


def read_json(text: str, asked: Asked) -> tuple[Gathered, str] | None:
    """The table and "json" or "jsonl"; None when the text only looks like JSON."""
    try:
        whole = _loads(text, asked.name)
    except json.JSONDecodeError as error:
        return _several(text, asked, error)
    found = _records(whole, asked)
    if found is not None:
        return found, "json"
    if isinstance(whole, dict) and whole:
        return from_objects([whole], asked), "jsonl"
    raise Problem(
        f"{asked.name} is JSON, but no list of objects.", "Please send one object per row."
    )


def read_lines(lines: Callable[[], Iterable[str]], asked: Asked) -> Gathered | None:
    """A JSON object a line, or a list of cells a line; None where hardly a line is one."""
    rows = ObjectRows(asked)
    bad = Lines()
    listed = 0
    for number, line in enumerate(lines(), start=1):
        row = _line(line, asked.name)
        if isinstance(row, dict) and row:
            rows.add(number, row)
        elif not isinstance(row, dict) and line.strip(" \t\r\n\ufeff"):
            listed += isinstance(row, list)
            bad.add(number)
    if listed > rows.seen and listed == bad.count:
        return _cells_a_line(lines, asked)
    if bad.count > rows.seen * 3:
        return None
    strange = rows.strange()
    for number in strange:
        bad.add(number)
    notes = _left_out(bad, rows.seen - len(strange), asked)
    found = rows.gathered()
    return replace(found, notes=(*notes, *found.notes))


def read_pieces(pieces: Callable[[], Iterator[str]], asked: Asked) -> Gathered:
    """One long list of objects, taken piece by piece."""
    rows = ObjectRows(asked)
    for number, row in enumerate(_elements(pieces(), asked.name), start=1):
        if not isinstance(row, dict):
            raise Problem(f"{asked.name} is JSON, but no list of objects.", _AS_LINES)
        rows.add(number, row)
    return rows.gathered()


def _loads(text: str, name: str) -> Json:
    try:
        return cast("Json", json.loads(text, parse_int=_whole))
    except RecursionError as error:
        raise Problem(f"{name} is JSON nested too deeply to be a table.", _AS_LINES) from error


def _whole(digits: str) -> Json:
    return int(digits) if len(digits) < _DIGITS else digits


def _line(line: str, name: str) -> Json:
    try:
        return _loads(line.lstrip("\ufeff"), name) if line.strip() else None
    except json.JSONDecodeError:
        return None


def _several(text: str, asked: Asked, error: json.JSONDecodeError) -> tuple[Gathered, str] | None:
    """No one JSON value: objects a line, or one after the other, or a broken file."""
    found = read_lines(lambda: re.split(r"\r\n|\n|\r", text), asked)
    if found is not None:
        return found, "jsonl"
    if rows := _one_after_another(text):
        return from_objects(rows, asked), "jsonl"
    if not re.match(r'\s*(\{\s*"[^"]*"\s*:|\[\s*[\[{])', text):
        return None
    end = len(text.rstrip()) - error.pos < 2 or "Unterminated" in error.msg  # noqa: PLR2004
    what = "looks cut off" if end else f"is broken JSON near line {error.lineno}"
    raise Problem(f"{asked.name} {what}.", f"{AGAIN}, or as CSV or JSONL.")


def _one_after_another(text: str) -> list[Object]:
    """Objects with nothing but spaces or commas between them; none when anything else is there."""
    decoder = json.JSONDecoder(parse_int=_whole)
    rows: list[Object] = []
    at = 0
    while at < len(text):
        at = _past(text, at)
        if at == len(text):
            break
        try:
            row, at = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError):
            return []
        if not isinstance(row, dict):
            return []
        rows.append(row)
    return rows


def _past(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,\ufeff":
        at += 1
    return at


def _records(whole: Json, asked: Asked) -> Gathered | None:
    """Records, columns, and pandas' split, index and table ways."""
    if isinstance(whole, list) and whole and _all(whole, list):
        return _from_lists(whole, asked, named=None)
    if isinstance(whole, list) and whole and not any(isinstance(v, dict | list) for v in whole):
        return gather(((n, [cell_of(v) or ""]) for n, v in enumerate(whole, 1)), 1, asked)
    if isinstance(whole, dict) and (found := _columns(whole, asked)):
        return found
    if (inside := _rows_in(whole)) is not None:
        rows, others = inside
        found = from_objects(rows, asked)
        told = f"{asked.name}: its longest list was read; {others} objects elsewhere were left out."
        return replace(found, notes=((told,) if others else ()) + found.notes)
    if isinstance(whole, dict) and len(whole) > 1 and _all(list(whole.values()), dict):
        objects = _of_objects(cast("dict[str, Object]", whole))
        return from_objects(objects, asked) if objects else None
    return None


def _columns(whole: Object, asked: Asked) -> Gathered | None:
    """A list for each column, or names and rows as pandas splits them."""
    names, data = whole.get("columns"), whole.get("data")
    if isinstance(names, list) and isinstance(data, list) and data and _all(data, list):
        return _from_lists([names, *data], asked)
    if not whole or not _all(list(whole.values()), list):
        return None
    columns = [cast("list[Json]", cells) for cells in whole.values()]
    lengths = {len(cells) for cells in columns}
    records = any(cells and _all(cells, dict) for cells in columns)
    if records and (len(columns) == 1 or len(lengths) > 1):
        return None
    if len(lengths) > 1:
        raise Problem(
            f"{asked.name}: its columns have between {min(lengths)} and {max(lengths)} cells.",
            "Please send as many for each column.",
        )
    rows = [dict(zip(whole, cells, strict=True)) for cells in zip(*columns, strict=True)]
    return from_objects(rows, asked)


def _of_objects(whole: dict[str, Object]) -> list[Object]:
    """Objects under keys: columns of numbered cells, rows under their index, or none of these."""
    first = next(iter(whole.values()))
    if not all(value.keys() & first.keys() for value in whole.values()):
        return []
    same = all(value.keys() == first.keys() for value in whole.values())
    if same and all(key.isdigit() for key in first) and not all(key.isdigit() for key in whole):
        return [{name: whole[name][key] for name in whole} for key in first]
    counted = all(key.isdigit() for key in whole)
    return [{**({} if counted else {"": key}), **row} for key, row in whole.items()]


def _from_lists(rows: Sequence[Json], asked: Asked, *, named: bool | None = True) -> Gathered:
    lists = [[cell_of(cell) or "" for cell in cast("list[Json]", row)] for row in rows]
    widths = [len(row) for row in lists]
    width = max(set(widths), key=widths.count) if widths else 0
    known = Asked(asked.name, named if asked.header is None else asked.header, asked.headers)
    return gather(((n, row) for n, row in enumerate(lists, start=1)), max(width, 1), known)


def _cells_a_line(lines: Callable[[], Iterable[str]], asked: Asked) -> Gathered:
    """A list of cells a line; the first may be names."""
    return _from_lists(
        [row for line in lines() if isinstance(row := _line(line, asked.name), list)],
        asked,
        named=None,
    )


def _rows_in(value: Json, depth: int = 0) -> tuple[list[Object], int] | None:
    """The longest list of objects, however deep, and how many objects are in the others."""
    if isinstance(value, list) and value and _all(value, dict):
        return cast("list[Object]", value), 0
    if not isinstance(value, dict) or depth == _DEPTH:
        return None
    inside = [found for one in value.values() if (found := _rows_in(one, depth + 1))]
    if not inside:
        return None
    rows = max((rows for rows, _ in inside), key=len)
    return rows, sum(len(each) + left for each, left in inside) - len(rows)


def _all(values: Sequence[Json], kind: type) -> bool:
    return all(isinstance(value, kind) for value in values)


def _left_out(bad: Lines, good: int, asked: Asked) -> tuple[str, ...]:
    if not bad.count:
        return ()
    what = f"{bad.count} lines are no JSON objects, or have other keys than the rest"
    if bad.count > (good + bad.count) * FEW_BAD and not asked.leave_out_bad:
        raise Problem(
            f"{asked.name}: {what}; {good} lines are good. The bad ones: {bad}.",
            "Please mend those lines and send it again, or have them left out.",
            field="dataset.bad_rows",
            options=(LEAVE_OUT,),
        )
    return (f"{asked.name}: {what}, and were left out: {bad}.",)


def _elements(pieces: Iterator[str], name: str) -> Iterator[Json]:
    """Elements of the first list in a text that is too long to hold."""
    decoder = json.JSONDecoder(parse_int=_whole)
    held = next(pieces, "")
    opening = re.search(r"\[\s*\{", held)
    if opening is None:
        raise Problem(f"{name} is JSON, but no list of objects.", _AS_LINES)
    held = held[opening.start() + 1 :]
    at = 0
    while True:
        at = _past(held, at)
        if held[at : at + 1] == "]":
            return
        try:
            row, at = decoder.raw_decode(held, at)
        except (json.JSONDecodeError, RecursionError) as error:
            more = next(pieces, "")
            if not more or len(held) - at > (64 << 20):
                raise Problem(f"{name} looks cut off or is broken JSON.", f"{AGAIN}.") from error
            held, at = held[at:] + more, 0
            continue
        yield row
