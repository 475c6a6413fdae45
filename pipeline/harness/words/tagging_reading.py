"""Read what somebody wants tagged: texts, or words that are cut already, in any usual form."""

import json

from config import Json
from progress import Problem
from reading import read_bytes
from serving import read_input
from tables import Table
from tagged import shape_of, skipped
from tagging_model import TEXT, WORDS, TaggingModel
from tagging_sentences import as_words

LOOKED_AT = 100_000  # letters that show how a file is written


def read_texts(model: TaggingModel, content: bytes, name: str) -> Table:
    """The rows of a file: a column text or words; Problem where it holds neither."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    told = _objects(model, text) or _lines(text, name)
    return told or _cells(model, content, name) or read_input(model, content, name)


def _objects(model: TaggingModel, text: str) -> Table | None:
    """Objects a line that all have a text, or all have words, exactly as they stand."""
    rows = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            return None
        if not isinstance(row, dict):
            return None
        rows.append(row)
    texts = [row.get(TEXT) for row in rows]
    if rows and all(isinstance(one, str) for one in texts):
        return Table((TEXT,), [(str(one),) for one in texts])
    return _listed([row.get(model.listed, row.get("tokens")) for row in rows])


def _listed(lists: list[Json]) -> Table | None:
    cells = [json.dumps(one) for one in lists]
    if not cells or any(as_words(cell) is None for cell in cells):
        return None
    return Table((WORDS,), [(cell,) for cell in cells])


def _lines(text: str, name: str) -> Table | None:
    """A word a line with its tag behind it, and sentences between blank lines (CoNLL)."""
    if name.lower().endswith((".csv", ".tsv", ".json", ".jsonl")):
        return None
    shape = shape_of(text[:LOOKED_AT])
    if shape is None:
        return None
    sentences: list[list[str]] = [[]]
    for line in text.splitlines():
        cells = [] if skipped(line) else line.split(shape.separator)
        if not line.strip():
            sentences.append([])
        elif len(cells) == shape.width:
            sentences[-1].append(cells[shape.token].strip())
    return Table((WORDS,), [(json.dumps(words),) for words in sentences if words])


def _cells(model: TaggingModel, content: bytes, name: str) -> Table | None:
    """A table whose column of words holds lists."""
    try:
        table = read_bytes(content, name).table
    except Problem:
        return None  # said again, with what is wrong, by whoever reads it next
    for column in (model.listed, "tokens"):
        if column in table.names and TEXT not in table.names:
            cells = table.column(column)
            if all(as_words(cell) is not None for cell in cells):
                return Table((WORDS,), [(cell,) for cell in cells])
    return None
