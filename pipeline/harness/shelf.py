"""The files of a data set, each looked into once: what it holds, and its table if it is one."""

import json
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

from contents import decoded, head, is_text
from kinds import is_number
from progress import Problem
from reading import Reading, read_file
from walking import File, words_of

Holds = Literal["picture", "xml", "table", "text", "other"]

_PICTURES_TEXT = """
    .jpg .jpeg .jpe .jfif .png .gif .bmp .webp .tif .tiff .ppm .pgm .avif .heic .heif .svg
"""
_PICTURES = frozenset(_PICTURES_TEXT.split())
_TABLES_TEXT = """
    .csv .tsv .tab .psv .json .jsonl .ndjson .geojson .parquet .pq .xlsx .xls .xlsm .ods
"""
_TABLES = frozenset(_TABLES_TEXT.split())
# Programs, settings and documents that come with data; never data when something else is.
_BESIDE_TEXT = """
    .py .ipynb .r .m .sh .bat .yaml .yml .toml .ini .cfg .conf .md .rst .html .htm .css .js .pdf
    .doc .docx .ppt .pptx .zip .tar .rar .7z .names .lock .log .bib .tex
"""
_BESIDE = frozenset(_BESIDE_TEXT.split())
_DOCUMENTS_TEXT = """
    readme license licence copying notice changelog citation authors contributing requirements
    dockerfile makefile manifest
"""
_DOCUMENTS = frozenset(_DOCUMENTS_TEXT.split())
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM\x00", b"II*\x00", b"MM\x00*")
_PAGE = re.compile(rb"<!doctype\s+html|<html|<head|%PDF|\{\\rtf", re.IGNORECASE)
_LARGE = 1 << 24
_METADATA_SHARE = 0.5
_NUMBERS = 0.9
_MANY = 50  # so many texts are documents, not tables


@dataclass
class Shelf:
    """Files with what is known about them; tables are read when somebody asks."""

    files: tuple[File, ...]
    leave_out_bad: bool = False
    _holds: dict[str, Holds] = field(default_factory=dict)
    _heads: dict[str, str] = field(default_factory=dict)
    _tables: dict[str, Reading] | None = None
    _readings: dict[str, Reading | Problem] = field(default_factory=dict)

    def holds(self, file: File) -> Holds:
        """What a file holds, from its first bytes and its name."""
        if file.name not in self._holds:
            self._holds[file.name] = _kind(file)
        return self._holds[file.name]

    def those(self, *kinds: Holds) -> list[File]:
        """The files that hold such a thing, but for documents and programs."""
        return [file for file in self.files if self.holds(file) in kinds and not beside(file)]

    def head(self, file: File) -> str:
        """The first 64 KB as text."""
        if file.name not in self._heads:
            self._heads[file.name] = decoded(head(file.path))
        return self._heads[file.name]

    def read(self, file: File) -> Reading:
        """Its table; Problem when it is none."""
        if file.name not in self._readings:
            try:
                self._readings[file.name] = read_file(file.path, leave_out_bad=self.leave_out_bad)
            except Problem as problem:
                self._readings[file.name] = problem
        found = self._readings[file.name]
        if isinstance(found, Problem):
            raise found
        return found

    def table(self, file: File) -> Reading | None:
        """Its table, or None when it is none."""
        try:
            return self.read(file)
        except Problem:
            return None

    def tables(self) -> dict[str, Reading]:
        """All tables by file name: files meant as one, and texts whose lines have columns."""
        if self._tables is None:
            asked = (file for file in self.those("table") if not is_metadata(file))
            found = {file.name: reading for file in asked if (reading := self.table(file))}
            self._tables = found | self._columned()
        return self._tables

    def _columned(self) -> dict[str, Reading]:
        texts = self.those("text")
        found = {file.name: self.table(file) for file in texts if len(texts) <= _MANY}
        return {
            name: reading
            for name, reading in found.items()
            if reading and (_has_columns(reading) or _are_numbers(reading))
        }


def beside(file: File) -> bool:
    """Whether a name says that the file only comes along with data."""
    stem = words_of(PurePosixPath(file.bare).stem)
    document = bool(stem) and stem[0] in _DOCUMENTS and file.suffix not in _TABLES
    return file.suffix in _BESIDE or document


def is_metadata(file: File) -> bool:
    """Whether a JSON file describes something instead of listing it: an object, few of it rows."""
    if file.suffix not in (".json", ".geojson") or file.size > _LARGE:
        return False
    text = decoded(file.path.read_bytes()).strip()
    if not text.startswith("{"):
        return False
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return False
    lists = [value for value in whole.values() if isinstance(value, list)]
    if len(lists) == len(whole) and len({len(value) for value in lists}) == 1:
        return False
    rows = [value for value in lists if value and all(isinstance(row, dict) for row in value)]
    most = max((len(json.dumps(value)) for value in rows), default=0)
    return most < len(json.dumps(whole)) * _METADATA_SHARE


def _has_columns(reading: Reading) -> bool:
    return len(reading.table.names) > 1 or reading.format not in ("csv", "tsv", "text")


def _are_numbers(reading: Reading) -> bool:
    """Whether a single column holds numbers, as a series does."""
    cells = [row[0] or "" for row in reading.table.rows[:1000]]
    return sum(is_number(cell) for cell in cells) >= _NUMBERS * len(cells)


def _kind(file: File) -> Holds:
    if file.suffix in _PICTURES:
        return "picture"
    start = head(file.path)
    if start.startswith(_MAGIC) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP"):
        return "picture"
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if file.suffix in _TABLES or bare.startswith((b"{", b"[")):
        return "table"
    if not bare or not is_text(start) or _PAGE.match(bare):
        return "other"
    return "xml" if re.match(rb"(\xef\xbb\xbf)?\s*<(\?xml|annotation)", start) else "text"
