"""Tagged words inside tables: lists of tokens and tags, marked spans, or a word a row."""

import ast
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from parts import Found, Part
from reading import Reading
from shelf import Shelf
from tables import Cell, Row, Table
from tagged import BIO, NAMES, sentence

_SURE = 0.95
_TOKEN = re.compile(r"\w+|[^\w\s]")
_TAGGED = re.compile(r"ner|entit|tag|label|bio|iob", re.IGNORECASE)
_WORDS = re.compile(r"word|token|text|form", re.IGNORECASE)
_LOOKED_AT = 500
_MOST_TAGS = 500
_LONGEST = 100_000

Span = tuple[int, int, str]
Tagged = tuple[tuple[str, str], Sequence[Row | None]]  # names of both columns, and a row a sentence


def by_table(shelf: Shelf) -> Found | None:
    """A part for each table of tagged words; None when there is none."""
    tables = shelf.tables()
    parts = []
    for file in (file for file in shelf.files if file.name in tables):
        found = tagged_table(tables[file.name], file.name)
        if found:
            parts.append(Part(file.name, file.part, found, "tagged"))
    return Found(tuple(parts), frozenset(part.name for part in parts)) if parts else None


def tagged_table(reading: Reading, name: str) -> Reading | None:
    """The same as tokens and tags; None when the table holds no tagged words.

    Lists keep the names of their columns.
    """
    table = reading.table
    for find in (_lists, _spans, _word_a_row):
        found = find(table)
        if found is not None:
            names, rows = found
            kept = [row for row in rows if row is not None]
            left = len(rows) - len(kept)
            told = f"{name}: {left} rows whose tags do not fit their words were left out."
            notes = (*reading.notes, told) if left else reading.notes
            return replace(reading, table=Table(names, kept), notes=notes)
    return None


def _lists(table: Table) -> Tagged | None:
    """A column of token lists and one of tag lists, as long."""
    shown = table.rows[:_LOOKED_AT]
    places = [at for at in range(len(table.names)) if _are_lists([row[at] for row in shown])]
    pairs = [(one, two) for one in places for two in places if one != two]
    fitting = [pair for pair in pairs if _fit([(row[pair[0]], row[pair[1]]) for row in shown])]
    if not fitting:
        return _strings(table)
    best = max(fitting, key=lambda pair: _preferred(table.names, *pair))
    rows = [_row(as_list(row[best[0]]), as_list(row[best[1]])) for row in table.rows]
    return (table.names[best[0]], table.names[best[1]]), rows


def _strings(table: Table) -> Tagged | None:
    """A sentence, and its tags as one text with spaces or as a list."""
    shown = table.rows[:_LOOKED_AT]
    for tag in range(len(table.names)):
        tags = [_split(row[tag]) for row in shown]
        every = [one for told in tags for one in told or ()]
        long = sum(len(told) > 1 for told in tags) >= len(tags) / 2
        if not long or not any("-" in one for one in every) or not _bio(every):
            continue
        for token in (at for at in range(len(table.names)) if at != tag):
            same = sum(
                len(_split(row[token])) == len(told) for row, told in zip(shown, tags, strict=True)
            )
            if same >= _SURE * len(shown):
                rows = [_row(_split(row[token]), _split(row[tag])) for row in table.rows]
                return (table.names[token], table.names[tag]), rows
    return None


def _split(cell: Cell) -> list[str]:
    return as_list(cell) or (cell or "").split()


def _spans(table: Table) -> Tagged | None:
    """A text, and a list of [start, end, label] or {start, end, label}."""
    shown = table.rows[:_LOOKED_AT]
    for at in range(len(table.names)):
        spans = [as_spans(row[at]) for row in shown]
        sure = sum(one is not None for one in spans) >= _SURE * len(spans)
        if not sure or not any(spans):
            continue
        text = _text_column(shown, at, spans)
        if text is not None:
            return NAMES, [_marked(row[text], as_spans(row[at])) for row in table.rows]
    return None


def _text_column(
    rows: Sequence[Row], spans_at: int, spans: Sequence[list[Span] | None]
) -> int | None:
    """The longest column in which nearly all spans have a place."""
    best, longest = None, 0
    for at in (at for at in range(len(rows[0])) if at != spans_at):
        told = list(zip((row[at] or "" for row in rows), spans, strict=True))
        inside = [end <= len(text) for text, every in told for _, end, _ in every or ()]
        size = sum(len(text) for text, _ in told)
        if sum(inside) >= _SURE * len(inside) and size > longest:
            best, longest = at, size
    return best


def _marked(text: Cell, spans: Sequence[Span] | None) -> Row | None:
    """Words with BIO tags; None when a span lies outside of the text or nothing is left."""
    if not text or spans is None or any(end > len(text) for _, end, _ in spans):
        return None
    tokens, tags = [], []
    before: Span | None = None
    for found in _TOKEN.finditer(text):
        span = next((one for one in spans if one[0] < found.end() and found.start() < one[1]), None)
        tags.append(f"{'I' if span == before else 'B'}-{span[2]}" if span else "O")
        tokens.append(found[0])
        before = span
    return sentence(tokens, tags) if tokens else None


def _word_a_row(table: Table) -> Tagged | None:
    """A row a word: a column of BIO tags, one of words, and one that says where sentences start."""
    shown = table.rows[:5000]
    columns = list(zip(*shown, strict=True))
    tags = [at for at, cells in enumerate(columns) if _prefixed([cell or "" for cell in cells])]
    if not tags or len(shown) < 2:  # noqa: PLR2004
        return None
    tag = tags[-1]
    rest = [at for at in range(len(columns)) if at != tag]
    starts = _sentence_column(columns, rest)
    words = [at for at in rest if at != starts]
    if starts is None or not words:
        return None
    named = [at for at in words if _WORDS.search(table.names[at])]
    word = max(named or words, key=lambda at: len(set(columns[at])))
    return NAMES, _grouped(table, starts, word, tag)


def _sentence_column(columns: Sequence[Sequence[Cell]], rest: Sequence[int]) -> int | None:
    """Mostly empty but where a sentence starts, or the same within each and never again."""
    size = len(columns[0])
    for at in rest:
        cells = columns[at]
        filled = [cell for cell in cells if cell]
        runs = 1 + sum(now != before for before, now in pairwise(cells))
        gaps = bool(cells[0]) and 2 * len(filled) < size and len(set(filled)) == len(filled)
        if gaps or (len(filled) == size and runs == len(set(cells)) and 2 <= runs <= size / 2):  # noqa: PLR2004
            return at
    return None


def _grouped(table: Table, starts: int, word: int, tag: int) -> list[Row | None]:
    rows: list[Row | None] = []
    tokens: list[str] = []
    tags: list[str] = []
    before: Cell = None
    for row in table.rows:
        if row[starts] and row[starts] != before and tokens:
            rows.append(sentence(tokens, tags))
            tokens, tags = [], []
        before = row[starts] or before
        tokens.append(row[word] or "")
        tags.append((row[tag] or "O").strip())
    return [*rows, sentence(tokens, tags)] if tokens else rows


def as_list(cell: Cell) -> list[str]:
    """The list of words or numbers in a cell (JSON, or as Python writes it), else nothing."""
    told = _literal(cell)
    plain = isinstance(told, list) and all(
        isinstance(one, str | int) and not isinstance(one, bool) for one in told
    )
    return [str(one) for one in told] if plain else []


def as_spans(cell: Cell) -> list[Span] | None:
    """The spans in a cell, sorted; None when it holds anything else."""
    told = _literal(cell)
    if isinstance(told, dict):
        told = told.get("entities")
    if not isinstance(told, list):
        return [] if cell is None else None
    spans = [_span(one) for one in told]
    return sorted(span for span in spans if span) if all(spans) else None


def _span(one: Any) -> Span | None:  # noqa: ANN401 - a stranger's JSON
    if isinstance(one, dict):
        end = one.get("end", one.get("end_offset"))
        label = one.get("label", one.get("entity", one.get("type", one.get("tag"))))
        one = [one.get("start", one.get("start_offset")), end, label]
        one[2] = one[2][0] if isinstance(one[2], list) and one[2] else one[2]
    if not isinstance(one, list | tuple) or len(one) != 3:  # noqa: PLR2004
        return None
    start, end, label = one
    right = type(start) is int and type(end) is int and isinstance(label, str)
    return (start, end, label) if right and 0 <= start < end else None


def _literal(cell: Cell) -> Any:  # noqa: ANN401 - whatever a stranger wrote
    bare = (cell or "").strip()
    if not bare.startswith(("[", "{", "(")) or len(bare) > _LONGEST:
        return None
    for read in (json.loads, ast.literal_eval):
        parse: Callable[[str], Any] = read
        try:
            return parse(bare)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return None


def _are_lists(cells: Sequence[Cell]) -> bool:
    return bool(cells) and sum(bool(as_list(cell)) for cell in cells) >= _SURE * len(cells)


def _fit(pairs: Sequence[tuple[Cell, Cell]]) -> bool:
    """As long as each other, words on one side, and few tags for the words on the other."""
    told = [(as_list(one), as_list(two)) for one, two in pairs]
    same = sum(len(tokens) == len(tags) for tokens, tags in told)
    words = {word for tokens, _ in told for word in tokens}
    tags = {tag for _, every in told for tag in every}
    few = len(tags) <= _MOST_TAGS and len(tags) < len(words)
    written = any(any(sign.isalpha() for sign in word) for word in words)
    return same >= _SURE * len(told) and few and written and any(len(one) > 1 for one, _ in told)


def _preferred(names: Sequence[str], token: int, tag: int) -> tuple[bool, bool, bool, int]:
    named = names[tag].lower()
    return (
        bool(_WORDS.search(names[token])) and not _TAGGED.search(names[token]),
        "ner" in named or "entit" in named,
        bool(_TAGGED.search(named)),
        tag,
    )


def _row(tokens: Sequence[str], tags: Sequence[str]) -> Row | None:
    return sentence(tokens, tags) if tokens and len(tokens) == len(tags) else None


def _bio(tags: Sequence[str]) -> bool:
    return sum(BIO.fullmatch(tag) is not None for tag in tags) >= _SURE * len(tags)


def _prefixed(cells: Sequence[str]) -> bool:
    """BIO tags, some of which name a class."""
    return any(re.match(r"[BI]-", cell.strip()) for cell in cells) and _bio(
        [c.strip() for c in cells]
    )
